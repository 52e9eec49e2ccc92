"""Sets one paper as a PDF: HTML in, PDF/UA-1 out. A program of its own, started for each (`exchange/paper.py`).

It is given neither keys, database nor environment, may use so much memory and time and no more, and asks nobody for
anything: a paper that names something from elsewhere is not set at all. It imports nothing of ours.
"""

import hashlib
import resource
import sys
from pathlib import Path
from typing import Any

SECONDS = 20
MEMORY = 2_000_000_000
"""Bytes of address space; a paper of a hundred pages takes a quarter of it."""
HERE = Path(__file__).resolve().parent
FONTS = HERE.parent / "web" / "static" / "vendor" / "inter"


def main() -> None:
    """The same HTML gives the same bytes: no time stands in them, and the file is identified by what it has."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    page = sys.stdin.buffer.read()

    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OurFonts(URLFetcher):  # type: ignore[misc]  # the package has no types
        """Gives the fonts that come with the program, by name, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            name = url.removeprefix("font:")
            if name == url or not name.replace("-", "").removesuffix(".woff2").isalnum():
                raise FatalURLFetchingError("a paper asks nobody for anything")
            return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/woff2"})

    fonts, fetcher = FontConfiguration(), OurFonts()
    style = CSS(string=(HERE / "paper.css").read_text(encoding="utf-8"), font_config=fonts, url_fetcher=fetcher)
    pdf = HTML(string=page.decode(), encoding="utf-8", url_fetcher=fetcher).write_pdf(
        stylesheets=[style],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(page).digest()[:16],
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
