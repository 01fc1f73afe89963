"""What a bill is compared with: its thirteen months, and why it differs from a year ago, to the cent, with taxes."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, Protocol

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.rate import rate
from fanal.reports import quantities
from fanal.reports.bill_story import BILL, BillStory, Document
from fanal.values.dates import add_months, to_days
from fanal.values.money import half_up

MONTHS_SHOWN = 13
ABOUT_A_YEAR = 20  # days by which the bill of a year ago may end earlier or later
SPAN_PERCENT = 20  # by which the days of two bills may differ and their amounts still be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month: tenths of kWh a day over its known days, None without any; billed, estimated: for most of them."""

    first_on: date
    tenths: int | None
    year_ago_tenths: int | None
    billed: bool
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Why the total differs from that of `then`: the parts add up to the difference, in cents.

    use: another quantity or other days, at the prices of then. price: the same use, at the prices of now. fee: what a
    first bill bears once, with its taxes (2.1). With `split`
    False only the difference is known (another rate, or no price then). Not `comparable`: days too different, or
    estimates taken back; then only daily use may be compared, and no amount is.
    """

    then: Document
    since: Literal["year", "bill"]
    cents: int
    comparable: bool = True
    split: bool = False
    use_cents: int = 0
    price_cents: int = 0
    fee_cents: int = 0
    at_former_prices_cents: int = 0
    changed_on: tuple[date, ...] = ()  # days on which a price changed in between


@dataclass(frozen=True, slots=True)
class Span:
    """Days over which a quantity is known as a whole."""

    from_on: date
    to_on: date
    kwh: int
    estimated: bool
    billed: bool = False


def months(story: BillStory) -> tuple[Month, ...]:
    """The thirteen months that end with the bill, oldest first; none for a service that is not measured."""
    if story.book.flat_rate:
        return ()
    return months_through(story.to_on, list(_spans(story)))


def months_through(to_on: date, spans: list[Span]) -> tuple[Month, ...]:
    """The thirteen months that end with the day before, of what those spans know (none of them shares a day)."""
    last = (to_on - timedelta(days=1)).replace(day=1)
    found = [_month(add_months(last, -back), spans) for back in reversed(range(MONTHS_SHOWN))]
    while found and found[0].tenths is None and found[0].year_ago_tenths is None:
        found.pop(0)
    return tuple(found)


def _spans(story: BillStory) -> Iterator[Span]:
    """What each bill knows, the latest first: a bill that takes estimates back speaks for their days."""
    covered_from = story.to_on
    if story.kind == BILL:
        yield Span(story.rated_from_on, story.to_on, story.kwh, story.estimates_in_a_row > 0, billed=True)
        covered_from = story.rated_from_on
    for bill in story.past:
        if bill.id != story.reverses_id and bill.to_on <= covered_from:
            yield Span(bill.rated_from_on, bill.to_on, bill.kwh, bill.estimates_in_a_row > 0)
            covered_from = bill.rated_from_on


def _month(first: date, spans: list[Span]) -> Month:
    known = sum(overlap(first, span) for span in spans)
    return Month(
        first_on=first,
        tenths=_tenths(first, spans),
        year_ago_tenths=_tenths(add_months(first, -12), spans),
        billed=2 * sum(overlap(first, span) for span in spans if span.billed) > known,
        estimated=2 * sum(overlap(first, span) for span in spans if span.estimated) > known,
    )


def _tenths(first: date, spans: list[Span]) -> int | None:
    """Mean use of the known days of a month, each bill being spread evenly over its days."""
    used, known = Fraction(0), 0
    for span in spans:
        if days := overlap(first, span):
            used += Fraction(span.kwh * days, (span.to_on - span.from_on).days)
            known += days
    return half_up(used.numerator, used.denominator * known * 100) if known else None


def overlap(first: date, span: Span) -> int:
    """Days of that month that the span has."""
    end = first + timedelta(days=monthrange(first.year, first.month)[1])
    return max((min(end, span.to_on) - max(first, span.from_on)).days, 0)


def changes(told: Sequence[BillStory]) -> list[Change | None]:
    """For each bill, why it differs from a year ago, else from the previous one; None where nothing compares."""
    found: list[Change | None] = [None] * len(told)
    alike: dict[str, list[int]] = {}
    for place, story in enumerate(told):
        if (compared := _compared(story)) is None:
            continue
        then, since = compared
        alike_enough = comparable(story, then)
        found[place] = Change(
            then=then, since=since, cents=story.total_cents - then.total_cents, comparable=alike_enough
        )
        if alike_enough and then.book_code == story.book.code and any(line.charge for line in story.lines):
            alike.setdefault(story.book.digest, []).append(place)
    for places in alike.values():
        _split([told[place] for place in places], places, found)
    return found


class Billed(Protocol):
    """A bill, wherever it is told: its rated days, and the estimated bill that it takes back, 0 for none."""

    @property
    def days(self) -> int: ...

    @property
    def settles_id(self) -> int: ...


def comparable(bill: Billed, then: Billed) -> bool:
    """Whether the amounts of two bills may be set side by side: about as many days, and nothing taken back."""
    close = abs(bill.days - then.days) * 100 <= then.days * SPAN_PERCENT
    return close and not bill.settles_id and not then.settles_id


def _compared(story: BillStory) -> tuple[Document, Literal["year", "bill"]] | None:
    if story.kind != BILL or not story.past:
        return None
    a_year_ago = add_months(story.to_on, -12)
    nearest = min(story.past, key=lambda it: abs((it.to_on - a_year_ago).days))
    if abs((nearest.to_on - a_year_ago).days) <= ABOUT_A_YEAR:
        return nearest, "year"
    previous = story.previous or story.past[0]
    return (previous, "bill") if previous in story.past else None


def _split(bills: list[BillStory], places: list[int], found: list[Change | None]) -> None:
    """Rate three times the bills of one book: now, the same use on the days of then, then; as columns."""
    book, thens = bills[0].book, [change.then for place in places if (change := found[place])]
    rated = [_totals(book, used, ends) for used, ends in ((bills, bills), (bills, thens), (thens, thens))]
    for story, place, then, now, same_use, former in zip(bills, places, thens, *rated, strict=True):
        change = found[place]
        if change is None or now is None or same_use is None or former is None:
            continue
        fee, fee_then = story.total_cents - now, then.total_cents - former
        if (fee and not story.fee) or (fee_then and not then.fee_cents):
            continue
        begins = then.to_on - timedelta(days=max(story.days, then.days))
        found[place] = replace(
            change,
            split=True,
            use_cents=same_use - former,
            price_cents=now - same_use,
            fee_cents=fee - fee_then,
            at_former_prices_cents=same_use,
            changed_on=tuple(it.from_on for it in book.versions if begins < it.from_on < story.to_on),
        )


def _totals(book: Book, used: Sequence[BillStory | Document], ends: Sequence[BillStory | Document]) -> list[int | None]:
    """Totals of those uses over as many days, ending when `ends` do; None for one that the book refuses."""
    end = np.array([to_days(it.to_on) for it in ends], np.int64)
    days = np.array([it.days for it in used], np.int64)
    rated = rate(book, end - days, end, quantities.told(book, used))
    refused = {refusal.index for refusal in rated.refusals}
    return [None if place in refused else int(total) for place, total in enumerate(rated.total)]
