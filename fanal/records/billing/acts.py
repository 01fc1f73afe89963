"""The life of a bill run: open, compute, review, approve by a second person, issue; or abandon.

Each act is one transaction. Computing and issuing go chunk by chunk, so that a killed run goes on where it stopped.
"""

from datetime import date
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from fanal.law import explain
from fanal.law.conditions import ch04_billing
from fanal.law.delays import holidays
from fanal.law.in_force import in_force
from fanal.law.metering import plausibility
from fanal.law.metering.plausibility import Fix, HoldReason
from fanal.records import columns
from fanal.records.billing import correction, facts, gather, issue, modes
from fanal.records.billing.correction import WhyWrong
from fanal.records.billing.draft import Drafts, Terms, draft, due_subscriptions
from fanal.records.billing.models import (
    BilledDays,
    Chunk,
    Correction,
    Hold,
    Review,
    ReviewAct,
    Run,
    RunState,
    Series,
    Verdict,
)
from fanal.records.billing.shelf import ShelvedBook, shelve
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger import acts as ledger
from fanal.records.ledger import facts as ledger_facts
from fanal.records.metering import estimates as metering
from fanal.records.notices import acts as notices
from fanal.values import person
from fanal.values.refusal import in_each, refuse
from fanal.values.wording import Lang
from fanal.values.writing import line

SUBSCRIPTIONS_PER_CHUNK = 4_000
UNDER_WAY = (RunState.OPEN, RunState.COMPUTED, RunState.APPROVED, RunState.ISSUING)  # where long work is done
COMPUTED_TABLES = (("billing_hold", "bill_id"), ("billing_quantity", "bill_id"), ("billing_measure", "bill_id"),
                   ("billing_line", "bill_id"), ("billing_bill", "id"))  # fmt: skip
VOID_REVIEWS = """
INSERT INTO billing_review (account_id, bill_id, act, reason, by_whom, on_date)
SELECT account_id, bill_id, 'RESET', 'facture calculée de nouveau', by_whom, on_date FROM (
    SELECT DISTINCT ON (bill_id) * FROM billing_review WHERE bill_id = ANY(%s) ORDER BY bill_id, id DESC) last
WHERE act <> 'RESET'
"""
KEEP_QUANTITIES = """
INSERT INTO billing_quantity (account_id, bill_id, name, value)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
"""
ONE_OPEN_RUN = "Un autre lot est déjà ouvert pour ce cycle : l’émettre ou l’abandonner d’abord."
SECOND_PERSON = (
    "Une deuxième personne approuve le lot : ni celle qui l’a ouvert, ni celle qui l’a revu en tout ou en partie."
)
NO_DECISION = "Une décision accepte la facture ou la reporte, et dit pourquoi."
NO_NAME = "Dire qui agit : un nom, sans espace autour."
NAMES = {"run_people_have_names": NO_NAME, "correction_people_have_names": NO_NAME}
ELSEWHERE = "Le lot {run} est {state} ; il faudrait qu’il soit {wanted}."
OTHERWISE_READY = "La tranche {position} a {count} factures prêtes ; {reserved} numéros sont réservés."
SUSPENDED, NOT_SUSPENDED = "Le lot {run} est déjà suspendu.", "Le lot {run} n’est pas suspendu."
SECOND_TO_CORRECT = "Une deuxième personne approuve la correction : pas celle qui l’a proposée."
ONE_OPEN_CORRECTION = "Une correction de cet abonnement attend déjà : l’approuver, la refuser ou la retirer d’abord."
UNDONE = "(aperçu)"  # why, and who approves, what is only shown
BEHIND = (
    "Des factures du lot ({count}) ont été calculées avec un livre de tarifs remplacé depuis : rouvrir le lot s’il est "
    "revu, et le calculer de nouveau."
)
STALE = "Ce lieu a été facturé ou corrigé depuis le calcul."


def terms_on(on: date) -> Terms:
    """The figures of the municipality in force that day."""
    bylaw = settings.FANAL_BYLAW
    return Terms(
        in_force(ch04_billing.Terms, bylaw, "ch04_billing", on=on),
        in_force(plausibility.Terms, bylaw, "plausibility", on=on),
    )


