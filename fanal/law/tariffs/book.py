"""The tariff book (livre de tarifs): what a TOML file may say, checked when it is read.

A book is data: a distributor copies one and edits its figures. Its charges are `fanal.law.tariffs.rules`, its
registers `registers`; reading files is `shelf`; the rows that bills refer to are `charges`.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import Field

from fanal.law.tariffs.charges import Charge, charges_of
from fanal.law.tariffs.registers import Register, Season
from fanal.law.tariffs.rules import (
    Amount,
    BillingDemand,
    ChargeRule,
    Confidence,
    Name,
    Page,
    Price,
    Rule,
    Text,
    later,
)
from fanal.law.tariffs.taxes import Tax, dated_without_hole, in_force
from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, SAFE, Column, half_up, scaled, truncated
from fanal.values.refusal import Fault
from fanal.values.wording import decimals

Quantity = Literal[
    "kwh", "kw", "kva", "kvarh", "multiplier", "households", "phases", "units", "past_kw", "bank_kwh"
]  # fmt: skip
NEEDED = frozenset({"kwh", "kvarh", "units", "phases"})  # what has no sensible value when it is not said
QUANTITY_MAX = 10**15  # 1/1000: a million GWh
DAYS_MAX = 3_660


class NoPrice(LookupError):
    """A book has no price on a day."""

    def __init__(self, code: str, on: date) -> None:
        super().__init__(f"Le livre {code} n’a pas de prix le {on}.")
        self.code, self.on = code, on


class Version(Page):
    """The prices of one stretch of days, `to` excluded; only the last version may be open.

    `gap_before` says that the days before it, since the version before, are known to have no price here.
    """

    from_on: Annotated[date, Field(alias="from")]
    to_on: Annotated[date | None, Field(alias="to")] = None
    gap_before: bool = later(False)
    source: Annotated[str, Field(min_length=1)]
    confidence: Confidence
    note: Text | None = None
    billing_demand: BillingDemand = BillingDemand()
    charges: tuple[Rule, ...]


HYDRO_QUEBEC_WINTER = Season.model_validate({"from": "12-01", "to": "04-01"})


class Book(Page):
    """A whole tariff with its dated versions and its taxes, as rated and as kept with each bill."""

    kind: Literal["tariff"]
    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+/[A-Za-z0-9_]+$")]
    title: Text
    utility: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    cent: Price
    proration: Literal["days", "end", "reading"]
    rounding: Literal["half_up", "truncate"]
    rounded: Literal["line", "document"] = later("line")
    quantum: Amount = later(Decimal("0.001"))
    power_metered: bool
    flat_rate: bool
    needs: tuple[Quantity, ...]
    winter: Season = HYDRO_QUEBEC_WINTER
    seasons: dict[Name, Season] = later({})
    registers: dict[Name, Register] = later({})
    net_metering: Name | None = later(None)
    taxes: tuple[Tax, ...]
    titles: dict[str, Text]
    articles: dict[str, str] = {}
    versions: Annotated[tuple[Version, ...], Field(alias="version", min_length=1)]

    def version_on(self, day: date) -> Version:
        """The version in force that day; NoPrice without one."""
        if (found := in_force(self.versions, day)) is None:
            raise NoPrice(self.code, day)
        return found

    def always(self, on: date | None = None) -> "Book":
        """The book as if its version in force on a day, or its last one, had always been; NoPrice without one."""
        version = self.versions[-1] if on is None else self.version_on(on)
        chosen = version.model_dump(mode="json", by_alias=True) | {"from": "1000-01-01", "to": None}
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
    def exact_scale(self) -> int:
        """How many parts of the smallest coin a document sums before it rounds: each line is a whole number of them."""
        return self.cent_scale * 30

    @cached_property
    def quantum_milli(self) -> int:
        """To what a share of kWh and a block limit are rounded, in 1/1000."""
        return scaled(self.quantum, QUANTITY_SCALE)

    @cached_property
    def quantity_max(self) -> int:
        """The largest quantity, in 1/1000, whose bill surely fits in 63 bits."""
        worst = max(_most_of(self.charges, place) for place in range(len(self.versions)))
        shown = self.cent_scale // PRICE_SCALE  # an amount may be the quantity of another line, in 1/1000
        return min(QUANTITY_MAX, SAFE * self.cent_scale // (4 * shown * max(worst, 1)))

    @cached_property
    def accepts(self) -> frozenset[str]:
        """The quantities that change a bill of this book."""
        found: set[str] = set(self.needs)
        for charge in self.charges:
            found |= charge.inputs
        for version in self.versions:
            found |= {"kva"} if version.billing_demand.power_factor_percent is not None else set()
            found |= {"past_kw"} if version.billing_demand.ratchet is not None else set()
        return frozenset(found | ({"kwh", "bank_kwh"} if self.net_metering else set()))

    def divided(self, numerator: Column, denominator: int) -> Column:
        """Divide by the rounding that the book declares."""
        return (truncated if self.rounding == "truncate" else half_up)(numerator, denominator)

    @cached_property
    def gaps(self) -> tuple[tuple[date, date], ...]:
        """The stretches of days without a price, between two versions."""
        pairs = zip(self.versions, self.versions[1:], strict=False)
        return tuple((v.to_on, after.from_on) for v, after in pairs if v.to_on and v.to_on < after.from_on)

    def season(self, name: str) -> Season:
        """The stretch of the year of that name; summer is what winter leaves. Raises KeyError."""
        if name == "winter":
            return self.winter
        if name == "summer":
            return Season.model_validate({"from": self.winter.to_day, "to": self.winter.from_day})
        return self.seasons[name]


def _most_of(charges: tuple[Charge, ...], version: int) -> int:
    """What a thousandth of every quantity may cost at most at one version, in 1/1,000,000: all its prices together."""
    most = power_factor = 0
    for charge in charges:
        if charge.version == version:
            price = abs(charge.price_micro)
            match charge.kind:
                case "energy" | "bank":
                    most += price * (1 + len(charge.less))
                case "demand":
                    most += price * DAYS_MAX // (charge.per_days or 28)
                case "percent" if charge.upto_milli:  # one step at most holds of a bill
                    power_factor = max(power_factor, price)
                case "percent":
                    most += half_up(most * price, PRICE_SCALE) + 1
    return most + half_up(most * power_factor, PRICE_SCALE)


def faults(book: Book) -> Iterator[tuple[str, Fault]]:
    """Say what is wrong with a well-formed book, key by key."""
    yield from _whole_faults(book)
    known = [place for place, version in enumerate(book.versions) if version.gap_before]
    yield from dated_without_hole("version", [(v.from_on, v.to_on) for v in book.versions], known)
    yield from _register_faults(book)
    for place, version in enumerate(book.versions):
        for key, reason in _version_faults(book, version, [c.code for c in book.charges if c.version == place]):
            yield f"version {place + 1} ({version.from_on}).{key}", reason
    for name in sorted(NEEDED & book.accepts - set(book.needs)):
        yield "needs", Fault("« {name} » y manque : des composantes s’en servent", name=name)
    used = {charge.code for charge in book.charges} | {rule.code for v in book.versions for rule in v.charges}
    for key in sorted({charge.title_key for charge in book.charges} - set(book.titles)):
        yield "titles", Fault("il manque le libellé de « {key} »", key=key)
    for key in sorted((set(book.titles) | set(book.articles)) - used):
        yield "titles", Fault("« {key} » ne désigne aucune composante du livre", key=key)


def _whole_faults(book: Book) -> Iterator[tuple[str, Fault]]:
    """What is wrong with what the whole book says: its coin, its seasons, its taxes."""
    if book.cent < Decimal("0.001"):
        yield "cent", Fault("la plus petite pièce doit être positive, d’un millième au moins")
    if book.cent != Decimal(1).scaleb(-decimals(book.currency)):
        yield "cent", Fault("n’est pas la plus petite pièce de cette monnaie ({currency})", currency=book.currency)
    if book.quantum <= 0:
        yield "quantum", Fault("le pas des quantités doit être positif")
    for key, season in {"winter": book.winter, **{f"seasons.{name}": it for name, it in book.seasons.items()}}.items():
        if season.from_day == season.to_day:
            yield key, Fault("la saison doit avoir un début et une fin distincts")
    for name in sorted({"winter", "summer"} & book.seasons.keys()):
        yield f"seasons.{name}", Fault("l’hiver se dit dans « winter » ; l’été est le reste de l’année")
    codes = [tax.code for tax in book.taxes]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield "taxes", Fault("la taxe « {code} » y est deux fois", code=code)


def _register_faults(book: Book) -> Iterator[tuple[str, Fault]]:
    known = {"winter", "summer", *book.seasons}
    for name, register in book.registers.items():
        if name in ("kwh", "kvarh", "billing_kw", "power_factor_excess"):
            yield f"registers.{name}", Fault("ce nom est déjà celui d’une quantité")
        for season in [register.season, *(hours.season for hours in register.hours)]:
            if season is not None and season not in known:
                yield f"registers.{name}", Fault("saison inconnue « {season} »", season=season)
    if book.net_metering is not None and _unit(book, book.net_metering) != "kWh":
        yield "net_metering", Fault("« {name} » n’est pas un registre de kWh du livre", name=book.net_metering)


def _version_faults(book: Book, version: Version, codes: list[str]) -> Iterator[tuple[str, Fault]]:
    if not version.charges:
        yield "charges", Fault("version sans prix")
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield "charges", Fault("la composante « {code} » y est deux fois", code=code)
    before: list[str] = []
    for rule in version.charges:
        for reason in _rule_faults(book, rule, before):
            yield f"charges.{rule.code}", reason
        before.append(rule.code)
    demand = version.billing_demand
    if demand.winter_ratchet_percent is not None and demand.lookback is not None:
        yield "billing_demand", Fault("« winter_ratchet_percent » ou « lookback », pas les deux")
    if demand.quantum <= 0:
        yield "billing_demand", Fault("le pas des quantités doit être positif")
    for percent in (demand.power_factor_percent, demand.ratchet.percent if demand.ratchet else None):
        if percent is not None and percent > 100:
            yield "billing_demand", Fault("{percent} % dépasse 100 %", percent=str(percent))


def _rule_faults(book: Book, rule: ChargeRule, before: list[str]) -> Iterator[Fault]:
    """Say which names of a charge designate nothing."""
    season = getattr(rule, "season", None)
    if season is not None and season not in ("winter", "summer", *book.seasons):
        yield Fault("saison inconnue « {season} »", season=season)
    of, demand = getattr(rule, "of", None), getattr(rule, "kind", "") == "demand"
    units = {"billing_kw": "kW", "power_factor_excess": "kW"} if demand else {"kwh": "kWh", "kvarh": "kvarh"}
    for name in [it for it in (of, *getattr(rule, "less", ())) if it is not None]:
        unit = units.get(name) or _unit(book, name)
        if unit is None or demand != (unit == "kW"):
            yield (
                Fault("« {name} » n’est pas une quantité en kW du livre", name=name) if demand
                else Fault("« {name} » n’est pas une quantité d’énergie du livre", name=name)
            )  # fmt: skip
    for name in getattr(rule, "on", ()):
        if not any(code == name or code.startswith(f"{name}.") or name.startswith(f"{code}.") for code in before):
            yield Fault("« {name} » ne désigne aucune composante qui la précède", name=name)
    if getattr(rule, "kind", "") == "bank" and book.net_metering is None:
        yield Fault("une banque de kWh demande « net_metering »")
    if getattr(rule, "kind", "") in ("blocks", "minimum", "demand") and getattr(rule, "per", None) == "bill":
        yield Fault('« per = "bill" » ne vaut que pour un montant fixe')


def _unit(book: Book, name: str) -> str | None:
    return book.registers[name].unit if name in book.registers else None


def dump(book: Book) -> dict[str, Any]:
    """Return the content of a book as plain data, the form its digest is made from."""
    return book.model_dump(mode="json", by_alias=True)
