"""Why two bills differ (écarts): things changed one at a time, in one order; the first that closes to the cent is why.

The printed bill stays as it is; what is rated here is rated again with one thing changed. A class is a family of things
that may be changed; `code` says which, with its facts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any

from fanal.law.shadow.prices import OldTariff, OldTariffs
from fanal.law.shadow.sides import Derived, Given, Method, Pair, derive
from fanal.law.shadow.uses import Facts, other_multiplier, other_readings
from fanal.law.tariffs.book import Book, NoPrice, dump
from fanal.values.dates import from_days
from fanal.values.money import QUANTITY_SCALE


class Class(StrEnum):
    """The family of a difference, in the order in which they are tried."""

    SAME = "SAME"
    ROUNDING = "ROUNDING"
    PRICE_VERSION = "PRICE_VERSION"
    PRORATION = "PRORATION"
    READ = "READ"
    MULTIPLIER = "MULTIPLIER"
    MISSING = "MISSING"
    OTHER_PRICE = "OTHER_PRICE"
    UNEXPLAINED = "UNEXPLAINED"


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one bill: its class, why, and what is owed here (None where it cannot be rated)."""

    pair: Pair
    here: Derived | None
    kind: Class
    code: str = ""
    facts: Facts = field(default_factory=dict)

    @property
    def cents(self) -> int:
        """What is owed here less what was printed; all of it where nothing can be rated here."""
        return (self.here.total if self.here else 0) - self.pair.old.total


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing to change: the arithmetic of the book, or what one bill is rated from (None: not for this bill)."""

    kind: Class
    code: str
    method: Method
    given: Callable[[Pair], tuple[Given, Facts] | None] | None = None
    facts: Facts = field(default_factory=dict)


def compare(old: OldTariffs, pairs: Sequence[Pair]) -> list[Found]:
    """Rate each bill by the books of the other system and say why it differs, if it does; in the order given."""
    found: dict[int, Found] = {}
    by_tariff: dict[str, list[int]] = {}
    for place, pair in enumerate(pairs):
        by_tariff.setdefault(pair.old.tariff, []).append(place)
    for code, places in by_tariff.items():
        tariff = old.tariffs.get(code)
        if tariff is None:
            found |= {at: Found(pairs[at], None, Class.MISSING, "no_tariff", {"tariff": code}) for at in places}
            continue
        for at, it in zip(places, _compared(old, tariff, [pairs[at] for at in places]), strict=True):
            found[at] = it
    return [found[place] for place in range(len(pairs))]


def _compared(old: OldTariffs, tariff: OldTariff, pairs: list[Pair]) -> Iterable[Found]:
    here = derive(old, tariff, pairs, Method(tariff.book))
    found: dict[int, Found] = {}
    for place, (pair, ours) in enumerate(zip(pairs, here, strict=True)):
        if not pair.known:
            found[place] = Found(pair, None, Class.MISSING, "no_account", {"account": pair.old.account})
        elif pair.old.start >= pair.old.end:
            found[place] = Found(pair, None, Class.MISSING, "no_period")
        elif pair.use.missing and not tariff.book.flat_rate:
            found[place] = Found(pair, None, Class.MISSING, "no_reading", {"meter": pair.use.missing})
        elif ours is None:
            found[place] = Found(pair, None, Class.MISSING, "no_price", {"tariff": tariff.code})
        elif not pair.printed:
            days = {"since": from_days(pair.old.start).isoformat(), "until": from_days(pair.old.end).isoformat()}
            found[place] = Found(pair, ours, Class.MISSING, "not_billed", {**days})
        elif ours.agrees(pair.old):
            found[place] = Found(pair, ours, Class.SAME)

    def left() -> list[int]:
        return [place for place in range(len(pairs)) if place not in found]

    def printed_prices() -> Iterator[Attempt]:
        yield from other_prices(tariff, [(pairs[place], here[place]) for place in left()])

    for attempt in chain(attempts(old, tariff), printed_prices()):
        if not (rest := left()):
            break
        for place, facts in _closed(old, tariff, attempt, [(place, pairs[place]) for place in rest]):
            found[place] = Found(pairs[place], here[place], attempt.kind, attempt.code, attempt.facts | facts)
    for place in left():
        found[place] = Found(pairs[place], here[place], *_unexplained(pairs[place], here[place]))
    return [found[place] for place in range(len(pairs))]


def _closed(
    old: OldTariffs, tariff: OldTariff, attempt: Attempt, left: Sequence[tuple[int, Pair]]
) -> Iterator[tuple[int, Facts]]:
    """The bills that an attempt makes agree to the cent, with the facts of each."""
    tried: list[tuple[int, Pair, Facts]] = []
    for place, pair in left:
        changed = attempt.given(pair) if attempt.given else (pair.given, {})
        if changed is not None:
            tried.append((place, replace(pair, given=changed[0]), changed[1]))
    if tried:
        results = derive(old, tariff, [pair for _, pair, _ in tried], attempt.method)
        for (place, pair, facts), result in zip(tried, results, strict=True):
            if result is not None and result.agrees(pair.old):
                yield place, facts


def attempts(old: OldTariffs, tariff: OldTariff) -> Iterator[Attempt]:
    """All that is tried, in the order of the classes."""
    yield from _rounding(tariff.book)
    yield from _price_version(tariff.book)
    yield from _proration(tariff.book)
    plain = Method(tariff.book)
    yield Attempt(Class.READ, "reading", plain, _by_reading)
    yield Attempt(Class.READ, "demand", plain, _by_demand)
    yield Attempt(Class.MULTIPLIER, "other_multiplier", plain, _by_multiplier)
    for name in ("multiplier", "units"):
        yield Attempt(Class.MULTIPLIER, "dwellings" if name == "multiplier" else "units", plain, _by_count(name))
    yield from _without_a_fee(old, plain)
    yield from _without_a_component(tariff)


def changed(book: Book, **keys: Any) -> Book:
    """The book with other keys of its arithmetic."""
    return Book.model_validate(dump(book) | keys)


def _rounding(book: Book) -> Iterator[Attempt]:
    """Taxes cut to the cent, each and all; lines cut to the cent; the document rounded once."""
    for place, tax in enumerate(book.taxes):
        facts: Facts = {"tax": tax.abbreviation.fr}
        yield Attempt(Class.ROUNDING, "tax_cut", Method(book, frozenset({place})), facts=facts)
    if len(book.taxes) > 1:
        everyone = frozenset(range(len(book.taxes)))
        yield Attempt(Class.ROUNDING, "taxes_cut", Method(book, everyone))
    rounding = "truncate" if book.rounding == "half_up" else "half_up"
    yield Attempt(Class.ROUNDING, "lines_cut", Method(changed(book, rounding=rounding)))
    if book.rounded == "line":
        yield Attempt(Class.ROUNDING, "document_rounded", Method(changed(book, rounded="document")))


def _price_version(book: Book) -> Iterator[Attempt]:
    """Every version of the book over the whole period: the prices of another year."""
    for version in book.versions:
        try:
            always = book.always(version.from_on)
        except NoPrice:
            continue
        yield Attempt(Class.PRICE_VERSION, "prices_of", Method(always), facts={"since": version.from_on.isoformat()})


def _proration(book: Book) -> Iterator[Attempt]:
    """kWh shared to the thousandth, or by whole kWh; the price of the end; a day more or less at either end."""
    quantum = "1" if book.quantum_milli == 1 else "0.001"
    yield Attempt(Class.PRORATION, "shared_kwh", Method(changed(book, quantum=quantum)))
    if book.proration == "days":
        yield Attempt(Class.PRORATION, "price_of_the_end", Method(changed(book, proration="end")))
    for days in (1, -1):
        yield Attempt(Class.PRORATION, "day_of_the_end", Method(book, end_days=days), facts={"days": days})
    for days in (-1, 1):
        yield Attempt(Class.PRORATION, "day_of_the_start", Method(book, start_days=days), facts={"days": -days})


def _printed_kwh(pair: Pair) -> int:
    return pair.old.kwh * pair.old.sign


def _by_reading(pair: Pair) -> tuple[Given, Facts] | None:
    """The printed kWh, where another reading of the same meters gives them."""
    for other in other_readings(pair.use):
        if other.kwh == _printed_kwh(pair) != pair.given.kwh:
            return replace(pair.given, kwh=other.kwh), {"how": other.code, **other.facts}
    return None


def _by_demand(pair: Pair) -> tuple[Given, Facts] | None:
    """The printed demand, where a reading that did not serve shows it, or where no past peak binds."""
    shown = {it.kw for span in pair.use.spans for it in (*span.opening, *span.closing) if it.kw is not None}
    if pair.old.kw in shown and pair.old.kw != pair.given.kw:
        return replace(pair.given, kw=pair.old.kw, kva=0, past_kw=0), {"how": "other_demand", "kw": pair.old.kw}
    if pair.given.past_kw:
        return replace(pair.given, past_kw=0), {"how": "no_past_peak", "kw": pair.given.past_kw}
    return None


def _by_multiplier(pair: Pair) -> tuple[Given, Facts] | None:
    other = other_multiplier(pair.use, _printed_kwh(pair))
    return (replace(pair.given, kwh=other.kwh), other.facts) if other else None


def _without_a_fee(old: OldTariffs, plain: Method) -> Iterator[Attempt]:
    """The opening fee, that one side alone asks for."""

    def theirs(pair: Pair) -> tuple[Given, Facts] | None:
        return (replace(pair.given, fee=0), {"cents": pair.given.fee}) if pair.given.fee else None

    yield Attempt(Class.MISSING, "fee_there", plain, theirs)
    for cents in sorted({cents for _, _, cents in old.fees}):

        def ours(pair: Pair, cents: int = cents) -> tuple[Given, Facts] | None:
            return None if pair.given.fee else (replace(pair.given, fee=cents), {"cents": cents})

        yield Attempt(Class.MISSING, "fee_here", plain, ours)


def _without_a_component(tariff: OldTariff) -> Iterator[Attempt]:
    """A line that the printed bill lacks: the book without one of its components."""
    book, versions = tariff.book, dump(tariff.book)["version"]
    for code in dict.fromkeys(rule.code for version in book.versions for rule in version.charges):
        kept = [it | {"charges": [rule for rule in it["charges"] if rule["code"] != code]} for it in versions]
        names = {name for charge, name in tariff.components.items() if charge == code or charge.startswith(f"{code}.")}
        facts: Facts = {"component": ", ".join(sorted(names))}
        yield Attempt(Class.MISSING, "line_there", Method(changed(book, version=kept)), facts=facts)


def other_prices(tariff: OldTariff, left: Iterable[tuple[Pair, Derived | None]]) -> Iterator[Attempt]:
    """The prices that bills were printed at where the book has others: each set of them once, over every bill left."""
    sets = {prices: None for pair, here in left if here is not None and (prices := _printed_prices(tariff, pair, here))}
    for prices in sets:
        facts: Facts = {
            "name": ", ".join(f"{code} {since} {ours}/{theirs}" for code, since, ours, theirs in prices),
            "prices": [list(it) for it in prices],
        }
        yield Attempt(Class.OTHER_PRICE, "other_price", Method(_repriced(tariff, prices)), facts=facts)


Prices = tuple[tuple[str, str, int, int], ...]  # component, since when in the book, its price, the one printed


def _printed_prices(tariff: OldTariff, pair: Pair, here: Derived) -> Prices:
    """The prices of the printed lines that are not those of ours for the same component and first day."""
    ours = {(line.component, line.start): line.price for line in here.lines}
    found = set()
    for line in pair.old.lines or ():
        price = ours.get((line.component, line.start), line.price)
        since = _since(tariff.book, line.start)
        if price != line.price and since:
            found.add((line.component, since, price, line.price))
    return tuple(sorted(found))


def _since(book: Book, day: int) -> str:
    """The first day of the version of a book that day."""
    on = from_days(day)
    versions = (it.from_on for it in book.versions if it.from_on <= on and (it.to_on is None or on < it.to_on))
    return next((it.isoformat() for it in versions), "")


def _repriced(tariff: OldTariff, prices: Prices) -> Book:
    """The book with those prices of its components in place of its own."""
    versions = dump(tariff.book)["version"]
    for component, since, _ours, theirs in prices:
        codes = {code for code, name in tariff.components.items() if name == component}
        said = str(Decimal(theirs).scaleb(-6))
        for rule in (rule for version in versions if version["from"] == since for rule in version["charges"]):
            if rule["code"] in codes and "price" in rule:
                rule["price"] = said
            for place, step in enumerate(rule.get("steps") or (), 1):
                if f"{rule['code']}.{place}" in codes:
                    step["price"] = said
    return changed(tariff.book, version=versions)


def _by_count(name: str) -> Callable[[Pair], tuple[Given, Facts] | None]:
    """Another number of dwellings or of apparatus, where the printed lines tell it."""

    def given(pair: Pair) -> tuple[Given, Facts] | None:
        for line in pair.old.lines or ():
            days = line.end - line.start
            for many in {line.quantity // QUANTITY_SCALE, line.quantity // (QUANTITY_SCALE * max(days, 1))}:
                if many * pair.old.sign > 0 and many * pair.old.sign != getattr(pair.given, name):
                    there = many * pair.old.sign
                    return replace(pair.given, **{name: there}), {"here": getattr(pair.given, name), "there": there}
        return None

    return given


def _unexplained(pair: Pair, here: Derived | None) -> tuple[Class, str, Facts]:
    """What is known of a difference that nothing closes: which of its quantities already differs."""
    if _printed_kwh(pair) != pair.given.kwh:
        return Class.UNEXPLAINED, "kwh", {"here": pair.given.kwh, "there": _printed_kwh(pair)}
    if here is not None and here.net == pair.old.net:
        return Class.UNEXPLAINED, "taxes", {"here": sum(here.taxes), "there": sum(pair.old.taxes)}
    return Class.UNEXPLAINED, "net", {"here": here.net if here else 0, "there": pair.old.net}
