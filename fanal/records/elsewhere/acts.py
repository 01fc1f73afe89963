"""Keep what another system issued, say where Fanal takes over, and enter what was owed then."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection, models, transaction

from fanal.records.columns import read, take_in
from fanal.records.elsewhere.models import (
    PastBill,
    PastEntry,
    PastLine,
    PastNotice,
    PastPayment,
    PlanReview,
    PromiseEnd,
    RejectedReading,
    TakenCycle,
    Undertaking,
    UndertakingKind,
)
from fanal.records.elsewhere.promises import Promise
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger import acts as ledger
from fanal.records.ledger.acts import Chart, EntryKind
from fanal.values.refusal import Phrase, Problem, refuse, refuse_any

KEPT: Mapping[str, type[models.Model]] = {
    "bills": PastBill, "lines": PastLine, "payments": PastPayment, "entries": PastEntry, "notices": PastNotice,
    "rejected_readings": RejectedReading, "undertakings": Undertaking,
}  # fmt: skip
NOT_TAKEN_OVER = Phrase("Le cycle {cycle} n’a pas été repris d’un ancien système.")
OURS_ALREADY = Phrase("Le cycle {cycle} est déjà facturé par Fanal.")
NOT_OURS_YET = Phrase("Le cycle {cycle} est encore facturé par l’ancien système.")
KEPT_TWICE = Phrase("Cette reprise contient deux fois la même ligne, ou une ligne déjà reprise avec un autre contenu.")
REVIEWED_ALREADY = Phrase("La révision de ces versements égaux est déjà inscrite.")
ENDED_ALREADY = Phrase("La fin de cet engagement est déjà inscrite.")
NOT_OF_ITS_KIND = Phrase("Cet engagement ne finit pas pour cette raison.")
FOLLOWED = """
UPDATE elsewhere_undertaking u SET ends_on = told.ends_on, live = told.live, amount_cents = told.amount_cents,
    terms = told.terms
FROM ({query}) told WHERE (u.account_id, u.kind, u.number) = (told.account_id, told.kind, told.number)
"""
NEW_ENTRIES = """
SELECT o.id, o.account_id, o.ledger_account_id, o.cents, o.on_date FROM elsewhere_opening o
WHERE NOT EXISTS (SELECT FROM ledger_posting p WHERE p.kind = 5 AND p.source = o.id AND p.account_id = o.account_id)
ORDER BY o.id
"""
HANDED = ("subscription_id", "account_id", "number", "last_bill", "to_on", "issued_on", "estimated")
HANDED_OVER = f"""
INSERT INTO elsewhere_handover AS h ({", ".join(HANDED)})
SELECT {", ".join(HANDED)} FROM ({{query}}) said WHERE NOT EXISTS (SELECT FROM elsewhere_handover known
    JOIN subscriptions_subscription s ON s.id = known.subscription_id
    JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
    JOIN elsewhere_takencycle c ON c.cycle = d.cycle AND c.ours WHERE known.subscription_id = said.subscription_id)
ON CONFLICT (subscription_id) DO UPDATE SET {", ".join(f"{it} = excluded.{it}" for it in HANDED[2:])}
WHERE (h.last_bill, h.to_on, h.issued_on, h.estimated)
    <> (excluded.last_bill, excluded.to_on, excluded.issued_on, excluded.estimated)
"""
NEW_CYCLES = """
INSERT INTO elsewhere_takencycle (cycle, ours, changed_by, changed_on)
SELECT DISTINCT d.cycle, false, %(by)s, %(on)s::date FROM elsewhere_handover h
JOIN subscriptions_subscription s ON s.id = h.subscription_id
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
ON CONFLICT DO NOTHING
"""
ENTRY_KINDS = {
    "id": "int64", "account_id": "int64", "ledger_account_id": "int16", "cents": "int64", "on_date": "datetime64[D]",
}  # fmt: skip


def keep(*, what: str, query: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Garder l’histoire d’un autre système: the rows of `query`, whose columns bear the names of `what`'s table.

    In the caller's transaction and under its journal line; how many were kept. Refused when a row is there twice.
    """
    table, names = KEPT[what]._meta.db_table, _columns(KEPT[what])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({query}) given LIMIT 0", parameters or {})
        given = [column.name for column in cursor.description]
    if unknown := sorted(set(given) - set(names)):
        raise ValueError(f"{table} has no column {unknown}")
    listed = ", ".join(given)
    keys = {f"{table}_pkey": KEPT_TWICE, "rejected_once": KEPT_TWICE}
    with saying(keys), connection.cursor() as cursor:
        return take_in(cursor, table, listed, query, parameters)


