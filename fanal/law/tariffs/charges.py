"""The rows of a book: one frozen record for each (version, charge, step), in bill order.

A database may keep one row per charge, and a bill line its number: the order never depends on anything
but the book.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, half_up, scaled

if TYPE_CHECKING:
    from fanal.law.tariffs.book import Blocks, Book, Rule, Version

Kind = Literal["fixed", "energy", "demand", "minimum"]


@dataclass(frozen=True, slots=True)
class Charge:
    """One priced row of a book (composante tarifaire).

    Prices in 1/1,000,000 of the currency, quantities in 1/1000. `per_days` is 0 when the price does not
    depend on time; block limits are per `width_days` days, `upto_milli` 0 meaning open.
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
    season: Literal["winter", "summer"] | None
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

    def title(self, lang: str) -> str:
        """Return the wording of the charge; French unless English is asked."""
        return self.title_en if lang == "en" else self.title_fr

    def amount(self, quantity: int, days: int) -> int:
        """Return the cents of a line from what it shows: quantity in 1/1000 and days; for a minimum, what is due."""
        time = {"demand": days}.get(self.kind, 1)
        return half_up(quantity * self.price_micro * time, self.cent_scale * (self.per_days or 1))

    def limit(self, days: int, multiplier: int = 1) -> int:
        """Return the block limit over these days, in 1/1000 kWh: where the block ends, or where the last one begins."""
        dwellings = multiplier if self.times == "multiplier" else 1
        return half_up((self.upto_milli or self.after_milli) * days * dwellings, self.width_days or 1)

    @property
    def inputs(self) -> frozenset[str]:
        """The quantities that this charge looks at."""
        own = {"energy": "kwh", "demand": "kw", "minimum": "phases"}.get(self.kind)
        times = "multiplier" if self.over_per_multiplier_milli else self.times
        return frozenset(name for name in (own, times) if name)


def charges_of(book: "Book") -> Iterator[Charge]:
    """Unfold a book into its rows, version after version, charge after charge, step after step."""
    for place, version in enumerate(book.versions):
        for rule in version.charges:
            for step in _steps(rule):
                yield _charge(book, place, version, rule, step)


def _steps(rule: "Rule") -> Iterator[dict[str, Any]]:
    """Yield what is particular to each row of one rule."""
    match rule.kind:
        case "fixed":
            yield {"kind": "fixed", "unit": "day", "price": rule.price, "per_days": rule.per_days, "times": rule.times}
        case "flat":
            yield {"kind": "energy", "unit": "kWh", "price": rule.price}
        case "blocks":
            yield from _blocks(rule)
        case "demand":
            over = {"over_milli": rule.over, "over_per_multiplier_milli": rule.over_per_multiplier}
            yield {
                **{name: scaled(kilowatts, QUANTITY_SCALE) for name, kilowatts in over.items()},
                "kind": "demand",
                "unit": "kW",
                "price": rule.price,
                "per_days": rule.per_days,
                "season": rule.season,
            }
        case "minimum":
            row = {"kind": "minimum", "unit": "day", "per_days": rule.per_days}
            for phases, price in ((1, rule.single_phase), (3, rule.three_phase)):
                yield row | {"price": price, "phases": phases, "suffix": f".{phases}"}


def _blocks(rule: "Blocks") -> Iterator[dict[str, Any]]:
    """Yield one row a block, from where the one before ends."""
    row = {"kind": "energy", "unit": "kWh", "times": rule.times, "width_days": rule.per_days}
    after = 0
    for number, step in enumerate(rule.steps, 1):
        upto = 0 if step.upto is None else scaled(step.upto, QUANTITY_SCALE)
        yield row | {"price": step.price, "after_milli": after, "upto_milli": upto, "suffix": f".{number}"}
        after = upto


def _charge(book: "Book", place: int, version: "Version", rule: "Rule", step: dict[str, Any]) -> Charge:
    """Build one row, the nearest wording, article and source winning."""
    code = rule.code + step.get("suffix", "")
    key = code if code in book.titles else rule.code
    title = book.titles.get(key)
    return Charge(
        book=book.code,
        version=place,
        version_from=version.from_on,
        version_to=version.to_on,
        code=code,
        kind=step["kind"],
        unit=step["unit"],
        price_micro=scaled(step["price"], PRICE_SCALE),
        per_days=step.get("per_days", 0),
        times=step.get("times"),
        after_milli=step.get("after_milli", 0),
        upto_milli=step.get("upto_milli", 0),
        width_days=step.get("width_days", 0),
        over_milli=step.get("over_milli", 0),
        over_per_multiplier_milli=step.get("over_per_multiplier_milli", 0),
        season=step.get("season"),
        phases=step.get("phases", 0),
        taxable=rule.taxable,
        kwh=step["kind"] == "energy",
        cent_scale=book.cent_scale,
        title_key=key,
        title_fr=title.fr if title else "",
        title_en=title.en if title else "",
        article=rule.article or book.articles.get(code) or book.articles.get(rule.code, ""),
        source=rule.source or version.source,
        confidence=rule.confidence or version.confidence,
    )
