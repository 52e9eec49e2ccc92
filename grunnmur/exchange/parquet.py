"""Every CSV file of a folder once more as Parquet, by DuckDB: `python -m grunnmur.exchange.parquet FOLDER`.

A process of its own, for it is others' machine code, and is given neither keys nor database. It reaches that folder
alone, and fetches no extension.
"""

import sys
from pathlib import Path


def write(folder: Path) -> None:
    """Write each `NAME.csv` as `NAME.parquet`, every value as text: what is empty stays empty and is not missing."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set autoload_known_extensions = false")
        connection.execute("set threads = 1")
        connection.execute("set temp_directory = ''")
        connection.execute(f"set allowed_directories = [{_quoted(folder)}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        for file in sorted(folder.glob("*.csv")):
            names = file.read_text(encoding="utf-8").partition("\n")[0].strip().split(",")
            # Told, not guessed: a guess could make another table of it.
            told = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', nullstr = ''"
            columns = f"columns = {dict.fromkeys(names, 'VARCHAR')!r}, force_not_null = {names!r}"
            read = f"read_csv({_quoted(file)}, {told}, {columns})"
            target = _quoted(file.with_suffix(".parquet"))
            connection.execute(f"copy (select * from {read}) to {target} (format parquet)")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve())
