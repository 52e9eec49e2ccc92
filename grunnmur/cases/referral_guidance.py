"""What a good referral holds, for a short checklist on the page, and for saying what was missing. Pure.

Our own short words for what Helsedirektoratet's national pathway for mental disorders in children and young people
asks for in its recommendation on mapping and referral. It is about mental health; for the other areas it is a help
and no rule. No official code list for why referrals are returned was found, so the keys are our own.
"""

from django.utils.translation import gettext_lazy as _

SOURCE_TITLE = _(
    "Helsedirektoratet: Nasjonalt forløp for psykiske lidelser hos barn og unge, kartlegging og henvisning"
)
SOURCE_URL = (
    "https://www.helsedirektoratet.no/nasjonale-forlop/psykiske-lidelser-barn-og-unge/"
    "henvisning-til-spesialisthelsetjenesten/kartlegging-og-henvisning"
)

CHECKLIST = {
    "own_view": _("hvordan barnet og foreldrene selv beskriver det, og hva de ønsker hjelp til"),
    "symptoms": _("symptomer, hvor alvorlige de er, og hvordan hverdagen går"),
    "risk": _("fare for selvskading, selvmord, vold eller overgrep"),
    "substances": _("alkohol, vanedannende legemidler og andre rusmidler"),
    "somatic": _("kroppslig helse og faste medisiner, vurdert av fastlegen"),
    "tried": _("hva som er prøvd i kommunen, og hvordan det virket"),
    "services": _("hvem som hjelper nå, planen og kontaktpersonen"),
    "expected": _("hvorfor dere henviser, og hva dere håper det fører til"),
}


def labels(keys: list[str]) -> list[str]:
    """What was missing, in words; a key that is not (or no longer) on the list is left out."""
    return [str(CHECKLIST[key]) for key in keys if key in CHECKLIST]
