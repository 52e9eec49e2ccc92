"""Copies of the database outside the house, and the way back from them.

The copying side fetches, with PostgreSQL's own programs: one whole copy (`take`), and every change after it
(`changes`). What it keeps is sealed to a key that it does not have itself (`seal`). `recover` makes a database of it
again, as it was at any instant, and holds it against what the source looked like (`fingerprint`).

    archive      the folder: what is kept where, which copies there are, and whether the changes are without a gap
    taken_back   what was withdrawn since, and is withdrawn again after a restore
    programs     where PostgreSQL's programs are, for each major version
"""
