"""Réconciliation d’une reprise: what the old system counted of itself, against what was loaded here.

Each difference is explained by named rows (put aside, refused, unreadable) or it is red. Whole sets, one query a
question. Theirs comes from the control file; ours from the records of the rooms, never from what was received.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from fanal.records.ledger.facts import Chart
from fanal.records.network import facts as network
from fanal.records.takeover import facts
from fanal.reports import unread_rows
from fanal.reports.journal import JournalEvent, events

MAP_LAYER = ".gpkg:"
SHOWN = 200  # accounts that differ; their count is of all


class Verdict(StrEnum):
    """What a comparison says."""

    SAME = "SAME"
    EXPLAINED = "EXPLAINED"  # by named rows
    RED = "RED"
    UNKNOWN = "UNKNOWN"  # the old system says something that nothing here answers


@dataclass(frozen=True, slots=True)
class Side:
    """A count and an amount: cents, or kWh."""

    count: int = 0
    amount: int = 0

    def __sub__(self, other: "Side") -> "Side":
        return Side(self.count - other.count, self.amount - other.amount)

    def __bool__(self) -> bool:
        return bool(self.count or self.amount)


@dataclass(frozen=True, slots=True)
class Check:
    """One total of the old system, ours, and what the rows that wait explain of the difference."""

    group: str  # files, accounts, money, energy, places
    label: str  # in the old system's words
    unit: str  # rows, cents, kwh
    theirs: Side
    ours: Side
    waiting: Side  # of rows put aside or refused
    to_read: Side = Side()  # of rows that could not be read: the accounts that they name lack the same
    known: bool = True

    @property
    def rest(self) -> Side:
        """What nothing explains."""
        return self.theirs - self.ours - self.waiting

    @property
    def verdict(self) -> Verdict:
        """Same, explained or red."""
        if not self.known:
            return Verdict.UNKNOWN
        if not self.theirs - self.ours:
            return Verdict.SAME
        return Verdict.EXPLAINED if self.rest in (Side(), self.to_read) else Verdict.RED

    @property
    def stands_against(self) -> bool:
        """Whether it is red, or nothing here answers it."""
        return self.verdict in (Verdict.RED, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class AccountDifference:
    """An account on which both systems do not say the same, with the rows that explain it."""

    number: str
    theirs_cents: int
    ours_cents: int | None  # None: not loaded
    what: tuple[str, ...]  # unstated (not in the control file), balance, last_bill, estimate
    rows: tuple[dict[str, Any], ...]  # file, line, code: what names this account and was not loaded
    explained: bool
    to_read_cents: int = 0  # what a row that could not be read must hold


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of one file that were not loaded, for one reason."""

    file: str
    kind: str
    code: str
    standing: str
    count: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All that was compared."""

    export: facts.KnownExport
    checks: tuple[Check, ...]
    accounts: int
    differing: int
    unexplained: int
    differences: tuple[AccountDifference, ...]
    waiting: tuple[Waiting, ...] = field(default=())

    @property
    def is_green(self) -> bool:
        """Whether something was compared, and every difference is explained."""
        return bool(self.accounts) and not self.unexplained and not any(it.stands_against for it in self.checks)


class NothingLoaded(LookupError):
    """No export was loaded."""


MADE = "takeover.reconcile"
WHAT = ("unstated", "balance", "last_bill", "estimate")


def last_loaded() -> facts.KnownExport | None:
    """The last export that was loaded."""
    return next((it for it in facts.exports() if it.state == facts.STATES.LOADED), None)


def kept(found: Reconciliation) -> dict[str, Any]:
    """What the journal keeps of a reconciliation: all of it."""
    told = asdict(replace(found, export=None))
    return dict(json.loads(json.dumps(told, default=str)))


def last(export: facts.KnownExport) -> tuple[JournalEvent, Reconciliation] | None:
    """The last reconciliation of an export, as the journal kept it."""
    found = [it for it in events(acts=[MADE], limit=50) if it.about == f"export:{export.id}"]
    if not found:
        return None
    told = found[0].grounds
    checks = tuple(_check(it) for it in told["checks"])
    differences = tuple(
        AccountDifference(**(it | {"what": tuple(it["what"]), "rows": tuple(it["rows"])})) for it in told["differences"]
    )
    waiting = tuple(Waiting(**it) for it in told["waiting"])
    numbers = (told["accounts"], told["differing"], told["unexplained"])
    return found[0], Reconciliation(export, checks, *numbers, differences, waiting)


def _check(kept: dict[str, Any]) -> Check:
    sides = {name: Side(**kept[name]) for name in ("theirs", "ours", "waiting", "to_read") if name in kept}
    plain = {name: kept[name] for name in ("group", "label", "unit", "known")}
    return Check(**plain, **sides)


# Rows of a kind that are not loaded: of what was received, what is not known.
NOT_LOADED = """(SELECT row.* FROM ({rows}) row WHERE NOT EXISTS (SELECT FROM takeover_known k
    WHERE k.kind = '{kind}' AND k.key = row.key AND k.digest = row.digest))"""
# Of each account, what both systems say. What the old one counts in its receivables is the account 1200 here.
ACCOUNTS = f"""
CREATE TEMP TABLE compared ON COMMIT DROP AS
SELECT coalesce(s.account, h.known_as) AS account, s.account IS NULL AS unstated, s.balance AS theirs, s.last_bill,
    s.last_bill_on, s.last_bill_total, s.estimate_open IS NOT NULL AS their_estimate, h.account_id,
    coalesce(o.cents, 0) AS ours, h.last_bill AS our_last_bill, b.issued_on AS our_last_on,
    b.total_cents AS our_last_total, h.estimated AS our_estimate, coalesce(w.cents, 0) AS waiting, 0::bigint AS to_read
