"""The language that the program itself writes in, where what it writes is kept or given to others."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation


def in_bokmal() -> AbstractContextManager[None]:
    """What the program writes into a case, to the contact person, or for another service, is in bokmål: nobody knows in
    what language the next reader reads, whatever whoever does it now reads."""
    return translation.override(settings.LANGUAGE_CODE)
