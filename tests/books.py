"""Books to propose: one that exists, with another price from a day on."""

from datetime import date
from pathlib import Path

from fanal.law.tariffs.book import Book, dump


def dearer_access(book: Book, price: str, since: date) -> Book:
    """The book whose access (or first fixed charge) costs that much from that day on; what came before stays."""
    content = dump(book)
    before = [it for it in content["version"] if it["from"] < since.isoformat()]
    last = dict(before[-1])
    before[-1] = last | {"to": since.isoformat()}
    charges = [dict(it) for it in last["charges"]]
    next(it for it in charges if it["kind"] == "fixed")["price"] = price
    new = last | {"from": since.isoformat(), "to": None, "source": "résolution 2026-12", "charges": charges}
    return Book.model_validate(content | {"version": [*before, new]})


def as_file(folder: Path, source: Path, old: str, new: str) -> Path:
    """A copy of a shipped file, with its house, in which one text is replaced by another."""
    path = folder / source.parent.name / source.name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path