FROM ({{accounts}}) s
FULL JOIN (SELECT k.key AS known_as, h.account_id, h.last_bill, h.estimated
    FROM takeover_known k JOIN elsewhere_handover h ON h.subscription_id = k.our_id
    WHERE k.kind = 'subscriptions') h ON h.known_as = s.account
LEFT JOIN elsewhere_pastbill b ON b.account_id = h.account_id AND b.number = h.last_bill
LEFT JOIN (SELECT account_id, sum(cents)::bigint AS cents FROM elsewhere_opening
    WHERE ledger_account_id = {Chart.RECEIVABLE.value} GROUP BY account_id) o ON o.account_id = h.account_id
LEFT JOIN (SELECT account, sum(cents)::bigint AS cents FROM waiting
    WHERE kind IN ('bills', 'payments', 'entries') GROUP BY account) w ON w.account = s.account
"""
WAITING = """
CREATE TEMP TABLE waiting ON COMMIT DROP AS
SELECT file_id, line, account, total AS cents, 'bills' AS kind, net, gst, qst, kwh, issued_on AS on_day, '' AS code,
    true AS placed, number, estimated FROM {bills} it
UNION ALL SELECT file_id, line, account, -amount, 'payments', 0, 0, 0, 0, received_on, '',
    EXISTS (SELECT FROM ({subscriptions}) s WHERE s.number = it.account), '', NULL FROM {payments} it
UNION ALL SELECT file_id, line, account, amount, 'entries', 0, 0, 0, 0, entered_on, code, true, '', NULL
    FROM {entries} it
UNION ALL SELECT file_id, line, account, amount, 'deposits', 0, 0, 0, 0, received_on, status, true, '', NULL
    FROM {deposits} it
UNION ALL SELECT file_id, line, number, 0, 'subscriptions', 0, 0, 0, 0, starts_on, status, true, '', NULL
    FROM {subscription_rows} it
UNION ALL SELECT file_id, line, '', 0, 'meters', 0, 0, 0, 0, installed_on,
    CASE WHEN removed_on IS NULL THEN 'IN_SERVICE' ELSE 'REMOVED' END, true, '', NULL FROM {meters} it
