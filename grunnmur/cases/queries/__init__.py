"""What pages read: each function asks as one actor, gives plain data, and logs the look before anything is shown."""

from grunnmur.directory.sessions import Actor

__all__ = ["Actor"]
