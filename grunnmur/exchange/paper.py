"""A paper as PDF: set by a program beside ours (`exchange/typeset.py`), so that it cannot stop the service."""

import subprocess
import sys
import threading
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROGRAM = Path(__file__).with_name("typeset.py")
NAME = "papir.pdf"
"""What every file is called: of which sort it is, is for whoever opens it."""
TIMEOUT = 20
"""Seconds of the clock; the program has its own limit of computing time."""
WAIT = 3
"""Seconds that one waits for another's paper, before one is asked to come back. Together with `TIMEOUT` less than the
database lets a request be idle (`postgres.BOUNDED`)."""
MOST = 300_000
"""Characters of HTML, some 140 pages: what the program can set within its limits, so that more is refused at once."""
ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}
"""All that the program is given beside the page: with it the same page is the same file, down to the fonts in it."""
ONE_AT_A_TIME = threading.BoundedSemaphore(1)
"""In each process, so that the threads that answer others keep a core between them."""


class NotSet(Exception):
    """The PDF was not made; `sentence` says what to do instead."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__("paper")
        self.sentence = sentence


TOO_LONG = _("Dette er for langt til å bli en PDF. Skriv ut siden i stedet.")
BUSY = _("Det lages mange PDF-er akkurat nå. Vent litt, og prøv igjen, eller skriv ut siden i stedet.")
NOT_HERE = _("PDF-en kunne ikke lages. Skriv ut siden i stedet, og si fra til dem som drifter Grunnmur.")


def pdf(page: str) -> bytes:
    """The page, a whole HTML document without style, as an accessible PDF (PDF/UA-1). Raises NotSet."""
    if len(page) > MOST:
        raise NotSet(TOO_LONG)
    if not ONE_AT_A_TIME.acquire(timeout=WAIT):
        raise NotSet(BUSY)
    try:
        # What it says of a fault could hold what the paper says, so nobody hears it.
        done = subprocess.run(
            [sys.executable, "-s", "-P", "-B", str(PROGRAM)],
            input=page.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            timeout=TIMEOUT,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise NotSet(NOT_HERE) from None
    finally:
        ONE_AT_A_TIME.release()
    return done.stdout