"""
LAST_BILL = """(nullif(our_last_bill, '') IS DISTINCT FROM last_bill OR last_bill <> ''
    AND (our_last_on, our_last_total) IS DISTINCT FROM (last_bill_on, last_bill_total))"""
DIFFERS = f"(unstated OR account_id IS NULL OR theirs <> ours OR {LAST_BILL} OR their_estimate <> our_estimate)"
# An account is explained when the rows of its that wait, or that could not be read, make each thing that differs:
# its balance, its last bill and whether that one is an estimate.
THERE = """EXISTS (SELECT FROM waiting w WHERE w.kind = 'subscriptions' AND w.account = c.account)
    OR EXISTS (SELECT FROM unread u WHERE u.kind = 'subscriptions' AND u.account = c.account)"""
LAST_WAITS = """EXISTS (SELECT FROM waiting w WHERE w.kind = 'bills' AND w.account = c.account
        AND (w.number, w.on_day, w.cents) = (c.last_bill, c.last_bill_on, c.last_bill_total)
        AND (w.estimated IS NOT NULL) = their_estimate)
    OR EXISTS (SELECT FROM unread u WHERE u.agreed AND u.kind = 'bills' AND u.account = c.account
        AND u.number = c.last_bill AND coalesce(u.on_day, c.last_bill_on) = c.last_bill_on
        AND c.to_read = c.last_bill_total
        AND (NOT u.told_estimated OR (u.estimated IS NOT NULL) = their_estimate))"""
SAME_LAST = f"NOT {LAST_BILL} AND their_estimate = coalesce(our_estimate, false)"
EXPLAINED = f"""(NOT unstated AND (account_id IS NOT NULL OR {THERE})
    AND theirs IN (ours, ours + waiting + to_read) AND ({SAME_LAST} OR {LAST_WAITS}))"""
NAMED_ROWS = """
SELECT jsonb_agg(jsonb_build_object('file', f.name, 'line', n.line, 'code', n.code) ORDER BY f.name, n.line) FROM (
    SELECT w.file_id, w.line, (SELECT min(flaw.code) FROM takeover_flaw flaw WHERE flaw.file_id = w.file_id
        AND flaw.line = w.line AND flaw.standing <> 'NOTED') AS code FROM waiting w WHERE w.account = c.account
    UNION ALL
    SELECT u.file_id, u.line, u.code FROM unread u WHERE u.account = c.account
    LIMIT 20) n JOIN takeover_exportfile f ON f.id = n.file_id
"""
DIFFERENCES = f"""
SELECT account, coalesce(theirs, 0), CASE WHEN account_id IS NOT NULL THEN ours END, unstated, theirs <> ours,
    NOT unstated AND {LAST_BILL}, NOT unstated AND their_estimate <> coalesce(our_estimate, false),
    ({NAMED_ROWS}), {EXPLAINED}, to_read FROM compared c WHERE {DIFFERS}
ORDER BY {EXPLAINED}, abs(coalesce(theirs, 0) - ours) DESC, account
"""
CONTROL_LINES = """
SELECT count(*) FROM takeover_stagedrow row JOIN takeover_exportfile file ON file.id = row.file_id
WHERE file.export_id = %(export)s AND file.name IN (SELECT name FROM takeover_exportfile
    WHERE export_id = %(export)s AND kind = 'control_end')
