"""How a register is told, whoever reads it: its words, its unit, the words of the book that reads it."""

import pytest

from fanal.law.metering import registers
from fanal.law.tariffs.shelf import load
from fanal.values.energy import TOTAL


@pytest.mark.parametrize(
    ("name", "lang", "said"),
    [("peak", "fr", "heures de pointe"), ("peak", "en", "peak hours"), ("pool_pump", "fr", "pool pump"),
     (TOTAL, "fr", "")],
)  # fmt: skip
def test_a_name_is_said_in_words_or_as_it_is_written(name: str, lang: str, said: str) -> None:
    assert registers.words(name, lang) == said


def test_a_whole_is_told_by_its_unit_and_a_part_by_what_it_counts() -> None:
    assert registers.label("kWh", TOTAL) == "kWh"
    assert registers.label("kWh", "peak", "en") == "kWh, peak hours"
    assert (registers.is_worded("peak"), registers.is_worded("pool_pump")) == (True, False)


def test_a_refusal_names_the_register_or_the_unit() -> None:
    assert registers.told("registers.peak") == "le registre « heures de pointe »"
    assert registers.told("kvarh", "en") == "register kvarh"


def test_a_book_words_its_own_registers_and_leaves_the_others_to_the_trade() -> None:
    book = load("evn/business_22kv")
    name, own = next(iter(book.registers.items()))
    assert (registers.title(book, name), registers.title(book, name, "en")) == (own.fr, own.en)
    assert registers.title(book, "cold", "en") == "cold weather"
