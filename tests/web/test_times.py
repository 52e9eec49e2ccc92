"""The pages where times are proposed, answered and chosen, and where the minutes are approved."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from grunnmur.cases.models import Child, Meeting
from grunnmur.web.jinja import dato
from tests import together
from tests.cases.test_meetings import hold
from tests.web.reading import fault, form_of, page, text

ClientOf = Callable[[str], Client]
Acting = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def pathway_id(acting: Acting, anna: Child) -> uuid.UUID:
    with acting("kari") as kari:
        pathway_id = together.begin(kari, anna)
        together.start(kari, pathway_id)
        together.let_in(kari, pathway_id, "storgata", "abup")
    return pathway_id


def proposed(form: Any, *days: int, **more: Any) -> dict[str, Any]:
    typed = {
        key: value
        for row, day in enumerate(days)
        for key, value in ((f"time_{row}_on", dato(together.day(day))), (f"time_{row}_clock", "14"))
    }
    return form_of(form, **typed, answer_by=dato(together.day(1)), **more)


def test_times_are_proposed_answered_and_one_is_chosen(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    case = f"/forlop/{pathway_id}/moter/"
    kari, per = client_of("kari"), client_of("per")
    way = page(kari.get(case)).find("a", href=lambda href: "tider/?type=oppstartsmote" in (href or ""))
    assert way is not None
    form = page(kari.get(str(way["href"])))
    half = page(kari.post(str(way["href"]), proposed(form, 5, 6) | {"time_1_clock": ""}), 422)
    assert "både dato og klokkeslett" in fault(half, "time_1_clock")
    assert kari.post(str(way["href"]), proposed(form, 5, 6)).status_code == 302
    seen = page(per.get(case))
    answer = seen.find("a", string="Svar hvilke tider som passer")
    assert answer is not None
    form = page(per.get(str(answer["href"])))
    second = form.select("input[name=suits]")[1]["value"]
    empty = page(per.post(str(answer["href"]), form_of(form, note="Ring først.")), 422)
    assert "eller for at ingen av dem passer" in fault(empty, "suits")
    assert form_of(empty)["note"] == "Ring først."
    both = page(per.post(str(answer["href"]), form_of(form, suits=[second], none_suits="on")), 422)
    assert "Behold bare det ene." in fault(both, "none_suits")
    assert per.post(str(answer["href"]), form_of(form, none_suits="on")).status_code == 302
    assert "Passer ikke for Storgata legesenter." in text(page(kari.get(case)))
    form = page(per.get(str(answer["href"])))
    assert form.select_one("#id_none_suits").has_attr("checked"), "what was answered stands when one changes it"  # type: ignore[union-attr]
    assert per.post(str(answer["href"]), form_of(form, suits=[second], none_suits=None)).status_code == 302
    shown = page(kari.get(case))
    assert "Passer for Storgata legesenter." in text(shown)
    assert "ABUP Arendal har ikke svart." in text(shown)
    choose = shown.find("a", href=lambda href: "tid=" in (href or ""))
    assert choose is not None
    call = page(kari.get(str(choose["href"])))
    assert call.select_one("#id_starts_at")["value"] == dato(together.day(6))  # type: ignore[index]
    assert call.select_one("#id_clock")["value"] == "14.00"  # type: ignore[index]
    assert kari.post(str(choose["href"]), form_of(call, place="Rådhuset")).status_code == 302
    with acting("kari"):
        assert Meeting.objects.get().starts_at == together.at(6)
    assert "Passer for" not in text(page(kari.get(case)))
    assert per.get(str(answer["href"])).status_code == 302, "there is nothing to answer any more"


def test_who_asks_anew_is_told_what_was_asked_and_what_came_meanwhile(
    pathway_id: uuid.UUID, client_of: ClientOf
) -> None:
    address = f"/forlop/{pathway_id}/moter/tider/?type=statusmote"
    kari, leif = client_of("kari"), client_of("leif")
    form = page(leif.get(address))
    assert "Dere har alt spurt" not in text(form)
    kari.post(address, proposed(page(kari.get(address)), 5, 6))
    form = page(leif.post(address, proposed(form, 8, 9) | {"time_1_clock": ""}), 422)
    late = page(leif.post(address, proposed(form, 8, 9)), 409)
    assert "Noen andre har endret dette" in text(late)
    assert "Dere har alt spurt om tider" in text(late)
    assert late.select_one("#id_time_0_on")["value"] == dato(together.day(8))  # type: ignore[index]
    assert leif.post(address, proposed(late, 8, 9)).status_code == 302, "now it was seen"
    assert "Dere har alt spurt om tider" in text(page(kari.get(address)))


def test_who_was_not_asked_gets_a_reason_and_a_stranger_nothing(pathway_id: uuid.UUID, client_of: ClientOf) -> None:
    case = f"/forlop/{pathway_id}/moter/"
    kari = client_of("kari")
    form = page(kari.get(case + "tider/?type=oppstartsmote"))
    kari.post(case + "tider/?type=oppstartsmote", proposed(form, 5, 6, services=[str(together.service_id("abup"))]))
    siri = client_of("siri")
    answer = page(siri.get(case)).find("a", string="Svar hvilke tider som passer")
    assert answer is not None
    assert client_of("per").get(str(answer["href"])).status_code == 403
    assert client_of("per").get(case + "tider/").status_code == 403
    for address in (str(answer["href"]), case + "tider/"):
        assert client_of("ola").get(address).status_code == 404


def test_the_minutes_are_approved_in_one_press_or_remarked(
    pathway_id: uuid.UUID, client_of: ClientOf, acting: Acting
) -> None:
    with acting("kari") as kari:
        meeting = together.call(kari, pathway_id, "storgata", "abup", days=0)
        hold(kari, pathway_id, meeting, services_present=[together.service_id(key) for key in ("storgata", "abup")])
    case = f"/forlop/{pathway_id}/moter/"
    per, siri, leif = client_of("per"), client_of("siri"), client_of("leif")
    way = page(per.get(case)).find("form", action=lambda action: "stemmer" in (action or ""))
    assert way is not None
    token = way.select_one("[name=once_token]")["value"]  # type: ignore[index]
    for _click in range(2):
        assert per.post(str(way["action"]), {"says": "approved", "once_token": token}).status_code == 302
    silent = page(siri.post(str(way["action"]), {"says": "remark", "text": ""}), 422)
    assert "Skriv hva som ikke stemmer." in fault(silent, "text")
    siri.post(str(way["action"]), {"says": "remark", "text": "Vi lovte ikke det."})
    seen = text(page(leif.get(case)))
    assert "Storgata legesenter referatet stemmer" in seen
    assert "ABUP Arendal merknad Vi lovte ikke det." in seen
    assert "har ikke svart på om referatet" not in seen
    assert leif.get(str(way["action"])).status_code == 403
    assert client_of("ola").get(str(way["action"])).status_code == 404