"""
OF_ROWS = """
SELECT file.name, file.kind, flaw.code, flaw.standing, count(*), min(flaw.line)
FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
WHERE file.export_id = %(export)s AND flaw.standing <> 'NOTED'
GROUP BY file.name, file.kind, flaw.code, flaw.standing ORDER BY file.name, file.kind, count(*) DESC
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a total of the old system is counted here: ours, and of the rows that wait; both give (count, amount)."""

    group: str
    unit: str
    ours: str
    waiting: str
    kind: str = ""  # of the rows that it adds up: those that could not be read may explain what is left
    family: str = unread_rows.WHOLE  # of the totals that share them


BILLS = "SELECT count(*), coalesce(sum({sum}), 0)::bigint FROM elsewhere_pastbill {where}"
WAIT = "SELECT count(*), coalesce(sum({sum}), 0)::bigint FROM waiting WHERE kind = '{kind}' {where}"
# An account that differs and is explained explains its part of a total of accounts.
COUNTED = "count(*) FILTER (WHERE {side} {test}), coalesce(sum({side}) FILTER (WHERE {side} {test}), 0)::bigint"
CODES = {
    "OUV": "OPENING", "FRA": "FEE", "NSF": "RETURNED", "REB": "RECONNECTION", "INT": "INTEREST", "DEP": "DEPOSIT",
    "RMB": "REFUND", "RAD": "WRITE_OFF", "TRF": "TRANSFER",
}  # fmt: skip


OF_TOTAL = ("net_cents", "gst_cents", "qst_cents")  # what a bill comes to, in parts


def _of_bills(column: str, staged: str, year: str = "") -> Measure:
    unit = "kwh" if column == "kwh" else "cents"
    here = f"WHERE extract(year FROM issued_on) = {year}" if year else ""
    there = f"AND extract(year FROM on_day) = {year}" if year else ""
    summed = "kwh / 1000" if column == "kwh" else column
    family = unread_rows.ENERGY if unit == "kwh" else unread_rows.YEARS if year else unread_rows.WHOLE
    return Measure("energy" if unit == "kwh" else "money", unit, BILLS.format(sum=summed, where=here),
                   WAIT.format(sum=staged, kind="bills", where=there), "bills",
                   unread_rows.TAXES if column in OF_TOTAL else family)  # fmt: skip


def _of_accounts(test: str) -> Measure:
    ours, theirs = (COUNTED.format(side=side, test=test) for side in ("ours", "theirs"))
    explained = f"{DIFFERS} AND {EXPLAINED}"
    return Measure(
        "accounts", "cents", f"SELECT {ours} FROM compared WHERE account_id IS NOT NULL",
        f"SELECT a.count - b.count, a.sum - b.sum FROM"
        f" (SELECT {theirs} FROM compared c WHERE {explained}) a (count, sum),"
        f" (SELECT {ours} FROM compared c WHERE {explained} AND account_id IS NOT NULL) b (count, sum)",
    )  # fmt: skip


def _of_payments(placed: bool) -> Measure:
    ours = "SELECT count(*), coalesce(sum(amount_cents), 0)::bigint FROM elsewhere_pastpayment"
    return Measure("money", "cents", ours if placed else "SELECT 0, 0",
                   WAIT.format(sum="-cents", kind="payments", where=f"AND placed = {placed}"),
                   "payments" if placed else "")  # fmt: skip


def _of_entries(code: str) -> Measure:
    where = f"AND code = '{CODES[code]}'"
    ours = f"SELECT count(*), coalesce(sum(amount_cents), 0)::bigint FROM elsewhere_pastentry WHERE true {where}"
    return Measure("money", "cents", ours, WAIT.format(sum="cents", kind="entries", where=where), "entries")


DEPOSITS = Measure(
    "money", "cents",
    f"SELECT count(*), -coalesce(sum(cents), 0)::bigint FROM (SELECT sum(cents) AS cents FROM elsewhere_opening"
    f" WHERE ledger_account_id = {Chart.DEPOSITS.value} GROUP BY account_id, number HAVING sum(cents) <> 0) held",
    WAIT.format(sum="cents", kind="deposits", where="AND code = 'HELD'"), "deposits",
)  # fmt: skip
# An estimate is open on the account of which the last bill, not the final one, ended on an estimated index.
ESTIMATES = Measure(
    "accounts", "cents",
    "SELECT count(*), coalesce(sum(our_last_total), 0)::bigint FROM compared WHERE our_estimate",
    f"""SELECT count(*) FILTER (WHERE their_estimate) - count(*) FILTER (WHERE our_estimate),
        coalesce(sum(last_bill_total) FILTER (WHERE their_estimate), 0)::bigint
            - coalesce(sum(our_last_total) FILTER (WHERE our_estimate), 0)::bigint
    FROM compared c WHERE {DIFFERS} AND {EXPLAINED}""",
)  # fmt: skip
MEASURES: tuple[tuple[str, Callable[..., Measure]], ...] = (
    (r"COMPTES DEBITEURS", lambda: _of_accounts("> 0")),
    (r"COMPTES CREDITEURS", lambda: _of_accounts("< 0")),
    (r"COMPTES A SOLDE NUL", lambda: _of_accounts("= 0")),
    (r"COMPTES A RECEVOIR NET", lambda: _of_accounts("IS NOT NULL")),
    (r"FACTURATION CUMULATIVE", lambda: _of_bills("total_cents", "cents")),
    (r"FACTURATION ([0-9]{4})", lambda year: _of_bills("total_cents", "cents", year)),
    (r"KWH FACTURES ([0-9]{4})", lambda year: _of_bills("kwh", "kwh", year)),
    (r"(?:DONT )?NET AVANT TAXES", lambda: _of_bills("net_cents", "net")),
    (r"(?:DONT )?TPS", lambda: _of_bills("gst_cents", "gst")),
    (r"(?:DONT )?TVQ", lambda: _of_bills("qst_cents", "qst")),
    (r"PAIEMENTS IMPUTES", lambda: _of_payments(True)),
    (r"PAIEMENTS NON IMPUTES", lambda: _of_payments(False)),
    (rf"ECRITURES ({'|'.join(CODES)})", _of_entries),
    (r"DEPOTS DETENUS", lambda: DEPOSITS),
    (r"ESTIMATIONS OUVERTES", lambda: ESTIMATES),
)
# Totals without which nothing is reconciled: where the control file states none, what was received says it.
SUMMED = "SELECT count(*), coalesce(sum({sum}), 0)::bigint FROM (SELECT DISTINCT ON (key, digest) * FROM ({rows}) r) it"
UNSTATED = (
    ("FACTURATION CUMULATIVE", "Factures", "bills", SUMMED.replace("{sum}", "total")),
    (
        "PAIEMENTS IMPUTES",
        "Paiements",
        "payments",
        SUMMED.replace("{sum}", "amount")
        + " WHERE EXISTS (SELECT FROM ({subscriptions}) s WHERE s.number = it.account)",
    ),
    ("DEPOTS DETENUS", "Dépôts détenus", "deposits", SUMMED.replace("{sum}", "amount") + " WHERE status = 'HELD'"),
    ("COMPTES A RECEVOIR NET", "Solde des comptes", "control_accounts", SUMMED.replace("{sum}", "balance")),
)
# What the control file does not count: what was received says it, and ours must be the same.
PLACES = (
    ("Abonnements actifs", "SELECT count(*) FROM ({subscriptions}) s WHERE status = 'ACTIVE'",
     "SELECT count(*) FROM elsewhere_handover h JOIN subscriptions_subscription s ON s.id = h.subscription_id"
     " JOIN takeover_known k ON k.kind = 'subscriptions' AND k.our_id = s.id"
     " WHERE s.ends_on IS NULL OR s.ends_on > %(as_of)s", "subscriptions", "ACTIVE"),
    ("Compteurs en place", "SELECT count(*) FROM ({meters}) m WHERE removed_on IS NULL",
     "SELECT count(*) FROM metering_installation i JOIN (SELECT DISTINCT our_id FROM takeover_known"
     " WHERE kind = 'meters') k ON k.our_id = i.meter_id WHERE i.ends_on IS NULL", "meters", "IN_SERVICE"),
)  # fmt: skip


@transaction.atomic
def reconcile(export_id: int) -> Reconciliation:
    """Compare an export that was loaded with what stands here. Raises NothingLoaded."""
    export = facts.export(export_id)
    if export is None or export.state != facts.STATES.LOADED:
        raise NothingLoaded("Aucune exportation n’est chargée : il n’y a rien à réconcilier.")
    with connection.cursor() as cursor:
        work = _Work(cursor, export)
        work.prepare()
        checks = (*work.files(), *work.totals(), *work.places())
        differences = work.differences()
        cursor.execute("SELECT count(*) FROM compared")
        accounts = cursor.fetchone()[0]
        cursor.execute(OF_ROWS, {"export": export_id})
        waiting = tuple(Waiting(*row) for row in cursor.fetchall())
    unexplained = sum(not it.explained for it in differences)
    return Reconciliation(export, checks, accounts, len(differences), unexplained, tuple(differences[:SHOWN]), waiting)


class _Work:
    """The comparison under way, in one transaction, on tables of its own."""

    def __init__(self, cursor: Any, export: facts.KnownExport) -> None:
        self.cursor, self.export = cursor, export

    def prepare(self) -> None:
        """Gather what waits, what could not be read, and what each account is here and there."""
        rows = {kind: facts.rows(kind, self.export.id)
                for kind in ("bills", "payments", "entries", "deposits", "subscriptions", "meters")}  # fmt: skip
        self.rows = rows
        waiting = {kind: NOT_LOADED.format(rows=query, kind=kind) for kind, query in rows.items()}
        self.cursor.execute("SET LOCAL work_mem = '64MB'")
        for table in ("waiting", "unread", "compared"):
            self.cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        self.cursor.execute(WAITING.format(
            **{it: waiting[it] for it in ("bills", "payments", "entries", "deposits", "meters")},
            subscriptions=rows["subscriptions"], subscription_rows=waiting["subscriptions"]))  # fmt: skip
        unread_rows.gather(self.cursor, self.export.id)
        self.cursor.execute(ACCOUNTS.format(accounts=facts.rows("control_accounts", self.export.id)))
        self.cursor.execute("ANALYZE waiting; ANALYZE compared")

    def files(self) -> Iterator[Check]:
        """Rows of each file, as the old system counted them."""
        counted, unread = facts.files(self.export.id), unread_rows.counted(self.cursor)
        mapped = network.counts_by_layer()
        for name, rows in self._all("SELECT file, rows FROM ({rows}) c ORDER BY line", "control_files"):
            stem, _, sign = name.strip().partition(" (")
            kind = {"E)": "bills", "L)": "bill_lines"}.get(sign, "")
            mine = [it for it in counted if it.name.removesuffix(".gz") == stem and kind in ("", it.kind)]
            ours, waiting = sum(it.loaded + it.ready for it in mine), sum(it.aside + it.refused for it in mine)
            if kind and mine:
                waiting += _broken(unread, mine[0].name, kind, rows - ours - waiting)
            if MAP_LAYER in stem:
                ours = mapped.get(stem.partition(MAP_LAYER)[2], 0)
            yield Check("files", name.strip(), "rows", Side(rows), Side(ours), Side(waiting))
        told = sum(lines for (lines,) in self._all("SELECT lines FROM ({rows}) c", "control_end"))
        self.cursor.execute(CONTROL_LINES, {"export": self.export.id})
        [lines] = self.cursor.fetchone()
        yield Check("files", "Z", "rows", Side(told), Side(lines or 1), Side())

    def totals(self) -> list[Check]:
        """Amounts and energy, as the old system added them up; those of the accounts last."""
        told = self._all("SELECT label, count, amount FROM ({rows}) c ORDER BY line", "control_totals")
        told += self._all("SELECT label, count, kwh FROM ({rows}) c ORDER BY line", "control_energy")
        asked = [(label, Side(count or 0, amount or 0), measure_of(label)) for label, count, amount in told]
        found = [self._check(*it) for it in asked if it[2] is None or it[2].group != "accounts"]
        for kind in sorted({measure.kind for _, _, measure in asked if measure and measure.kind}):
            families = {label.strip(): it.family for label, _, it in asked if it and it.kind == kind}
            lacking: dict[str, list[tuple[int, int]]] = {}
            for it in found:
                if it.label in families and (it.rest or families[it.label] in unread_rows.EACH):
                    lacking.setdefault(families[it.label], []).append((it.rest.count, it.rest.amount))
            stated = {family: lacking.get(family, []) for family in families.values()}
            agreed = unread_rows.agree(self.cursor, kind, stated)
            found = [replace(it, to_read=it.rest) if families.get(it.label) in agreed else it for it in found]
        found += [self._check(*it) for it in asked if it[2] is not None and it[2].group == "accounts"]
        stated = {_plain(label) for label, _, _ in asked}
        return found + [self._unstated(*it) for it in UNSTATED if it[0] not in stated]

    def _unstated(self, label: str, title: str, kind: str, query: str) -> Check:
        """A total that the old system does not state: what it handed over, against ours."""
        rows = facts.rows(kind, self.export.id)
        received = self._side(query.format(rows=rows, subscriptions=self.rows["subscriptions"]))
        measure = measure_of(label)
        assert measure is not None
        return replace(self._check(label, received, measure), label=f"{title}, selon ce qui est reçu")

    def _check(self, label: str, theirs: Side, measure: "Measure | None") -> Check:
        if measure is None:
            return Check("money", label.strip(), "cents", theirs, Side(), Side(), known=False)
        sides = self._side(measure.ours), self._side(measure.waiting)
        return Check(measure.group, label.strip(), measure.unit, theirs, *sides)

    def places(self) -> Iterator[Check]:
        """What stands: subscriptions and meters."""
        for label, theirs, ours, kind, code in PLACES:
            there = self._count(theirs.format(**self.rows))
            here = self._count(ours)
            waiting = self._count(f"SELECT count(*) FROM waiting WHERE kind = '{kind}' AND code = '{code}'")
            yield Check("places", label, "rows", Side(there), Side(here), Side(waiting))

    def differences(self) -> list[AccountDifference]:
        """The accounts on which both differ, the unexplained first."""
        self.cursor.execute(DIFFERENCES)
        return [
            AccountDifference(
                number, theirs, ours,
                tuple(what for what, differs in zip(WHAT, row, strict=True) if differs),
                tuple(_json(rows) or ()), explained, to_read,
            )
            for number, theirs, ours, *row, rows, explained, to_read in self.cursor.fetchall()
        ]  # fmt: skip

    def _all(self, query: str, kind: str) -> list[tuple[Any, ...]]:
        self.cursor.execute(query.format(rows=facts.rows(kind, self.export.id)))
        return list(self.cursor.fetchall())

    def _side(self, query: str) -> Side:
        self.cursor.execute(query.replace("%%", "%"))
        count, amount = self.cursor.fetchone()
        return Side(int(count), int(amount))

    def _count(self, query: str) -> int:
        self.cursor.execute(query, {"as_of": self.export.as_of or date.max})
        return int(self.cursor.fetchone()[0])


def measure_of(label: str) -> Measure | None:
    """How that total of the old system is counted here; None when nothing here answers it."""
    for pattern, measure in MEASURES:
        if found := re.fullmatch(pattern, _plain(label)):
            return measure(*found.groups())
    return None


def _plain(label: str) -> str:
    return " ".join(unicodedata.normalize("NFD", label).encode("ascii", "ignore").decode().upper().split())


def _broken(unread: dict[tuple[str, str], int], file: str, kind: str, lacking: int) -> int:
    """The broken lines of a file that are of that kind; one of which nothing tells the kind is of a kind that lacks."""
    loose = min(max(lacking - unread.get((file, kind), 0), 0), unread.get((file, ""), 0))
    unread[file, ""] = unread.get((file, ""), 0) - loose
    return unread.get((file, kind), 0) + loose


def _json(found: Any) -> Any:
    return json.loads(found) if isinstance(found, str) else found
