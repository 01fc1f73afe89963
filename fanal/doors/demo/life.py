"""The months of the demo town, played with the real acts in the order of the days.

A step is one round: what happened since the last one is entered (moves, exchanges, reads, payments: one transaction,
and one journal line that says the step is done), then the cycle is billed (a run goes on where it stopped).
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction

from fanal.doors.demo import dial_photos, registry
from fanal.doors.demo.calendar import Round
from fanal.doors.demo.cashier import Cashier
from fanal.doors.demo.readings import KWH, THOUSAND, Dials, Read, Sheet, parts_read, sheets
from fanal.doors.demo.registry import BY, Memory
from fanal.doors.demo.standing import ABOUT
from fanal.doors.demo.stories import Town
from fanal.doors.jobs import bill_run
from fanal.law.metering.plausibility import Fix, HoldReason
from fanal.links.meters import photos
from fanal.records.billing import acts as billing
from fanal.records.billing import facts as bills
from fanal.records.journal import acts as journal
from fanal.records.ledger import facts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import Quality, Source
from fanal.records.payments import acts as payments

STEP = "demo.step"
CLERK, REVIEWER, APPROVER = "A. Fictive", "B. Fictive", "C. Fictive"
CORRECTION = "Chiffres mal écrits à la relève, relus sur place."
ACCEPTED = "Relève confirmée."
PLAIN = (HoldReason.LOW_USE, HoldReason.LONG_ESTIMATE_CHAIN)  # what the visible cycle accepts at once


@dataclass
class Counts:
    """What a step did; the journal keeps it."""

    reads: int = 0
    refused: int = 0
    doubtful: int = 0
    corrected: int = 0
    receipts: int = 0
    returns: int = 0
    moves: int = 0
    exchanges: int = 0
    photos: int = 0


@dataclass
class Life:
    """The town being played."""

    town: Town
    dials: Dials
    sheets: list[Sheet]
    cashier: Cashier
    late: list[Read] = field(default_factory=list)
    billed_accounts: set[int] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    clock: Callable[[], float] | None = None

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Add the time spent to what the report may print."""
        before = self.clock() if self.clock else 0.0
        yield
        if self.clock:
            self.seconds[what] = self.seconds.get(what, 0.0) + self.clock() - before


def prepare(town: Town, clock: Callable[[], float] | None = None) -> Life:
    """The town before its first day."""
    dials = Dials(town)
    return Life(town, dials, sheets(town, dials), Cashier(town.calendar.today, {}), clock=clock)


# ── the first day ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def found(life: Life, size: int, months: int) -> None:
    """Register all that is there on the first day, in one transaction."""
    memory = Memory()
    registry.found_town(life.town, memory)
    calendar = life.town.calendar
    grounds = {"step": 0, "size": size, "months": months, "today": calendar.today.isoformat(), "made": memory.made}
    journal.record(STEP, about=ABOUT, by=BY, on=calendar.starts_on, grounds=grounds)
    _know_payers(life)


def remember(life: Life, steps: list[dict[str, Any]]) -> None:
    """Take a town up again from what the journal kept of its steps."""
    registry.found_town(life.town, Memory(steps[0]["made"]))
    since = life.town.calendar.starts_on
    for step in steps[1:]:
        round_ = life.town.calendar.rounds[step["step"] - 1]
        _newcomers(life, since, round_.run_on, Memory(step["made"]))
        since = round_.run_on
    _know_payers(life)
    if len(steps) > 1:
        life.late = life.sheets[len(steps) - 2].late
    accounts = sorted(life.cashier.payer_of)
    life.cashier.balances = ledger.balances(accounts)
    for run_id in bills.runs():
        _plan_payments(life, run_id)
    life.cashier.forget_before(since)
    if len(steps) > 1 and is_billed(life.sheets[len(steps) - 2]):
        for account_id, total in _issued(bills.runs()[-1], "account_id", "total_cents"):
            if total < 0 or life.cashier.balances[account_id] - total < 0:
                life.billed_accounts.add(account_id)


def is_billed(sheet: Sheet) -> bool:
    """Whether an issued run closes that round."""
    known = (bills.run(run_id) for run_id in reversed(bills.runs()))
    wanted = (sheet.round.run_on, sheet.round.cycle)
    return any((it.on, it.cycle, it.state) == (*wanted, "ISSUED") for it in known if it)


