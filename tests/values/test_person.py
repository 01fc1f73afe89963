"""Who is the same person: by what is seen of the name, whatever was typed."""

import sys
import unicodedata

import pytest

from fanal.values import person

TYPED = (
    "marie tremblay", "MARIE  TREMBLAY", "Ｍａｒｉｅ Ｔｒｅｍｂｌａｙ",
    "Ma\u200brie Tremblay", "Marie\u00a0Tremblay\ufeff",
    "Marie Trem\u00adblay", "\u202eMarie Tremblay", "Marie\ufe0f Tremblay", "\u3164Marie Tremblay",
    "Márie Tremblay", "MARIÈ TREMBLÄY", "Marie\u0301 Tremblay",
)  # fmt: skip


@pytest.mark.parametrize("same", TYPED)
def test_a_name_typed_otherwise_is_the_same_person(same: str) -> None:
    assert person.key(same) == person.key("Marie Tremblay")


@pytest.mark.parametrize("other", ["Marie Tremblay-Roy", "Maria Tremblay", "Marie Tremblay 2"])
def test_another_name_is_another_person(other: str) -> None:
    assert person.key(other) != person.key("Marie Tremblay")


def test_an_accent_is_the_same_however_it_is_made() -> None:
    assert person.key("Th\u00e9odule") == person.key("The\u0301odule")


def test_nothing_that_formats_or_spaces_tells_two_people_apart() -> None:
    unseen = [it for it in map(chr, range(sys.maxunicode)) if it.isspace() or unicodedata.category(it) == "Cf"]

    assert len(unseen) > 150
    assert {person.key(f"pa{it}ul") for it in unseen} == {"paul"}
