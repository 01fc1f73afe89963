"""What people write is a line that another can read."""

import pytest

from fanal.values.refusal import Refused
from fanal.values.writing import REASON_MAX, line


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
