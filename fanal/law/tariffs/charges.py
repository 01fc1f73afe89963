"""The rows of a book: one frozen record for each (version, charge, step), in bill order.

A database may keep one row per charge, and a bill line its number: the order never depends on anything
but the book.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, half_up, scaled, truncated

if TYPE_CHECKING:
    from fanal.law.tariffs.book import Book, Version
    from fanal.law.tariffs.rules import Blocks, Demand, Energy, Fixed, PowerFactorShare, Rule

Kind = Literal["fixed", "energy", "demand", "minimum", "percent", "bank", "rounding"]
ONE_MONTH = Fraction(1)


@dataclass(frozen=True, slots=True)
class Charge:
    """One priced row of a book (composante tarifaire).

    Prices in 1/1,000,000 of the currency (negative for a credit), quantities in 1/1000. `per_days` is 0 when the price
    does not depend on days; block limits are per `width_days` days, `upto_milli` 0 meaning open. With `per` = month the
    quantity counts calendar months and limits follow them. A row that follows the power factor has its cos φ, in
    1/1000, from `after_milli` up to `upto_milli`.
    """

    book: str
    version: int
    version_from: date
    version_to: date | None
    code: str
    kind: Kind
    unit: str
    price_micro: int
    per_days: int
    times: str | None
    after_milli: int
    upto_milli: int
    width_days: int
    over_milli: int
    over_per_multiplier_milli: int
    season: str | None
    phases: int
    taxable: bool
    kwh: bool
    cent_scale: int
    title_key: str
    title_fr: str
    title_en: str
    article: str
    source: str
    confidence: str
    of: str = "kwh"
    less: tuple[str, ...] = ()
    over_percent_milli: int = 0
    per: str = ""
    on: tuple[str, ...] = ()
    rounding: str = "half_up"
    quantum_milli: int = 1
    currency: str = "CAD"

    def title(self, lang: str) -> str:
        """Return the wording of the charge; French unless English is asked."""
        return self.title_en if lang == "en" else self.title_fr

    def amount(self, quantity: int, days: int) -> int:
        """Return the cents of a line from what it shows: quantity in 1/1000 and days; for a minimum, what is due."""
        time = days if self.by_days else 1
        divided = truncated if self.rounding == "truncate" else half_up
        return divided(quantity * self.price_micro * time, self.cent_scale * (self.per_days or 1))

    def limit(self, days: int, times: int = 1, months: Fraction = ONE_MONTH) -> int:
        """Return the block limit over these days, in 1/1000 kWh: where the block ends, or where the last one begins.

        times: the dwellings or the households, or the 1/1000 kW of billing demand; months: those of the days.
        """
        return self._over(self.upto_milli or self.after_milli, days, times, months)

    def begins(self, days: int, times: int = 1, months: Fraction = ONE_MONTH) -> int:
        """Return where a block begins over these days, in 1/1000 kWh; as `limit` otherwise."""
        return self._over(self.after_milli, days, times, months)

    def _over(self, milli: int, days: int, times: int, months: Fraction) -> int:
        length = months if self.per == "month" else Fraction(days, self.width_days or 1)
        many = Fraction(times, QUANTITY_SCALE) if self.times == "kw" else Fraction(times if self.times else 1)
        exact = milli * length * many
        return half_up(exact.numerator, exact.denominator * self.quantum_milli) * self.quantum_milli

    @property
    def by_days(self) -> bool:
        """Whether the amount is quantity × price × days, the days not being in the quantity."""
        return self.kind == "demand" and self.per_days > 0

    @property
    def inputs(self) -> frozenset[str]:
        """The quantities that this charge looks at."""
        match self.kind:
            case "energy":
                flows = {self.of, *self.less} | ({"kwh"} if self.over_percent_milli else set())
                found = {it if it in ("kwh", "kvarh") else f"registers.{it}" for it in flows}
            case "demand":
                found = {"billing_kw": {"kw"}, "power_factor_excess": {"kw", "kva"}}.get(
                    self.of, {f"registers.{self.of}"}
                )
            case "minimum":
                found = {"phases"}
            case "percent":
                found = {"kwh", "kvarh"} if self.upto_milli else set()
            case _:
                found = set()
        times = "multiplier" if self.over_per_multiplier_milli else self.times
        return frozenset(found | ({times} if times else set()))

    def is_part_of(self, name: str) -> bool:
        """Whether a book that says this name means this charge, alone or among the steps of its rule."""
        return self.code == name or self.code.startswith(f"{name}.")


def charges_of(book: "Book") -> Iterator[Charge]:
    """Unfold a book into its rows, version after version, charge after charge, step after step."""
    for place, version in enumerate(book.versions):
        for rule in version.charges:
            for step in _steps(rule):
                yield _charge(book, place, version, rule, step)
    if book.rounded == "document":  # one row makes the lines add up to what the document is rounded to
        row = {"kind": "rounding", "unit": book.currency, "price": Decimal(1), "code": "rounding"}
        yield _charge(book, len(book.versions) - 1, book.versions[-1], None, row)


def _steps(rule: "Rule") -> Iterator[dict[str, Any]]:
    """Yield what is particular to each row of one rule."""
    match rule.kind:
        case "fixed":
            yield _fixed(rule)
        case "flat":
            yield _energy(rule) | {"price": rule.price}
        case "blocks":
            yield from _blocks(rule)
        case "demand":
            yield _demand(rule)
        case "minimum":
            row = {"kind": "minimum", **_length(rule)}
            for phases, price in ((1, rule.single_phase), (3, rule.three_phase)):
                if price is not None:
                    yield row | {"price": price, "phases": phases, "suffix": f".{phases}"}
        case "percent":
            yield {"kind": "percent", "unit": "money", "price": rule.percent.scaleb(-2), "on": rule.on}
        case "power_factor":
            yield from _power_factor(rule)
        case "bank":
            yield {"kind": "bank", "unit": "kWh", "price": rule.price, "credit": True}


def _length(rule: Any) -> dict[str, Any]:
    """What a price is for: days, months, or the bill."""
    return {"per_days": rule.per_days or 0, "per": rule.per or "", "unit": rule.per or "day"}


def _fixed(rule: "Fixed") -> dict[str, Any]:
    credit = {"price": rule.price, "credit": rule.credit}
    return {"kind": "fixed", **_length(rule), **credit, "times": rule.times, "season": rule.season}


def _energy(rule: "Energy") -> dict[str, Any]:
    return {
        "kind": "energy",
        "unit": "kvarh" if rule.of == "kvarh" else "kWh",
        "of": rule.of,
        "less": rule.less,
        "over_percent_milli": scaled(rule.over_percent or 0, QUANTITY_SCALE),
        "season": rule.season,
        "credit": rule.credit,
    }


def _blocks(rule: "Blocks") -> Iterator[dict[str, Any]]:
    """Yield one row a block, from where the one before ends."""
    row = _energy(rule) | {"times": rule.times, "width_days": rule.per_days or 0, "per": rule.per or ""}
    after = 0
    for number, step in enumerate(rule.steps, 1):
        upto = 0 if step.upto is None else scaled(step.upto, QUANTITY_SCALE)
        yield row | {"price": step.price, "after_milli": after, "upto_milli": upto, "suffix": f".{number}"}
        after = upto


def _demand(rule: "Demand") -> dict[str, Any]:
    limits = {"over_milli": rule.over, "over_per_multiplier_milli": rule.over_per_multiplier}
    limits["upto_milli"] = rule.upto or Decimal(0)
    return {
        **{name: scaled(kilowatts, QUANTITY_SCALE) for name, kilowatts in limits.items()},
        **_length(rule),
        "kind": "demand",
        "unit": "kW",
        "price": rule.price,
        "of": rule.of,
        "season": rule.season,
        "credit": rule.credit,
    }


def _power_factor(rule: "PowerFactorShare") -> Iterator[dict[str, Any]]:
    """Yield one row a step, each from its cos φ up to that of the step before."""
    upto = rule.target
    for number, step in enumerate(rule.steps, 1):
        bounds = {"after_milli": int((step.cos or 0) * QUANTITY_SCALE), "upto_milli": int(upto * QUANTITY_SCALE)}
        row = {"kind": "percent", "unit": "money", "price": step.percent.scaleb(-2), "on": rule.on}
        yield row | bounds | {"suffix": f".{number}"}
        upto = step.cos or upto


def _charge(book: "Book", place: int, version: "Version", rule: "Rule | None", step: dict[str, Any]) -> Charge:
    """Build one row, the nearest wording, article and source winning."""
    base = rule.code if rule else step["code"]
    code = base + step.get("suffix", "")
    key = code if code in book.titles else base
    title = book.titles.get(key)
    own = {name: step[name] for name in _OWN if name in step}
    return Charge(
        book=book.code,
        version=place,
        version_from=version.from_on,
        version_to=version.to_on,
        code=code,
        kind=step["kind"],
        unit=step["unit"],
        price_micro=scaled(-step["price"] if step.get("credit") else step["price"], PRICE_SCALE),
        **_NOTHING | own,
        taxable=rule.taxable if rule else True,
        kwh=step["kind"] == "energy" and step["unit"] == "kWh" and not step.get("credit"),
        cent_scale=book.cent_scale,
        title_key=key,
        title_fr=title.fr if title else "",
        title_en=title.en if title else "",
        article=(rule and rule.article) or book.articles.get(code) or book.articles.get(base, ""),
        source=(rule and rule.source) or version.source,
        confidence=(rule and rule.confidence) or version.confidence,
        rounding=book.rounding,
        quantum_milli=book.quantum_milli,
        currency=book.currency,
    )


_NOTHING: dict[str, Any] = {
    "per_days": 0, "times": None, "after_milli": 0, "upto_milli": 0, "width_days": 0, "over_milli": 0,
    "over_per_multiplier_milli": 0, "season": None, "phases": 0,
}  # fmt: skip
_OWN = (*_NOTHING, "of", "less", "over_percent_milli", "per", "on")
