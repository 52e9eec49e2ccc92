"""Every event by its name, with the one sentence that says what happened. Pure.

A name is a noun and a past participle. The sentence holds no name and no free text: who and when stand beside it.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grunnmur.cases.terms import MeetingKind

EVENTS: dict[str, str | Promise] = {
    "child.registered": _("Barnet ble registrert."),
    "child.edited": _("Opplysninger om barnet ble endret."),
    "child.placed": _("Det ble skrevet hvor barnet bor."),
    "person.added": _("En person rundt barnet ble skrevet inn eller endret."),
    "status.set": _("Barnets sak i barnevernet ble oppdatert."),
    "file.read": _("En fil fra fagsystemet ble lest inn."),
    "file.written": _("Barnets saksmappe ble skrevet til en fil i det nasjonale formatet."),
    "initiative.sent": _("Stedet barnet bor, ba om at forløpet vurderes."),
    "initiative.answered": _("Henvendelsen fra stedet barnet bor, ble besvart."),
    "pathway.opened": _("Barnevernet begynte å vurdere forløpet."),
    "conversation.recorded": _("Det ble snakket om barnets helse."),
    "own_words.recorded": _("Barnets egne ord ble skrevet ned."),
    "information.asked": _("Det ble bedt om opplysninger."),
    "information.received": _("Opplysninger kom inn."),
    "question.asked": _("En tjeneste fikk et spørsmål."),
    "question.answered": _("Et spørsmål ble besvart."),
    "round.started": _("En statusrunde ble startet."),
    "round.concluded": _("En statusrunde ble avsluttet."),
    "link.sent": _("Noen uten konto fikk en lenke å svare med."),
    "link.recalled": _("En lenke ble trukket tilbake."),
    "observation.recorded": _("En faktor eller et bekymringstegn ble notert."),
    "pathway.started": _("Forløpet ble startet."),
    "pathway.not_started": _("Det ble bestemt å ikke starte forløpet."),
    "consent.recorded": _("Svar om samtykke ble skrevet inn."),
    "consent.refused": _("Noen sa nei til samtykke. Hjelp ble tilbudt likevel."),
    "consent.answered": _("Noen svarte på et spørsmål om samtykke."),
    "consent.withdrawn": _("Et samtykke ble trukket tilbake."),
    "times.proposed": _("Det ble spurt om hvilke tider som passer til %(meeting)s."),
    "times.answered": _("En tjeneste svarte på hvilke tider som passer."),
    "text.added": _("Noe å lese ble lagt ved et møte."),
    "minutes.reviewed": _("En tjeneste svarte på om referatet stemmer."),
    "meeting.called": _("Det ble kalt inn til %(meeting)s."),
    "meeting.moved": _("%(meeting)s ble flyttet."),
    "meeting.cancelled": _("Et møte ble avlyst."),
    "meeting.held": _("%(meeting)s ble holdt."),
    "invitation.answered": _("En innkalling ble besvart."),
    "goal.set": _("Et mål ble satt i planen."),
    "goal.changed": _("Et mål i planen ble endret."),
    "task.set": _("En oppgave kom inn i planen."),
    "tasks.set": _("Oppgaver kom inn i planen fra et oppgavesett."),
    "task.changed": _("En oppgave i planen ble endret."),
    "task.done": _("En oppgave i planen ble gjort."),
    "edition.followed": _("Saken følger nå utgaven %(edition)s av forløpet."),
    "edition.taken_back": _("Saken følger igjen utgaven %(edition)s av forløpet."),
    "mapping.asked": _("En tjeneste ble bedt om å kartlegge."),
    "mapping.left_out": _("Et helseområde ble vurdert som ikke aktuelt nå."),
    "mapping.moved_on": _("En kartlegging kom videre."),
    "mapping.reported": _("Det ble skrevet hvordan noen ser på barnets helse."),
    "mapping.concluded": _("En kartlegging ble ferdig."),
    "referral.sent": _("En henvisning ble sendt."),
    "referral.answered": _("En henvisning ble besvart."),
    "attachment.added": _("En fil ble lagt ved."),
    "attachment.released": _("En fil kan igjen åpnes av alle som ser det den hører til."),
    "pathway.closed": _("Forløpet ble avsluttet."),
    "pathway.reactivated": _("Forløpet ble tatt opp igjen."),
    "passport.given": _("Et pass med hva som er funnet, gjort og hvem som fører det videre, ble gitt ut."),
    "passport.sent": _("Et pass med hva som er funnet, gjort og hvem som fører det videre, ble sendt som lenke."),
    "beside.recorded": _("Noe som er i gang ved siden av forløpet, ble skrevet inn."),
    "move.offered": _("Saken ble tilbudt barneverntjenesten der barnet skal bo."),
    "move.withdrawn": _("Tilbudet om å ta over saken ble trukket tilbake."),
    "move.accepted": _("Barneverntjenesten der barnet skal bo, tok over saken."),
    "move.declined": _("Barneverntjenesten som ble spurt, tok ikke over saken."),
    "move.received": _("Det kom opplysninger fra barneverntjenesten der barnet bodde før."),
    "sight.decided": _("Det ble bestemt hva en i familien kan se."),
    "sight.released": _("Noe ble gitt fri for en i familien."),
    "sight.taken_back": _("Noe som var gitt fri, ble tatt tilbake."),
    "sight.restricted": _("Innsyn ble tatt bort."),
    "sight.reviewed": _("Innsyn som er tatt bort, ble vurdert på nytt. Det er fortsatt tatt bort."),
    "sight.lifted": _("Innsyn som var tatt bort, ble gitt tilbake."),
    "log_in.given": _("En i familien fikk en måte å logge inn på."),
    "log_in.ended": _("En i familien kan ikke logge inn lenger."),
    "letter.sent": _("En i familien skrev til barneverntjenesten."),
    "words.written": _("Barnet skrev noe til et møte."),
    "letter.answered": _("En i familien fikk svar."),
    "address.protected_on": _("Det ble skrevet hvor lenge et vedtak om skjermet adresse gjelder."),
    "readers.appointed": _("Det ble bestemt hvem som kan lese en skjermet adresse."),
    "glass.broken": _("Noen utenfor saken brukte nødtilgang."),
    "glass.reviewed": _("En nødtilgang ble vurdert."),
    "message.reminded": _("Det ble sendt en påminnelse."),
    "remark.recorded": _("En merknad til noe som er skrevet, ble lagt ved."),
    "extract.made": _("Noen ba om innsyn i det som står om barnet."),
    "extract.withheld": _("Noe ble holdt tilbake fra et innsyn."),
    "extract.handed_out": _("Et innsyn ble gitt ut."),
    "archive.made": _("Det ble laget en arkivpakke av forløpet."),
    "archive.received": _("Arkivdepotet kvitterte for en pakke."),
    "hold.put": _("Saken ble sperret for sletting."),
    "hold.lifted": _("Sperren for sletting ble opphevet."),
    "deletion.asked": _("Noen ba om at registreringen av barnet slettes."),
    "child.deleted": _("Registreringen av barnet ble slettet. To personer sto for det."),
    "child.restored": _(
        "Databasen ble gjenopprettet. Det som var tatt tilbake siden kopien, ble tatt tilbake på nytt."
    ),
    "handover.offered": _("En kollega ble spurt om å bli kontaktperson."),
    "handover.declined": _("En kollega sa nei til å bli kontaktperson."),
    "handover.taken_back": _("Et spørsmål om å bli kontaktperson ble trukket tilbake."),
    "case.handed_over": _("En annen ble kontaktperson."),
}


def sentence(name: str, data: Mapping[str, object]) -> str:
    """The event as one sentence. Raises KeyError for a name that is not listed."""
    meeting = data.get("meeting")
    label = str(MeetingKind(meeting).label) if isinstance(meeting, str) else ""
    text = str(EVENTS[name])
    starts_with_it = text.startswith("%(meeting)s")
    return text % {**data, "meeting": label if starts_with_it else label.lower()}
