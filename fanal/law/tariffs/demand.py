"""Power: the seasons of a book, the winter peak of a history, the billing demand (puissance à facturer)."""

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date
from decimal import Decimal
from typing import Literal, overload

import numpy as np

from fanal.law.tariffs.book import HYDRO_QUEBEC_WINTER, BillingDemand, Winter
from fanal.law.tariffs.taxes import day_number
from fanal.values.dates import from_days
from fanal.values.money import QUANTITY_SCALE, Column, half_up, product, scaled

PERCENT_SCALE = 100 * QUANTITY_SCALE
PERIODS_LOOKED_AT = 12


def stretches(winter: Winter, season: Literal["winter", "summer"], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a season that touch [start, end), as days since 1970, in order."""
    first, last = max(_year(start) - 1, MINYEAR), min(_year(end) + 1, MAXYEAR)
    edges = [day for year in range(first, last + 1) for day in _edges(winter, season, year)]
    begins, ends = (sorted(edge[0] for edge in edges), sorted(edge[1] for edge in edges))
    for begin in begins:
        finish = next((day for day in ends if day > begin), None)
        if finish is not None and finish > start and begin < end:
            yield begin, finish


def winter_peak(
    rows: int,
    row: Column,
    start: Column,
    end: Column,
    kw: Column,
    winter: Winter = HYDRO_QUEBEC_WINTER,
    *,
    ending: Column | None = None,
) -> Column:
    """Pick, for each of `rows` bills, the highest demand of the periods wholly in winter among its last twelve.

    The ragged history gives for each past period its bill (`row`), its days [start, end) and its maximum
    demand in 1/1000 kW. The period being billed is the twelfth: it is not in the history (a ratchet below
    100 % of its own demand cannot bind), so the last eleven past periods count. Where `ending`, the end of
    each billed period, is given, a period that began more than 12 × 31 days before it is too old, whatever
    the periods between. 0 where none is in winter. Source: Hydro-Québec, Tarifs d’électricité 2026, art. 2.17.
    """
    peak = np.zeros(rows, np.int64)
    if not len(row):
        return peak
    order = np.lexsort((start, row))
    row, start, end, kw = (np.asarray(column, np.int64)[order] for column in (row, start, end, kw))
    past_the_row = np.searchsorted(row, row, side="right")
    recent = past_the_row - np.arange(len(row)) < PERIODS_LOOKED_AT
    if ending is not None:
        recent &= ending.astype(np.int64)[row] - start <= PERIODS_LOOKED_AT * 31
    row, start, end, kw = (column[recent] for column in (row, start, end, kw))
    wholly = np.zeros(len(row), bool)
    for begin, finish in stretches(winter, "winter", int(start.min()), int(end.max())) if len(row) else ():
        wholly |= (start >= begin) & (end <= finish)
    np.maximum.at(peak, row[wholly], kw[wholly])
    return peak


@overload
def demand_of_kva(rule: BillingDemand, kva: int) -> int: ...
@overload
def demand_of_kva(rule: BillingDemand, kva: Column) -> Column: ...
def demand_of_kva(rule: BillingDemand, kva: int | Column) -> int | Column:
    """Return the kW that apparent power counts for: 90 % of kVA, say (facteur de puissance)."""
    return _share(rule.power_factor_percent, kva)


@overload
def billing_share(rule: BillingDemand, winter_kw: int) -> int: ...
@overload
def billing_share(rule: BillingDemand, winter_kw: Column) -> Column: ...
def billing_share(rule: BillingDemand, winter_kw: int | Column) -> int | Column:
    """Return the least demand billed after a winter peak: 65 % of it, say (puissance à facturer minimale)."""
    return _share(rule.winter_ratchet_percent, winter_kw)


def maximum_demand(rule: BillingDemand, kw: Column, kva: Column) -> Column:
    """Return the maximum power demand, in 1/1000 kW: real kW, or what kVA counts for where that is more."""
    if rule.power_factor_percent is None:
        return kw
    return np.maximum(kw, demand_of_kva(rule, kva))


def billing_demand(rule: BillingDemand, kw: Column, kva: Column, winter_kw: Column) -> Column:
    """Return the demand billed, in 1/1000 kW: the maximum demand, never below its share of the winter peak."""
    maximum = maximum_demand(rule, kw, kva)
    if rule.winter_ratchet_percent is None:
        return maximum
    return np.maximum(maximum, billing_share(rule, winter_kw))


def _share(percent: Decimal | None, demand: int | Column) -> int | Column:
    milli_percent = scaled(percent or 0, QUANTITY_SCALE)
    if isinstance(demand, int):
        return half_up(demand * milli_percent, PERCENT_SCALE)
    return half_up(product(demand, milli_percent), PERCENT_SCALE)


def _year(day: int) -> int:
    return from_days(day).year


def _edges(winter: Winter, season: str, year: int) -> Iterator[tuple[int, int]]:
    """Yield the first day of the season in that year with the first day after a season in that year."""
    months = [tuple(int(part) for part in text.split("-")) for text in (winter.from_day, winter.to_day)]
    begins, finishes = (day_number(date(year, month, day)) for month, day in months)
    yield (begins, finishes) if season == "winter" else (finishes, begins)