def follow_undertakings(*, query: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Suivre des engagements: the same query as `keep`, of those that the other system says otherwise now; how many.

    In the caller's transaction. The database refuses it once their cycle is switched.
    """
    with saying({}), connection.cursor() as cursor:
        cursor.execute(FOLLOWED.format(query=query), parameters or {})
        return int(cursor.rowcount)


@transaction.atomic
def end_promise(
    *, promise: Promise, ended_on: date, asked_on: date, reason: str, note: str, by: str, on: date,
    grounds: Mapping[str, Any],
) -> None:  # fmt: skip
    """Mettre fin à un engagement repris: `ended_on` is its first day without. `billing.promise_ends` decides of it.

    Refused when its end is there already, before its first day, or while the other system follows it.
    """
    keys = {"elsewhere_promiseend_pkey": ENDED_ALREADY, "promise_end_fits_its_kind": NOT_OF_ITS_KIND}
    with saying(keys):
        PromiseEnd.objects.create(
            account_id=promise.account_id, kind=promise.kind, number=promise.number, ended_on=ended_on,
            asked_on=asked_on, reason=reason, note=note, ended_by=by, recorded_on=on,
        )  # fmt: skip
    told = {"kind": promise.kind, "number": promise.number, "ended_on": ended_on.isoformat(), "reason": reason}
    told |= {"asked_on": asked_on.isoformat()} | ({"note": note} if note else {})
    journal.record("end_promise", about=f"account:{promise.account_id}", by=by, on=on, grounds={**told, **grounds})


@transaction.atomic
def review_plan(
    *, plan: Promise, month_on: date, from_on: date, cents: int, year_cents: int, balance_cents: int, reason: str,
    by: str, on: date, grounds: Mapping[str, Any],
) -> None:  # fmt: skip
    """Réviser des versements égaux: from `from_on` others of `cents` take their place; `billing.plan_reviews` decides.

    Refused when they were reviewed already, have ended, or while the other system follows them.
    """
    terms = plan.schedule
    assert terms is not None
    number = f"R-{from_on}"
    told = {"replaces": plan.number, "review_month": month_on.month}
    told |= {"debit_day": terms.day} if plan.terms.get("debit_day") else {"day": terms.day}
    once = {"elsewhere_planreview_pkey": REVIEWED_ALREADY, "elsewhere_undertaking_pkey": REVIEWED_ALREADY}
    with saying(once):
        Undertaking.objects.create(account_id=plan.account_id, kind=UndertakingKind.EQUAL_PAYMENTS, number=number,
                                   starts_on=from_on, live=True, amount_cents=cents, terms=told)  # fmt: skip
        PlanReview.objects.create(
            account_id=plan.account_id, number=plan.number, replaced_by=number, month_on=month_on, from_on=from_on,
            year_cents=year_cents, balance_cents=balance_cents, instalment_cents=cents, reason=reason, reviewed_by=by,
            recorded_on=on,
        )  # fmt: skip
    said = {"number": plan.number, "from_on": from_on.isoformat(), "before_cents": plan.cents, "after_cents": cents}
    said |= {"year_cents": year_cents, "balance_cents": balance_cents, "reason": reason}
    journal.record("review_plan", about=f"account:{plan.account_id}", by=by, on=on, grounds={**said, **grounds})


@transaction.atomic
def open_balances(*, query: str, by: str, on: date, parameters: Mapping[str, Any] | None = None) -> int:
    """Inscrire les soldes repris: account_id, ledger_account_id, on_date, due_on, number, cents of each row of `query`.

    Each is an entry between its account and the clearing account of the takeover; how many were entered. Refused
    when a period is closed, as any entry.
    """
    names = "account_id, ledger_account_id, on_date, due_on, number, cents"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO elsewhere_opening ({names}) SELECT {names} FROM ({query}) q", parameters or {})
        made = read(cursor, NEW_ENTRIES, ENTRY_KINDS)
    if not set(np.unique(made["ledger_account_id"]).tolist()) <= {Chart.RECEIVABLE, Chart.DEPOSITS}:
        raise refuse("Un solde repris est celui d’un compte client ou d’un dépôt.", field="ledger_account_id")
    for day in np.unique(made["on_date"]):
        rows = {name: column[made["on_date"] == day] for name, column in made.items()}
        _enter(rows, day.item())
    owed = made["ledger_account_id"] == Chart.RECEIVABLE
    grounds = {"receivable_cents": int(made["cents"][owed].sum()), "deposit_cents": -int(made["cents"][~owed].sum())}
    journal.record("open_balances", about=f"openings:×{len(owed)}", by=by, on=on, grounds=grounds)
    return len(made["id"])


def hand_over(*, query: str, by: str, on: date, parameters: Mapping[str, Any] | None = None) -> int:
    """Dire jusqu’où l’ancien système a facturé, by rows of `query` with the columns of `Handover`; how many moved.

    In the caller's transaction. What is said again moves as long as its cycle is not switched; cycles not seen before
    are the old system's still.
    """
    with connection.cursor() as cursor:
        cursor.execute(HANDED_OVER.format(query=query), parameters or {})
        moved = int(cursor.rowcount)
        cursor.execute(NEW_CYCLES, {"by": by, "on": on})
    return moved


@transaction.atomic
def switch_cycles(*, cycles: Collection[int], by: str, on: date, despite: str = "") -> None:
    """Basculer des cycles: from now on Fanal bills them; `despite` is why, where the gate does not say yes.

    Refused when a cycle was not taken over, or is ours already.
    """
    wanted = sorted(set(cycles))
    for cycle in _locked(wanted, ours=False):
        cycle.ours, cycle.changed_by, cycle.changed_on = True, by, on
        cycle.save()
    grounds = {"cycles": wanted} | ({"despite": despite} if despite else {})
    journal.record("switch_cycles", about=f"cycles:×{len(wanted)}", by=by, on=on, grounds=grounds)


@transaction.atomic
def give_back_cycles(*, cycles: Collection[int], by: str, on: date, reason: str) -> None:
    """Rendre des cycles à l’ancien système. Refused once bills of theirs are issued here, and while a run is open."""
    wanted = sorted(set(cycles))
    for cycle in _locked(wanted, ours=True):
        cycle.ours, cycle.changed_by, cycle.changed_on = False, by, on
        with saying({}):
            cycle.save()
    grounds = {"cycles": wanted, "reason": reason}
    journal.record("give_back_cycles", about=f"cycles:×{len(wanted)}", by=by, on=on, grounds=grounds)


def _locked(cycles: Sequence[int], *, ours: bool) -> list[TakenCycle]:
    """Those cycles, locked; refused unless each was taken over and is `ours` as told."""
    found = {it.cycle: it for it in TakenCycle.objects.select_for_update().filter(cycle__in=cycles).order_by("cycle")}
    already = NOT_OURS_YET if ours else OURS_ALREADY
    refuse_any(
        Problem(row, "cycle", already if cycle in found else NOT_TAKEN_OVER, cycle=str(cycle))
        for row, cycle in enumerate(cycles, 1)
        if cycle not in found or found[cycle].ours is not ours
    )
    return list(found.values())


def _enter(rows: dict[str, np.ndarray], on: date) -> None:
    """Post each opening against the clearing account: a debit of its account, or a credit of it."""
    for ledger_account in np.unique(rows["ledger_account_id"]):
        for owed in (True, False):
            some = (rows["ledger_account_id"] == ledger_account) & ((rows["cents"] > 0) == owed)
            sides = (int(ledger_account), int(Chart.TAKEOVER))
            debit, credit = sides if owed else sides[::-1]
            ledger.post_transfers(
                kind=EntryKind.OPENING, account_ids=rows["account_id"][some], sources=rows["id"][some],
                debit=debit, credit=credit, cents=np.abs(rows["cents"][some]), on=on,
            )  # fmt: skip


def _columns(model: type[models.Model]) -> list[str]:
    """Names of the columns of a table that has no generated one."""
    return [field.column for field in model._meta.concrete_fields if not isinstance(field, models.CompositePrimaryKey)]
