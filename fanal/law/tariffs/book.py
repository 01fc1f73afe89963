"""The tariff book (livre de tarifs): what a TOML file may say, checked when it is read.

A book is data: a distributor copies one and edits its figures. Its shape is `Book`; reading files is
`fanal.law.tariffs.shelf`; the rows that bills refer to are `fanal.law.tariffs.charges`.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from fanal.law.tariffs.charges import Charge, charges_of
from fanal.law.tariffs.taxes import Tax, dated_without_hole
from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, SAFE, DoesNotFit, scaled

Confidence = Literal["two_sources", "seen", "derived", "background", "invented"]
Quantity = Literal["kwh", "kw", "kva", "multiplier", "phases", "units", "winter_kw"]
FIGURE_MAX = 1_000_000  # a price or a limit: the kernel's sums stay within 63 bits
QUANTITY_MAX = 10**15  # 1/1000: a million GWh
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


def exact(value: object) -> Decimal:
    """Read a figure written as text or as a TOML number; nothing passes through binary floats."""
    text = str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise ValueError(f"« {value} » n’est pas un nombre décimal simple")
    return Decimal(text)


def fitting(scale: int) -> BeforeValidator:
    """Refuse at the door a figure that its scale cannot hold."""

    def check(value: object) -> Decimal:
        figure = exact(value)
        try:
            scaled(figure, scale)
        except DoesNotFit as error:
            raise ValueError(f"« {value} » {error}") from None
        if not 0 <= figure <= FIGURE_MAX:
            raise ValueError(f"« {value} » doit être entre 0 et {FIGURE_MAX}")
        return figure

    return BeforeValidator(check)


def plain(value: Decimal) -> str:
    """Write a figure in its one canonical form, for the digest."""
    return format(value.normalize(), "f")


Price = Annotated[Decimal, fitting(PRICE_SCALE), PlainSerializer(plain)]
Amount = Annotated[Decimal, fitting(QUANTITY_SCALE), PlainSerializer(plain)]
PerDays = Literal[1, 30]


class Page(BaseModel):
    """Anything read from a book: unknown keys refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Page):
    """A wording in both languages."""

    fr: str
    en: str


