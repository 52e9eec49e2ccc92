"""Research extracts, for those who lead in a municipality: propose one, say yes or no to another's, and fetch it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from grunnmur import clock
from grunnmur.cases.door import Invalid
from grunnmur.directory.sessions import Actor
from grunnmur.exchange import research_file
from grunnmur.insight import research
from grunnmur.insight.deidentify import Age, Time
from grunnmur.insight.halves import Half
from grunnmur.insight.hiding import LEAST
from grunnmur.insight.research import Extract, NotNow, Preview, Proposal
from grunnmur.insight.research_columns import PARTS, parts
from grunnmur.insight.research_content import TooFew
from grunnmur.insight.terms import ResearchGround, ResearchState, ResearchStepKind
from grunnmur.web import files
from grunnmur.web.acting import actor_of, once_of, perform
from grunnmur.web.forms import ActForm, DateField, choice, choices, long_text, offer_choices
from grunnmur.web.stewards import NO_CHILD, place_of
from grunnmur.web.views import session
from grunnmur.web.views.fresh import fresh
from grunnmur.web.views.numbers import half_name

TONES = {
    ResearchState.WAITS: "waiting",
    ResearchState.APPROVED: "waiting",
    ResearchState.FETCHED: "done",
    ResearchState.TO_BE_DELETED: "danger",
    ResearchState.DELETED: "done",
}
TIMES = {
    Time.HALF: gettext_lazy("halvåret saken ble åpnet"),
    Time.YEAR: gettext_lazy("året saken ble åpnet"),
    Time.PERIOD: gettext_lazy("bare at saken ble åpnet i perioden"),
}
AGES = {
    Age.YEAR: gettext_lazy("alder i hele år"),
    Age.THREE: gettext_lazy("alder med tre år om gangen"),
    Age.GROUP: gettext_lazy("alder i fire grupper"),
    Age.NONE: gettext_lazy("ikke alder"),
}


@require_safe
def research_extracts(request: HttpRequest) -> HttpResponse:
    """What the municipality has given to research, and what waits."""
    actor = actor_of(request)
    place_of(actor)
    found = [(one, _period(one.said), _stands(actor, one)) for one in research.list_extracts()]
    return render(request, "research_extracts.html", {"found": found, "newest": research.NEWEST, "tones": TONES})


def _stands(actor: Actor, extract: Extract) -> str | Promise:
    """How an extract stands, as told to one who may be whom it waits for."""
    return _("Venter på deg") if research.may_decide(actor, extract) else extract.state.label


def _period(said: Proposal) -> str:
    first, last = said.halves
    return half_name(first) if first == last else f"{half_name(first)}–{half_name(last)}"


class ProposeForm(ActForm):
    project = forms.CharField(label=gettext_lazy("Hva heter prosjektet?"), max_length=160)
    recipient = forms.CharField(
        label=gettext_lazy("Hvem skal ha uttrekket?"),
        max_length=160,
        help_text=gettext_lazy("Skriv virksomheten, ikke en person."),
    )
    purpose = long_text(
        gettext_lazy("Hva skal det brukes til?"),
        longest=1000,
        help_text=gettext_lazy("Skriv enkelt. Barnet og familien får lese dette."),
    )
    ground = choice(
        gettext_lazy("Hva gjør at opplysningene kan gis ut?"),
        ResearchGround.choices,
        radio=True,
        help_text=gettext_lazy("Samtykke kan ikke velges: vi vet ikke hvem som har sagt ja til et prosjekt."),
    )
    paragraph = forms.CharField(label=gettext_lazy("Lov og paragraf"), max_length=160)
    reference = forms.CharField(
        label=gettext_lazy("Vedtakets referanse"),
        max_length=160,
        help_text=gettext_lazy("Så en annen kan finne det igjen."),
    )
    first = choice(gettext_lazy("Saker åpnet fra og med"), ())
    last = choice(gettext_lazy("Saker åpnet til og med"), ())
    tables = choices(
        gettext_lazy("Hva skal være med, ut over sakene selv?"),
        [(one.key, str(one.title)) for one in PARTS],
        required=False,
        help_text=gettext_lazy("Ta bare med det prosjektet trenger."),
    )
    delete_by = DateField(label=gettext_lazy("Når skal mottakeren ha slettet det?"))
    public_key = long_text(
        gettext_lazy("Mottakerens offentlige nøkkel"),
        longest=5000,
        help_text=gettext_lazy(
            "Filen låses med den, så bare mottakeren kan lese den. Be om en RSA-nøkkel på minst 3072 bit, i PEM-format."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        halves = [(one.key, half_name(one)) for one in research.halves(clock.today())]
        for name in ("first", "last"):
            offer_choices(self, name, [("", _("Velg …")), *halves])


def _proposal(typed: dict[str, Any]) -> Proposal:
    """What was typed, when it can be proposed. Raises Invalid."""
    first, last = Half.read(typed["first"]), Half.read(typed["last"])
    assert first and last, "both are chosen from a list"
    today, problems = clock.today(), {}
    if last < first:
        problems["last"] = _("Velg et halvår som ikke er før det første.")
    if not today < typed["delete_by"] <= today + research.LONGEST:
        problems["delete_by"] = _("Velg en dag fram i tid, høyst ti år fra nå.")
    public_key = ""
    try:
        public_key = research_file.only_the_key(typed["public_key"])
    except research_file.NotAKey:
        problems["public_key"] = _(
            "Dette er ingen offentlig RSA-nøkkel på minst 3072 bit. Den begynner med «-----BEGIN PUBLIC KEY-----»."
        )
    if problems:
        raise Invalid(problems)
    return Proposal(
        **{name: typed[name] for name in ("project", "recipient", "purpose", "paragraph", "reference", "delete_by")},
        ground=ResearchGround(typed["ground"]),
        from_on=first.from_on,
        until_on=last.until_on,
        tables=tuple(typed["tables"]),
        public_key=public_key,
    )


def propose_research(request: HttpRequest) -> HttpResponse:
    """Propose an extract; nothing leaves the house before another leader has said yes."""
    actor = actor_of(request)
    place = place_of(actor)

    def run(typed: dict[str, Any]) -> UUID:
        made = research.propose(actor=actor, place=place, once=once_of(request), said=_proposal(typed), at=clock.now())
        session.log(actor, "propose_research", about=made)
        return made

    return perform(
        request,
        form=ProposeForm(request.POST or None),
        run=run,
        title=_("Foreslå et forskningsuttrekk"),
        lead=_("En annen leder i kommunen må si ja før noe kan hentes. %(no_child)s") % {"no_child": NO_CHILD},
        done="",
        back=reverse("research_extracts"),
        button=_("Foreslå"),
        respond=lambda made: redirect("research_extract", extract_id=made),
    )


@require_safe
def research_extract(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """One extract: for what, on what ground, what will be in the file, and what became of it."""
    actor = actor_of(request)
    found = _find(request, extract_id)
    is_open = found.state in (ResearchState.WAITS, ResearchState.APPROVED)
    given = {
        "found": found,
        "period": _period(found.said),
        "stands": _stands(actor, found),
        "tone": TONES.get(found.state, "neutral"),
        "fingerprint": research_file.fingerprint(found.said.public_key),
        "may_decide": research.may_decide(actor, found),
        "preview": _preview(research.preview(found.said.from_on, found.said.until_on)) if is_open else None,
        "parts": parts(found.said.tables),
        "least": LEAST,
        "before": research.of_the_same_time(found) if is_open else (),
    }
    return render(request, "research_extract.html", given)


def _find(request: HttpRequest, extract_id: UUID) -> Extract:
    """An extract of the municipality that one leads in. Raises Refused, Http404."""
    place_of(actor_of(request))
    found = research.find(extract_id)
    if found is None:
        raise Http404
    return found


def _preview(found: Preview) -> dict[str, Any]:
    """What stands in the preview; without detail the extract would be refused."""
    said = []
    if found.detail:
        sex = _("kjønn") if found.detail.says_sex else _("ikke kjønn")
        said = [str(TIMES[found.detail.time]), str(AGES[found.detail.age]), sex]
    return {"detail": said, "children": _band(found.children), "left_out": _band(found.left_out)}


def _band(found: tuple[int, int | None]) -> str:
    first, last = found
    if last is None:
        return _("%(n)s eller flere") % {"n": first}
    if first == 0:
        return _("Færre enn %(n)s") % {"n": last + 1}
    return _("%(first)s–%(last)s") % {"first": first, "last": last}


# --- yes, no and fetching ---------------------------------------------------------------------------------------------


def _late(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Back to the extract, when something became of it meanwhile."""
    messages.warning(request, _("Det går ikke lenger. Under ser du hva som er gjort."))
    return redirect("research_extract", extract_id=extract_id)