# ── open ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_run(*, on: date, cycle: int, by: str, opened_on: date | None = None) -> int:
    """Ouvrir un lot for a cycle (0: all): what is due and read by the day `on`, cut into chunks.

    `opened_on` is the day of the act when it is another. Refused while another run is open for the cycle.
    """
    if on > (opened_on or on):
        raise refuse("Le lot du {on} est dans l’avenir.", field="on", on=on)
    if cycle and not facts.cycle_exists(cycle):
        raise refuse("Le cycle {cycle} n’existe pas.", field="cycle", cycle=str(cycle))
    if not (ids := facts.subscription_ids(cycle, on)):
        raise refuse("Personne n’est abonné avant le {on} : il n’y a rien à facturer.", field="on", on=on)
    with saying(NAMES | {"one_open_run_per_cycle": ONE_OPEN_RUN}):
        run = Run.objects.create(on=on, cycle=cycle, opened_by=by)
    slices = [ids[at : at + SUBSCRIPTIONS_PER_CHUNK] for at in range(0, len(ids), SUBSCRIPTIONS_PER_CHUNK)]
    Chunk.objects.bulk_create(
        Chunk(
            run=run,
            position=position,
            first_subscription_id=int(some[0]),
            last_subscription_id=int(some[-1]),
            subscriptions=len(some),
        )
        for position, some in enumerate(slices, 1)
    )
    shelve(facts.book_codes(ids[0], ids[-1]))
    journal.record("billing.open_run", about=f"run:{run.pk}", by=by, on=opened_on or on, grounds={"cycle": cycle})
    return run.pk


# ── compute ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def compute_chunk(*, run_id: int, position: int) -> int:
    """Calculer une tranche, or calculate it again: the number of bills. Harmless to repeat."""
    run = _locked(run_id, RunState.OPEN, RunState.COMPUTED, shared=True)
    chunk = Chunk.objects.select_for_update().get(run=run, position=position)
    computed = _compute(run, chunk.first_subscription_id, chunk.last_subscription_id)
    chunk.computed, chunk.bills = True, computed
    chunk.save(update_fields=["computed", "bills"])
    return computed


@transaction.atomic
def compute_one(*, run_id: int, subscription_id: int, by: str, on: date) -> int:
    """Calculer de nouveau une facture of an open run, once its reads or its estimate were mended."""
    run = _locked(run_id, RunState.COMPUTED)
    computed = _compute(run, subscription_id, subscription_id)
    journal.record(
        "billing.compute_one", about=f"subscription:{subscription_id}", by=by, on=on, grounds={"run": run_id}
    )
    return computed


@transaction.atomic
def finish_computing(*, run_id: int, by: str, on: date) -> None:
    """Terminer le calcul, once every chunk is computed."""
    run = _locked(run_id, RunState.OPEN, RunState.COMPUTED)
    if facts.chunks_to_compute(run_id):
        raise refuse("Toutes les tranches du lot ne sont pas calculées : reprendre le calcul.")
    _move(run, RunState.COMPUTED)
    journal.record("billing.compute_run", about=f"run:{run_id}", by=by, on=on, grounds=facts.run_totals(run_id))


def _compute(run: Run, first: int, last: int, *, to_on: date | None = None) -> int:
    """Discard and rebuild the bills of those subscriptions; to the day `to_on` exactly when it is given."""
    scope = gather.Scope(on=to_on or run.on, cycle=0 if to_on else run.cycle, first=first, last=last)
    books, terms = shelve(facts.book_codes(first, last)), terms_on(run.on)
    with connection.cursor() as cursor:
        _discard(cursor, run.pk, first, last)
        due = gather_due(cursor, scope, books, terms, every=to_on is not None)
        if not len(due["subscription_id"]):
            return 0
        drafts = draft(cursor, due, run.pk, scope, books, terms, exact=to_on is not None)
        _write(cursor, drafts)
    return len(drafts.bills["id"])


