"""May this town leave its old system (mise en marche)? Each condition, whether it holds, and what is still wanting."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from fanal.law.shadow.differences import Class
from fanal.records.shadow import facts as shadow
from fanal.records.shadow.facts import Counted, Finding, KnownRun
from fanal.records.subscriptions.facts import NO_BOOK
from fanal.records.takeover import facts as takeover
from fanal.records.takeover.facts import KnownExport
from fanal.reports import journal, reconciliation

State = Literal["good", "bad", "waiting"]
# By rate: the subscriptions that run, and those that ended since their last bill and wait for another.
WITHOUT_BOOK = """
SELECT substr(s.book, length(%(no_book)s) + 1), count(*) FROM subscriptions_subscription s
LEFT JOIN elsewhere_handover h ON h.subscription_id = s.id
WHERE starts_with(s.book, %(no_book)s) AND (s.ends_on IS NULL OR s.ends_on > coalesce(h.to_on, s.starts_on))
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: its code, whether it holds (`waiting`: nobody looked yet), and the figures that say so."""

    code: str
    state: State
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gate:
    """The conditions of leaving one old system; open when all of them hold."""

    export: KnownExport | None
    run: KnownRun | None
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...] = ()  # what a person must accept of the run, and what is accepted
    exports: tuple[KnownExport, ...] = ()  # all that were received, the last one first

    @property
    def never_loaded(self) -> tuple[KnownExport, ...]:
        """What was received and stays in the database, and is in no account."""
        return tuple(it for it in self.exports if it.state != takeover.STATES.LOADED)

    @property
    def is_open(self) -> bool:
        """Whether nothing stands against it."""
        return bool(self.checks) and all(it.state == "good" for it in self.checks)


def gate(export_id: int | None = None) -> Gate:
    """The gate of an export, of the last one where none is given; without an export every condition waits."""
    exports = takeover.exports()
    export = next((it for it in exports if export_id in (None, it.id)), None)
    if export is None:
        return Gate(None, None, ())
    run = next((it for it in shadow.runs(export.id) if it.ended), None)
    counted = shadow.tallies(run.id, "cycle") if run else []
    findings = tuple(shadow.findings(run.id)) if run else ()
    explained = _explained(run, counted, findings)
    checks = (_cycles(run, counted), explained, _reconciled(export), _books(), _invariants())
    return Gate(export, run, checks, findings, tuple(exports))


def _cycles(run: KnownRun | None, counted: Sequence[Counted]) -> Check:
    """Every cycle with a customer has been billed once in parallel: one bill of it at least could be rated."""
    if run is None or not run.cycles:
        return Check("cycles", "waiting", {})
    rated = Counter[str]()
    for it in counted:
        rated[it.key] += it.bills
    rated.subtract(shadow.unrated(run.id))
    left = sorted(it for it in run.cycles if not rated[it])
    told = {"done": len(run.cycles) - len(left), "wanted": len(run.cycles), "left": left}
    return Check("cycles", "bad" if left else "good", told)


def _explained(run: KnownRun | None, counted: Sequence[Counted], findings: Sequence[Finding]) -> Check:
    """No difference is unexplained; a bill compared with nothing, or at another price, is accepted by a person."""
    if run is None:
        return Check("unexplained", "waiting", {})
    counts = Counter[str]()
    for it in counted:
        counts[it.kind] += it.bills
    unexplained, bills = counts[Class.UNEXPLAINED], sum(counts.values())
    accepted = sum(it.bills for it in findings if it.accepted_by)
    to_accept = sum(it.bills for it in findings if not it.accepted_by)
    explained = bills - counts[Class.SAME] - unexplained - accepted - to_accept
    found = {
        "bills": bills, "unexplained": unexplained, "to_accept": to_accept, "accepted": accepted,
        "explained": explained,
    }  # fmt: skip
    return Check("unexplained", "bad" if unexplained or to_accept else "good", found)


def _reconciled(export: KnownExport) -> Check:
    """The last reconciliation of that export left nothing red."""
    if (found := reconciliation.last(export)) is None:
        return Check("reconciled", "waiting", {})
    event, told = found
    red = told.unexplained + sum(it.stands_against for it in told.checks)
    return Check("reconciled", "good" if told.is_green else "bad", {"red": red, "on": event.on, "by": event.by})


def _books() -> Check:
    """Every subscription to bill has a book: without one nothing says when it is billed, nor at what price."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_BOOK, {"no_book": NO_BOOK})
        left = cursor.fetchall()
    told = {"left": sum(count for _tariff, count in left), "tariffs": [tariff for tariff, _count in left]}
    return Check("books", "bad" if left else "good", told)


def _invariants() -> Check:
    """The last check of the invariants found none broken."""
    event = journal.last_verification()
    if event is None:
        return Check("invariants", "waiting", {})
    counts = [(code, count) for code, _title, count in event.grounds.get("invariants", [])]
    broken = [code for code, count in counts if count]
    told = {"broken": broken, "checked": len(counts), "on": event.on}
    return Check("invariants", "bad" if broken else "good", told)
