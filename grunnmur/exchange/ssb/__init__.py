"""Statistics Norway's child welfare file, format v4: read, checked and handed on as plain facts.

Pure: no database. `file.read` is the way in; what it returns is written by an action in `cases`.
"""
