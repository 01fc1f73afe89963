"""How a register is told: its unit, and its name where it counts something apart (« kWh, heures de pointe »)."""

from functools import cache
from pathlib import Path
from typing import Any

from fanal.law.in_force import read_toml
from fanal.law.tariffs.book import Book
from fanal.values.energy import TOTAL
from fanal.values.wording import Lang

WORDS = Path(__file__).with_name("registers.toml")


def words(name: str, lang: Lang = "fr") -> str:
    """What a register of that name counts; empty for the whole, the name itself where nobody worded it."""
    if name == TOTAL:
        return ""
    return str(_document()[name][lang]) if is_worded(name) else name.replace("_", " ")


def is_worded(name: str) -> bool:
    """Whether somebody worded that name."""
    return name in _document()


def label(unit: str, name: str, lang: Lang = "fr") -> str:
    """« kWh », « kWh, heures de pointe »."""
    return f"{unit}, {words(name, lang)}" if name != TOTAL else unit


def title(book: Book, name: str, lang: Lang = "fr") -> str:
    """What a register counts, in the words of the book that reads it: « Heures de pointe »; empty for the whole."""
    if name in book.registers:
        register = book.registers[name]
        return register.en if lang == "en" else register.fr
    return words(name, lang)


def told(name: str, lang: Lang = "fr") -> str:
    """« le registre « heures de pointe » » of « registers.peak »; « le registre kvarh » of a whole."""
    register = name.removeprefix("registers.")
    french, english = ("le registre « {} »", "register “{}”") if register != name else ("le registre {}", "register {}")
    return (french if lang == "fr" else english).format(words(register, lang) if register != name else name)


@cache
def _document() -> dict[str, Any]:
    return read_toml(WORDS)
