"""An account of another system to what each of its bills is rated from here: its readings, its past peaks, its fee."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fanal.law.shadow.prices import OldTariffs
from fanal.law.shadow.sides import Given, OldBill, Pair
from fanal.law.shadow.uses import AGAIN, CLOSING, ESTIMATED, Fitted, Reading, Use, use
from fanal.law.tariffs.demand import past_peaks
from fanal.values.dates import from_days

BY_A_PERSON = ("REAL", "CUSTOMER", "FINAL", "CORRECTED")


@dataclass(frozen=True, slots=True)
class Printed:
    """A bill as printed, its kind (BILL, FINAL, CREDIT_NOTE, REBILL), and the one that it takes back or replaces."""

    bill: OldBill
    kind: str
    estimated: bool = False
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its subscription, its place with the meters and their readings, and its bills in the order issued.

    starts_on: days since 1970; known: whether the subscription is there; after_bankruptcy: the customer is bankrupt and
    was at the same place until that day.
    """

    number: str
    starts_on: int
    nature: str
    units: int
    after_bankruptcy: bool
    dwellings: int
    phases: int
    meters: tuple[Fitted, ...]
    readings: Mapping[tuple[str, int], Sequence[Reading]]
    bills: tuple[Printed, ...]
    known: bool = True
    tariff: str = ""
    ends_on: int | None = None


def pairs(accounts: Sequence[Account], old: OldTariffs) -> list[Pair]:
    """Say what each bill is rated from here, account after account, in the order of their bills."""
    found = [pair for account in accounts for pair in _pairs(account, old)]
    peaks = _past_peaks(found, old)
    return [replace(it, given=replace(it.given, past_kw=kw)) for it, kw in zip(found, peaks, strict=True)]


def _pairs(account: Account, old: OldTariffs) -> Iterator[Pair]:
    """A credit note is rated as the bill that it takes back was."""
    known = {printed.bill.number: printed for printed in account.bills}
    for printed in account.bills:
        back = known.get(printed.corrects) if printed.kind == "CREDIT_NOTE" else None
        of = back or printed
        measured = _use(account, of)
        fee = _fee(account, of.bill, old)
        yield Pair(printed.bill, _given(account, measured, fee), measured, account.known)
    if account.known and (never := _never_printed(account)):
        measured = _use(account, never)
        yield Pair(never.bill, _given(account, measured, _fee(account, never.bill, old)), measured, printed=False)


def _fee(account: Account, bill: OldBill, old: OldTariffs) -> int:
    """The opening fee, on the bill of the first day of the subscription."""
    if bill.start != account.starts_on or account.after_bankruptcy:
        return 0
    return old.fee_on(from_days(account.starts_on), account.nature)


def _never_printed(account: Account) -> Printed | None:
    """What was read of an account and never billed: from the end of its last bill to its last reading by a person."""
    serials = {meter.serial for meter in account.meters}
    known = [day for (serial, day), found in account.readings.items() if serial in serials and _read(found)]
    until = max((day for day in known if account.ends_on is None or day <= account.ends_on), default=account.starts_on)
    ends = [printed.bill.end for printed in account.bills if printed.kind != "CREDIT_NOTE"]
    after = [day for (serial, day) in account.readings if serial in serials and day >= account.starts_on]
    since = max(ends) if ends else min(after, default=until)
    if since >= until:
        return None
    bill = OldBill(f"{account.number}+", account.number, account.tariff, since, until, 0, 0, 0, (), 0)
    return Printed(bill, "BILL")


def _read(found: Sequence[Reading]) -> bool:
    return any(it.kind in BY_A_PERSON for it in found)


def _use(account: Account, printed: Printed) -> Use:
    order = AGAIN if printed.kind == "REBILL" else ESTIMATED if printed.estimated else CLOSING
    return use(printed.bill.start, printed.bill.end, order, account.meters, account.readings)


def _given(account: Account, measured: Use, fee: int) -> Given:
    return Given(
        kwh=measured.kwh,
        kw=measured.kw,
        kva=measured.kva,
        multiplier=max(account.dwellings, 1),
        phases=account.phases if account.phases in (1, 3) else 1,
        units=account.units,
        fee=fee,
    )


def _past_peaks(found: Sequence[Pair], old: OldTariffs) -> list[int]:
    """The past demand that each bill looks back at, in 1/1000 kW: of its account's periods that ended before it."""
    peaks = [0] * len(found)
    for code, tariff in old.tariffs.items():
        if not any(version.billing_demand.ratchet for version in tariff.book.versions):
            continue
        places = [place for place, pair in enumerate(found) if pair.old.tariff == code]
        rows = [row for at, place in enumerate(places) for row in _history(found, place, at)]
        if rows:
            ending = np.array([found[place].old.end for place in places], np.int64)
            peak = past_peaks(tariff.book, ending, *np.array(rows, np.int64).T)
            for place, kw in zip(places, peak.tolist(), strict=True):
                peaks[place] = kw
    return peaks


def _history(found: Sequence[Pair], place: int, at: int) -> Iterator[tuple[int, int, int, int, int]]:
    """The periods before a bill: its row, their days, their demand; the last bill of a period tells it."""
    told: dict[int, Pair] = {}
    for pair in _of_account(found, place):
        if pair.old.sign > 0 and pair.old.end <= found[place].old.start:
            told[pair.old.start] = pair
    for pair in told.values():
        yield at, pair.old.start, pair.old.end, pair.given.kw, pair.given.kva


def _of_account(found: Sequence[Pair], place: int) -> Sequence[Pair]:
    """The bills of the same account before that one: they come together."""
    first = place
    while first and found[first - 1].old.account == found[place].old.account:
        first -= 1
    return found[first:place]
