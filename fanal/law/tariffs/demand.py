"""Power: the past demand that a least demand is a share of, and the billing demand (puissance à facturer)."""

from decimal import Decimal
from typing import overload

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.rules import BillingDemand, Lookback
from fanal.law.tariffs.stretches import stretches
from fanal.law.tariffs.taxes import day_number
from fanal.values.money import QUANTITY_SCALE, Column, half_up, product, scaled

PERCENT_SCALE = 100 * QUANTITY_SCALE
MONTH_MAX = 31


def past_peaks(
    book: Book,
    ending: Column,
    row: Column,
    start: Column,
    end: Column,
    kw: Column,
    kva: Column,
    *,
    otherwise: Lookback | None = None,
) -> Column:
    """Pick for each bill, of which `ending` is the end, the past demand that its book looks back at: see `past_peak`.

    The look-back, and what a kVA counts for, are those of the version in force on the last day of the bill; `otherwise`
    serves where that version has none.
    """
    opening = np.array([day_number(it.from_on) for it in book.versions], np.int64)
    ending = ending.astype(np.int64)
    version = np.maximum(np.searchsorted(opening, ending - 1, side="right") - 1, 0)[row]
    peak = np.zeros(len(ending), np.int64)
    for place in np.unique(version).tolist():
        rule = book.versions[place].billing_demand
        if lookback := rule.ratchet or otherwise:
            of = version == place
            demand = maximum_demand(rule, kw[of], kva[of])
            found = past_peak(book, lookback, len(ending), row[of], start[of], end[of], demand, ending=ending)
            peak = np.maximum(peak, found)
    return peak


def past_peak(
    book: Book,
    lookback: Lookback,
    rows: int,
    row: Column,
    start: Column,
    end: Column,
    kw: Column,
    *,
    ending: Column | None = None,
) -> Column:
    """Pick, for each of `rows` bills, the highest demand of the past periods that its book looks back at.

    The ragged history gives for each past period its bill (`row`), its days [start, end) and its maximum demand in
    1/1000 kW. The period being billed is not in it: a share below 100 % of its own demand cannot bind. The last
    `lookback.periods` count, those wholly in the season if there is one, those that end in one of the months if there
    are some. Where `ending`, the end of each billed period, is given, a period that began more than 31 days × (periods
    + 1) before it is too old, whatever the periods between. 0 where none counts. Source: Hydro-Québec, Tarifs
    d’électricité 2026, art. 2.17 (eleven past periods and this one, wholly in winter).
    """
    peak = np.zeros(rows, np.int64)
    if not len(row):
        return peak
    order = np.lexsort((start, row))
    row, start, end, kw = (np.asarray(column, np.int64)[order] for column in (row, start, end, kw))
    past_the_row = np.searchsorted(row, row, side="right")
    counts = past_the_row - np.arange(len(row)) <= lookback.periods
    if ending is not None:
        counts &= ending.astype(np.int64)[row] - start <= (lookback.periods + 1) * MONTH_MAX
    row, start, end, kw = (column[counts] for column in (row, start, end, kw))
    chosen = np.ones(len(row), bool)
    if lookback.season is not None:
        chosen &= _wholly_in(book, lookback.season, start, end)
    if lookback.months:
        month = (end - 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
        chosen &= np.isin(month, lookback.months)
    np.maximum.at(peak, row[chosen], kw[chosen])
    return peak


def _wholly_in(book: Book, season: str, start: Column, end: Column) -> np.ndarray:
    wholly = np.zeros(len(start), bool)
    if len(start):
        for begin, finish in stretches(book.season(season), int(start.min()), int(end.max())):
            wholly |= (start >= begin) & (end <= finish)
    return wholly


@overload
def real_demand(rule: BillingDemand, kw: int) -> int: ...
@overload
def real_demand(rule: BillingDemand, kw: Column) -> Column: ...
def real_demand(rule: BillingDemand, kw: int | Column) -> int | Column:
    """Return the kW that were measured, to the step of the book (puissance réelle)."""
    return _share(rule, Decimal(100), kw)


@overload
def demand_of_kva(rule: BillingDemand, kva: int) -> int: ...
@overload
def demand_of_kva(rule: BillingDemand, kva: Column) -> Column: ...
def demand_of_kva(rule: BillingDemand, kva: int | Column) -> int | Column:
    """Return the kW that apparent power counts for: 90 % of kVA, say (facteur de puissance)."""
    return _share(rule, rule.power_factor_percent, kva)


@overload
def billing_share(rule: BillingDemand, past_kw: int) -> int: ...
@overload
def billing_share(rule: BillingDemand, past_kw: Column) -> Column: ...
def billing_share(rule: BillingDemand, past_kw: int | Column) -> int | Column:
    """Return the least demand billed after a past one: 65 % of it, say (puissance à facturer minimale)."""
    return _share(rule, rule.ratchet.percent if rule.ratchet else None, past_kw)


def maximum_demand(rule: BillingDemand, kw: Column, kva: Column) -> Column:
    """Return the maximum power demand, in 1/1000 kW: real kW, or what kVA counts for where that is more."""
    if rule.power_factor_percent is None:
        return real_demand(rule, kw)
    return np.maximum(real_demand(rule, kw), demand_of_kva(rule, kva))


def billing_demand(rule: BillingDemand, kw: Column, kva: Column, past_kw: Column) -> Column:
    """Return the demand billed, in 1/1000 kW: the maximum demand, never below its share of the past one."""
    maximum = maximum_demand(rule, kw, kva)
    if rule.ratchet is None:
        return maximum
    return np.maximum(maximum, billing_share(rule, past_kw))


def _share(rule: BillingDemand, percent: Decimal | None, demand: int | Column) -> int | Column:
    """A percentage of a demand, rounded once, to the step of the book; in 1/1000 kW."""
    milli_percent, step = scaled(percent or 0, QUANTITY_SCALE), scaled(rule.quantum, QUANTITY_SCALE)
    if milli_percent == PERCENT_SCALE and step == 1:
        return demand
    if isinstance(demand, int):
        return half_up(demand * milli_percent, PERCENT_SCALE * step) * step
    return half_up(product(demand, milli_percent), PERCENT_SCALE * step) * step