@require_POST
@fresh
def approve_research(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Say yes to what somebody else has proposed."""
    actor, found = actor_of(request), _find(request, extract_id)
    try:
        research.decide(actor=actor, extract_id=found.id, kind=ResearchStepKind.APPROVED, why="", at=clock.now())
    except NotNow:
        return _late(request, extract_id)
    session.log(actor, "approve_research", about=found.id)
    messages.success(
        request, _("Uttrekket er godkjent. Det kan hentes i %(n)s dager.") % {"n": research.FETCH_WITHIN.days}
    )
    return redirect("research_extract", extract_id=extract_id)


class WhyForm(ActForm):
    why = long_text(gettext_lazy("Hvorfor?"), longest=1000)


def refuse_research(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Say no to what somebody else has proposed."""
    return _say(
        request, extract_id, ResearchStepKind.REFUSED, title=_("Avslå uttrekket"), done=_("Uttrekket er avslått.")
    )


def withdraw_research(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Take an extract back before it is fetched."""
    return _say(
        request,
        extract_id,
        ResearchStepKind.WITHDRAWN,
        title=_("Trekk uttrekket tilbake"),
        done=_("Uttrekket er trukket tilbake og kan ikke hentes."),
    )


class DeletedForm(ActForm):
    why = long_text(gettext_lazy("Hvordan vet dere det?"), longest=1000)


def research_deleted(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Say that the receiver has deleted what it got."""
    return _say(
        request,
        extract_id,
        ResearchStepKind.DELETED,
        form=DeletedForm,
        title=_("Slettet hos mottakeren"),
        button=_("Lagre"),
        done=_("Det står nå at mottakeren har slettet uttrekket."),
    )


def _say(
    request: HttpRequest,
    extract_id: UUID,
    kind: ResearchStepKind,
    *,
    title: str,
    done: str,
    form: type[ActForm] = WhyForm,
    button: str = "",
) -> HttpResponse:
    actor, found = actor_of(request), _find(request, extract_id)

    def run(typed: dict[str, Any]) -> UUID:
        try:
            made = research.decide(actor=actor, extract_id=found.id, kind=kind, why=typed["why"], at=clock.now())
        except NotNow:
            raise Invalid({"": _("Det går ikke lenger. Gå tilbake, så ser du hva som er gjort.")}) from None
        session.log(actor, f"research_{kind.value}", about=found.id)
        return made

    return perform(
        request,
        form=form(request.POST or None),
        run=run,
        title=title,
        lead=NO_CHILD,
        done=done,
        back=reverse("research_extract", kwargs={"extract_id": extract_id}),
        button=button or title,
    )


@require_POST
@fresh
def fetch_research(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """The extract as a file that only its receiver can open. It is made now, and stands nowhere here afterwards."""
    actor, found = actor_of(request), _find(request, extract_id)
    try:
        with transaction.atomic():
            made = research.take(actor=actor, extract=found, action="fetch_research")
            data = research_file.as_zip(found.said, made)
    except NotNow:
        return _late(request, extract_id)
    except TooFew:
        messages.warning(
            request, _("Det er for få barn i perioden. Filen kan ikke lages uten at noen kan kjennes igjen.")
        )
        return redirect("research_extract", extract_id=extract_id)
    response = HttpResponse(research_file.seal(data, public_key=found.said.public_key), content_type="application/jose")
    return files.attachment(response, name=f"uttrekk-{found.id}.jwe")
