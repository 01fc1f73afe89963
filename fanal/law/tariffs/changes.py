"""What a proposed book changes: day by day, price by price, against the book that it would replace.

Only what changes an amount counts: titles, articles, sources and confidence may differ freely.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from fanal.law.tariffs import prices
from fanal.law.tariffs.book import Book, Version, dump
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.taxes import Tax, TaxRate, in_force
from fanal.values.money import PRICE_SCALE, scaled
from fanal.values.wording import Lang, percentage

# What a price says without any effect on an amount, and what the whole book says of it.
WORDS = frozenset({
    "book", "version", "version_from", "version_to", "title_key", "title_fr", "title_en", "article", "source",
    "confidence", "rounding", "quantum_milli", "cent_scale", "currency",
})  # fmt: skip
# What is not one rule for the whole version, and what the whole book says that changes no amount.
OF_THE_VERSION = {"from", "to", "gap_before", "source", "confidence", "note", "charges"}
OF_THE_BOOK = {"kind", "code", "title", "utility", "taxes", "titles", "articles", "version"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A price, a rate or a rule that differs over the days [from_on, to_on); None where one of the books has none.

    `what` is the code of the charge or of the tax, or the key of the rule in the file.
    """

    what: str
    from_on: date
    to_on: date | None
    before: Charge | TaxRate | str | None
    after: Charge | TaxRate | str | None


def changes(before: Book, after: Book) -> tuple[Change, ...]:
    """All that `after` would change, by day then in the order of the books."""
    found = [*_rules(before, after), *_charges(before, after), *_taxes(before, after)]
    return tuple(sorted(found, key=lambda it: it.from_on))


def first_change(before: Book, after: Book) -> date | None:
    """The first day on which an amount could differ; None when none could."""
    return min((it.from_on for it in changes(before, after)), default=None)


def between(book: Book, before_on: date, after_on: date) -> tuple[Change, ...]:
    """What differs in one book from one day to another, as if each day's prices had always been; NoPrice for none.

    The rates of taxes have their own dates, and are not compared.
    """
    one, other = (_priced(book, book.version_on(day)) for day in (before_on, after_on))
    return tuple(_merged([(after_on, None, one, other)]))


def subject(change: Change, lang: Lang = "fr") -> str:
    """What a change is about: the wording of the price; the code of a tax or the key of a rule as it is."""
    side = change.after or change.before
    return side.title(lang) if isinstance(side, Charge) else change.what


def figure(side: Charge | TaxRate | str | None, book: Book, lang: Lang = "fr") -> str:
    """A price of a book with what it is for and its limits, a rate, a rule as it is written; a dash for none."""
    if isinstance(side, TaxRate):
        return percentage(scaled(side.rate, PRICE_SCALE), lang)
    if not isinstance(side, Charge):
        return side or "–"
    limits = ", ".join(prices.limits(side, book, lang))
    return f"{prices.amount(side, book, lang)} {prices.each(side, lang)}" + (f" ({limits})" if limits else "")


def sides(change: Change, before: Book, after: Book, lang: Lang = "fr") -> tuple[str, str, str]:
    """What both prices are for, said once where it is the same, then each of them: (« le kWh », « 5 ¢ », « 6 ¢ »)."""
    old, new = change.before, change.after
    if isinstance(old, Charge) and isinstance(new, Charge):
        one, other = reach(old, before, lang), reach(new, after, lang)
        if one == other:
            return one, prices.amount(old, before, lang), prices.amount(new, after, lang)
    return "", figure(old, before, lang), figure(new, after, lang)


def reach(charge: Charge, book: Book, lang: Lang = "fr") -> str:
    """What a price is for, and how far it goes: « le kWh, jusqu’à 40 kWh par jour »."""
    return ", ".join([prices.each(charge, lang), *prices.limits(charge, book, lang)])


