"""Reading a page and its form as a person does, from the HTML that came."""

import re
from typing import Any

from bs4 import BeautifulSoup


def page(response: Any, status: int = 200) -> BeautifulSoup:
    assert response.status_code == status, response.content.decode()[:3000]
    return BeautifulSoup(response.content, "html.parser")


def text(soup: BeautifulSoup) -> str:
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", soup.main.get_text(" "))


def form_of(soup: BeautifulSoup, **typed: Any) -> dict[str, Any]:
    """The form as it stands on the page, with what a person types in it."""
    given: dict[str, Any] = {}
    for field in soup.main.select("form.g-form [name]"):
        name, kind = field["name"], field.get("type")
        if kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                given.setdefault(name, []).append(field["value"])
        elif field.name == "select":
            chosen = field.select_one("option[selected]")
            given[name] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            given[name] = field.get_text().removeprefix("\n")
        elif kind != "submit":
            given[name] = field.get("value", "")
    return {key: value for key, value in (given | typed).items() if value is not None}


def fault(soup: BeautifulSoup, name: str) -> str:
    """The sentence next to a field, which the field points at."""
    found = soup.find(id=f"id_{name}_error")
    assert found, soup.find(class_="g-error-summary")
    assert soup.find(attrs={"aria-describedby": re.compile(rf"\bid_{name}_error\b")}), f"{name} does not say its fault"
    return found.get_text(" ", strip=True)