def gather_due(
    cursor: Any, scope: gather.Scope, books: dict[int, ShelvedBook], terms: Terms, *, every: bool
) -> columns.Columns:
    """Due subscriptions of the scope; with `every`, those that are not due as well."""
    if every:
        return gather.subscriptions(cursor, scope, {book.tariff.code: book.id for book in books.values()})
    return due_subscriptions(cursor, scope, books, terms)


def _write(cursor: Any, drafts: Drafts) -> None:
    kept = np.array([0, *metering.keep_estimates(estimates=drafts.estimates)], np.int64)
    estimate_id = drafts.measures["estimate_id"]
    drafts.measures["estimate_id"] = np.where(estimate_id < 0, kept[np.maximum(-estimate_id, 0)], estimate_id)
    columns.write(cursor, "billing_bill", drafts.bills)
    for table, rows in (("billing_line", drafts.lines), ("billing_measure", drafts.measures)):
        if rows and len(rows["bill_id"]):
            columns.write(cursor, table, rows)
    cursor.execute(KEEP_QUANTITIES, drafts.quantities)
    Hold.objects.bulk_create(
        Hold(account_id=it.account_id, bill_id=it.bill_id, reason=it.reason, evidence=it.evidence)
        for it in drafts.holds
    )


def _discard(cursor: Any, run_id: int, first: int, last: int) -> None:
    """Delete the computed rows of a range of subscriptions of an open run."""
    cursor.execute(
        "SELECT account_id, id FROM billing_bill WHERE id BETWEEN %s AND %s",
        [(run_id << 33) | (first << 1), (run_id << 33) | (last << 1) | 1],
    )
    if not (keys := cursor.fetchall()):
        return
    accounts, bills = (list(column) for column in zip(*keys, strict=True))
    cursor.execute(VOID_REVIEWS, [bills])
    for table, key in COMPUTED_TABLES:
        cursor.execute(
            f"DELETE FROM {table} t USING unnest(%s::bigint[], %s::bigint[]) AS gone(account_id, id) "
            f"WHERE t.account_id = gone.account_id AND t.{key} = gone.id",
            [accounts, bills],
        )


# ── review and approve ───────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def review_bill(*, run_id: int, subscription_id: int, act: str, reason: str, by: str, on: date) -> None:
    """Décider d'une facture: ACCEPT a held one as it is, or POSTPONE it to a later run; with a reason."""
    _locked(run_id, RunState.COMPUTED)
    bill = facts.computed_bill(run_id, subscription_id)
    if bill is None:
        raise refuse(
            "L’abonnement {subscription} n’a pas de facture dans le lot {run}.",
            field="subscription_id",
            subscription=str(subscription_id),
            run=str(run_id),
        )
    if act not in (ReviewAct.ACCEPT, ReviewAct.POSTPONE):
        raise refuse(NO_DECISION, field="act")
    reason = line(reason, missing=NO_DECISION)
    stuck = [it for it in facts.hold_reasons(bill.account_id, bill.id) if Fix.ACCEPT not in HoldReason(it).fixes]
    if act == ReviewAct.ACCEPT and stuck:
        raise refuse("Cette facture ne s’accepte pas telle quelle : {why}.", field="act", why=_titles(stuck[0]))
    Review.objects.create(account_id=bill.account_id, bill_id=bill.id, act=act, reason=reason, by=by, on=on)
    grounds = {"act": act, "reason": reason}
    journal.record("billing.review_bill", about=f"bill:{bill.id}", by=by, on=on, grounds=grounds)


@transaction.atomic
def finish_review(*, run_id: int, by: str, on: date) -> None:
    """Terminer la revue: what is still held stays out of the run."""
    run = _locked(run_id, RunState.COMPUTED)
    _refuse_behind(run_id)
    run.reviewed_by = by
    _move(run, RunState.REVIEWED, "reviewed_by")
    journal.record("billing.review_run", about=f"run:{run_id}", by=by, on=on, grounds=facts.run_totals(run_id))


