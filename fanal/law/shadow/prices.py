"""Another system's list of prices to tariff books: what a unit says (« $/kWh », « $/30 jours ») is all that is known.

A row is a component of a tariff, its days, its unit, its price and its limit. Nothing of a town or of a tariff is known
here: the words of the units make the kind of charge, and `Terms` says the arithmetic that prices do not.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from fanal.law.tariffs.book import NEEDED, Book, faults
from fanal.law.tariffs.registers import Season
from fanal.law.tariffs.rules import Amount, BillingDemand, Page, Price, later
from fanal.law.tariffs.shelf import BookError, UnknownBook, load_tax
from fanal.values.money import PRICE_SCALE, scaled
from fanal.values.refusal import Fault

SHIPPED = Path(__file__).parent / "old_system.toml"
CODE = re.compile(r"[A-Za-z0-9_]+")
NOT_A_NAME = re.compile(r"[^a-z0-9_]")
FIGURE = re.compile(r"((?:\d{1,3}(?: \d{3})+|\d+)(?:[.,]\d+)?)(?!\s*\d)\s*(.*)", re.DOTALL)  # spaces part thousands
WORDS = {
    "jour": "day", "jours": "day", "day": "day", "days": "day", "mois": "month", "month": "month",
    "kwh": "kwh", "kw": "kw", "logement": "multiplier", "logements": "multiplier", "dwelling": "multiplier",
    "menage": "households", "menages": "households", "household": "households",
    "unite": "units", "unites": "units", "unit": "units", "luminaire": "units", "lampe": "units", "boitier": "units",
    "appareil": "units", "triphase": "three", "monophase": "single",
}  # fmt: skip
TITLES = {
    "fixed": ("Montant fixe", "Fixed charge"),
    "flat": ("Énergie", "Energy"),
    "demand": ("Puissance", "Demand"),
    "minimum": ("Complément à la facture minimale", "Supplement to the minimum bill"),
}


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price as listed: the tariff, its component, the days [from_on, to_on) it holds, its unit and its limit."""

    tariff: str
    title: str
    from_on: date
    to_on: date | None
    component: str
    unit: str
    price: Decimal
    limit: str = ""


class OpeningFee(Page):
    """Which price of the list is the fee of a new subscription, and which natures of subscription do not owe it."""

    component: str
    not_for: tuple[str, ...] = ()


class Terms(Page):
    """The arithmetic of another system: what its list of prices does not say."""

    utility: str
    currency: str
    cent: Price
    proration: Literal["days", "end"]
    quantum: Amount
    rounding: Literal["half_up", "truncate"]
    rounded: Literal["line", "document"] = "line"
    taxes: tuple[str, ...]
    winter: Season
    demand: dict[str, BillingDemand] = later({})
    opening_fee: OpeningFee | None = None


@dataclass(frozen=True)
class OldTariff:
    """A tariff of the other system as a book, and the component that each charge of it is there."""

    code: str
    book: Book
    components: dict[str, str]


@dataclass(frozen=True)
class OldTariffs:
    """All that another system's prices make: its tariffs by code, and its opening fee in cents by days."""

    tariffs: dict[str, OldTariff]
    fees: tuple[tuple[date, date | None, int], ...]
    fee_component: str
    fee_not_for: frozenset[str]

    def fee_on(self, day: date, nature: str) -> int:
        """The opening fee of a subscription of that nature that begins that day, in cents; 0 without one."""
        if nature in self.fee_not_for:
            return 0
        return next((cents for since, until, cents in self.fees if since <= day and (until is None or day < until)), 0)


def terms(path: Path = SHIPPED) -> Terms:
    """Read the arithmetic of another system; raises BookError naming the file, the key and the reason."""
    try:
        return Terms.model_validate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal))
    except (OSError, ValueError) as error:
        key, reason = "fichier", Fault("TOML illisible ({error})", error=str(error).splitlines()[0])
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            reason = Fault("« {value} » n’est pas une valeur admise ici", value=str(first["input"]))
        raise BookError(path.name, key, reason) from None


