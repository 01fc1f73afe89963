"""The life of a book: proposed, then activated by a second person or withdrawn; and its rehearsals, kept.

Each act is one transaction. The last book activated of a code is the one that bills are rated with.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from fanal.law.tariffs.book import Book as Tariff
from fanal.law.tariffs.book import dump
from fanal.law.tariffs.changes import first_change
from fanal.records.billing import proposal_facts, shelf
from fanal.records.billing.models import Proposal, ProposalState, Rehearsal
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.values.refusal import refuse
from fanal.values.writing import line

SECOND_PERSON = "Une deuxième personne active le livre : pas celle qui l’a proposé."
REWRITES = (
    "Ce livre change des prix à compter du {since}, avant le {on} : le proposer comme rétroactif, ou les dater d’un "
    "jour à venir."
)
DECIDED = "Le livre de la proposition {id} est déjà {state}."
UNDER_ISSUE = "Le lot {run} est en émission : activer quand il sera émis."
SENTENCES = {
    "one_open_proposal_per_code": "Une proposition de ce livre est déjà ouverte : l’activer ou la retirer d’abord.",
    "proposal_people_have_names": "Dire qui agit et pourquoi : un nom et une note, sans espace autour.",
    "proposal_activated_by_a_second_person": SECOND_PERSON,
    "proposal_withdrawn_says_why": "Dire pourquoi la proposition est retirée.",
    "proposal_rewrites_no_past_unsaid": "Ce livre change des prix déjà passés : le proposer comme rétroactif, ou les "
    "dater d’un jour à venir.",
}


@transaction.atomic
def propose_book(*, book: Tariff, note: str, by: str, on: date, retroactive: bool = False) -> int:
    """Proposer un livre, checked whole by its reader: the id of the proposal.

    Refused when it is in another currency than the accounts, when it leaves a line out of its taxes, when one is open
    for the code, when nothing would change, and when it rewrites the past without saying so.
    """
    shelf.require_our_currency([book])
    shelf.require_every_charge_taxed(book)
    current = shelf.current(book.code)
    if current and current.digest == book.digest:
        raise refuse("Le livre {book} est déjà celui-là : rien n’y changerait.", field="book", book=book.code)
    since = first_change(current, book) if current else None
    if since and since < on and not retroactive:
        raise refuse(REWRITES, field="retroactive", since=since, on=on)
    if current:
        shelf.keep(current)  # what it is compared with stays readable
    note = line(note, missing=SENTENCES["proposal_people_have_names"], field="note")
    with saying(SENTENCES):
        made = Proposal.objects.create(
            code=book.code, digest=book.digest, content=dump(book), replaces=current.digest if current else "",
            changes_from_on=since, retroactive=retroactive, note=note, proposed_by=by, proposed_on=on,
        )  # fmt: skip
    grounds = {"proposal": made.pk, "digest": book.digest, "from": since and since.isoformat(), "note": made.note,
               "retroactive": retroactive}  # fmt: skip
    journal.record("billing.propose_book", about=f"book:{book.code}", by=by, on=on, grounds=grounds)
    return made.pk


@transaction.atomic
def activate_book(*, proposal_id: int, by: str, on: date) -> None:
    """Activer un livre, by a second person; bills computed from then on are rated with it.

    Decided again now: refused when the book it was compared with has changed, when its prices have become past, and
    while a run that it touches is being issued.
    """
    proposal = _open(proposal_id)
    tariff = shelf.proposed(proposal.digest)
    current = shelf.current(proposal.code)
    if (current.digest if current else "") != proposal.replaces:
        raise refuse(
            "Le livre {book} a changé depuis la proposition : la retirer et proposer de nouveau.",
            field="proposal_id",
            book=proposal.code,
        )
    if proposal.changes_from_on and proposal.changes_from_on < on and not proposal.retroactive:
        raise refuse(REWRITES, field="retroactive", since=proposal.changes_from_on, on=on)
    with connection.cursor() as cursor:  # whoever issues waits, or has begun: then we wait for the end
        cursor.execute("SELECT id FROM billing_run WHERE state NOT IN ('ISSUED', 'ABANDONED') ORDER BY id FOR UPDATE")
    touched = proposal_facts.touched(proposal.pk, proposal.code, proposal.changes_from_on, on)
    if issuing := [it.run_id for it in touched.runs if it.state == "ISSUING"]:
        raise refuse(UNDER_ISSUE, field="proposal_id", run=str(issuing[0]))
    shelf.keep(tariff)
    _decide(proposal, ProposalState.ACTIVATED, by, on)
    grounds = {"proposal": proposal_id, "digest": proposal.digest, "subscriptions": touched.subscriptions,
               "bills": touched.bills, "runs": [it.run_id for it in touched.runs]}  # fmt: skip
    journal.record("billing.activate_book", about=f"book:{proposal.code}", by=by, on=on, grounds=grounds)


@transaction.atomic
def withdraw_book(*, proposal_id: int, by: str, on: date, reason: str) -> None:
    """Retirer une proposition, by anyone, with a reason."""
    proposal = _open(proposal_id)
    proposal.reason = line(reason, missing=SENTENCES["proposal_withdrawn_says_why"])
    _decide(proposal, ProposalState.WITHDRAWN, by, on)
    grounds = {"proposal": proposal_id, "reason": proposal.reason}
    journal.record("billing.withdraw_book", about=f"book:{proposal.code}", by=by, on=on, grounds=grounds)


def _open(proposal_id: int) -> Proposal:
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise refuse("La proposition {id} n’existe pas.", field="proposal_id", id=str(proposal_id))
    if proposal.state != ProposalState.PROPOSED:
        raise refuse(DECIDED, field="state", id=str(proposal_id), state=ProposalState(proposal.state).label)
    return proposal


def _decide(proposal: Proposal, state: ProposalState, by: str, on: date) -> None:
    proposal.state, proposal.decided_by, proposal.decided_on = state, by, on
    with saying(SENTENCES):
        proposal.save(update_fields=["state", "decided_by", "decided_on", "reason"])


# ── rehearse ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ask_rehearsal(
    *, book: Tariff, replaced: Sequence[str], from_on: date, to_on: date, dated: bool, by: str, on: date,
    proposal_id: int | None = None,
) -> int:  # fmt: skip
    """Demander une répétition of a book, proposed or not: its id. The worker computes it and keeps the outcome."""
    compared = shelf.books(replaced)
    shelf.require_our_currency([book, *compared.values()])
    for it in compared.values():
        shelf.keep(it)  # what it is compared with stays readable
    with saying({"rehearsal_has_days": "La période doit finir après son début."}):
        made = Rehearsal.objects.create(
            proposal_id=proposal_id, code=book.code, digest=book.digest, content=dump(book),
            replaced={code: it.digest for code, it in compared.items()}, from_on=from_on, to_on=to_on, dated=dated,
            by=by, on=on,
        )  # fmt: skip
    grounds = {"rehearsal": made.pk, "digest": book.digest, "proposal": proposal_id}
    journal.record("billing.rehearse_book", about=f"book:{book.code}", by=by, on=on, grounds=grounds)
    return made.pk


@transaction.atomic
def keep_rehearsal(*, rehearsal_id: int, outcome: dict[str, Any], by: str, on: date) -> None:
    """Garder le résultat of a rehearsal; what is kept stays, a second outcome is dropped."""
    if Rehearsal.objects.filter(pk=rehearsal_id, outcome__isnull=True).update(outcome=outcome):
        code = Rehearsal.objects.values_list("code", flat=True).get(pk=rehearsal_id)
        grounds = {"rehearsal": rehearsal_id}
        journal.record("billing.keep_rehearsal", about=f"book:{code}", by=by, on=on, grounds=grounds)
