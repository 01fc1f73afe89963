"""Part VIII: every delay of the bylaw goes through these promises."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from calendar_oracle import easter_sunday, legal_holidays
from hypothesis import given
from hypothesis import strategies as st

from fanal.law import delays, explain
from fanal.law.delays import (
    delay_is_extended,
    last_clear_day,
    last_day,
    last_day_of_months,
    last_days,
)
from fanal.law.in_force import ParameterError
from fanal.values.dates import from_days, to_days

HOLIDAYS = delays.holidays("alma")
starts = st.dates(date(2019, 1, 1), date(2040, 12, 31))
lengths = st.integers(0, 120)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2019-04-10", 21, "2019-05-01"),
        ("2019-04-06", 21, "2019-04-29"),
        ("2019-03-29", 21, "2019-04-23"),
        ("2019-06-03", 21, "2019-06-25"),
        ("2019-12-04", 21, "2019-12-26"),
        ("2020-02-08", 21, "2020-03-02"),
        ("2019-05-06", 16, "2019-05-22"),
        ("2019-05-23", 9, "2019-06-03"),
    ],
)
def test_the_delays_of_the_2019_edition_end_on_the_published_days(start: str, days: int, expected: str) -> None:
    assert last_day(date.fromisoformat(start), days, HOLIDAYS) == date.fromisoformat(expected)


def test_clear_days_count_neither_the_first_nor_the_last() -> None:
    assert last_clear_day(date(2026, 1, 12), 7, HOLIDAYS) == date(2026, 1, 20)
    assert last_clear_day(date(2026, 1, 9), 7, HOLIDAYS) == date(2026, 1, 19)  # the 17th is a Saturday


def test_a_month_from_the_31st_of_january_ends_with_february() -> None:
    assert last_day_of_months(date(2025, 1, 31), 1, HOLIDAYS) == date(2025, 2, 28)
    assert last_day_of_months(date(2026, 1, 31), 1, HOLIDAYS) == date(2026, 3, 2)  # the 28th is a Saturday


@given(starts, lengths)
def test_a_delay_ends_on_a_working_day_and_is_never_shortened(start: date, days: int) -> None:
    ends_on = last_day(start, days, HOLIDAYS)

    assert HOLIDAYS.closed_because(ends_on) is None
    assert ends_on >= start + timedelta(days=days)


@given(starts, lengths)
def test_no_working_day_is_skipped(start: date, days: int) -> None:
    counted_to = start + timedelta(days=days)
    ends_on = last_day(start, days, HOLIDAYS)

    skipped = [counted_to + timedelta(days=it) for it in range((ends_on - counted_to).days)]
    assert all(HOLIDAYS.closed_because(day) for day in skipped)
    assert delay_is_extended(counted_to, HOLIDAYS).holds == bool(skipped)


@given(starts, lengths, st.integers(0, 30))
def test_a_later_start_or_a_longer_delay_never_ends_sooner(start: date, days: int, more: int) -> None:
    ends_on = last_day(start, days, HOLIDAYS)

    assert last_day(start, days + more, HOLIDAYS) >= ends_on
    assert last_day(start + timedelta(days=more), days, HOLIDAYS) >= ends_on


@given(st.lists(starts, max_size=20), lengths)
def test_a_column_of_delays_ends_like_each_of_them(many: list[date], days: int) -> None:
    column = last_days(np.array([to_days(it) for it in many], dtype=np.int32), days, HOLIDAYS)

    assert column.dtype == np.int32
    assert column.tolist() == [to_days(last_day(it, days, HOLIDAYS)) for it in many]


def test_a_delay_beyond_the_known_holidays_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="ne sont connus que du 2019-01-01 au 2041-12-31"):
        last_day(date(2041, 12, 20), 21, HOLIDAYS)
    with pytest.raises(ValueError, match="2018-12-03"):
        last_day(date(2018, 12, 1), 2, HOLIDAYS)


def test_the_first_and_the_last_known_days_are_answered_and_the_ones_beyond_are_refused() -> None:
    first, end = to_days(date(2019, 1, 1)), to_days(date(2042, 1, 1))
    assert HOLIDAYS.first_working_days(np.array([first, end - 2], np.int32)).tolist() == [first + 1, end - 2]
    for beyond, named in ((first - 1, "2018-12-31"), (end, "2042-01-01")):
        with pytest.raises(ValueError, match=named):
            HOLIDAYS.first_working_days(np.array([first, beyond], np.int32))
    with pytest.raises(ValueError, match="2018-12-31"):
        HOLIDAYS.closed_because(date(2018, 12, 31))


def test_the_table_of_working_days_is_built_from_the_written_days() -> None:
    built = delays.Holidays(names=HOLIDAYS.names, covers=HOLIDAYS.covers)  # afresh, not the one kept
    first, end = to_days(HOLIDAYS.covers.starts_on), to_days(HOLIDAYS.covers.ends_on)
    following, expected = end, []
    for day in range(end - 1, first - 1, -1):
        on = from_days(day)
        following = day if on.weekday() < 5 and on not in HOLIDAYS.names else following
        expected.append(following)

    assert built.first_working_days(np.arange(first, end, dtype=np.int32)).tolist() == expected[::-1]


def test_an_extension_names_every_day_of_rest_it_crosses() -> None:
    ground = delay_is_extended(date(2019, 4, 19), HOLIDAYS)

    sentence = explain.sentence(ground, "fr")
    assert "Vendredi saint, samedi, dimanche, lundi de Pâques" in sentence
    assert "23 avril 2019" in sentence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names = {}\ndays = {}\n", "ne se lit pas"),
        ('[covers]\nfrom = 2026-01-01\nto = 2027-01-01\n[names]\n[days]\n2026-01-01 = "x"\n', "ne se lit pas"),
        (
            "[covers]\nfrom = 2026-01-01\nto = 2027-01-01\n"
            '[names]\nx = { fr = "x", en = "x" }\n[days]\n2027-01-01 = "x"\n',
            "le 2027-01-01 est hors des années couvertes",
        ),
    ],
)
def test_holidays_that_cannot_be_trusted_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "ville").mkdir()
    (tmp_path / "ville" / "holidays.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ParameterError, match=message):
        delays.holidays("ville", root=tmp_path)


def test_a_municipality_without_holidays_is_named() -> None:
    with pytest.raises(ParameterError, match=r"nulle_part/holidays.toml"):
        delays.holidays("nulle_part")


@pytest.mark.parametrize("year", range(2019, 2042))
def test_the_written_holidays_are_those_of_the_act(year: int) -> None:
    assert {day for day in HOLIDAYS.names if day.year == year} == legal_holidays(year)


def test_the_oracle_knows_published_easters() -> None:
    published = [date(2019, 4, 21), date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)]
    assert [easter_sunday(day.year) for day in published] == published
