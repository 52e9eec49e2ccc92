"""The order of words as Norwegian readers expect it: æ, ø and å last.

In Python, because a PostgreSQL that comes without ICU, as the embedded one does, has no Norwegian collation.
"""

import unicodedata

_LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
"""The three signs that stand right after z."""


def order(text: str) -> tuple[str, str]:
    """What to sort a name by: capitals and accents do not count until nothing else differs."""
    # «å» may be written as one sign or as two.
    letters = unicodedata.normalize("NFC", text.casefold()).translate(_LAST)
    plain = "".join(sign for sign in unicodedata.normalize("NFD", letters) if not unicodedata.combining(sign))
    return plain, text