class ChargeRule(Page):
    """What all charges share; a source or a confidence here overrides that of the version."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
    article: str | None = None
    source: str | None = None
    confidence: Confidence | None = None
    taxable: bool = True


class Fixed(ChargeRule):
    """A price per day or per 30 days, times nothing, the dwellings or the boxes (redevance d’abonnement)."""

    kind: Literal["fixed"]
    price: Price
    per_days: PerDays
    times: Literal["multiplier", "units"] | None = None


class Flat(ChargeRule):
    """One price for every kWh."""

    kind: Literal["flat"]
    price: Price


class Step(Page):
    """One block: its price, and the cumulated width it goes up to (the last one is open)."""

    upto: Amount | None = None
    price: Price


class Blocks(ChargeRule):
    """Progressive blocks (tranches); their limits follow the days, and the dwellings where said."""

    kind: Literal["blocks"]
    per_days: PerDays
    times: Literal["multiplier"] | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def limits_increase(self) -> "Blocks":
        """Refuse limits that do not grow, and a last block that is closed."""
        limits = [step.upto for step in self.steps]
        if limits[-1] is not None:
            raise ValueError("la dernière tranche doit être sans limite (pas de « upto »)")
        closed = [limit for limit in limits[:-1] if limit is not None and limit > 0]
        if len(closed) != len(limits) - 1 or any(after <= before for before, after in pairwise(closed)):
            raise ValueError("les limites des tranches (« upto ») ne sont pas croissantes")
        return self


class Demand(ChargeRule):
    """A price per kW of billing demand above a base, per 30 days, in one season or all year (prime de puissance)."""

    kind: Literal["demand"]
    price: Price
    per_days: Literal[30]
    over: Amount = Decimal(0)
    over_per_multiplier: Amount = Decimal(0)
    season: Literal["winter", "summer"] | None = None


class Minimum(ChargeRule):
    """What the lines of a version must reach, by number of phases (facture minimale)."""

    kind: Literal["minimum"]
    per_days: PerDays
    single_phase: Price
    three_phase: Price


Rule = Annotated[Fixed | Flat | Blocks | Demand | Minimum, Field(discriminator="kind")]


class BillingDemand(Page):
    """How billing demand is found: the percent of kVA that counts as kW, and of the winter peak that remains."""

    power_factor_percent: Amount | None = None
    winter_ratchet_percent: Amount | None = None
    article: str | None = None


class Version(Page):
    """The prices of one stretch of days, `to` excluded; only the last version may be open."""

    from_on: Annotated[date, Field(alias="from")]
    to_on: Annotated[date | None, Field(alias="to")] = None
    source: Annotated[str, Field(min_length=1)]
    confidence: Confidence
    note: Text | None = None
    billing_demand: BillingDemand = BillingDemand()
    charges: tuple[Rule, ...]


class Winter(Page):
    """The winter of the book, as month-day; `to` is excluded."""

    from_day: Annotated[str, Field(alias="from", pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]
    to_day: Annotated[str, Field(alias="to", pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]


HYDRO_QUEBEC_WINTER = Winter.model_validate({"from": "12-01", "to": "04-01"})


class Book(Page):
    """A whole tariff with its dated versions and its taxes, as rated and as kept with each bill."""

    kind: Literal["tariff"]
    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+/[A-Za-z0-9_]+$")]
    title: Text
    utility: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    cent: Price
    proration: Literal["days", "end", "reading"]
    rounding: Literal["half_up"]
    power_metered: bool
    flat_rate: bool
    needs: tuple[Quantity, ...]
    winter: Winter = HYDRO_QUEBEC_WINTER
    taxes: tuple[Tax, ...]
    titles: dict[str, Text]
    articles: dict[str, str] = {}
    versions: Annotated[tuple[Version, ...], Field(alias="version", min_length=1)]

    def always(self, on: date | None = None) -> "Book":
        """The book as if its version in force on a day, or its last one, had always been; LookupError before them."""
        dated = [v for v in self.versions if on is None or v.from_on <= on]
        if not dated:
            raise LookupError(f"Le livre {self.code} n’a pas de prix le {on}.")
        chosen = dated[-1].model_dump(mode="json", by_alias=True) | {"from": "1000-01-01", "to": None}
        return Book.model_validate(dump(self) | {"version": [chosen]})

    @cached_property
    def charges(self) -> tuple[Charge, ...]:
        """Every (version, charge, step) in bill order: a line names its place here."""
        return tuple(charges_of(self))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the whole content, taxes included: which book a bill used."""
        content = self.model_dump(mode="json", by_alias=True)
        return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def cent_scale(self) -> int:
        """How many (1/1000 unit × 1/1,000,000 currency) make the smallest coin."""
        return scaled(self.cent, PRICE_SCALE) * QUANTITY_SCALE

    @cached_property
    def quantity_max(self) -> int:
        """The largest quantity, in 1/1000, whose bill surely fits in 63 bits."""
        worst = max((charge.price_micro for charge in self.charges), default=0) * len(self.charges) * 128
        return min(QUANTITY_MAX, SAFE * self.cent_scale // max(worst, 1))

    @cached_property
    def accepts(self) -> frozenset[str]:
        """The quantities that change a bill of this book."""
        found: set[str] = set(self.needs)
        for charge in self.charges:
            found |= charge.inputs
        for version in self.versions:
            found |= {"kva"} if version.billing_demand.power_factor_percent is not None else set()
            found |= {"winter_kw"} if version.billing_demand.winter_ratchet_percent is not None else set()
        return frozenset(found)


def faults(book: Book) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a well-formed book, as (key, reason) in French."""
    if book.cent <= 0:
        yield "cent", "la plus petite pièce doit être positive"
    if book.winter.from_day == book.winter.to_day:
        yield "winter", "l’hiver doit avoir un début et une fin distincts"
    yield from dated_without_hole("version", [(v.from_on, v.to_on) for v in book.versions])
    for place, version in enumerate(book.versions):
        for key, reason in _version_faults(version, [c.code for c in book.charges if c.version == place]):
            yield f"version {place + 1} ({version.from_on}).{key}", reason
    for name in sorted({"kwh", "units", "phases"} & book.accepts - set(book.needs)):
        yield "needs", f"« {name} » y manque : des composantes s’en servent"
    used = {charge.code for charge in book.charges} | {rule.code for v in book.versions for rule in v.charges}
    for key in sorted({charge.title_key for charge in book.charges} - set(book.titles)):
        yield "titles", f"il manque le libellé de « {key} »"
    for key in sorted((set(book.titles) | set(book.articles)) - used):
        yield "titles", f"« {key} » ne désigne aucune composante du livre"


def _version_faults(version: Version, codes: list[str]) -> Iterator[tuple[str, str]]:
    if not version.charges:
        yield "charges", "version sans prix"
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield "charges", f"la composante « {code} » y est deux fois"
    if any(rule.kind == "minimum" for rule in version.charges[:-1]):
        yield "charges", "la facture minimale doit venir seule et en dernier"
    demand = version.billing_demand
    for percent in (demand.power_factor_percent, demand.winter_ratchet_percent):
        if percent is not None and percent > 100:
            yield "billing_demand", f"{percent} % dépasse 100 %"


def dump(book: Book) -> dict[str, Any]:
    """Return the content of a book as plain data, the form its digest is made from."""
    return book.model_dump(mode="json", by_alias=True)
