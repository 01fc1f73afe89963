"""What people write is a line that another can read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values.refusal import Refused
from fanal.values.writing import REASON_MAX, line, unspaced


@pytest.mark.parametrize(
    "text", ["Chiffres inversés, relus sur place.", "l’an « passé »\u00a0: 2\u202f480\u00a0kWh", "Nguyễn"]
)
def test_a_line_is_kept_as_it_was_written(text: str) -> None:
    assert line(f"  {text}\n", missing="vide") == text


def test_two_ways_to_write_an_accent_are_kept_as_one() -> None:
    assert line("Re\u0301jean", missing="vide") == "Réjean"


@pytest.mark.parametrize(
    "text", ["a\0b", "\u200b", "a\u202eb", "deux\nlignes", "\udcff", "\u3164", "moitié\ud800", "a\u2066b", "\ufeffa"]
)
def test_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="invisible"):
        line(text, missing="vide")


@pytest.mark.parametrize(("text", "said"), [("", "Dire pourquoi."), ("  ", "Dire pourquoi."), ("x" * 301, "301 carac")])
def test_nothing_and_too_much_are_refused(text: str, said: str) -> None:
    assert len(line("x" * REASON_MAX, missing="")) == REASON_MAX
    with pytest.raises(Refused, match=said):
        line(text, missing="Dire pourquoi.")


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("1 234,50", "1234,50"), ("12\u202f345\u00a0678", "12345678"), ("- 5 $", "-5$"), ("( 1 000 )", "(1000)"),
        ("0,070 650", "0,070650"), ("", ""), ("douze mille", "douzemille"),
    ],
)  # fmt: skip
def test_spaces_between_thousands_and_beside_signs_are_left_out(number: str, plain: str) -> None:
    assert unspaced(number) == plain


@pytest.mark.parametrize("number", ["3 4,00", "1  2", "1234 567", "12 34", "1 2345", "5,0 0", "1 000 00", "0 1 $"])
def test_a_space_anywhere_else_makes_two_numbers_of_one(number: str) -> None:
    assert unspaced(number) is None


@given(st.from_regex(r"[0-9]{1,9}( [0-9]{1,4}){0,3}", fullmatch=True))
def test_what_is_read_as_one_number_writes_its_thousands_the_same_way(number: str) -> None:
    by_three = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", " ", number.replace(" ", ""))

    assert unspaced(number) == (number.replace(" ", "") if number == by_three or " " not in number else None)
