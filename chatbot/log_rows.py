"""Rows of the conversation log, as they are written."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows, each a value for each named column."""
    for row in rows:
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        connection.execute(f"insert into {table} ({names}) values ({places})", row)


def as_json(value: Any) -> str:
    """A value in a column of text, readable in any script."""
    return to_json(value).decode()
