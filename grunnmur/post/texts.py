"""What leaves the house: one text, the same for everybody, whatever it is about. In bokmål and nynorsk, always both."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from django.conf import settings

from grunnmur import clock
from grunnmur.post import links
from grunnmur.post.rules import rules

SUBJECT = "Du har en melding i Grunnmur"
BOKMAL = "Du har en melding i Grunnmur. Åpne lenken for å lese den."
NYNORSK = "Du har ei melding i Grunnmur. Opne lenkja for å lese henne."
WHY = "Av hensyn til personvernet står det ikke her hva den gjelder."
WHY_NYNORSK = "Av omsyn til personvernet står det ikkje her kva ho gjeld."
DO_NOT_REPLY = "Ingen leser svar på denne adressen. / Ingen les svar på denne adressa."
SENDER = "Grunnmur"


def page_of(link_id: UUID | None, *, of_itself: bool = False, gathering: UUID | None = None) -> str:
    """Where it is read: where everybody logs in, by one link, at what a service offers, or by a gathering's link."""
    front = str(settings.PUBLIC_URL)
    if gathering is not None:
        return f"{front.rstrip('/')}/samling/{links.address_of(gathering, of='gathering')}/"
    if of_itself:
        return f"{front.rstrip('/')}/tilbudet-vart/"
    return f"{front.rstrip('/')}/svar/{links.address_of(link_id)}/" if link_id else front


def mail_text(page: str = "") -> str:
    """The whole text of a mail; `page` is where the message is read."""
    page = page or page_of(None)
    return "\n".join((BOKMAL, page, WHY, "", NYNORSK, page, WHY_NYNORSK, "", DO_NOT_REPLY, ""))


def sms_text(page: str = "") -> str:
    """The whole text of an SMS."""
    return f"{BOKMAL} {page or page_of(None)}"


def code_text(delivery_id: UUID) -> str:
    """The whole text of an SMS with a code, which is made as it leaves."""
    digits, minutes = links.code_for(delivery_id), rules().code_minutes.number
    return f"Koden din i Grunnmur er {links.in_groups(digits)}. Den gjelder i {minutes} minutter."


def mail(*, to: str, name: str, page: str = "") -> bytes:
    """The mail as it leaves. `name` makes its Message-ID, which is the same in every attempt."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{SENDER} <{settings.MAIL_FROM}>"
    message["To"] = to
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(name)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail_text(page))
    return message.as_bytes()


def message_id(name: str) -> str:
    """A delivery's Message-ID."""
    return f"<{name}@{str(settings.MAIL_FROM).rpartition('@')[2]}>"
