"""A sibling's own record over HTTP: from the child's page to the sibling's, with nothing typed twice."""

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur.cases.actions import plans
from grunnmur.cases.models import Child, Draft, MeetingText, RelatedPerson, Task
from grunnmur.cases.terms import InformationKind, MeetingKind
from tests import together
from tests.web.reading import fault, form_of, page, text

Acting = Callable[[str], AbstractContextManager[Any]]
Outside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def emil(acting: Acting, anna: Child) -> RelatedPerson:
    with acting("kari") as kari:
        return together.add_brother(kari, anna)


def link_of(kari: Client, child: uuid.UUID) -> list[str]:
    found = page(kari.get(f"/barn/{child}/")).main.select("a[href*='annet-barn']")
    return [str(one["href"]) for one in found]


def test_from_the_child_to_the_siblings_own_record(
    client_of: Callable[[str], Client], anna: Child, emil: RelatedPerson, as_admin: Outside
) -> None:
    kari = client_of("kari")
    (address,) = link_of(kari, anna.pk)
    shown = page(kari.get(address))
    given = form_of(shown)
    assert (given["name"], given["language"]) == ("Emil Solberg", "norsk")
    assert "For barnet du kom fra: Mor · foreldreansvar · daglig omsorg" in text(shown)
    with as_admin():
        mona, erik = (RelatedPerson.objects.get(name=f"{name} Solberg").identity for name in ("Mona", "Erik"))
    answers = {
        "born_on": "04.03.2016",
        "journal_number": "G-9",
        f"relation_{mona}": "mother",
        f"relation_{erik}": "none",
    }
    refused = page(kari.post(address, form_of(shown, **answers)), 422)
    assert "for dette barnet" in fault(refused, f"rights_{mona}")
    assert form_of(refused)["journal_number"] == "G-9"
    once = form_of(refused, **{f"rights_{mona}": "both"})
    first, second = (kari.post(address, once) for _click in range(2))
    assert first["Location"] == second["Location"]
    made = page(kari.get(first["Location"]))
    assert "Emil Solberg" in text(made)
    assert "Mor · foreldreansvar · daglig omsorg" in text(made)
    assert "Anna Solberg" in text(made)
    assert "Erik Solberg" not in text(made)

    (known,) = page(kari.get(address)).main.select(f"a[href='{first['Location']}']")
    assert known.get_text() == "Gå til søskenets side"
    again = page(kari.post(address, form_of(shown, **answers, **{f"rights_{mona}": "both"})), 422)
    assert "journalnummer og fødselsdato" in fault(again, "is_same")
    joined = kari.post(address, form_of(again, **{"is_same": "yes", f"relation_{erik}": "father"}), follow=True)
    assert "Det som sto der fra før, er ikke endret" not in text(page(joined, 422))
    assert "for dette barnet" in fault(page(joined, 422), f"rights_{erik}")
    whole = {"is_same": "yes", f"relation_{erik}": "father", f"rights_{erik}": "responsibility"}
    joined = kari.post(address, form_of(again, **whole), follow=True)
    assert "Det som sto der fra før, er ikke endret" in text(page(joined))
    assert "Far · foreldreansvar" in text(page(joined))
    with as_admin():
        assert Child.objects.count() == 2


def test_it_is_not_offered_where_nothing_goes_along(
    acting: Acting, client_of: Callable[[str], Client], anna: Child, emil: RelatedPerson
) -> None:
    with acting("kari") as kari:
        together.protect(kari, anna.pk)
    client = client_of("kari")
    assert link_of(client, anna.pk) == []
    refused = page(client.get(f"/barn/{anna.pk}/annet-barn/{emil.identity}/"), 403)
    assert "Adressen til barnet er skjermet" in text(refused)


# --- what concerns the sibling ---------------------------------------------------------------------------------------


