"""What was sent that no form of ours could have sent: a choice that was not offered, an id that is none.

It is answered like any other fault, beside its field, and is a row in the log as a refusal is (OWASP ASVS 5.0, 16.3.3).
The row says that it happened and on which page, and never what was sent. A page that was open while the choices changed
can cause one too: it is a sign, and no proof.
"""

from uuid import UUID

from django import forms
from django.http import HttpRequest, QueryDict

from grunnmur.web.views import errors

REASON = "tampered"
CODES = frozenset({"invalid_choice", "invalid_list", "null_characters_not_allowed"})


def is_tampered(form: forms.Form, sent: QueryDict) -> bool:
    """Whether something in a form that has been checked, or beside it, could not come from the page as it was shown."""
    return any(_could_not_be_sent(form, name) for name in form.errors) or any(
        not fits(value)
        for name, fits in (("once_token", _is_id), ("version", _is_version))
        for value in sent.getlist(name)
    )


def _could_not_be_sent(form: forms.Form, name: str) -> bool:
    codes = {fault.code for fault in form.errors.as_data().get(name, [])}
    return bool(codes & CODES) or (isinstance(form.fields.get(name), forms.UUIDField) and "invalid" in codes)


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _is_version(value: str) -> bool:
    """What a page says that it showed: a number, a row, or nothing."""
    return not value or (value.isdecimal() and len(value) < 10) or _is_id(value)


def note(request: HttpRequest, form: forms.Form) -> None:
    """A row in the log when somebody has sent what no form of ours could."""
    if is_tampered(form, request.POST):
        errors.log_refusal(request, reason=REASON)