def _newcomers(life: Life, since: datetime.date, on: datetime.date, memory: Memory) -> tuple[list[Any], int]:
    moved = registry.move_people(life.town, life.dials, since, on, memory)
    exchanged = registry.exchange_meters(life.town, life.dials, since, on, memory)
    return moved, exchanged


def _know_payers(life: Life) -> None:
    for point in life.town.points:
        for it in point.occupancies:
            if it.account_id:
                life.cashier.payer_of[it.account_id] = it.party.payer


# ── one step ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def enter(life: Life, sheet: Sheet, since: datetime.date) -> Counts:
    """Enter all that happened since the last round, and the sheet of this one."""
    on, memory, counts = sheet.round.run_on, Memory(), Counts()
    with life.timing("abonnements"):
        moved, counts.exchanges = _newcomers(life, since, on, memory)
        counts.moves = len(moved)
        _know_payers(life)
    with life.timing("relèves"):
        _record(_move_reads(life, moved) + life.late, on, counts)
        _record(sheet.reads, on, counts)
        for read in sheet.reads:
            if read.wrong and read.corrected and _fits(read):
                _correct(read, on)
                counts.corrected += 1
        life.late = sheet.late
    with life.timing("paiements"):
        _cash(life, on, counts)
    grounds = {"step": sheet.round.number, "made": memory.made, **vars(counts)}
    journal.record(STEP, about=ABOUT, by=BY, on=on, grounds=grounds)
    return counts


def _move_reads(life: Life, moved: list[Any]) -> list[Read]:
    """The reads of the days of moves."""
    reads = []
    for point, on in moved:
        hanging = next(it for it in point.hangings if it.starts_on <= on and (it.ends_on is None or it.ends_on > on))
        index = life.dials.energy(point, hanging, on)
        reads.append(Read(point, hanging, KWH, on, index, index))
        reads += parts_read(point, hanging, life.dials, on)
    return reads


def _record(reads: list[Read], on: datetime.date, counts: Counts) -> None:
    """Record them together; those that the house refuses are read again and given right."""
    if not reads:
        return
    written = _columns(reads, [it.written for it in reads])
    recorded = metering.record_readings(readings=written, by=CLERK, on=on, keep_good=True)
    counts.reads += recorded.stored
    counts.doubtful += len(recorded.findings)
    counts.refused += len(recorded.refused)
    again = [reads[problem.row - 1] for problem in recorded.refused if problem.row]
    if again:
        mended = metering.record_readings(readings=_columns(again, [it.true for it in again]), by=CLERK, on=on)
        counts.reads += mended.stored
    unread = {problem.row for problem in recorded.refused}
    doubtful = {doubt.row for doubt in recorded.findings}
    kept = [(row, read) for row, read in enumerate(reads, 1) if row not in unread]
    seen = [read for row, read in kept if read.photographed or (row in doubtful and read.kind == KWH)]
    if seen:
        counts.photos += len(metering.attach_photos(photos=[_photo(it) for it in seen], by=CLERK, on=on).ids)