def _rules(before: Book, after: Book) -> Iterator[Change]:
    """The rules of the whole book differ from its first day on."""
    since = min(before.versions[0].from_on, after.versions[0].from_on)
    one, other = ({key: value for key, value in dump(it).items() if key not in OF_THE_BOOK} for it in (before, after))
    for key in [*one, *(key for key in other if key not in one)]:
        if one.get(key) != other.get(key):
            yield Change(what=key, from_on=since, to_on=None, before=_said(one.get(key)), after=_said(other.get(key)))


def _charges(before: Book, after: Book) -> Iterator[Change]:
    """The prices of each code, and the rules of each version, where they differ."""
    spans = [
        (since, until, _priced(before, old), _priced(after, new))
        for since, until, old, new in _stretches(before.versions, after.versions)
    ]
    yield from _merged(spans)


def _taxes(before: Book, after: Book) -> Iterator[Change]:
    """The rate of each tax, where it differs."""
    one, other = ({it.code: it for it in book.taxes} for book in (before, after))
    for code in [*one, *(code for code in other if code not in one)]:
        rates = [_rates(it.get(code)) for it in (one, other)]
        yield from _merged(
            (since, until, {code: (_effect(old), old)} if old else {}, {code: (_effect(new), new)} if new else {})
            for since, until, old, new in _stretches(*rates)
        )


def _rates(tax: Tax | None) -> Sequence[TaxRate]:
    return tax.rates if tax else ()


def _stretches(one: Sequence[Any], other: Sequence[Any]) -> Iterator[tuple[date, date | None, Any, Any]]:
    """Every stretch of days with what each side has in force over it."""
    bounds = sorted({it.from_on for it in (*one, *other)} | {it.to_on for it in (*one, *other) if it.to_on})
    for since, until in zip(bounds, [*bounds[1:], None], strict=True):
        old, new = (in_force(side, since) for side in (one, other))
        if old or new:
            yield since, until, old, new


_Effects = dict[str, tuple[Any, Charge | TaxRate | str]]


def _priced(book: Book, version: Version | None) -> _Effects:
    """By code, what each price of a version does to an amount, with the price itself; then the rules of the version."""
    if version is None:
        return {}
    place = book.versions.index(version)
    found: _Effects = {it.code: (_effect(it), it) for it in book.charges if it.version == place}
    content = version.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key, value in content.items():
        if key not in OF_THE_VERSION:
            plain = {name: it for name, it in value.items() if name not in WORDS} if isinstance(value, dict) else value
            if plain:
                found[key] = (_said(plain), _said(plain) or "")
    return found


def _effect(it: Charge | TaxRate) -> tuple[tuple[str, Any], ...]:
    values = asdict(it) if isinstance(it, Charge) else it.model_dump(exclude={"from_on", "to_on"})
    return tuple((name, value) for name, value in values.items() if name not in WORDS)


def _merged(spans: Iterable[tuple[date, date | None, _Effects, _Effects]]) -> Iterator[Change]:
    """One change a run of neighbouring stretches with the same two prices."""
    open_ones: dict[str, tuple[Any, Change]] = {}
    for since, until, old, new in spans:
        going: dict[str, tuple[Any, Change]] = {}
        for what in [*old, *(it for it in new if it not in old)]:
            effects = tuple(side[what][0] if what in side else None for side in (old, new))
            if effects[0] == effects[1]:
                continue
            kept = open_ones.pop(what, None)
            if kept and kept[0] == effects and kept[1].to_on == since:
                change = Change(what=what, from_on=kept[1].from_on, to_on=until, before=kept[1].before,
                                after=kept[1].after)  # fmt: skip
            else:
                if kept:
                    yield kept[1]
                sides = [side[what][1] if what in side else None for side in (old, new)]
                change = Change(what=what, from_on=since, to_on=until, before=sides[0], after=sides[1])
            going[what] = (effects, change)
        yield from (change for _effects, change in open_ones.values())
        open_ones = going
    yield from (change for _effects, change in open_ones.values())


def _said(value: Any) -> str | None:
    """A rule as it is written in the file."""
    if value is None:
        return None
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_said(it)}" for name, it in value.items() if it is not None)
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
