"""Whether a reading and a bill are believable: findings at entry, reasons to hold a bill in a run.

An index and a quantity are integers in 1/1000 of the register's unit; `dials` counts the digits before the
decimal point, so a register turns over at 10**dials. A use of 0 per day means that no habit is known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanal.law.decision import Fact
from fanal.law.explain import LANGUAGES, fill
from fanal.law.in_force import DatedTerms, read_toml
from fanal.values.energy import THOUSAND, parse_quantity
from fanal.values.wording import Lang

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Holds = NDArray[np.int16]

HUNDRED = 100
TYPED_INDEX = re.compile(r"[0-9]+(?:[.,][0-9]{1,3})?")
SENTENCES = Path(__file__).with_name("findings.toml")


class Severity(StrEnum):
    """What a finding does: a refused reading is not stored; a doubtful one is, and holds the bill."""

    REFUSED = "refused"
    DOUBTFUL = "doubtful"


class Fix(StrEnum):
    """Correction suggérée: what the office may do about a finding or a held bill."""

    ACCEPT = "accept"
    RE_ESTIMATE = "re_estimate"
    REREAD = "reread"
    CORRECT = "correct"
    POSTPONE = "postpone"


class HoldReason(IntEnum):
    """Why a bill is held. The numbers are kept in columns: they never change; 0 is nothing."""

    NOTHING = 0
    NO_READING = 1
    DECREASING_INDEX = 2
    NEGATIVE_QUANTITY = 3
    ZERO_USE = 4
    HIGH_USE = 5
    LOW_USE = 6
    LONG_ESTIMATE_CHAIN = 7
    METER_CHANGE_UNSETTLED = 8
    DEMAND_MISSING = 9
    TOTAL_SWING = 10
    NO_PRICE = 11
    REFUSED_BY_KERNEL = 12
    DOUBTFUL_READING = 13
    BASIS_CHANGED = 14
    FINAL_ESTIMATED = 15
    REGISTER_UNREAD = 16
    PLAN_ENDS = 17

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What to try first, then instead."""
        return tuple(Fix(it) for it in _said("holds", self.name.lower())["fixes"])

    def title(self, lang: Lang = "fr") -> str:
        """The reason in a few words."""
        return fill(_said("holds", self.name.lower())["title"][lang], {}, lang)

    def proof(self, facts: Mapping[str, Fact], lang: Lang = "fr") -> str:
        """The figures that prove it; KeyError names a fact that lacks."""
        return fill(_said("holds", self.name.lower())["proof"][lang], facts, lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Thresholds of the house, not of the bylaw. Percentages are of the place's habit."""

    high_use_percent: int
    low_use_percent: int
    small_use_kwh_day: int  # thousandths
    zero_use_days: int
    roll_over_percent: int
    longest_estimate_chain: int
    total_swing_percent: int
    total_swing_cents: int
    freshest_read_days: int  # a closing reading is at most so many days older than the run


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Constat: something odd in one reading, with what proves it and what to do."""

    code: str
    severity: Severity
    field: str
    fix: Fix
    values: Mapping[str, Fact]

    def text(self, lang: Lang = "fr") -> str:
        """What we read, what we expected, the likely cause."""
        return fill(_said("findings", self.code)[lang], self.values, lang)

    def as_dict(self) -> dict[str, Any]:
        """The finding as the API gives it."""
        texts = {lang: self.text(lang) for lang in LANGUAGES}
        return {"code": self.code, "severity": self.severity, "field": self.field, "fix": self.fix, "text": texts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading as typed, and what is known of its register. `read_on` is the day at whose start it was so."""

    index: str
    read_on: date
    today: date
    meter: str
    installed_here: bool
    dials: int
    installed_on: date | None = None
    removed_on: date | None = None
    cumulative: bool = True  # False for a demand register, set back to zero at each read
    multiplier: int = 1
    previous_index: int | None = None
    previous_on: date | None = None
    same_day_index: int | None = None
    usual_kwh_day: int = 0


def check_reading(reading: Reading, terms: Terms) -> list[Finding]:
    """All that is odd in a reading, what refuses it first; an empty list for a believable one."""
    findings = [*_wrong_place_or_day(reading), *_wrong_figure(reading)]
    if any(finding.field == "index" for finding in findings):
        return findings
    index = parse_quantity(reading.index)
    return [*findings, *_twice_the_same_day(reading, index), *_odd_use(reading, index, terms)]


def roll_over(previous: Integers, current: Integers, dials: NDArray[np.integer[Any]]) -> tuple[Integers, Flags]:
    """Difference of two indexes, in thousandths, and whether the register went past its last figure.

    int64 columns and a column of dials in; the wrapped difference is never negative for indexes that fit.
    """
    difference: Integers = current - previous
    rolled: Flags = difference < 0
    turn = THOUSAND * np.power(np.int64(10), dials.astype(np.int64))
    return np.where(rolled, difference + turn, difference), rolled


def doubts_of_quantities(
    *,
    kwh: Integers,
    days: Integers,
    usual_kwh_day: Integers,
    terms: Terms,
    found: Mapping[HoldReason, Flags] | None = None,
    rolled: Flags | None = None,
    estimates_in_a_row: Integers | None = None,
) -> dict[HoldReason, Flags]:
    """First look, on quantities: every reason to hold a bill, each with the bills it holds.

    `kwh` in thousandths after the multiplier and the roll-over; `usual_kwh_day` in thousandths per day, 0 when unknown;
    `found` are reasons that the caller knows of. One flag a bill out.
    """
    never = np.zeros(kwh.shape, dtype=np.bool_)
    chain = np.zeros(kwh.shape, dtype=np.int64) if estimates_in_a_row is None else estimates_in_a_row
    known = usual_kwh_day > 0
    expected = np.maximum(usual_kwh_day, terms.small_use_kwh_day) * days
    believed = known & (kwh <= usual_kwh_day * days // HUNDRED * terms.roll_over_percent)
    regular = usual_kwh_day > terms.small_use_kwh_day
    return {
        **(found or {}),
        HoldReason.DECREASING_INDEX: never if rolled is None else rolled & ~believed,
        HoldReason.NEGATIVE_QUANTITY: kwh < 0,
        HoldReason.HIGH_USE: known & (kwh // terms.high_use_percent > expected // HUNDRED),
        HoldReason.ZERO_USE: known & (kwh == 0) & (days >= terms.zero_use_days),
        HoldReason.LOW_USE: regular & (kwh > 0) & (kwh * HUNDRED < expected * terms.low_use_percent),
        HoldReason.LONG_ESTIMATE_CHAIN: chain > terms.longest_estimate_chain,
    }


def look_at_totals(
    *, total_cents: Integers, days: Integers, usual_cents: Integers, usual_days: Integers, terms: Terms
) -> Holds:
    """Second look, on totals: TOTAL_SWING where a bill departs from the customer's own history, day for day.

    `usual_days` 0 when there is no history. int64 columns in, int16 `HoldReason` out.
    """
    mine, usual = total_cents * usual_days, usual_cents * days
    share = np.int64(terms.total_swing_percent)
    above, below = mine * HUNDRED > usual * share, mine * share < usual * HUNDRED
    wide = np.abs(mine - usual) > terms.total_swing_cents * usual_days
    swings = (usual_days > 0) & wide & (above | below)
    return np.where(swings, np.int16(HoldReason.TOTAL_SWING), np.int16(0)).astype(np.int16)


def _wrong_place_or_day(reading: Reading) -> list[Finding]:
    findings = []
    about: dict[str, Fact] = {"meter": reading.meter, "read_on": reading.read_on}
    if not reading.installed_here:
        findings.append(_refused("other_meter", "meter", about))
    if reading.read_on > reading.today:
        findings.append(_refused("in_future", "read_on", {**about, "today": reading.today}))
    if reading.installed_on and reading.read_on < reading.installed_on:
        findings.append(_refused("before_installation", "read_on", {**about, "installed_on": reading.installed_on}))
    if reading.removed_on and reading.read_on > reading.removed_on:
        findings.append(_refused("after_removal", "read_on", {**about, "removed_on": reading.removed_on}))
    return findings


def _wrong_figure(reading: Reading) -> list[Finding]:
    typed = reading.index.strip()
    about: dict[str, Fact] = {"typed": typed, "dials": reading.dials}
    if typed.startswith(("-", "−")) and TYPED_INDEX.fullmatch(typed[1:]):
        return [_refused("negative_index", "index", about)]
    if reading.index != typed or not TYPED_INDEX.fullmatch(typed):
        return [_refused("not_digits", "index", about)]
    whole = re.split("[.,]", typed)[0]
    if len(whole) > reading.dials:
        return [_refused("too_many_digits", "index", {**about, "digits": len(whole)})]
    return []


def _twice_the_same_day(reading: Reading, index: int) -> list[Finding]:
    if reading.same_day_index is None or reading.same_day_index == index:
        return []
    values: dict[str, Fact] = {"index": index, "other": reading.same_day_index, "read_on": reading.read_on}
    return [_doubtful("same_day_differs", Fix.CORRECT, values)]


def _odd_use(reading: Reading, index: int, terms: Terms) -> list[Finding]:
    """Judged by the very look of a bill run, so that the door and the run never disagree."""
    if not reading.cumulative or reading.previous_index is None or reading.previous_on is None:
        return []
    days = (reading.read_on - reading.previous_on).days
    if days <= 0:
        return []
    difference, rolled = roll_over(np.array([reading.previous_index]), np.array([index]), np.array([reading.dials]))
    kwh = difference * reading.multiplier
    doubts = doubts_of_quantities(
        kwh=kwh,
        days=np.array([days]),
        usual_kwh_day=np.array([reading.usual_kwh_day]),
        rolled=rolled,
        terms=terms,
    )
    held = next((reason for reason, flags in doubts.items() if flags[0]), HoldReason.NOTHING)
    values: dict[str, Fact] = {
        "index": index,
        "previous": reading.previous_index,
        "previous_on": reading.previous_on,
        "kwh": int(kwh[0]),
        "days": days,
        "usual": reading.usual_kwh_day * days,
    }
    if held == HoldReason.DECREASING_INDEX:
        shorter = len(str(index // THOUSAND)) < len(str(reading.previous_index // THOUSAND))
        return [_doubtful("digit_missing" if shorter else "decreasing_index", Fix.REREAD, values)]
    if held in (HoldReason.ZERO_USE, HoldReason.HIGH_USE):
        return [_doubtful(HoldReason(held).name.lower(), Fix.REREAD, values)]
    return []


def _refused(code: str, about: str, values: Mapping[str, Fact]) -> Finding:
    return Finding(code=code, severity=Severity.REFUSED, field=about, fix=Fix.CORRECT, values=values)


def _doubtful(code: str, fix: Fix, values: Mapping[str, Fact]) -> Finding:
    return Finding(code=code, severity=Severity.DOUBTFUL, field="index", fix=fix, values=values)


def _said(kind: str, name: str) -> dict[str, Any]:
    return dict(_document()[kind][name])


@cache
def _document() -> dict[str, Any]:
    return read_toml(SENTENCES)