def test_a_task_is_moved_from_its_page_to_the_siblings_plan(
    acting: Acting, client_of: Callable[[str], Client], anna: Child, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        together.start(kari, case)
        plans.set_task(
            actor=kari,
            pathway_id=case,
            once=None,
            what="Emil skal til tannlegen",
            service_id=kari.service_id,
            related_person_id=None,
            due_on=None,
        )
        task = Task.objects.get().pk
    client = client_of("kari")
    address = f"/forlop/{case}/plan/oppgave/{task}/"
    assert not page(client.get(address)).main.select("a[href*='annet-barn']"), "no sibling, nowhere to move it"
    with acting("kari") as kari:
        together.add_brother(kari, anna)
    (link,) = page(client.get(address)).main.select("a[href*='annet-barn']")
    assert "Ingen av søsknene har en sak som pågår hos dere" in text(page(client.get(link["href"])))
    with as_admin():
        RelatedPerson.objects.filter(name="Emil Solberg").delete()
    with acting("kari") as kari:
        _emil, emils = together.start_brother(kari, anna)
    form = page(client.get(link["href"]))
    assert "Emil Solberg" in text(form)
    assert "G-9. De som er med der" in text(form)
    given = form_of(form)
    assert (given["what"], given["til"]) == ("Emil skal til tannlegen", str(emils))
    assert given["who"].startswith("service:")
    refused = page(client.post(link["href"], given | {"what": "Anna skal med"}), 422)
    assert "Anna" in fault(refused, "what")
    done = page(client.post(link["href"], form_of(refused, what="Bestille tannlege"), follow=True))
    assert "Gjaldt et annet barn." in text(done)
    assert "Bestille tannlege" not in text(done)
    assert "Bestille tannlege" in text(page(client.get(f"/forlop/{emils}/plan/")))


def test_which_of_two_a_goal_concerns_is_chosen(
    acting: Acting, client_of: Callable[[str], Client], anna: Child
) -> None:
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        together.start(kari, case)
        goal = plans.set_goal(actor=kari, pathway_id=case, once=None, text="Liv sover godt.")
        cases = [
            together.start_brother(kari, anna, *who)[1] for who in (("Emil Solberg", "G-9"), ("Liv Solberg", "G-10"))
        ]
    client = client_of("kari")
    (link,) = page(client.get(f"/forlop/{case}/plan/mal/{goal.pk}/")).main.select("a[href*='annet-barn']")
    ways = page(client.get(link["href"])).main.select(".g-links a.ds-button")
    assert [way["href"] for way in ways] == [f"{link['href']}?til={key}" for key in cases]
    form = page(client.get(ways[1]["href"]))
    assert "Liv Solberg" in text(form)
    given = form_of(form)
    assert (given["text"], given["til"]) == ("Liv sover godt.", str(cases[1]))
    done = page(client.post(link["href"], given, follow=True))
    assert "Målet står i planen til søskenet" in text(done)
    shown = {key: text(page(client.get(f"/forlop/{key}/plan/"))) for key in (case, *cases)}
    assert ["Liv sover godt." in shown[key] for key in cases] == [False, True]
    assert "Gjaldt et annet barn." in shown[case]


def test_a_text_that_names_the_sibling_waits_as_a_draft_on_the_same_page_of_its_own_case(
    acting: Acting, client_of: Callable[[str], Client], anna: Child, as_admin: Outside
) -> None:
    with acting("kari") as kari:
        case = together.begin(kari, anna)
        together.start(kari, case)
        together.let_in(kari, case, "storgata")
        meeting = together.call(kari, case, "storgata").pk
        _emil, emils = together.start_brother(kari, anna)
    client, per = client_of("kari"), client_of("per")
    address = f"/forlop/{case}/moter/{meeting}/les/"
    said = {"title": "Natt", "text": "Emil sover ikke.", "kind": str(int(InformationKind.COORDINATION))}
    refused = page(client.post(address, form_of(page(client.get(address)), **said)), 422)
    assert not refused.main.select("button[name=_there]"), "no meeting of his to carry it to"
    with acting("kari") as kari:
        his = together.call(kari, emils, kind=MeetingKind.STATUSMOTE).pk
    refused = page(client.post(address, form_of(page(client.get(address)), **said)), 422)
    (button,) = refused.main.select("button[name=_there]")
    assert "Emil Solberg" in button.get_text()
    assert button["value"] == f"/forlop/{emils}/moter/{his}/les/"
    given = form_of(refused) | {"_there": button["value"]}
    there = page(client.post(button["formaction"], given, follow=True))
    assert "Du har et utkast" in text(there)
    assert "Du har et utkast" in text(page(client.get(address)))
    again = page(client.post(button["formaction"], given, follow=True))
    assert "Du har alt et utkast i søskenets sak" in text(again)
    with as_admin():
        kept = {row.path: json.loads(row.fields) for row in Draft.objects.all()}
        assert kept[button["value"]] == {"title": ["Natt"], "text": ["Emil sover ikke."]}
        assert kept[address]["text"] == ["Emil sover ikke."]
        assert not MeetingText.objects.exists()

    for wrong in ({"_there": address}, {"_here": button["value"]}, {"_there": "", "_here": ""}):
        answer = client.post(button["formaction"], given | wrong)
        assert (answer.status_code, answer["Location"]) == (302, f"/forlop/{case}/")
    of_per = page(per.post(address, form_of(page(per.get(address)), **said)), 422)
    assert not of_per.main.select("button[name=_there]"), "who takes part in one case learns of no other"
    assert per.post(button["formaction"], given)["Location"] == f"/forlop/{case}/"
    with as_admin():
        assert Draft.objects.count() == 2
