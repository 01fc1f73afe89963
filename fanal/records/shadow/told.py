"""What a difference keeps of both sides of a bill, so that a person redoes it years later: plain data, days as text."""

from typing import Any

from fanal.law.shadow.prices import OldTariff
from fanal.law.shadow.sides import Derived, OldBill, OldLine, Pair
from fanal.law.shadow.uses import Span
from fanal.law.tariffs import lines as words
from fanal.law.tariffs.charges import Charge
from fanal.values.dates import from_days
from fanal.values.wording import LANGUAGES


def there(bill: OldBill) -> dict[str, Any]:
    """The bill as it was printed."""
    own = [_line(it) for it in bill.lines] if bill.lines is not None else None
    sums = {"net": bill.net, "taxes": list(bill.taxes), "total": bill.total, "kwh": bill.kwh, "kw": bill.kw}
    days = {"from": from_days(bill.start).isoformat(), "to": from_days(bill.end).isoformat()}
    return sums | days | {"lines": own}


def here(derived: Derived, tariff: OldTariff, pair: Pair) -> dict[str, Any]:
    """What is owed here, each line with the sum that makes it."""
    taxes = [tax.abbreviation.model_dump() for tax in tariff.book.taxes]
    sums = {"net": derived.net, "taxes": list(derived.taxes), "total": derived.total}
    lines = [_line(it) | _sum(it, tariff, pair) for it in derived.lines]
    return sums | {"tax_names": taxes, "lines": lines}


def given(pair: Pair) -> dict[str, Any]:
    """What it was rated from here."""
    own = {name: getattr(pair.given, name) for name in pair.given.__slots__}
    return own | {"missing": pair.use.missing, "meters": [_span(span) for span in pair.use.spans]}


def _line(line: OldLine) -> dict[str, Any]:
    return {
        "component": line.component, "from": from_days(line.start).isoformat(), "to": from_days(line.end).isoformat(),
        "quantity": line.quantity, "price": line.price, "amount": line.amount,
    }  # fmt: skip


def _sum(line: OldLine, tariff: OldTariff, pair: Pair) -> dict[str, Any]:
    """The arithmetic of a line, how far its block goes, and where its price comes from; in both languages."""
    charge = _charge(line, tariff)
    if charge is None:
        return {}
    days, sign = line.end - line.start, pair.old.sign
    many = getattr(pair.given, charge.times) if charge.times in ("multiplier", "units") else 1
    told = {
        lang: [
            words.arithmetic(charge, days, line.quantity * sign, line.amount * sign, lang),
            *filter(None, [words.threshold(charge, days, many, lang)]),
        ]
        for lang in LANGUAGES
    }
    return {"unit": charge.unit, "title": {"fr": charge.title_fr, "en": charge.title_en}, "sums": told,
            "source": charge.source}  # fmt: skip


def _charge(line: OldLine, tariff: OldTariff) -> Charge | None:
    """The charge of the book that made a line: by its component, its price and its first day."""
    day = from_days(line.start)
    for charge in tariff.book.charges:
        same = tariff.components.get(charge.code) == line.component and charge.price_micro == line.price
        if same and charge.version_from <= day and (charge.version_to is None or day < charge.version_to):
            return charge
    return None


def _span(span: Span) -> dict[str, Any]:
    ends = {
        name: {"index": found[0].index, "kind": found[0].kind, "kw": found[0].kw, "kva": found[0].kva}
        for name, found in (("opening", span.opening), ("closing", span.closing))
    }
    return {"serial": span.serial, "dials": span.dials, "multiplier": span.multiplier, "units": span.units} | ends
