"""A small old system for the tests: its list of prices, and bills that an independent hand priced in decimals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from fanal.law.shadow.accounts import Account, Printed
from fanal.law.shadow.prices import OldTariffs, PriceRow, Terms, tariffs, terms
from fanal.law.shadow.sides import OldBill, OldLine
from fanal.law.shadow.uses import Fitted, Reading

CENT = Decimal("0.01")
SPRING, FALL = date(2024, 4, 1), date(2025, 4, 1)
# tariff, component, from, until, unit, price, limit: not in the order nor in the words of one town
PRICES = [
    ("A", "E2", SPRING, FALL, "$/kWh", "0.1004", ""),
    ("A", "E1", SPRING, FALL, "$ / kWh", "0.0607", "40 kWh/jour/logement"),
    ("A", "E1", FALL, None, "$/kWh", "0.0706", "40 kWh/jour/logement"),
    ("A", "E2", FALL, None, "$/kWh", "0.1114", ""),
    ("A", "RED", SPRING, None, "$/jour/logement", "0.45", ""),
    ("B", "PRI", SPRING, None, "$/kW/30 jours", "18", ""),
    ("B", "E1", SPRING, None, "$/kWh", "0.05", "210000 kWh/30 jours"),
    ("B", "E2", SPRING, None, "$/kWh", "0.04", ""),
    ("B", "PLA", SPRING, None, "$/30 jours triphasé", "900", ""),
    ("F", "LUM", SPRING, None, "$/luminaire/30 jours", "9.99", ""),
    ("FRS", "OUV", SPRING, None, "$", "25", ""),
    ("INT", "TX", SPRING, None, "%/an", "2.5", ""),
]


def rows(listed: Iterable[Sequence[object]] = PRICES) -> list[PriceRow]:
    """The list as rows."""
    return [
        PriceRow(str(t), str(t), since, until, str(c), str(u), Decimal(str(p)), str(limit))
        for t, c, since, until, u, p, limit in listed
    ]


def old_terms() -> Terms:
    """The shipped arithmetic, with the demand and the fee of this town."""
    known = terms().model_dump(mode="json", by_alias=True)
    demand = {"B": {"power_factor_percent": "90", "winter_ratchet_percent": "65", "quantum": "0.1"}}
    fee = {"component": "OUV", "not_for": ["RELAY"]}
    return Terms.model_validate(known | {"demand": demand, "opening_fee": fee})


def old_tariffs() -> OldTariffs:
    """The books of the old town."""
    return tariffs(rows(), old_terms())


def number(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def to_cent(value: Decimal) -> Decimal:
    """Half up, away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def printed(
    lines: Sequence[tuple[str, date, date, str]],
    *,
    days: tuple[date, date],
    kwh: int = 0,
    tariff: str = "A",
    kw: int = 0,
    cut: str = "",
    kept: bool = True,
    account: str = "1",
    bill: str = "1",
) -> OldBill:
    """A bill of these amounts, taxed by hand: 5 % then 9.975 % of the net; `cut` names the taxes cut to the cent."""
    net = sum((Decimal(amount) for *_, amount in lines), Decimal(0))
    exact = {"gst": net * Decimal("0.05"), "qst": net * Decimal("0.09975")}
    taxes = [it.quantize(CENT, "ROUND_DOWN") if name in cut else to_cent(it) for name, it in exact.items()]
    own = tuple(OldLine(c, number(since), number(until), 0, 0, cents(amount)) for c, since, until, amount in lines)
    return OldBill(
        bill, account, tariff, number(days[0]), number(days[1]), kwh, kw, cents(net), tuple(map(cents, taxes)),
        cents(net + sum(taxes)), 1, own if kept else None,
    )  # fmt: skip


def cents(value: Decimal | str) -> int:
    """Whole cents."""
    return int(Decimal(value) * 100)


def account(
    bills: Sequence[Printed],
    readings: Mapping[date, Sequence[Reading]],
    *,
    dials: int = 5,
    multiplier: int = 1,
    starts_on: date = date(2000, 1, 1),
    nature: str = "OWNER",
    dwellings: int = 1,
    phases: int = 1,
    units: int = 0,
    after_bankruptcy: bool = False,
    tariff: str = "",
    ends_on: date | None = None,
) -> Account:
    """An account with one meter."""
    meters = () if units else (Fitted("M1", dials, multiplier, None, None),)
    read = {("M1", number(day)): found for day, found in readings.items()}
    return Account(
        "1", number(starts_on), nature, units, after_bankruptcy, dwellings, phases, meters, read, tuple(bills),
        tariff=tariff, ends_on=number(ends_on) if ends_on else None,
    )  # fmt: skip


def day(start: date, many: int) -> date:
    """So many days later."""
    return start + timedelta(days=many)
