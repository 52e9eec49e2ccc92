"""Grunnmur carries the national pathway for barnevern for one child, from the first worry to closure."""

__version__ = "0.1.0"
