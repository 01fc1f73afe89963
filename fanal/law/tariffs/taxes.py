"""Taxes as dated data: each tax once a bill, on the sum of its taxable lines, in the order of the book."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeVar

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from fanal.values.dates import to_days
from fanal.values.money import PRICE_SCALE, Column, half_up, product, scaled
from fanal.values.refusal import Fault

if TYPE_CHECKING:
    from fanal.law.tariffs.book import Book

FOREVER = 2**31 - 1


def day_number(day: date | None) -> int:
    """Return days since 1970-01-01; an open end is later than every day."""
    return FOREVER if day is None else to_days(day)


def _rate(value: object) -> Decimal:
    if not isinstance(value, (str, int, Decimal)) or isinstance(value, bool):
        raise Fault("« {value} » n’est pas un taux", value=str(value))
    try:
        rate = Decimal(value)
        scaled(rate, PRICE_SCALE)
    except (ValueError, ArithmeticError):
        raise Fault("« {value} » n’est pas un taux à six décimales", value=str(value)) from None
    if not 0 <= rate < 1:
        raise Fault("« {value} » : un taux se tient entre 0 et 1", value=str(value))
    return rate


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


class TaxRate(BaseModel):
    """A rate over a stretch of days, and what it applies to: the net, or the net and the taxes before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_on: Annotated[date, Field(alias="from")]
    to_on: Annotated[date | None, Field(alias="to")] = None
    rate: Annotated[Decimal, BeforeValidator(_rate), PlainSerializer(_plain)]
    base: Literal["net", "net_and_previous"] = "net"
    article: str
    source: Annotated[str, Field(min_length=1)]
    confidence: Literal["two_sources", "seen", "derived", "background", "invented"]


class TaxTitle(BaseModel):
    """The short name of a tax in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str
    en: str


class Tax(BaseModel):
    """One tax with its dated rates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["tax"]
    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+/[A-Za-z0-9_]+$")]
    title: TaxTitle
    abbreviation: TaxTitle
    rates: Annotated[tuple[TaxRate, ...], Field(alias="rate", min_length=1)]


def dated_without_hole(
    key: str, stretches: Sequence[tuple[date, date | None]], known: Sequence[int] = ()
) -> Iterator[tuple[str, Fault]]:
    """Say where dated stretches are empty, overlap, leave a hole (none is known before them) or stop being dated."""
    for place, (start, end) in enumerate(stretches, 1):
        where = f"{key} {place} ({start})"
        if end is not None and end <= start:
            yield f"{where}.to", Fault("se termine le {end}, avant de commencer", end=end)
        if place == len(stretches):
            return
        following = stretches[place][0]
        after = f"{key} {place + 1} ({following})"
        if end is None:
            yield f"{where}.to", Fault("date de fin manquante : seule la dernière peut rester ouverte")
        elif following < end:
            yield f"{after}.from", Fault("chevauche la précédente, qui court jusqu’au {end} exclu", end=end)
        elif following == end and place in known:
            yield f"{after}.gap_before", Fault("il n’y a pas de trou avant cette version")
        elif following > end and place not in known:
            last = following - timedelta(days=1)
            yield f"{after}.from", Fault("trou : aucun prix du {end} au {last}", end=end, last=last)


class Dated(Protocol):
    """What holds over the days [from_on, to_on): the version of a book, the rate of a tax."""

    @property
    def from_on(self) -> date: ...
    @property
    def to_on(self) -> date | None: ...


_Dated = TypeVar("_Dated", bound=Dated)


def in_force(dated: Iterable[_Dated], on: date) -> _Dated | None:
    """The one in force that day; None before the first, in a hole, and after one that was closed."""
    return next((it for it in dated if it.from_on <= on and (it.to_on is None or on < it.to_on)), None)


def rates_on(tax: Tax, last_day: Column) -> tuple[int | Column, int | Column]:
    """Return the rate on each last day, in 1/1,000,000, and 1 where it stacks on the taxes before it."""
    micro = np.array([scaled(rate.rate, PRICE_SCALE) for rate in tax.rates], np.int64)
    stacked = np.array([rate.base == "net_and_previous" for rate in tax.rates], np.int64)
    starts = np.array([day_number(rate.from_on) for rate in tax.rates], np.int64)
    first, last = np.maximum(starts.searchsorted([last_day.min(), last_day.max()], side="right") - 1, 0)
    if first == last:
        return int(micro[first]), int(stacked[first])
    place = np.maximum(starts.searchsorted(last_day, side="right") - 1, 0)
    return micro[place], stacked[place]


def taxes_on(book: "Book", taxable: Column, last_day: Column, exempt: Column | None = None) -> tuple[Column, Column]:
    """Tax the taxable sum of each bill at the rates of its last day.

    taxable: cents [bills]; last_day: days since 1970 [bills]; exempt: bit n is set where the n-th tax of the book is
    not owed (exemption), and its rate is then 0. Returns (tax in cents [bills, taxes], rate in
    1/1,000,000 [bills, taxes]), in the order of the book. Source: Revenu Québec, one computation per invoice.
    """
    cents = np.zeros((len(taxable), len(book.taxes)), np.int64)
    rates = np.zeros_like(cents)
    previous = np.zeros(len(taxable), np.int64)
    for place, tax in enumerate(book.taxes if len(taxable) else ()):
        micro, stacked = rates_on(tax, last_day)
        if exempt is not None and exempt.any():
            micro = np.where(exempt >> place & 1, 0, micro)
        column = half_up(product(taxable + previous * stacked, micro), PRICE_SCALE)
        cents[:, place], rates[:, place] = column, micro
        previous = previous + column
    return cents, rates


def untaxed(taxes: Iterable[Tax], last_day: Column) -> Iterator[tuple[Tax, Column]]:
    """Yield each tax with the places where no rate is in force."""
    for tax in taxes:
        opening, closing = day_number(tax.rates[0].from_on), day_number(tax.rates[-1].to_on)
        if len(last_day) and (last_day.min() < opening or last_day.max() >= closing):
            yield tax, np.flatnonzero((last_day < opening) | (last_day >= closing))
