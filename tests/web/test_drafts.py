"""Drafts: what one has begun to write waits for its writer, is seen by nobody else, and ends when it is sent."""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo import cast
from grunnmur import clock
from grunnmur.cases import access
from grunnmur.cases.actions import drafts as acts
from grunnmur.cases.models import Child, Draft
from grunnmur.cases.queries import drafts as queries
from grunnmur.directory.models import Person
from grunnmur.log.models import Event
from tests import together
from tests.web.reading import form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
ClientOf = Callable[[str], Any]
Outside = Callable[[], AbstractContextManager[None]]
SAID = "Anna sa at hun ikke sover."


@pytest.fixture
def case(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        key = together.begin(kari, anna)
        together.start(kari, key)
        together.let_in(kari, key, "storgata")
    return key


def keep(client: Any, at: str, **typed: Any) -> Any:
    return client.post("/utkast/", form_of(page(client.get(at)), **typed))


def test_a_draft_waits_on_its_page_and_comes_back_whole(
    client_of: ClientOf, case: uuid.UUID, as_admin: Outside
) -> None:
    kari, at = client_of("kari"), f"/forlop/{case}/egne-ord/"
    answer = keep(kari, at, words=SAID)
    assert (answer.status_code, answer["Location"]) == (302, at)
    shown = page(kari.get(at))
    assert "Utkastet er lagret" in text(shown)
    assert SAID not in shown.get_text()
    link = shown.find("a", string="Hent utkastet")
    assert link is not None
    kept = form_of(page(kari.get(link["href"])))
    again = page(kari.post(at, kept))
    assert again.find("textarea", {"name": "words"}).get_text().strip() == SAID
    with as_admin():
        assert not Event.objects.filter(name="own_words.recorded").exists(), "nothing was done"


def test_it_ends_when_the_form_is_sent(client_of: ClientOf, case: uuid.UUID, as_admin: Outside) -> None:
    kari, at = client_of("kari"), f"/forlop/{case}/egne-ord/"
    keep(kari, at, words=SAID)
    sent = kari.post(at, form_of(page(kari.get(at)), words=SAID, said_on=f"{clock.today():%d.%m.%Y}"))
    assert sent.status_code == 302
    assert page(kari.get(at)).find("a", string="Hent utkastet") is None
    with as_admin():
        assert Draft.objects.get().fields is None


def test_it_is_thrown_away_when_its_writer_wants(client_of: ClientOf, case: uuid.UUID, as_admin: Outside) -> None:
    kari, at = client_of("kari"), f"/forlop/{case}/egne-ord/"
    keep(kari, at, words=SAID)
    with as_admin():
        draft = Draft.objects.get()
    assert kari.post(f"/utkast/{draft.pk}/slett/").status_code == 302
    assert kari.get(f"/utkast/{draft.pk}/").status_code == 404
    with as_admin():
        assert Draft.objects.get().fields is None


def test_one_that_waits_is_written_over_by_its_button_alone(client_of: ClientOf, case: uuid.UUID) -> None:
    kari, at = client_of("kari"), f"/forlop/{case}/egne-ord/"

    def keeps_itself(shown: Any) -> bool:
        is_quiet = shown.select_one("form[data-draft]") is not None
        assert is_quiet is (shown.find("button", string="Lagre utkast") is not None)
        assert is_quiet is (shown.find("button", string="Lagre over utkastet") is None)
        return is_quiet

    assert keeps_itself(page(kari.get(at)))
    keep(kari, at, words=SAID)
    shown = page(kari.get(at))
    assert not keeps_itself(shown)
    wrong = page(kari.post(at, form_of(shown, words="Noe annet.", said_on="")), 422)
    assert not keeps_itself(wrong), "what was wrong does not make the old one go away"
    draft = shown.find("a", string="Hent utkastet")["href"]
    taken_up = page(kari.post(at, form_of(page(kari.get(draft)))))
    assert taken_up.find("textarea", {"name": "words"}).get_text().strip() == SAID
    assert keeps_itself(taken_up), "it goes on as the same draft"
    kari.post("/utkast/", form_of(wrong))
    assert "Noe annet." in str(form_of(page(kari.get(draft))))


def test_a_page_that_names_a_child_its_reader_may_not_see_keeps_none(
    client_of: ClientOf, case: uuid.UUID, anna: Child, as_admin: Outside
) -> None:
    client_of("kari").get(f"/barn/{anna.pk}/")
    with as_admin():
        person = Person.objects.get(name=cast.get("kari").name).pk
    at, leif = f"/oppslag/{person}/{clock.today().isoformat()}/{anna.pk}/", client_of("leif")
    shown = page(leif.get(at))
    assert shown.find("textarea") is not None
    assert shown.find("button", string="Lagre utkast") is None
    assert leif.post("/utkast/", {"_path": at, "note": SAID}).status_code == 404


def test_the_script_keeps_it_without_a_word(client_of: ClientOf, case: uuid.UUID) -> None:
    kari, at = client_of("kari"), f"/forlop/{case}/egne-ord/"
    assert keep(kari, at, words=SAID, _quiet="1").status_code == 204
    assert keep(kari, at, words="x" * (acts.MOST + 1), _quiet="1").status_code == 422


@pytest.mark.parametrize("who", ["leif", "per", "ola"])
def test_nobody_else_sees_it(client_of: ClientOf, acting: Acting, case: uuid.UUID, as_admin: Outside, who: str) -> None:
    at = f"/forlop/{case}/egne-ord/"
    keep(client_of("kari"), at, words=SAID)
    with as_admin():
        draft = Draft.objects.get()
    assert client_of(who).get(f"/utkast/{draft.pk}/").status_code == 404
    with acting(who) as other:
        assert queries.find(other, at) is None
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_draft")
            assert cursor.fetchone()[0] == 0


def test_what_it_says_is_sealed(client_of: ClientOf, case: uuid.UUID, as_admin: Outside) -> None:
    keep(client_of("kari"), f"/forlop/{case}/egne-ord/", words=SAID)
    with as_admin(), connection.cursor() as cursor:
        cursor.execute("select encode(fields, 'escape') from cases_draft")
        assert "sover" not in cursor.fetchone()[0]


def test_who_does_not_see_the_case_keeps_nothing_of_it(client_of: ClientOf, case: uuid.UUID, as_admin: Outside) -> None:
    ola = client_of("ola")
    for path in (f"/forlop/{case}/egne-ord/", "/logg-inn/", "/", "https://example.org/", f"//a/forlop/{case}/"):
        assert ola.post("/utkast/", {"_path": path, "words": SAID}).status_code == 404, path
    with as_admin():
        assert not Draft.objects.exists()


def test_it_goes_after_some_days_and_is_emptied_by_whoever_saves_next(
    acting: Acting, case: uuid.UUID, travel: Any, as_admin: Outside
) -> None:
    at = f"/forlop/{case}/egne-ord/"
    with acting("kari") as kari:
        acts.save(actor=kari, path=at, fields={"words": [SAID]}, pathway_id=case)
        assert queries.find(kari, at) is not None
    travel(clock.now() + acts.LASTS + timedelta(minutes=1))
    with acting("kari") as kari:
        assert queries.find(kari, at) is None
    with acting("per") as per:
        acts.save(actor=per, path=at, fields={"words": ["Noe"]}, pathway_id=case)
    with as_admin():
        assert {row.fields is None for row in Draft.objects.filter(path=at)} == {True, False}


def test_whoever_saves_holds_nobody_elses_draft_while_their_own_is_saved(
    acting: Acting, case: uuid.UUID, travel: Any
) -> None:
    """Two who each ended the other's old draft first would wait for each other until the database stopped one."""
    at = f"/forlop/{case}/egne-ord/"
    with acting("per") as per:
        acts.save(actor=per, path=at, fields={"words": [SAID]}, pathway_id=case)
    travel(clock.now() + acts.LASTS + timedelta(minutes=1))
    with acting("per") as per, CaptureQueriesContext(connection) as asked:
        acts.save(actor=per, path=at, fields={"words": ["Noe"]}, pathway_id=case)
        (row,) = Draft.objects.filter(path=at)
        assert json.loads(row.fields or "") == {"words": ["Noe"]}, "one's own that was too old is one's own still"
    done = [one["sql"] for one in asked if 'UPDATE "cases_draft"' in one["sql"] or "end_old_drafts" in one["sql"]]
    assert len(done) == 2 and "end_old_drafts" in done[1]


def test_it_is_no_use_when_sight_of_the_case_has_ended(acting: Acting, case: uuid.UUID, as_admin: Outside) -> None:
    from grunnmur.cases.actions import consents
    from grunnmur.cases.models import Consent
    from grunnmur.cases.terms import SignatoryKind

    at = f"/forlop/{case}/egne-ord/"
    with acting("per") as per:
        acts.save(actor=per, path=at, fields={"words": [SAID]}, pathway_id=case)
    with acting("kari") as kari:
        consents.withdraw(
            actor=kari,
            pathway_id=case,
            once=None,
            consent_id=Consent.objects.get().pk,
            withdrawn_by=SignatoryKind.CHILD,
        )
    with as_admin():
        draft = Draft.objects.get()
    with acting("per") as per:
        assert queries.find(per, at) is None
        with pytest.raises(access.NotVisible):
            queries.read(per, draft.pk)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_draft")
            assert cursor.fetchone()[0] == 0
