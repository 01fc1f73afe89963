"""Why a bill is held reads the same wherever it is read, and compares what is alike."""

import pytest

from fanal.law.metering.plausibility import HoldReason
from fanal.reports.holds import proof

KEPT = {"total_cents": 23_000, "usual_cents": 19_000, "days": 60, "kwh": 900_000, "usual": 1_200_000}


def test_an_amount_out_of_the_habit_is_compared_before_taxes_on_both_sides() -> None:
    assert proof(HoldReason.TOTAL_SWING, KEPT, "fr") == (
        "230,00\u00a0$ pour 60\u00a0jours, contre 190,00\u00a0$ d’habitude pour autant de jours."
    )


@pytest.mark.parametrize("reason", list(HoldReason))
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_figure_that_was_not_kept_is_said_unknown(reason: HoldReason, lang: str) -> None:
    assert proof(reason, {}, lang)


def test_a_doubtful_reading_tells_what_was_found_or_else_the_use() -> None:
    assert proof(HoldReason.DOUBTFUL_READING, KEPT, "en") == "900\u00a0kWh, usually 1,200\u00a0kWh."
    assert proof(HoldReason.DOUBTFUL_READING, KEPT, "en", {"fr": "x", "en": "A figure is missing."}) == (
        "A figure is missing."
    )
