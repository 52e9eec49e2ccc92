"""The owner's page of who sees what: decide, withhold, shut out, give back; nobody else gets there."""

from datetime import timedelta
from typing import Any

import pytest

from demo import cast
from grunnmur import clock
from grunnmur.cases.models import Child, FamilyDecision, RelatedPerson, Restriction
from grunnmur.cases.terms import RelationKind
from tests.web.reading import page as read
from tests.web.reading import text

SOON = f"{clock.today() + timedelta(days=90):%d.%m.%Y}"


def text_of(response: Any, status: int = 200) -> str:
    return text(read(response, status))


@pytest.fixture
def mother(anna: Child, acting: Any) -> RelatedPerson:
    with acting("kari"):
        return RelatedPerson.objects.get(child=anna, relation=RelationKind.MOTHER)


def test_who_sees_what_before_anything_is_decided(anna: Child, mother: RelatedPerson, client_of: Any) -> None:
    page = text_of(client_of("kari").get(f"/barn/{anna.pk}/tilgang/"))
    assert "Ikke bestemt ennå: ser ingenting" in page
    assert "Ingen er stengt ute" in page


def test_deciding_for_a_parent(anna: Child, mother: RelatedPerson, client_of: Any, acting: Any) -> None:
    kari = client_of("kari")
    address = f"/barn/{anna.pk}/tilgang/person/{mother.identity}/"
    wrong = kari.post(address, {"family_access": "full", "reason": "Vurdert.", "review_on": "01.01.2020"})
    assert wrong.status_code == 422
    assert "Skriv en dag fram i tid" in text_of(wrong, 422)
    done = kari.post(address, {"family_access": "full", "reason": "Vurdert.", "review_on": SOON}, follow=True)
    assert "Innsynet er bestemt" in text_of(done)
    assert "møter, plan og hvem som gjør hva" in text_of(done)
    with acting("kari"):
        assert FamilyDecision.objects.get().identity == mother.identity


def test_withholding_and_giving_back(anna: Child, mother: RelatedPerson, client_of: Any, acting: Any) -> None:
    kari = client_of("kari")
    answers = {"cause": "child_objects", "kinds": ["mental"], "reason": "Anna vil ikke.", "review_on": SOON}
    done = kari.post(f"/barn/{anna.pk}/tilgang/person/{mother.identity}/hold-tilbake/", answers, follow=True)
    assert "Barnet vil ikke" in text_of(done)
    with acting("kari"):
        made = Restriction.objects.get()
    assert "Gi innsyn tilbake?" in text_of(kari.get(f"/barn/{anna.pk}/tilgang/nei/{made.pk}/"))
    back = kari.post(f"/barn/{anna.pk}/tilgang/nei/{made.pk}/", {}, follow=True)
    assert "Ingen er stengt ute" in text_of(back)
    assert kari.post(f"/barn/{anna.pk}/tilgang/nei/{made.pk}/", {}).status_code == 404


def test_shutting_a_colleague_out(anna: Child, client_of: Any) -> None:
    leif = client_of("leif")
    address = f"/barn/{anna.pk}/tilgang/inhabil/"
    assert "Kari" in text_of(leif.get(address))
    answers = {"person_id": str(cast.get("kari").person_id), "reason": "Tante til barnet.", "review_on": SOON}
    assert "Inhabil" in text_of(leif.post(address, answers, follow=True))
    assert client_of("kari").get(f"/barn/{anna.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "inhabil/", "tjeneste/"])
def test_others_do_not_get_there(anna: Child, client_of: Any, path: str) -> None:
    assert client_of("ola").get(f"/barn/{anna.pk}/tilgang/{path}").status_code == 404
    assert client_of("per").get(f"/barn/{anna.pk}/tilgang/{path}").status_code == 404
