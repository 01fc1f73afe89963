"""A book written as the TOML file that a person would write: figures as text, a charge a line."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

TABLES = ("seasons", "registers", "titles")


def encode(book: Mapping[str, Any]) -> str:
    """The file of a book given as plain data: texts, dates, booleans, lists and tables of these."""
    lines = [f"{key} = {_value(it)}" for key, it in book.items() if key not in (*TABLES, "version")]
    for name in TABLES:
        if book.get(name):
            lines += ["", f"[{name}]", *(f"{_key(key)} = {_value(it)}" for key, it in book[name].items())]
    for version in book["version"]:
        lines += ["", "[[version]]", *(f"{key} = {_value(it)}" for key, it in version.items() if key != "charges")]
        lines += ["charges = [", *(f"  {_value(it)}," for it in version["charges"]), "]"]
    return "\n".join(lines) + "\n"


def _value(it: Any) -> str:
    if isinstance(it, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(value)}" for key, value in it.items()) + " }"
    if isinstance(it, (list, tuple)):
        return "[" + ", ".join(map(_value, it)) + "]"
    if isinstance(it, bool):
        return "true" if it else "false"
    return it.isoformat() if isinstance(it, date) else str(it) if isinstance(it, int) else _text(it)


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else _text(name)


def _text(words: str) -> str:
    """JSON writes a text as TOML does, but for what nobody can read, which is left out."""
    return json.dumps("".join(it for it in words if it.isprintable() or it in "\n\t"), ensure_ascii=False)