@transaction.atomic
def approve_run(*, run_id: int, by: str, on: date) -> None:
    """Approuver le lot, by a second person; its bills are frozen from the review on."""
    run = _locked(run_id, RunState.REVIEWED)
    if person.key(by) in {person.key(run.opened_by), person.key(run.reviewed_by)} | facts.reviewers(run_id):
        raise refuse(SECOND_PERSON, field="by")
    run.approved_by = by
    _move(run, RunState.APPROVED, "approved_by")
    journal.record("billing.approve_run", about=f"run:{run_id}", by=by, on=on, grounds=facts.run_totals(run_id))


@transaction.atomic
def reopen_run(*, run_id: int, by: str, on: date) -> None:
    """Rouvrir le lot for more work, while nothing is issued; it must be reviewed and approved again."""
    run = _locked(run_id, RunState.REVIEWED, RunState.APPROVED)
    run.reviewed_by = run.approved_by = ""
    _move(run, RunState.COMPUTED, "reviewed_by", "approved_by")
    journal.record("billing.reopen_run", about=f"run:{run_id}", by=by, on=on)


@transaction.atomic
def abandon_run(*, run_id: int, by: str, on: date, reason: str) -> None:
    """Abandonner le lot, while nothing is issued; its computed bills are discarded."""
    reason = line(reason, missing="Dire pourquoi le lot est abandonné : le journal le garde.")
    run = _locked(run_id, RunState.OPEN, RunState.COMPUTED, RunState.REVIEWED, RunState.APPROVED)
    if run.state in (RunState.REVIEWED, RunState.APPROVED):
        run.reviewed_by = run.approved_by = ""
        _move(run, RunState.COMPUTED, "reviewed_by", "approved_by")
    with connection.cursor() as cursor:
        for chunk in run.chunks.all():
            _discard(cursor, run_id, chunk.first_subscription_id, chunk.last_subscription_id)
    _move(run, RunState.ABANDONED)
    journal.record("billing.abandon_run", about=f"run:{run_id}", by=by, on=on, grounds={"reason": reason})


@transaction.atomic
def pause_run(*, run_id: int, by: str, on: date, paused: bool = True) -> None:
    """Suspendre (or reprendre) le lot: whoever works on it stops after the chunk under way.

    Refused when there is no work to suspend, or when it is already so.
    """
    # Without the lock of the other acts: it would wait for the chunk under way.
    if not Run.objects.filter(pk=run_id, state__in=UNDER_WAY, paused=not paused).update(paused=paused):
        _locked(run_id, *UNDER_WAY, shared=True)
        raise refuse(SUSPENDED if paused else NOT_SUSPENDED, field="state", run=str(run_id))
    journal.record("billing.pause_run" if paused else "billing.resume_run", about=f"run:{run_id}", by=by, on=on)


def _locked(run_id: int, *states: RunState, shared: bool = False) -> Run:
    """The run, whose state stays until the transaction ends; `shared` with those who work on its other chunks."""
    lock = "KEY SHARE" if shared else "UPDATE"  # key share: who asks for an update is not starved
    run = next(iter(Run.objects.raw(f"SELECT * FROM billing_run WHERE id = %s FOR {lock}", [run_id])), None)
    if run is None:
        raise refuse("Le lot {run} n’existe pas.", field="run_id", run=str(run_id))
    if run.state not in states:
        state, wanted = RunState(run.state).label, [it.label for it in states]
        raise refuse(ELSEWHERE, field="state", run=str(run_id), state=state, wanted=wanted)
    return run


def _titles(code: int) -> dict[Lang, str]:
    """A reason to hold a bill, in each language."""
    return in_each(HoldReason(code).title)


def _refuse_behind(run_id: int) -> None:
    if count := facts.bills_behind(run_id):
        raise refuse(BEHIND, field="state", count=count)


def _move(run: Run, state: RunState, *fields: str) -> None:
    """To its next station; what was suspended is over, but for an issue that begins."""
    run.state = state
    run.paused &= state == RunState.ISSUING
    second = ("run_approved_by_a_second_person", "run_issued_only_once_approved")
    with saying(NAMES | dict.fromkeys(second, SECOND_PERSON)):
        run.save(update_fields=["state", "paused", *fields])


