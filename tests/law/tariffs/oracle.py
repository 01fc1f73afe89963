"""The oracle: a second interpreter of the same books, in Decimal, one day and one bill at a time.

It shares no code with the kernel: it reads the TOML itself, walks the days of a period one by one, and
rounds with `decimal`. Slow on purpose, plain on purpose.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
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
    past_kw: Decimal = Decimal(0)
    kvarh: Decimal = Decimal(0)
    households: int = 1
    bank_kwh: Decimal = Decimal(0)
    bank_ends: int = 0
    exempt: int = 0
    registers: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass
class Bill:
    """What the oracle finds: lines as (code, from, to, quantity, amount), and the sums."""

    lines: list[tuple[str, date, date, Decimal, Decimal]] = field(default_factory=list)
    net: Decimal = Decimal(0)
    taxes: list[Decimal] = field(default_factory=list)
    total: Decimal = Decimal(0)
    billing_kw: Decimal = Decimal(0)
    bank_kwh: Decimal = Decimal(0)


class NoPrice(Exception):
    """A day of the period has no price."""


def content(code: str, root: Path = PARAMETERS) -> dict[str, Any]:
    """Read a file of parameters, its figures as Decimal."""
    return _parsed((root / f"{code}.toml").read_text("utf-8"))


@cache
def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)


def bill(code: str, case: Case, root: Path = PARAMETERS) -> Bill:
    """Rate one bill; raises NoPrice."""
    with localcontext() as context:
        context.prec = 80
        return _Interpreter(content(code, root), case, root).bill()


def rounded(value: Decimal | Fraction, quantum: Decimal, rule: str = "half_up") -> Decimal:
    """Round to a multiple of the quantum: a half away from zero, or towards zero where the rule is to truncate."""
    if isinstance(value, Fraction):
        whole, left = divmod(abs(value) / Fraction(quantum), 1)
        whole += rule == "half_up" and left >= Fraction(1, 2)
        return (-1 if value < 0 else 1) * whole * quantum
    if rule == "truncate":
        return value.quantize(quantum, ROUND_DOWN)
    return value.quantize(quantum, ROUND_HALF_UP)


def month_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    for last in (day.day, 30, 29, 28):
        try:
            return day.replace(year=day.year + (day.month - 1 + months) // 12, month=(day.month - 1 + months) % 12 + 1,
                               day=last)  # fmt: skip
        except ValueError:
            continue
    raise AssertionError(day)


def months_between(start: date, end: date) -> Fraction:
    """Calendar months: whole ones, then days over the length of the month they begin."""
    whole = 0
    while month_after(start, whole + 1) <= end:
        whole += 1
    begun, following = month_after(start, whole), month_after(start, whole + 1)
    return whole + Fraction((end - begun).days, (following - begun).days)


class _Interpreter:
    def __init__(self, book: dict[str, Any], case: Case, root: Path) -> None:
        self.book, self.case, self.root = book, case, root
        self.cent, self.rule = Decimal(book["cent"]), book["rounding"]
        self.quantum = Decimal(book.get("quantum", MILLI))
        self.whole_document = book.get("rounded") == "document"
        self.days = [case.start + ONE_DAY * n for n in range((case.end - case.start).days)]
        shown = dict.fromkeys(book.get("registers", {}), Decimal(0)) | dict(case.registers)
        self.flows = {"kwh": case.kwh, "kvarh": case.kvarh, **shown}
        self.exact: list[tuple[Fraction, bool]] = []  # what each line comes to before its rounding; taxable
        self.out = Bill()

    def bill(self) -> Bill:
        self._net()
        version_of = {day: self._version_on(day) for day in self.days}
        if self.book["proration"] == "end":
            version_of = dict.fromkeys(self.days, version_of[self.days[-1]])
        if None in version_of.values():
            raise NoPrice(next(day for day in self.days if version_of[day] is None))
        taxable = Decimal(0)
        for place, group in groupby(self.days, key=version_of.__getitem__):
            taxable += self._segment(self.book["version"][place], list(group))
        self.out.net = sum((amount for *_, amount in self.out.lines), Decimal(0))
        if self.whole_document:
            taxable = self._round_the_document()
        self._tax(self.days[-1], taxable)
        self.out.total = self.out.net + sum(self.out.taxes)
        return self.out

    def _net(self) -> None:
        """Injected kWh and those of the bank come off what was used; what is left of them goes to the bank."""
        self.given_back = Decimal(0)
        if "net_metering" in self.book:
            left = self.case.kwh - self.flows[self.book["net_metering"]] - self.case.bank_kwh
            self.flows["kwh"] = max(left, Decimal(0))
            self.out.bank_kwh = max(-left, Decimal(0))
            if self.case.bank_ends:
                self.given_back, self.out.bank_kwh = self.out.bank_kwh, Decimal(0)

    def _version_on(self, day: date) -> int | None:
        for place, version in enumerate(self.book["version"]):
            if version["from"] <= day and ("to" not in version or day < version["to"]):
                return place
        return None

    def _used(self, name: str, days: list[date]) -> Decimal:
        """What of a quantity falls in those days: what had come by their end, less what had come before them."""
        season = self.book.get("registers", {}).get(name, {}).get("season")

        def counted(days: list[date]) -> int:
            return len(days) if season is None else sum(self._in_season(season, day) for day in days)

        def come(count: int) -> Decimal:
            so_far, whole = counted(self.days[:count]), counted(self.days)
            if so_far == whole:
                return self.flows[name] if whole else Decimal(0)
            return rounded(self.flows[name] * so_far / whole / self.quantum, Decimal(1)) * self.quantum

        first = (days[0] - self.case.start).days
        return come(first + len(days)) - come(first)

    def _segment(self, version: dict[str, Any], days: list[date]) -> Decimal:
        """Price the charges of a version in order; returns what is taxable of them."""
        self.first, self.segment, self.rules, self.version = len(self.out.lines), days, [], version
        self.out.billing_kw = self._billing_kw(version.get("billing_demand", {}))
        taxable = Decimal(0)
        for charge in version["charges"]:
            before = len(self.out.lines)
            self.charge = charge
            stretches = [days]
            if "season" in charge:
                cut = groupby(days, key=lambda day: self._in_season(charge["season"], day))
                stretches = [list(group) for inside, group in cut if inside]
            for stretch in stretches:
                getattr(self, f"_{charge['kind']}")(charge, stretch)
            if charge["kind"] == "blocks" and len(stretches) > 1:
                self._sort_steps(before)
            if charge.get("taxable", True):
                taxable += sum(amount for *_, amount in self.out.lines[before:])
        return taxable

    def _sort_steps(self, before: int) -> None:
        """A step comes with all its stretches before the next one."""
        order = sorted(range(before, len(self.out.lines)), key=lambda at: self.out.lines[at][:2])
        for lines in (self.out.lines, self.exact):
            lines[before:] = [lines[at] for at in order]

    def _fixed(self, charge: dict[str, Any], days: list[date]) -> None:
        times = getattr(self.case, charge["times"]) if "times" in charge else 1
        length: Decimal = Decimal(len(days))
        if charge.get("per") == "month":
            self._line(charge["code"], days, self._months(days, times), Decimal(charge["price"]))
            return
        if charge.get("per") == "bill":
            length = Decimal(days[-1] == self.days[-1])
        self._line(charge["code"], days, length * times, Decimal(charge["price"]), over=charge.get("per_days", 1))

    def _months(self, days: list[date], quantity: Decimal | int) -> Decimal:
        """A quantity × the months of those days, to the thousandth."""
        whole = months_between(self.case.start, self.case.end) * len(days) / len(self.days)
        return rounded(whole * Fraction(quantity), MILLI)

    def _quantity(self, charge: dict[str, Any], days: list[date]) -> Decimal:
        found = self._used(charge.get("of", "kwh"), days) - sum(self._used(it, days) for it in charge.get("less", []))
        if "over_percent" in charge:
            free = rounded(max(self._used("kwh", days), 0) * Decimal(charge["over_percent"]) / 100, MILLI)
            found = max(found - free, Decimal(0))
        return found

    def _flat(self, charge: dict[str, Any], days: list[date]) -> None:
        self._line(charge["code"], days, self._quantity(charge, days), Decimal(charge["price"]))

    def _blocks(self, charge: dict[str, Any], days: list[date]) -> None:
        kwh, filled = self._quantity(charge, days), Decimal(0)  # what the blocks before could hold
        for number, step in enumerate(charge["steps"], 1):
            room = kwh - filled
            if "upto" in step:
                limit = self._limit(charge, Decimal(step["upto"]), days)
                room, filled = min(room, limit - filled), limit
            if room > 0 or (number == 1 and room < 0):
                self._line(f"{charge['code']}.{number}", days, room, Decimal(step["price"]))

    def _limit(self, charge: dict[str, Any], upto: Decimal, days: list[date]) -> Decimal:
        times = {None: 1, "multiplier": self.case.multiplier, "households": self.case.households,
                 "kw": self.out.billing_kw}[charge.get("times")]  # fmt: skip
        if charge.get("per") == "month":
            months = months_between(self.case.start, self.case.end) * len(days) / len(self.days)
            return rounded(months * Fraction(upto * times) / Fraction(self.quantum), Decimal(1)) * self.quantum
        exact = upto * len(days) * times / charge["per_days"]
        return rounded(exact / self.quantum, Decimal(1)) * self.quantum

    def _demand(self, charge: dict[str, Any], days: list[date]) -> None:
        base = max(Decimal(charge.get("over", 0)), Decimal(charge.get("over_per_multiplier", 0)) * self.case.multiplier)
        level = {"billing_kw": self.out.billing_kw, "power_factor_excess": self._of_kva() - self._real_kw(),
                 **self.flows}[charge.get("of", "billing_kw")]  # fmt: skip
        above = min(level, Decimal(charge.get("upto", level))) - base
        if above > 0 and charge.get("per") == "month":
            self._line(charge["code"], days, self._months(days, above), Decimal(charge["price"]))
        elif above > 0:
            days_price = Decimal(charge["price"]) * len(days)
            self._line(charge["code"], days, above, days_price, over=charge["per_days"])

    def _minimum(self, charge: dict[str, Any], days: list[date]) -> None:
        phases = "single_phase" if self.case.phases == 1 else "three_phase"
        if phases not in charge:
            return
        price = Decimal(charge[phases])
        length = self._months(days, 1) if charge.get("per") == "month" else Decimal(len(days))
        due = rounded(price * length / charge.get("per_days", 1), self.cent, self.rule)
        lacking = due - self._so_far()
        if lacking > 0:
            code = f"{charge['code']}.{self.case.phases}"
            self.out.lines.append((code, days[0], days[-1] + ONE_DAY, length, lacking))
            self.exact.append((Fraction(lacking), charge.get("taxable", True)))

    def _so_far(self, names: Sequence[str] = ()) -> Decimal:
        """What the lines of the segment come to, all or those named."""
        found = range(self.first, len(self.out.lines))
        codes = [self.out.lines[at][0] for at in found]
        kept = [at for at, code in zip(found, codes, strict=True)
                if not names or any(code == name or code.startswith(name + ".") for name in names)]  # fmt: skip
        if self.whole_document:
            exact = sum((self.exact[at][0] for at in kept), Fraction(0))
            return rounded(exact, MILLI if self.charge["kind"] != "minimum" else self.cent,
                           "half_up" if self.charge["kind"] != "minimum" else self.rule)  # fmt: skip
        return sum((self.out.lines[at][-1] for at in kept), Decimal(0))

    def _percent(self, charge: dict[str, Any], days: list[date]) -> None:
        self._line(charge["code"], days, self._so_far(charge.get("on", ())), Decimal(charge["percent"]) / 100)

    def _power_factor(self, charge: dict[str, Any], days: list[date]) -> None:
        active, reactive = max(self.flows["kwh"], Decimal(0)), self.case.kvarh
        if not reactive:
            return
        cos = rounded(active / (active**2 + reactive**2).sqrt(), Decimal("0.01")) if active else Decimal(0)
        if cos >= Decimal(charge["target"]):
            return
        number, step = next((n, it) for n, it in enumerate(charge["steps"], 1) if cos >= Decimal(it.get("cos", 0)))
        base = self._so_far(charge.get("on", ()))
        self._line(f"{charge['code']}.{number}", days, base, Decimal(step["percent"]) / 100)

    def _bank(self, charge: dict[str, Any], days: list[date]) -> None:
        if days[-1] == self.days[-1]:
            self._line(charge["code"], days, self.given_back, -Decimal(charge["price"]))

    def _in_season(self, name: str, day: date) -> bool:
        winter = self.book.get("winter", {"from": "12-01", "to": "04-01"})
        seasons = {**self.book.get("seasons", {}), "winter": winter,
                   "summer": {"from": winter["to"], "to": winter["from"]}}  # fmt: skip
        begins, ends, today = seasons[name]["from"], seasons[name]["to"], f"{day.month:02}-{day.day:02}"
        return begins <= today < ends if begins < ends else today >= begins or today < ends

    def _stepped(self, demand: Decimal) -> Decimal:
        step = Decimal(self.version.get("billing_demand", {}).get("quantum", MILLI))
        return rounded(demand / step, Decimal(1)) * step

    def _real_kw(self) -> Decimal:
        return self._stepped(self.case.kw)

    def _of_kva(self) -> Decimal:
        percent = self.version.get("billing_demand", {}).get("power_factor_percent", 0)
        return max(self._real_kw(), self._stepped(self.case.kva * Decimal(percent) / 100))

    def _billing_kw(self, rule: dict[str, Any]) -> Decimal:
        percent = rule.get("winter_ratchet_percent", rule.get("lookback", {}).get("percent", 0))
        return max(self._of_kva(), self._stepped(self.case.past_kw * Decimal(percent) / 100))

    def _line(self, code: str, days: list[date], quantity: Decimal, price: Decimal, over: int = 1) -> None:
        if not quantity:
            return
        price = -price if self.charge.get("credit") else price
        amount = rounded(quantity * price / over, self.cent, self.rule)
        self.out.lines.append((code, days[0], days[-1] + ONE_DAY, quantity, amount))
        exact = Fraction(quantity) * Fraction(price) / over if self.whole_document else Fraction(0)
        self.exact.append((exact, self.charge.get("taxable", True)))

    def _round_the_document(self) -> Decimal:
        """The sums are rounded once; a last line says what the rounded lines lack. Returns what is taxable."""
        shown = self.out.net
        self.out.net = rounded(sum((it for it, _ in self.exact), Fraction(0)), self.cent, self.rule)
        if lacking := self.out.net - shown:
            self.out.lines.append(("rounding", self.case.start, self.case.end, lacking, lacking))
        return rounded(sum((it for it, taxable in self.exact if taxable), Fraction(0)), self.cent, self.rule)

    def _tax(self, last_day: date, taxable: Decimal) -> None:
        for place, code in enumerate(self.book["taxes"]):
            rates = [rate for rate in content(code, self.root)["rate"] if rate["from"] <= last_day]
            base = taxable
            if rates[-1].get("base") == "net_and_previous":
                base += sum(self.out.taxes)
            owed = Decimal(0) if self.case.exempt >> place & 1 else Decimal(rates[-1]["rate"])
            self.out.taxes.append(rounded(base * owed, self.cent))
