"""What the kernel promises, bill by bill."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

import fanal.law.tariffs.rate as kernel_module
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.shelf import catalogue, load
from tests.law.tariffs.campaign import EPOCH, bill_of, cases, kernel
from tests.law.tariffs.oracle import Case


def days(*texts: str) -> np.ndarray:
    return np.array([(date.fromisoformat(text) - EPOCH).days for text in texts], np.int32)


def rated(code: str, start: str, end: str, **milli: int) -> Rated:
    columns = {name: np.array([value], np.int64) for name, value in milli.items()}
    return rate(load(code), days(start), days(end), Quantities(**columns))


def test_the_published_request_gives_the_published_bill() -> None:
    bill = bill_of(rated("hydro_quebec/D", "2026-04-01", "2026-05-31", kwh=1_000_000), 0)
    span = (date(2026, 4, 1), date(2026, 5, 31))
    assert bill.lines == [
        ("access", *span, Decimal(60), Decimal("27.69")),
        ("energy.1", *span, Decimal(1000), Decimal("70.65")),
    ]
    assert (bill.net, bill.taxes, bill.total) == (
        Decimal("98.34"),
        [Decimal("4.92"), Decimal("9.81")],
        Decimal("113.07"),
    )


def test_a_price_change_cuts_the_period_and_no_kwh_is_lost() -> None:
    result = rated("hydro_quebec/D", "2026-03-01", "2026-05-01", kwh=10_000_001)
    energy = [at for at in range(len(result.bill)) if result.charges[result.charge[at]].kwh]
    assert result.quantity[energy].sum() == 10_000_001
    assert sorted({(int(result.start[at]), int(result.end[at])) for at in energy}) == [
        tuple(map(int, days("2026-03-01", "2026-04-01"))),
        tuple(map(int, days("2026-04-01", "2026-05-01"))),
    ]


def test_a_day_without_price_is_refused_naming_the_day_and_the_book() -> None:
    (refusal,) = rated("hydro_quebec/D", "2013-03-31", "2013-05-01", kwh=1).refusals
    assert (refusal.code, refusal.field) == ("no_price", "from")
    assert "2013-03-31" in refusal.fr
    assert "hydro_quebec/D" in refusal.fr
    assert "2013-03-31" in refusal.en


def test_a_refused_bill_never_stops_the_others() -> None:
    book = load("hydro_quebec/D")
    start, end = days("2026-04-01", "2026-04-01", "1990-01-01"), days("2026-05-01", "2026-04-01", "2026-05-01")
    result = rate(book, start, end, Quantities(kwh=np.array([1000, 1000, 1000])))
    assert [(refusal.index, refusal.code) for refusal in result.refusals] == [(1, "bad_period"), (2, "too_long")]
    assert set(result.bill.tolist()) == {0}
    assert result.total.tolist()[1:] == [0, 0]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("kwh", 10**18, "too_large"),
        ("kwh", -(10**18), "too_large"),
        ("kw", -1, "negative"),
        ("kva", -1, "negative"),
        ("past_kw", -1, "negative"),
        ("multiplier", 0, "bad_count"),
        ("phases", 2, "bad_phases"),
    ],
)
def test_an_absurd_quantity_is_refused_naming_the_field(name: str, value: int, code: str) -> None:
    measures = {"kwh": 1, "kw": 1, "phases": 1} | {name: value}
    (refusal,) = rated("hydro_quebec/M", "2026-04-01", "2026-05-01", **measures).refusals
    assert (refusal.field, refusal.code) == (name, code)


def test_a_quantity_that_the_book_needs_and_lacks_is_named() -> None:
    (refusal,) = rated("hydro_quebec/M", "2026-04-01", "2026-05-01", kwh=1, phases=1).refusals
    assert (refusal.code, refusal.field) == ("missing", "kw")


def test_columns_of_binary_floats_are_never_accepted() -> None:
    with pytest.raises(TypeError):
        rate(load("hydro_quebec/D"), days("2026-04-01"), days("2026-05-01"), Quantities(kwh=np.array([1.5])))


def test_negative_kwh_all_fall_in_the_first_block() -> None:
    bill = bill_of(rated("hydro_quebec/D", "2026-04-01", "2026-05-31", kwh=-9_000_000), 0)
    assert bill.lines[1][0] == "energy.1"
    assert bill.lines[1][3:] == (Decimal(-9000), Decimal("-635.85"))
    assert len(bill.lines) == 2


def test_the_minimum_bill_is_owed_whatever_the_energy() -> None:
    result = rated("hydro_quebec/DP", "2026-04-01", "2026-05-31", kwh=0, kw=0, phases=3)
    assert result.net.tolist() == [4150]


def test_the_winter_ratchet_and_the_power_factor_raise_the_billing_demand() -> None:
    measures = {"kwh": 0, "kw": 60_000, "phases": 3}
    for more, expected in (({}, 60_000), ({"kva": 70_000}, 63_000), ({"past_kw": 120_000}, 78_000)):
        assert rated("hydro_quebec/M", "2026-05-01", "2026-05-31", **measures, **more).billing_kw.tolist() == [expected]


def test_rating_in_chunks_or_at_once_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    book = load("hydro_quebec/DP")
    batch = cases(book, 300, 11)
    whole = kernel(book, batch)
    monkeypatch.setattr(kernel_module, "CHUNK", 7)
    parts = kernel(book, batch)
    for name in ("bill", "charge", "start", "end", "days", "quantity", "amount", "net", "tax", "total", "billing_kw"):
        left, right = getattr(whole, name), getattr(parts, name)
        assert left.dtype == right.dtype
        assert left.tobytes() == right.tobytes()


def test_lines_come_in_bill_order_then_in_the_order_of_the_book() -> None:
    result = kernel(load("hydro_quebec/G"), cases(load("hydro_quebec/G"), 500, 5))
    keys = list(zip(result.bill.tolist(), result.charge.tolist(), result.start.tolist(), strict=True))
    assert keys == sorted(keys)


def test_every_line_redoes_from_what_it_shows() -> None:
    for code in catalogue():
        result = kernel(load(code), cases(load(code), 300, 9))
        for at in range(len(result.bill)):
            charge = result.charges[result.charge[at]]
            if charge.kind != "minimum":
                assert charge.amount(int(result.quantity[at]), int(result.days[at])) == result.amount[at]


def test_nothing_to_rate_gives_nothing() -> None:
    result = rate(load("hydro_quebec/D"), days(), days(), Quantities(kwh=np.zeros(0, np.int64)))
    assert (len(result.bill), len(result.net), result.tax.shape) == (0, 0, (0, 2))


def test_a_book_prorated_by_its_end_takes_the_price_of_the_last_day(write: Callable[..., Book]) -> None:
    book = write(('"days"', '"end"'))
    (line,) = bill_of(kernel(book, [Case(date(2012, 3, 1), date(2012, 4, 2), Decimal(100))]), 0).lines
    assert line == ("energy", date(2012, 3, 1), date(2012, 4, 2), Decimal(100), Decimal("20.00"))


def test_a_book_that_wants_a_reading_refuses_a_straddling_period(write: Callable[..., Book]) -> None:
    book = write(('"days"', '"reading"'))
    straddling, whole = Case(date(2012, 3, 1), date(2012, 4, 2)), Case(date(2012, 3, 1), date(2012, 4, 1))
    (refusal,) = kernel(book, [straddling, whole]).refusals
    assert (refusal.index, refusal.code, refusal.field) == (0, "reading_needed", "to")
    assert "2012-04-01" in refusal.fr


def test_the_day_after_a_closed_book_is_refused(write: Callable[..., Book]) -> None:
    (refusal,) = kernel(write(), [Case(date(2015, 3, 1), date(2015, 4, 2))]).refusals
    assert (refusal.code, refusal.field) == ("no_price", "to")
    assert "2015-04-01" in refusal.fr


@pytest.mark.parametrize(
    ("last_day", "gst", "qst"),
    [("2010-12-31", "5.00", "7.88"), ("2012-12-31", "5.00", "9.98"), ("2013-01-01", "5.00", "9.98")],
)
def test_taxes_are_those_of_the_last_day_and_stack_until_2012(
    last_day: str, gst: str, qst: str, write: Callable[..., Book]
) -> None:
    last = date.fromisoformat(last_day)
    end = date.fromordinal(last.toordinal() + 1)
    kwh = Decimal(1000 if last.year < 2012 else 500)
    bill = bill_of(kernel(write(), [Case(date.fromordinal(end.toordinal() - 5), end, kwh)]), 0)
    assert bill.net == Decimal(100)
    assert bill.taxes == [Decimal(gst), Decimal(qst)]


def test_lines_that_are_not_taxable_are_left_out_of_the_taxes(write: Callable[..., Book]) -> None:
    book = write(('price = "0.10" }', 'price = "0.10", taxable = false }'))
    bill = bill_of(kernel(book, [Case(date(2011, 3, 1), date(2011, 4, 1), Decimal(1000))]), 0)
    assert (bill.net, bill.total) == (Decimal(100), Decimal(100))