# ── issue ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def begin_issuing(*, run_id: int, by: str, on: date) -> None:
    """Commencer l'émission: decide again of each bill, then reserve the numbers of those that leave."""
    run = _locked(run_id, RunState.APPROVED)
    if (closed := ledger_facts.closed_through()) and closed >= on:
        raise refuse(
            "La période comptable est fermée jusqu’au {closed} : émettre à une date plus tardive.", closed=closed
        )
    _refuse_behind(run_id)
    series = _locked_series(on.year)  # first: corrections take it too
    for bill in facts.stale_bills(run_id):
        Review.objects.create(**bill, act=ReviewAct.POSTPONE, reason=STALE, by=by, on=on)
    chunks = list(run.chunks.order_by("position"))
    ready = facts.ready_counts(run_id, [(it.first_subscription_id, it.last_subscription_id) for it in chunks])
    for chunk, bills in zip(chunks, ready, strict=True):
        chunk.bills, chunk.first_number = bills, on.year * 10**9 + series.next_number
        series.next_number += bills
    Chunk.objects.bulk_update(chunks, ["bills", "first_number"])
    series.save(update_fields=["next_number"])
    _move(run, RunState.ISSUING)
    journal.record("billing.begin_issuing", about=f"run:{run_id}", by=by, on=on, grounds={"bills": sum(ready)})


def _locked_series(year: int) -> Series:
    Series.objects.get_or_create(year=year)
    return Series.objects.select_for_update().get(year=year)


@transaction.atomic
def issue_chunk(*, run_id: int, position: int, on: date) -> int:
    """Émettre une tranche: numbers, due dates, claims on the days, postings, delivery orders; all or nothing."""
    run = _locked(run_id, RunState.ISSUING, shared=True)
    chunk = Chunk.objects.select_for_update().get(run=run, position=position)
    if chunk.issued or not chunk.bills:
        Chunk.objects.filter(pk=chunk.pk).update(issued=True)
        return 0
    with connection.cursor() as cursor:
        span = (run_id, chunk.first_subscription_id, chunk.last_subscription_id)
        ready = facts.ready_bills(cursor, *span, on)
        count = len(ready["bill_id"])
        if count != chunk.bills:
            raise refuse(OTHERWISE_READY, position=str(position), count=count, reserved=chunk.bills)
        numbered = issue.issues(
            ready,
            first_number=chunk.first_number,
            on=on,
            terms=terms_on(on).billing,
            closed=holidays(settings.FANAL_BYLAW),
        )
        columns.write(cursor, "billing_issue", numbered)
        modes.keep(cursor, ready, on=on)
        BilledDays.objects.filter(bill_id__in=ready["reverses_id"][ready["reverses_id"] > 0].tolist()).delete()
        columns.write(cursor, "billing_billeddays", issue.claims(ready, on))
        ledger.post_entries(postings=issue.postings(ready, facts.lines(cursor, *span), on))
        notices.queue_deliveries(deliveries=issue.deliveries(ready, on))
    Chunk.objects.filter(pk=chunk.pk).update(issued=True)
    return count


@transaction.atomic
def finish_issuing(*, run_id: int, by: str, on: date) -> None:
    """Terminer l'émission, once every chunk is issued."""
    run = _locked(run_id, RunState.ISSUING)
    if run.chunks.filter(issued=False).exists():
        raise refuse("Toutes les tranches du lot ne sont pas émises : reprendre l’émission.")
    _move(run, RunState.ISSUED)
    journal.record("billing.issue_run", about=f"run:{run_id}", by=by, on=on, grounds=facts.run_totals(run_id))


# ── correct ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def preview_correction(
    *, subscription_id: int, from_bill_id: int, why: WhyWrong, by: str, on: date
) -> correction.Preview:
    """Montrer une correction: done by the acts that will do it, then undone. Nothing of it is kept."""
    if why.reported_on > on:
        raise refuse("Le signalement ou le constat ne vient pas après la proposition.", field="reported_on")
    with transaction.atomic():
        bills, _ = _redo(subscription_id, from_bill_id, UNDONE, by=by, approved_by=UNDONE, on=on)
        transaction.set_rollback(True)
    return correction.Preview(bills=bills, period=correction.period(bills, why, on))


