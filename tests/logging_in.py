"""Logging in as people do: a password, and a code from the app, which is taken in use the first time."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from demo.load import PASSWORD
from tests.app import App


def read(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def hidden(answer: Any, name: str) -> str:
    """What the page's form carries along unseen."""
    return str(read(answer).main.find("input", {"name": name})["value"])


def new_app(answer: Any) -> App:
    """The app that has read the picture on this page."""
    return App(read(answer).select_one("[data-secret]").get_text())


def log_in(browser: Client, username: str = "kari", password: str = PASSWORD, **more: str) -> Any:
    """All the way in, with the app that this browser's person has, or a new one."""
    answer = browser.post("/logg-inn/", {"username": username, "password": password, **more})
    if answer.status_code != 200:
        return answer
    carried = {name: hidden(answer, name) for name in ("kept", "neste")}
    apps: dict[str, App] = browser.__dict__.setdefault("apps", {})
    if read(answer).select_one("[data-secret]"):
        apps[username] = new_app(answer)
        answer = browser.post("/logg-inn/ny/", {**carried, "code": apps[username].code()})
        return browser.post("/logg-inn/tjeneste/", {**carried, "proof": hidden(answer, "proof")})
    return browser.post("/logg-inn/bekreft/", {**carried, "code": apps[username].code()})
