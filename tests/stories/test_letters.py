"""That no mail tells of the child is asked of what its reader reads, however it is coded on its way."""

from email import policy
from email.message import EmailMessage

import pytest

from tests.post.server import Box
from tests.stories.letters import Letters
from tests.stories.page import Unlike

LONG = "Sjå meldinga i Grunnmur. " * 10


def letter(*, subject: str = "Ny melding", text: str = LONG, calendar: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["To"] = "gp@example.org"
    mail["Subject"] = subject
    mail.set_content(text, cte="base64")
    if calendar:
        mail.add_attachment(calendar, subtype="calendar", cte="quoted-printable")
    return mail


def tell_nothing(mail: EmailMessage) -> None:
    box = Box()
    box.raw.append(mail.as_bytes(policy=policy.SMTP))
    Letters(box, 0).tell_nothing(["Bjørn Aså"])


def test_a_mail_that_tells_nothing_passes() -> None:
    tell_nothing(letter(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(letter(subject="Om Bjørn Aså"), id="subject"),
        pytest.param(letter(text=LONG + "Bjørn Aså"), id="text"),
        pytest.param(letter(calendar="SUMMARY:Bjørn\r\n  Aså\r\n"), id="calendar"),
    ],
)
def test_a_mail_that_tells_is_found(mail: EmailMessage) -> None:
    with pytest.raises(Unlike, match="Bjørn"):
        tell_nothing(mail)