def tariffs(rows: Iterable[PriceRow], by: Terms) -> OldTariffs:
    """Turn a list of prices into books; raises BookError naming the tariff, the component and the reason.

    A tariff without a price of energy, power, time or apparatus (fees, rates of interest) is none of a bill.
    """
    listed: dict[str, list[PriceRow]] = {}
    fees = []
    fee = by.opening_fee.component if by.opening_fee else ""
    for row in rows:
        unit = _unit(row)
        if row.component == fee:
            fees.append((row.from_on, row.to_on, scaled(row.price, PRICE_SCALE) // scaled(by.cent, PRICE_SCALE)))
        elif unit and unit != ["%"]:
            listed.setdefault(row.tariff, []).append(row)
    made = {code: _tariff(code, of, by) for code, of in listed.items()}
    not_for = frozenset(by.opening_fee.not_for if by.opening_fee else ())
    return OldTariffs(made, tuple(sorted(fees, key=lambda it: it[0])), fee, not_for)


def _unit(row: PriceRow) -> list[str]:
    """The words of a unit after the currency: « $/kW/30 jours » → kw, 30 day."""
    first, *parts = (part.strip() for part in row.unit.split("/"))
    if first == "%":
        return ["%"]
    words = [word for part in parts for word in part.split()]
    plain = (unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower() for word in words)
    found = [word if word.isdigit() else WORDS.get(word, "") for word in plain]
    if first != "$" or "" in found or [it for it in found if it.isdigit() and it not in ("1", "30")]:
        raise _refused(row, Fault("unité de prix inconnue « {unit} »", unit=row.unit))
    return found


def _refused(row: PriceRow, fault: Fault) -> BookError:
    return BookError(row.tariff, row.component, fault)


def _length(row: PriceRow, words: Sequence[str]) -> dict[str, Any]:
    """What a price or a limit is for: so many days, or a month."""
    if "month" in words:
        return {"per": "month"}
    if "day" not in words:
        raise _refused(row, Fault("unité de prix inconnue « {unit} »", unit=row.limit or row.unit))
    return {"per_days": 30 if "30" in words else 1}


def _times(words: Sequence[str]) -> str | None:
    return next((it for it in ("multiplier", "households", "units") if it in words), None)


def _tariff(code: str, rows: list[PriceRow], by: Terms) -> OldTariff:
    if not CODE.fullmatch(code):
        raise _refused(rows[0], Fault("n’a pas la forme attendue"))
    components: dict[str, str] = {}
    titles: dict[str, dict[str, str]] = {}
    bounds = sorted({row.from_on for row in rows} | {row.to_on for row in rows if row.to_on})
    versions: list[dict[str, Any]] = []
    for since, until in zip(bounds, [*bounds[1:], None], strict=True):
        held = [row for row in rows if row.from_on <= since and (row.to_on is None or since < row.to_on)]
        if held:
            charges = _charges(held, components, titles)
            version = {"from": since, "to": until, "confidence": "seen", "source": f"{by.utility} : {rows[0].title}"}
            gap = bool(versions) and versions[-1]["to"] != since
            demand = by.demand.get(code, BillingDemand()) if any(it["kind"] == "demand" for it in charges) else None
            power = {"billing_demand": demand} if demand else {}
            versions.append(version | power | {"gap_before": gap, "charges": charges})
    return OldTariff(code, _book(code, rows[0], versions, titles, by), components)


def _charges(
    rows: list[PriceRow], components: dict[str, str], titles: dict[str, dict[str, str]]
) -> list[dict[str, Any]]:
    """The charges of one version: those of the list in its order, then the minimum that they must reach."""
    energy = sorted((row for row in rows if "kwh" in _unit(row)), key=_upto)
    charges: list[dict[str, Any]] = []
    for row in rows:
        if row not in energy:
            charges.append(_other(row) | {"code": NOT_A_NAME.sub("_", f"c_{row.component.lower()}")})
            code = charges[-1]["code"]
            suffixes = (".1", ".3") if charges[-1]["kind"] == "minimum" else ("",)
            components |= {code + suffix: row.component for suffix in suffixes}
            titles[code] = _title(charges[-1]["kind"], row.component)
        elif row is energy[0]:
            charges.append(_energy(energy) | {"code": "energy"})
            for place, of in enumerate(energy, 1):
                code = "energy" if len(energy) == 1 else f"energy.{place}"
                components[code], titles[code] = of.component, _title("flat", of.component)
    return sorted(charges, key=lambda it: str(it["kind"]) == "minimum")


def _title(kind: str, component: str) -> dict[str, str]:
    french, english = TITLES[kind]
    return {"fr": f"{french} ({component})", "en": f"{english} ({component})"}


def _upto(row: PriceRow) -> tuple[bool, Decimal]:
    """Blocks come in the order of their limits, the open one last."""
    figure = FIGURE.fullmatch(row.limit.strip())
    return not row.limit, Decimal(figure[1].replace(" ", "").replace(",", ".")) if figure else Decimal(0)


def _other(row: PriceRow) -> dict[str, Any]:
    """A charge of time: fixed, of power, or the least that a bill is."""
    words, price = _unit(row), str(row.price)
    if "three" in words or "single" in words:
        phases = {name: price for word, name in (("single", "single_phase"), ("three", "three_phase")) if word in words}
        return {"kind": "minimum", **_length(row, words), **phases}
    if "kw" in words:
        return {"kind": "demand", **_length(row, words), "price": price}
    times = {"times": many} if (many := _times(words)) else {}
    return {"kind": "fixed", **_length(row, words), "price": price, **times}


def _energy(rows: list[PriceRow]) -> dict[str, Any]:
    """The prices of a kWh: one, or blocks with the limits of all but the last."""
    *closed, last = rows
    if not closed:
        return {"kind": "flat", "price": str(last.price)}
    steps, said = [], {}
    for row in closed:
        figure = FIGURE.fullmatch(row.limit.strip())
        if figure is None:
            raise _refused(row, Fault("limite de tranche illisible « {limit} »", limit=row.limit))
        words = _unit(replace(row, unit=f"$/{figure[2]}"))
        said = _length(row, words) | ({"times": many} if (many := _times(words)) else {})
        steps.append({"upto": str(_upto(row)[1]), "price": str(row.price)})
    return {"kind": "blocks", **said, "steps": [*steps, {"price": str(last.price)}]}


def _book(code: str, row: PriceRow, versions: list[Any], titles: dict[str, Any], by: Terms) -> Book:
    kinds = {charge["kind"] for version in versions for charge in version["charges"]}
    said = by.model_dump(by_alias=True, include={"utility", "currency", "cent", "proration", "rounding", "rounded"})
    try:
        content = said | {
            "kind": "tariff", "code": f"old/{code}", "title": {"fr": row.title or code, "en": row.title or code},
            "quantum": str(by.quantum), "power_metered": "demand" in kinds, "flat_rate": not kinds & {"blocks", "flat"},
            "winter": by.winter, "taxes": [load_tax(tax) for tax in by.taxes], "titles": titles, "version": versions,
            "needs": (),
        }  # fmt: skip
        book = Book.model_validate(content)
        book = Book.model_validate(content | {"needs": tuple(sorted(NEEDED & book.accepts))})
    except ValidationError as error:
        first = error.errors()[0]
        reason = first.get("ctx", {}).get("error")
        key = ".".join(map(str, first["loc"]))
        raise BookError(code, key, reason if isinstance(reason, Fault) else Fault("valeur non admise")) from None
    except UnknownBook as error:
        raise BookError(code, "taxes", Fault("taxe inconnue « {code} »", code=error.code)) from None
    for key, fault in faults(book):
        raise BookError(code, key, fault)
    return book


def as_written(book: Book, by: Terms, code: str) -> dict[str, Any]:
    """A book of the old system as plain data, as its file would say it under a code of ours."""
    said = book.model_dump(by_alias=True, exclude_defaults=True)
    return said | {"code": code, "taxes": list(by.taxes), "winter": by.winter.model_dump(mode="json", by_alias=True)}


def last_day_included(to_on: date | None) -> date | None:
    """The first day after a price whose last day is listed."""
    return to_on + timedelta(days=1) if to_on else None