@transaction.atomic
def propose_correction(*, subscription_id: int, from_bill_id: int, why: WhyWrong, by: str, on: date) -> int:
    """Proposer une correction of a bill and all after it: its id. What is shown is kept; another person decides."""
    reason = line(why.reason, missing="Une correction demande une raison écrite.")
    shown = preview_correction(subscription_id=subscription_id, from_bill_id=from_bill_id, why=why, by=by, on=on)
    for obstacle in shown.period.obstacles:
        raise refuse("{why}", field="from_bill_id", why=explain.in_each(obstacle))
    account_id = facts.live_bills_from(subscription_id, from_bill_id)[0].account_id
    with saying(NAMES | {"one_open_correction_per_subscription": ONE_OPEN_CORRECTION}):
        proposal = Correction.objects.create(
            account_id=account_id, subscription_id=subscription_id, bill_id=from_bill_id,
            cause=why.cause, reason=reason, reported_on=why.reported_on, period_known=why.period_known,
            customer_knew=why.customer_knew, shown=[it.as_dict() for it in shown.bills],
            difference_cents=shown.difference_cents, period=explain.as_dict(shown.period),
            proposed_by=by, proposed_on=on,
        )  # fmt: skip
    grounds = {"correction": proposal.pk, "cause": why.cause, "reason": proposal.reason, "bills": len(shown.bills),
               "difference_cents": shown.difference_cents}  # fmt: skip
    about = f"subscription:{subscription_id}"
    journal.record("billing.propose_correction", about=about, by=by, on=on, grounds=grounds)
    return proposal.pk


@transaction.atomic
def approve_correction(*, correction_id: int, by: str, on: date) -> list[int]:
    """Approuver une correction, as a second person: credit notes, then new bills for the same days; their ids.

    What was issued stays. Refused when it would not do exactly what was shown.
    """
    proposal = _waiting(correction_id)
    if person.key(by) == person.key(proposal.proposed_by):
        raise refuse(SECOND_TO_CORRECT, field="by")
    people = {"by": proposal.proposed_by, "approved_by": by}
    bills, made = _redo(proposal.subscription_id, proposal.bill_id, proposal.reason, **people, on=on)
    shown = [facts.BillAgain.kept(it) for it in proposal.shown]
    if bills != shown:
        raise correction.moved(shown, bills)
    _decide(proposal, Verdict.APPROVED, by, on)
    grounds = {"correction": correction_id, "cause": proposal.cause, "reason": proposal.reason,
               "reversed": [it.bill_id for it in bills], "made": made, "difference_cents": proposal.difference_cents,
               "proposed_by": proposal.proposed_by, "approved_by": by}  # fmt: skip
    about = f"subscription:{proposal.subscription_id}"
    journal.record("billing.correct_bills", about=about, by=by, on=on, grounds=grounds)
    return [it for it in made if it]


@transaction.atomic
def refuse_correction(*, correction_id: int, by: str, on: date, reason: str) -> None:
    """Refuser une correction, or withdraw one's own; with a reason."""
    proposal = _waiting(correction_id)
    proposal.refused_because = line(reason, missing="Dire pourquoi la correction est refusée ou retirée.")
    _decide(proposal, Verdict.REFUSED, by, on)
    grounds = {"correction": correction_id, "reason": proposal.refused_because, "proposed_by": proposal.proposed_by}
    about = f"subscription:{proposal.subscription_id}"
    journal.record("billing.refuse_correction", about=about, by=by, on=on, grounds=grounds)


