"""Compare the bills of an old system with what its own books make here, set of accounts after set of accounts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from fanal.law.shadow.accounts import pairs
from fanal.law.shadow.differences import Class, Found, compare
from fanal.law.shadow.prices import OldTariffs, Terms, tariffs
from fanal.records.journal import acts as journal
from fanal.records.shadow import facts, gather, told
from fanal.records.shadow.gather import Gathered
from fanal.records.shadow.models import Acceptance, ComparedSet, Difference, Run, Tally, Withdrawal
from fanal.records.takeover import facts as takeover
from fanal.values.dates import from_days
from fanal.values.refusal import refuse
from fanal.values.writing import line

SET = 400  # accounts: what is in memory at once


@dataclass(frozen=True, slots=True)
class Opened:
    """A run ready to go on in this session: its books, and how far it is."""

    run_id: int
    tariffs: OldTariffs
    accounts: int
    done: int


@transaction.atomic
def begin_run(*, export_id: int, terms: Terms, by: str, on: date) -> int:
    """Ouvrir une marche en parallèle: its books are made of the prices of the export. Returns its id.

    Refused where there is no such export, no price or no bill; BookError where its prices make no book.
    """
    if takeover.export(export_id) is None:
        raise refuse("L’exportation {export} n’existe pas.", field="export", export=export_id)
    made = tariffs(gather.prices(export_id), terms)
    if not made.tariffs:
        raise refuse("L’exportation {export} n’a pas de prix : rien ne peut être comparé.", export=export_id)
    accounts, bills = gather.count_accounts(export_id)
    if not bills:
        raise refuse("L’exportation {export} n’a pas de facture : rien ne peut être comparé.", export=export_id)
    said = terms.model_dump(mode="json", by_alias=True)
    run = Run.objects.create(
        export_id=export_id, terms=said, digest=_digest(made), accounts=accounts, cycles=gather.cycles(export_id),
        begun_by=by, begun_on=on,
    )  # fmt: skip
    grounds = {"export": export_id, "accounts": accounts, "tariffs": sorted(made.tariffs)}
    journal.record("shadow.begin", about=f"shadow:{run.pk}", by=by, on=on, grounds=grounds)
    return run.pk


def open_run(*, run_id: int) -> Opened:
    """Ready a run to go on from where it is, in this session; it writes nothing that lasts."""
    run = _run(run_id)
    made = tariffs(gather.prices(run.export_id), Terms.model_validate(run.terms))
    if _digest(made) != run.digest:
        raise refuse("Les prix de l’exportation {export} ont changé : ouvrir une autre marche.", export=run.export_id)
    gather.prepare(run.export_id)
    return Opened(run_id, made, run.accounts, sum(run.sets.values_list("accounts", flat=True)))


@transaction.atomic
def compare_set(*, opened: Opened, by: str, on: date, many: int = SET) -> int:
    """Comparer les comptes suivants: their differences and their tally; how many accounts, 0 when it is over."""
    run = Run.objects.select_for_update().get(pk=opened.run_id)
    last = run.sets.order_by("-place").first()
    if last and last.is_last:
        return 0
    numbers = gather.following(last.through if last else "", many)
    gathered = gather.accounts(numbers)
    found = compare(opened.tariffs, pairs([it.account for it in gathered], opened.tariffs))
    made = ComparedSet.objects.create(
        run=run, place=last.place + 1 if last else 1, through=numbers[-1] if numbers else last.through if last else "",
        accounts=len(numbers), is_last=not gather.following(numbers[-1], 1) if numbers else True,
    )  # fmt: skip
    _keep(made, gathered, found, opened.tariffs)
    if made.is_last:
        kinds = Counter[str]()
        for kind, bills in Tally.objects.filter(compared__run=run).values_list("kind", "bills"):
            kinds[kind] += bills
        journal.record("shadow.end", about=f"shadow:{run.pk}", by=by, on=on, grounds={"bills": dict(kinds)})
    return len(numbers)


@transaction.atomic
def accept_finding(*, run_id: int, code: str, about: str, bills: int, reason: str, by: str, on: date) -> None:
    """Accepter un constat: those bills of that run differ for that reason, and a person says why it may stand.

    Refused without a reason, where the run is not over, where it found another count, and what is accepted already.
    """
    why = line(reason, missing="Dire pourquoi ce constat peut être accepté.", most=Acceptance.REASON_MAX)
    run = Run.objects.select_for_update(of=("self",)).filter(pk=run_id, sets__is_last=True).first()
    if run is None:
        raise refuse("La marche en parallèle {run} n’est pas finie.", field="run", run=run_id)
    found = next((it for it in facts.findings(run_id) if (it.code, it.about) == (code, about)), None)
    if found is None or found.bills != bills:
        raise refuse("Ce constat n’est plus celui de la marche {run} : le relire avant de l’accepter.", run=run_id)
    if found.accepted_by:
        raise refuse("Ce constat est déjà accepté, par {by}.", by=found.accepted_by)
    said = {"code": code, "about": about, "bills": bills, "there_cents": found.there_cents, "reason": why}
    try:
        with transaction.atomic():
            Acceptance.objects.create(run=run, **said, accepted_by=by, accepted_on=on, again=found.withdrawn)
    except IntegrityError:  # the same of another run, meanwhile
        raise refuse("Ce constat est déjà accepté.") from None
    journal.record("shadow.accept", about=f"shadow:{run.pk}", by=by, on=on, grounds=said)


@transaction.atomic
def withdraw_acceptance(*, acceptance_id: int, reason: str, by: str, on: date) -> None:
    """Retirer une acceptation: the finding stands against leaving again, until a person accepts it anew.

    Refused without a reason, where there is no such acceptance, and where it is withdrawn already.
    """
    why = line(reason, missing="Dire pourquoi cette acceptation est retirée.", most=Acceptance.REASON_MAX)
    accepted = Acceptance.objects.select_for_update().filter(pk=acceptance_id).first()
    if accepted is None:
        raise refuse("Aucune acceptation ne porte le numéro {id}.", field="acceptance", id=acceptance_id)
    if before := Withdrawal.objects.filter(acceptance=accepted).first():
        raise refuse("Cette acceptation est déjà retirée, par {by}.", by=before.withdrawn_by)
    Withdrawal.objects.create(acceptance=accepted, reason=why, withdrawn_by=by, withdrawn_on=on)
    grounds = {"acceptance": acceptance_id, "code": accepted.code, "about": accepted.about, "bills": accepted.bills,
               "there_cents": accepted.there_cents, "accepted_by": accepted.accepted_by, "reason": why}  # fmt: skip
    journal.record("shadow.withdraw", about=f"shadow:{accepted.run_id}", by=by, on=on, grounds=grounds)


def _keep(made: ComparedSet, gathered: Sequence[Gathered], found: Sequence[Found], old: OldTariffs) -> None:
    """Count what a set came to, and keep what differs in full."""
    home = {it.account.number: it for it in gathered}
    tallies: dict[tuple[str, int, str, str], list[int]] = {}
    rows = []
    for it in found:
        own = home[it.pair.old.account]
        issued_on = own.issued_on.get(it.pair.old.number) or from_days(it.pair.old.end)
        tally = tallies.setdefault((own.cycle, issued_on.year, it.pair.old.tariff, it.kind), [0, 0, 0])
        for place, value in enumerate((1, it.pair.old.total, it.here.total if it.here else 0)):
            tally[place] += value
        if it.kind != Class.SAME:
            rows.append(_difference(made, own, issued_on, it, old))
    Tally.objects.bulk_create(
        Tally(
            compared=made, cycle=cycle, year=year, tariff=tariff, kind=kind, bills=bills, there_cents=there,
            here_cents=here,
        )
        for (cycle, year, tariff, kind), (bills, there, here) in tallies.items()
    )  # fmt: skip
    Difference.objects.bulk_create(rows, batch_size=500)


def _difference(made: ComparedSet, own: Gathered, issued_on: date, it: Found, old: OldTariffs) -> Difference:
    bill = it.pair.old
    here: dict[str, Any] | None = told.here(it.here, old.tariffs[bill.tariff], it.pair) if it.here else None
    return Difference(
        compared=made, number=bill.number, account=bill.account, cycle=own.cycle, tariff=bill.tariff,
        issued_on=issued_on, kind=it.kind, code=it.code, facts=it.facts, there_cents=bill.total,
        here_cents=it.here.total if it.here else None, there=told.there(bill), here=here, given=told.given(it.pair),
    )  # fmt: skip


def _digest(made: OldTariffs) -> str:
    """What all the books of a run are, and its fee."""
    books = [f"{code}:{made.tariffs[code].book.digest}" for code in sorted(made.tariffs)]
    return sha256("\n".join([*books, repr(made.fees), repr(sorted(made.fee_not_for))]).encode()).hexdigest()


def _run(run_id: int) -> Run:
    found = Run.objects.filter(pk=run_id).first()
    if found is None:
        raise refuse("La marche en parallèle {run} n’existe pas.", field="run", run=run_id)
    return found