def _photo(read: Read) -> metering.NewPhoto:
    """What the dial showed, whatever was written down, through the gate of any photo."""
    meter = read.hanging.serial
    drawn = dial_photos.photo(meter, read.true // THOUSAND, read.hanging.dials)
    return metering.NewPhoto(
        meter=meter, read_on=read.read_on, picture=photos.decode(drawn), delivery_point=read.point.number
    )


def _columns(reads: list[Read], values: list[int]) -> dict[str, np.ndarray]:
    columns = metering.columns_of_readings(
        np.array([it.point.delivery_point_id for it in reads]),
        np.array([it.hanging.registers[it.kind] for it in reads]),
        np.array([it.read_on for it in reads], "datetime64[D]"),
        np.array(values),
        source=Source.STAFF,
        quality=Quality.REAL,
    )
    columns["source"][[it.by_customer for it in reads]] = Source.CUSTOMER
    return columns


def _fits(read: Read) -> bool:
    """Whether what was written fits the dials, hence was kept."""
    return read.written < THOUSAND * 10**read.hanging.dials


def _correct(read: Read, on: datetime.date) -> None:
    metering.correct_reading(
        delivery_point_id=read.point.delivery_point_id,
        register_id=read.hanging.registers[read.kind],
        read_on=read.read_on,
        index=str(read.true // THOUSAND),
        reason=CORRECTION,
        by=REVIEWER,
        on=on,
    )


def _cash(life: Life, on: datetime.date, counts: Counts) -> None:
    receipts = life.cashier.receipts(on)
    if receipts:
        payments.record_receipts(receipts=receipts, by=CLERK, on=on)
    if accounts := {it.account_id for it in receipts} | life.billed_accounts:
        payments.allocate(by=CLERK, on=on, account_ids=sorted(accounts))
    returns = life.cashier.returned(on)
    if returns:
        payments.return_payments(returns=returns, by=CLERK, on=on)
    life.billed_accounts = set()
    counts.receipts, counts.returns = len(receipts), len(returns)


# ── one run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def bill(life: Life, sheet: Sheet, *, visible: bool = False, on_bills: bill_run.Progress | None = None) -> int:
    """Bill the cycle of a round, or finish what was begun: the id of the run."""
    it = sheet.round
    run_id = bills.open_run_on(it.run_on, it.cycle)
    if run_id is None:
        with life.timing("ouverture"):
            run_id = billing.open_run(on=it.run_on, cycle=it.cycle, by=CLERK)
    state = _state(run_id)
    if state == "OPEN":
        with life.timing("calcul"):
            bill_run.compute_run(run_id=run_id, by=CLERK, on=it.run_on)
        state = "COMPUTED"
    if state == "COMPUTED":
        with life.timing("revue"):
            _review(run_id, [] if visible else sheet.reads, it, first=PLAIN if visible else tuple(HoldReason))
        state = "REVIEWED"
    if state == "REVIEWED":
        billing.approve_run(run_id=run_id, by=APPROVER, on=it.run_on)
    with life.timing("émission"):
        bill_run.issue_run(run_id=run_id, by=CLERK, on=it.run_on, progress=on_bills)
    with life.timing("carnet"):
        _plan_payments(life, run_id, new=True)
    return run_id


def _state(run_id: int) -> str:
    known = bills.run(run_id)
    assert known is not None
    return known.state


@transaction.atomic
def _review(run_id: int, reads: Iterable[Read], it: Round, *, first: tuple[HoldReason, ...]) -> None:
    """Mend the slips of the round, accept what a person may accept, and leave the rest for another run."""
    mended = {}
    for read in reads:
        if read.wrong and not read.corrected and _fits(read):
            _correct(read, it.run_on)
            for subscription_id in _subscriptions_at(read):
                mended[subscription_id] = read
    for subscription_id in mended:
        if bills.computed_bill(run_id, subscription_id):
            billing.compute_one(run_id=run_id, subscription_id=subscription_id, by=REVIEWER, on=it.run_on)
    _accept(run_id, it.run_on, first)
    billing.finish_review(run_id=run_id, by=REVIEWER, on=it.run_on)


def _subscriptions_at(read: Read) -> list[int]:
    return [it.subscription_id for it in read.point.occupancies if it.starts_on < read.read_on and it.subscription_id]


def _accept(run_id: int, on: datetime.date, first: tuple[HoldReason, ...]) -> None:
    """Accept the held bills whose first reason is among those, when all their reasons allow it."""
    reasons: dict[int, list[HoldReason]] = {}
    for held in bills.held_bills(run_id):
        reasons.setdefault(held.subscription_id, []).append(HoldReason(held.reason))
    for subscription_id, of_bill in reasons.items():
        if of_bill[0] in first and all(Fix.ACCEPT in reason.fixes for reason in of_bill):
            billing.review_bill(
                run_id=run_id, subscription_id=subscription_id, act="ACCEPT", reason=ACCEPTED, by=REVIEWER, on=on
            )


def _plan_payments(life: Life, run_id: int, *, new: bool = False) -> None:
    """The bills of a run reach the customers, who will pay or not."""
    note = life.cashier.bill if new else life.cashier.plan
    credited = {account_id for account_id, owed in life.cashier.balances.items() if owed < 0}
    for account_id, number, due_on, total in _issued(run_id, "account_id", "number", "due_on", "total_cents"):
        note(account_id, number, due_on, total)
        if new and (total < 0 or account_id in credited):
            life.billed_accounts.add(account_id)


def _issued(run_id: int, *names: str) -> list[tuple[Any, ...]]:
    """Those columns of the bills that a run issued, as rows."""
    issued = bills.issued_bills(run_id)
    return list(zip(*(issued[name].tolist() for name in names), strict=True))


def work_fast() -> None:
    """The demo may lose its last instants on a power cut: it would go on from the last step it finished."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
