"""A proposed extension of Statistics Norway's file: the pathway itself, which the register has no element for.

Ours, and nobody else's: its own schema in its own namespace, kept apart from the national file. Pure: no database.
"""
