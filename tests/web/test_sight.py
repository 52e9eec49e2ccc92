"""The owner's page of who sees what: decide, withhold, shut out, give back; nobody else gets there."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from demo import cast
from grunnmur import clock
from grunnmur.cases.actions.basis import record_own_words
from grunnmur.cases.actions.children import register
from grunnmur.cases.actions.sight import decide_access
from grunnmur.cases.models import Child, FamilyDecision, Observation, RelatedPerson, Restriction
from grunnmur.cases.terms import FamilyAccess, RelationKind
from tests.cases.test_remarks import observe
from tests.together import begin, protect
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


def test_what_is_soon_over_is_found_where_one_works_and_decided_anew(
    anna: Child, mother: RelatedPerson, client_of: Any, acting: Any, as_admin: Any
) -> None:
    kari = client_of("kari")
    answers = {"cause": "child_objects", "kinds": ["mental"], "reason": "Anna vil ikke.", "review_on": SOON}
    kari.post(f"/barn/{anna.pk}/tilgang/person/{mother.identity}/hold-tilbake/", answers)
    with acting("kari") as actor:
        made = Restriction.objects.get()
        begin(actor, anna)
    assert "vurderes på nytt" not in text_of(kari.get("/")) + text_of(kari.get(f"/barn/{anna.pk}/"))
    with as_admin():
        Restriction.objects.update(review_on=clock.today() - timedelta(days=40))
    work = read(kari.get("/"))
    line = work.select_one("#vurderes a")
    assert line is not None
    assert "dager over fristen" in text(work)
    assert "1 avgjørelse må vurderes på nytt" in text_of(kari.get(f"/barn/{anna.pk}/"))
    again = read(kari.get(str(line["href"]))).select_one('a[href$="/igjen/"]')
    assert again is not None
    address = str(again["href"])
    before = text_of(kari.get(address))
    assert "Anna vil ikke." in before
    assert "dager over fristen" in before
    wrong = text_of(kari.post(address, {"reason": "Anna vil fortsatt ikke.", "review_on": "01.01.2020"}), 422)
    assert "Skriv en dag fram i tid" in wrong
    assert "Anna vil fortsatt ikke." in wrong
    given = {"reason": "Anna vil fortsatt ikke.", "review_on": SOON, "once_token": str(uuid.uuid4())}
    done = text_of(kari.post(address, given, follow=True))
    assert "Det gjelder fortsatt." in done
    assert "Anna vil fortsatt ikke." in done
    assert "Hvem som ser hva, må vurderes på nytt" not in text_of(kari.get("/"))
    with acting("kari"):
        assert Restriction.objects.filter(pk=made.pk).get().reason == "Anna vil ikke."

    late = text_of(client_of("leif").post(address, {"reason": "Skrevet lenge.", "review_on": SOON}), 422)
    assert "Kari Lunde vurderte dette på nytt" in late
    assert "Skrevet lenge." in late
    assert kari.post(address, given).status_code == 302, "it was done the first time"
    with acting("kari"):
        assert Restriction.objects.count() == 2
    assert kari.get(address).status_code == 404, "that one has ended"


def test_how_long_an_address_is_decided_to_be_protected(anna: Child, client_of: Any, acting: Any) -> None:
    kari, leif = client_of("kari"), client_of("leif")
    sight, address = f"/barn/{anna.pk}/tilgang/", f"/barn/{anna.pk}/tilgang/skjermet/"
    assert kari.get(address).status_code == 404, "the address is not protected"
    with acting("kari") as actor:
        begin(actor, anna)
        protect(actor, anna.pk)
    for client in (kari, leif):
        assert "vedtaket om skjermet adresse innen" in text_of(client.get("/"))
        assert "vedtaket om skjermet adresse innen" in text_of(client.get(f"/barn/{anna.pk}/"))
        assert "Det er ikke skrevet hvor lenge vedtaket gjelder." in text_of(client.get(sight))
    assert read(leif.get(sight)).select_one(f'a[href="{address}"]') is None
    assert leif.get(address).status_code == 403
    assert read(kari.get(sight)).select_one(f'a[href="{address}"]') is not None
    shown = read(kari.get(address)).select_one('input[name="version"]')
    assert shown is not None
    given = {"version": str(shown["value"]), "decided_on": f"{clock.today():%d.%m.%Y}", "until": "01.01.2150"}
    wrong = kari.post(address, given)
    assert "gjelder høyst ett år" in text_of(wrong, 422)
    assert "01.01.2150" in wrong.content.decode()
    assert "Det er skrevet hvor lenge vedtaket gjelder." in text_of(
        kari.post(address, {**given, "until": SOON}, follow=True)
    )
    assert f"gjelder til og med {SOON}" in text_of(leif.get(sight))
    assert "vedtaket om skjermet adresse innen" not in text_of(kari.get("/"))
    late = kari.post(address, {**given, "until": SOON})
    assert late.status_code == 409
    assert SOON in late.content.decode(), "what was typed is not lost"
    for who in ("per", "ola"):
        assert client_of(who).get(address).status_code == 404


def test_what_a_colleague_decided_meanwhile_is_not_decided_over(
    anna: Child, mother: RelatedPerson, client_of: Any
) -> None:
    kari = client_of("kari")
    address = f"/barn/{anna.pk}/tilgang/person/{mother.identity}/"
    shown = read(kari.get(address)).select_one('input[name="version"]')
    assert shown is not None
    given = {"family_access": "full", "reason": "Vurdert.", "review_on": SOON, "version": str(shown["value"])}
    assert client_of("leif").post(address, given).status_code == 302
    late = text_of(kari.post(address, {**given, "family_access": "none", "reason": "Skrevet lenge."}), 409)
    assert "Noen andre har endret dette" in late
    assert "Skrevet lenge." in late


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


# --- one row -------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(anna: Child, mother: RelatedPerson, acting: Any) -> Observation:
    """Something that has been noted about Anna, whose mother sees only what is released."""
    with acting("kari") as kari:
        decide_access(
            actor=kari,
            child_id=anna.pk,
            once=None,
            identity=mother.identity,
            family_access=FamilyAccess.LIMITED,
            reason="Vurdert.",
            review_on=clock.today() + timedelta(days=90),
        )
        return observe(kari, begin(kari, anna))


def test_one_row_is_found_where_it_stands_given_and_taken_back(
    anna: Child, mother: RelatedPerson, seen: Observation, client_of: Any
) -> None:
    kari = client_of("kari")
    link = read(kari.get(f"/forlop/{seen.pathway_id}/grunnlag/")).select_one(
        'a:-soup-contains("Hvem i familien ser dette")'
    )
    assert link is not None
    shown = read(kari.get(str(link["href"])))
    assert "Vil ikke snakke." in text(shown)
    give = shown.find("a", string="Gi fri til Mona Solberg")
    assert give is not None
    before = text_of(kari.get(str(give["href"])))
    assert "Ser dette Mona Solberg Ser ikke dette Anna Solberg, Erik Solberg" in before
    after = text_of(kari.post(str(give["href"]), {"reason": "Hun trenger å vite det."}, follow=True))
    assert "Opplysningen er gitt fri." in after
    assert "Hun trenger å vite det." in text_of(kari.get(f"/barn/{anna.pk}/tilgang/"))
    back = read(kari.get(str(link["href"]))).find("a", string="Ta tilbake fra Mona Solberg")
    assert back is not None
    done = read(kari.post(str(back["href"]), {}, follow=True))
    assert "Det er tatt tilbake." in text(done)
    assert done.find("a", string="Gi fri til Mona Solberg")
    assert kari.post(str(back["href"]), {}).status_code == 404


def test_one_row_is_held_back_and_the_page_says_from_whom_before_it_is_saved(
    anna: Child, mother: RelatedPerson, seen: Observation, client_of: Any
) -> None:
    kari = client_of("kari")
    kari.post(f"/barn/{anna.pk}/tilgang/rad/{seen.pk}/gi/{mother.identity}/", {"reason": "Avtalt."})
    address = f"/barn/{anna.pk}/tilgang/rad/{seen.pk}/hold/{mother.identity}/"
    assert "Ser dette ingen" in text_of(kari.get(address))
    given = {"cause": "child_objects", "reason": "Anna vil ikke.", "review_on": SOON}
    assert "Skriv en dag fram" in text_of(kari.post(address, {**given, "review_on": "01.01.2020"}), 422)
    done = read(kari.post(address, given, follow=True))
    assert "Holdt tilbake" in text(done)
    assert done.find("a", string="Gi innsyn tilbake til Mona Solberg")
    assert "Én opplysning" in text_of(kari.get(f"/barn/{anna.pk}/tilgang/"))


def test_what_would_not_help_is_said_before_it_is_saved(
    anna: Child, mother: RelatedPerson, seen: Observation, acting: Any, client_of: Any
) -> None:
    with acting("kari"):
        father = RelatedPerson.objects.get(child=anna, relation=RelationKind.FATHER).identity
    shown = text_of(client_of("kari").get(f"/barn/{anna.pk}/tilgang/rad/{seen.pk}/gi/{father}/"))
    assert "Ser dette ingen" in shown


def test_the_childs_own_words_are_given_to_a_parent_only_when_the_child_wants_it(
    anna: Child, mother: RelatedPerson, seen: Observation, client_of: Any, acting: Any
) -> None:
    with acting("kari") as kari:
        words = record_own_words(
            actor=kari, pathway_id=seen.pathway_id, once=None, said_on=clock.today(), words="Jeg vil hjem."
        )
    address = f"/barn/{anna.pk}/tilgang/rad/{words.pk}/gi/{mother.identity}/"
    client = client_of("kari")
    assert str(words.pk) in client.get(f"/forlop/{seen.pathway_id}/grunnlag/").content.decode()
    assert "når barnet selv vil det" in text_of(client.post(address, {"reason": "Avtalt."}), 422)
    assert client.post(address, {"reason": "Avtalt.", "child_wants": "on"}).status_code == 302


@pytest.mark.parametrize("who", ["ola", "per"])
def test_others_do_not_find_the_row(anna: Child, seen: Observation, client_of: Any, who: str) -> None:
    assert client_of(who).get(f"/barn/{anna.pk}/tilgang/rad/{seen.pk}/").status_code == 404


def test_a_row_that_does_not_exist_or_is_about_another_child_is_not_there(
    anna: Child, seen: Observation, client_of: Any, acting: Any
) -> None:
    with acting("kari") as kari:
        other = register(
            actor=kari, once=None, name="Nils Berg", born_on=clock.today() - timedelta(days=4000), journal_number="G-77"
        )
    client = client_of("kari")
    for child, item in ((anna.pk, uuid.uuid4()), (other.pk, seen.pk)):
        assert client.get(f"/barn/{child}/tilgang/rad/{item}/").status_code == 404
