"""What is left in a browser, and on paper, when somebody goes from the machine."""

import io
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext
from pypdf import PdfReader

from tests.stories.anna import ANNA
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.walker import Walker

TYPED = "Kanarifuglen som ingen sendte"
SECRETS = ("Solberg", "G-2026-0001", TYPED)


def go_to_anna(one: Visitor) -> str:
    """To the page of a child; gives its address."""
    one.be()
    one.follow("Ikke vurdert ennå")
    one.follow(ANNA)
    one.sees(ANNA, "G-2026-0001")
    return one.address


def goes_back_in_vain(one: Visitor, *, times: int) -> None:
    """However often the button is pressed, what comes is the page where one logs in."""
    for _time in range(times):
        one.tab.go_back()
        assert "/logg-inn/" in one.tab.url
        assert not [word for word in SECRETS if word in one.tab.content()], one.tab.url


def test_nobody_goes_back_to_a_child_after_log_out_and_nothing_lies_on_the_disk(
    kept: tuple[BrowserContext, Path], program: Server
) -> None:
    context, profile = kept
    kari = Visitor(context, program.url, "kari")
    child = go_to_anna(kari)
    kari.open(f"{child}endre/")
    kari.tab.locator("main input[type=text]").first.fill(TYPED)
    kari.tab.go_back()
    kari.tab.wait_for_url(f"**{child}")
    assert ANNA in kari.tab.content(), "while logged in one goes back as anywhere"
    kari.press("Logg ut")
    goes_back_in_vain(kari, times=3)

    # The same when the session ended elsewhere, and the page on the screen is the last that was shown.
    go_to_anna(kari)
    elsewhere = Walker(program.url, "kari")
    elsewhere.be()
    elsewhere.open("/min-innlogging/")
    elsewhere.press("Logg ut alle andre steder")
    elsewhere.close()
    kari.follow("Mitt arbeid")
    goes_back_in_vain(kari, times=2)

    context.close()
    files = [one.read_bytes() for one in profile.rglob("*") if one.is_file()]
    assert any(program.url.encode() in one for one in files), "the browser has written where it was"
    for word in SECRETS:
        assert not [one for one in files if word.encode() in one or word.encode("utf-16-le") in one], word


def test_a_page_about_a_child_prints_what_it_says_and_who_printed_it(
    visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    kari = visitor("kari")
    go_to_anna(kari)
    paper = PdfReader(io.BytesIO(kari.tab.pdf(format="A4")))
    said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert ANNA in said
    assert said.count("G-2026-0001") == 1, said
    assert re.search(
        r"Hentet fra Grunnmur av Kari Lunde, Grimstad barneverntjeneste, \d\d\.\d\d\.\d{4} kl\. \d\d\.\d\d", said
    ), said
    assert not re.search(r"\d{6} \d{5}", said), "the national number is folded away, on paper too"
    for word in (
        "Mitt arbeid",
        "Søk",
        "Logg ut",
        "Min innlogging",
        "Hopp til innholdet",
        "Begynn å vurdere",
        "116 111",
    ):
        assert word not in said, word
    assert len(paper.pages) <= 3
