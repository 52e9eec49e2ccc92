"""What leaves the house: one text, the same for everybody, whatever it is about. In bokmål and nynorsk, always both."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from grunnmur import clock

SUBJECT = "Du har en melding i Grunnmur"
BOKMAL = "Du har en melding i Grunnmur. Logg inn for å lese den."
NYNORSK = "Du har ei melding i Grunnmur. Logg inn for å lese henne."
WHY = "Av hensyn til personvernet står det ikke her hva den gjelder."
WHY_NYNORSK = "Av omsyn til personvernet står det ikkje her kva ho gjeld."
DO_NOT_REPLY = "Ingen leser svar på denne adressen. / Ingen les svar på denne adressa."
SENDER = "Grunnmur"


def link() -> str:
    """Where one logs in; the same for everybody."""
    return str(settings.PUBLIC_URL)


def mail_text() -> str:
    """The whole text of a mail."""
    return "\n".join((BOKMAL, link(), WHY, "", f"{NYNORSK}", link(), WHY_NYNORSK, "", DO_NOT_REPLY, ""))


def sms_text() -> str:
    """The whole text of an SMS."""
    return f"{BOKMAL} {link()}"


def mail(*, to: str, name: str) -> bytes:
    """The mail as it leaves. `name` makes its Message-ID, which is the same in every attempt."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{SENDER} <{settings.MAIL_FROM}>"
    message["To"] = to
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(name)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail_text())
    return message.as_bytes()


def message_id(name: str) -> str:
    """A delivery's Message-ID."""
    return f"<{name}@{str(settings.MAIL_FROM).rpartition('@')[2]}>"
