"""The oracle: a second interpreter of the same books, in Decimal, one day and one bill at a time.

It shares no code with the kernel: it reads the TOML itself, walks the days of a period one by one, and
rounds with `decimal`. Slow on purpose, plain on purpose.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

PARAMETERS = Path(__file__).parents[3] / "fanal" / "law" / "parameters"
MILLI = Decimal("0.001")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """What one bill is made from, as a person would write it."""

    start: date
    end: date
    kwh: Decimal = Decimal(0)
    kw: Decimal = Decimal(0)
    kva: Decimal = Decimal(0)
    multiplier: int = 1
    phases: int = 1
    units: int = 0
    winter_kw: Decimal = Decimal(0)


@dataclass
class Bill:
    """What the oracle finds: lines as (code, from, to, quantity, amount), and the sums."""

    lines: list[tuple[str, date, date, Decimal, Decimal]] = field(default_factory=list)
    net: Decimal = Decimal(0)
    taxes: list[Decimal] = field(default_factory=list)
    total: Decimal = Decimal(0)
    billing_kw: Decimal = Decimal(0)


class NoPrice(Exception):
    """A day of the period has no price."""


@cache
def content(code: str, root: Path = PARAMETERS) -> dict[str, Any]:
    """Read a file of parameters, its figures as Decimal."""
    return tomllib.loads((root / f"{code}.toml").read_text("utf-8"), parse_float=Decimal)


def bill(code: str, case: Case, root: Path = PARAMETERS) -> Bill:
    """Rate one bill; raises NoPrice."""
    with localcontext() as context:
        context.prec = 80
        return _Interpreter(content(code, root), case, root).bill()


def rounded(value: Decimal, quantum: Decimal) -> Decimal:
    """Round to a multiple of the quantum, a half away from zero."""
    return value.quantize(quantum, ROUND_HALF_UP)


class _Interpreter:
    def __init__(self, book: dict[str, Any], case: Case, root: Path) -> None:
        self.book, self.case, self.root = book, case, root
        self.cent = Decimal(book["cent"])
        self.out = Bill()

    def bill(self) -> Bill:
        case = self.case
        days = [case.start + ONE_DAY * n for n in range((case.end - case.start).days)]
        version_of = {day: self._version_on(day) for day in days}
        if self.book["proration"] == "end":
            version_of = dict.fromkeys(days, version_of[days[-1]])
        if None in version_of.values():
            raise NoPrice(next(day for day in days if version_of[day] is None))
        counted, shared = 0, Decimal(0)
        for place, group in groupby(days, key=version_of.__getitem__):
            stretch = list(group)
            counted += len(stretch)
            so_far = rounded(case.kwh * counted / len(days), MILLI)
            self._segment(self.book["version"][place], stretch, so_far - shared)
            shared = so_far
        self.out.net = sum((amount for *_, amount in self.out.lines), Decimal(0))
        self._tax(days[-1])
        self.out.total = self.out.net + sum(self.out.taxes)
        return self.out

    def _version_on(self, day: date) -> int | None:
        for place, version in enumerate(self.book["version"]):
            if version["from"] <= day and ("to" not in version or day < version["to"]):
                return place
        return None

    def _segment(self, version: dict[str, Any], days: list[date], kwh: Decimal) -> None:
        first = len(self.out.lines)
        self.out.billing_kw = self._billing_kw(version.get("billing_demand", {}))
        for charge in version["charges"]:
            match charge["kind"]:
                case "fixed":
                    times = getattr(self.case, charge["times"]) if "times" in charge else 1
                    quantity = Decimal(len(days) * times)
                    self._line(charge["code"], days, quantity, quantity * Decimal(charge["price"]) / charge["per_days"])
                case "flat":
                    self._line(charge["code"], days, kwh, kwh * Decimal(charge["price"]))
                case "blocks":
                    self._blocks(charge, days, kwh)
                case "demand":
                    self._demand(charge, days)
                case "minimum":
                    price = Decimal(charge["single_phase" if self.case.phases == 1 else "three_phase"])
                    due = rounded(price * len(days) / charge["per_days"], self.cent)
                    lacking = due - sum(amount for *_, amount in self.out.lines[first:])
                    if lacking > 0:
                        self._line(f"{charge['code']}.{self.case.phases}", days, Decimal(len(days)), lacking)

    def _blocks(self, charge: dict[str, Any], days: list[date], kwh: Decimal) -> None:
        times = self.case.multiplier if "times" in charge else 1
        filled = Decimal(0)  # what the blocks before could hold
        for number, step in enumerate(charge["steps"], 1):
            room = kwh - filled
            if "upto" in step:
                limit = rounded(Decimal(step["upto"]) * len(days) * times / charge["per_days"], MILLI)
                room, filled = min(room, limit - filled), limit
            if room > 0 or (number == 1 and room < 0):
                self._line(f"{charge['code']}.{number}", days, room, room * Decimal(step["price"]))

    def _demand(self, charge: dict[str, Any], days: list[date]) -> None:
        base = max(Decimal(charge.get("over", 0)), Decimal(charge.get("over_per_multiplier", 0)) * self.case.multiplier)
        above = self.out.billing_kw - base
        season = charge.get("season")
        for inside, group in groupby(days, key=lambda day: season in (None, self._season(day))):
            stretch = list(group)
            if inside and above > 0:
                dollars = above * Decimal(charge["price"]) * len(stretch) / charge["per_days"]
                self._line(charge["code"], stretch, above, dollars)

    def _season(self, day: date) -> str:
        begins, ends = self.book["winter"]["from"], self.book["winter"]["to"]
        return "winter" if day.strftime("%m-%d") >= begins or day.strftime("%m-%d") < ends else "summer"

    def _billing_kw(self, rule: dict[str, Any]) -> Decimal:
        found = [self.case.kw]
        if "power_factor_percent" in rule:
            found.append(rounded(self.case.kva * Decimal(rule["power_factor_percent"]) / 100, MILLI))
        if "winter_ratchet_percent" in rule:
            found.append(rounded(self.case.winter_kw * Decimal(rule["winter_ratchet_percent"]) / 100, MILLI))
        return max(found)

    def _line(self, code: str, days: list[date], quantity: Decimal, dollars: Decimal) -> None:
        if quantity:
            self.out.lines.append((code, days[0], days[-1] + ONE_DAY, quantity, rounded(dollars, self.cent)))

    def _tax(self, last_day: date) -> None:
        for code in self.book["taxes"]:
            rates = [rate for rate in content(code, self.root)["rate"] if rate["from"] <= last_day]
            base = self.out.net
            if rates[-1].get("base") == "net_and_previous":
                base += sum(self.out.taxes)
            self.out.taxes.append(rounded(base * Decimal(rates[-1]["rate"]), self.cent))