def _redo(
    subscription_id: int, from_bill_id: int, reason: str, *, by: str, approved_by: str, on: date
) -> tuple[list[facts.BillAgain], list[int]]:
    """Take back the live bills from that one on, the last first, and bill their days again; 0 where none is left."""
    _locked_series(on.year)  # first: a run that reserves its numbers waits, then leaves out what was corrected
    live = facts.live_bills_from(subscription_id, from_bill_id)
    if not live:
        raise refuse("Cette facture n’est pas en vigueur : il n’y a rien à corriger.", field="from_bill_id")
    if (run_id := facts.leaving_in(subscription_id)) is not None:
        raise refuse(
            "Le lot {run} tient une facture de cet abonnement, prête à partir : l’émettre, la reporter ou "
            "l’abandonner d’abord.",
            run=str(run_id),
        )
    for bill in reversed(live):
        run = _correcting_run(subscription_id, by, on)
        with connection.cursor() as cursor:
            cursor.execute(facts.REVERSE_BILL, {"run": run.pk, "account": bill.account_id, "bill": bill.bill_id})
            cursor.execute(facts.REVERSE_QUANTITIES, {"run": run.pk, "account": bill.account_id, "bill": bill.bill_id})
            cursor.execute(facts.REVERSE_LINES, {"run": run.pk, "account": bill.account_id, "bill": bill.bill_id})
        _issue_correction(run, by, approved_by, on)
    made = [_bill_again(bill, reason, by=by, approved_by=approved_by, on=on) for bill in live]
    if number := facts.not_followed(made):
        raise refuse(
            "La facture {number} finit sur un index qui a été corrigé : commencer la correction par elle, sinon des "
            "kWh seraient facturés deux fois, ou jamais.",
            field="from_bill_id", number=facts.bill_number(number),
        )  # fmt: skip
    return facts.bills_again([it.bill_id for it in live], made), made


def _bill_again(bill: BilledDays, reason: str, *, by: str, approved_by: str, on: date) -> int:
    """The id of the new bill for the days of that one; 0 when they are not to be billed any more."""
    subscription_id = bill.subscription_id
    run = _correcting_run(subscription_id, by, on)
    computed = _compute(run, subscription_id, subscription_id, to_on=bill.to_on)
    held = [it.reason for it in facts.held_bills(run.pk)]
    for code in held:
        if Fix.ACCEPT not in HoldReason(code).fixes:
            raise refuse(
                "La nouvelle facture du {from_on} au {to_on} exclu ne pourrait pas partir : {why}.",
                from_on=bill.from_on, to_on=bill.to_on, why=_titles(code),
            )  # fmt: skip
    if held:  # shown to both with their proof
        review_bill(run_id=run.pk, subscription_id=subscription_id, act="ACCEPT", reason=reason, by=by, on=on)
    _issue_correction(run, by, approved_by, on)
    return facts.bill_id(run.pk, subscription_id) if computed else 0


def _correcting_run(subscription_id: int, by: str, on: date) -> Run:
    with saying(NAMES):
        run = Run.objects.create(on=on, cycle=0, corrects_subscription_id=subscription_id, opened_by=by)
    Chunk.objects.create(
        run=run, position=1, first_subscription_id=subscription_id, last_subscription_id=subscription_id,
        subscriptions=1, computed=True,
    )  # fmt: skip
    _move(run, RunState.COMPUTED)
    return run


def _issue_correction(run: Run, by: str, approved_by: str, on: date) -> None:
    finish_review(run_id=run.pk, by=by, on=on)
    approve_run(run_id=run.pk, by=approved_by, on=on)
    begin_issuing(run_id=run.pk, by=by, on=on)
    issue_chunk(run_id=run.pk, position=1, on=on)
    finish_issuing(run_id=run.pk, by=by, on=on)


def _waiting(correction_id: int) -> Correction:
    """The proposal, locked until the transaction ends; refused when it was decided."""
    proposal = Correction.objects.select_for_update().filter(pk=correction_id).first()
    if proposal is None:
        raise refuse("La correction {id} n’existe pas.", field="correction_id", id=str(correction_id))
    if proposal.verdict:
        raise refuse(
            "Cette correction est déjà {verdict} par {by} le {on}.", field="correction_id",
            verdict=Verdict(proposal.verdict).label, by=proposal.decided_by, on=proposal.decided_on,
        )  # fmt: skip
    return proposal


def _decide(proposal: Correction, verdict: Verdict, by: str, on: date) -> None:
    proposal.verdict, proposal.decided_by, proposal.decided_on = verdict, by, on
    with saying(NAMES | {"correction_approved_by_a_second_person": SECOND_TO_CORRECT}):
        proposal.save(update_fields=["verdict", "decided_by", "decided_on", "refused_because"])
