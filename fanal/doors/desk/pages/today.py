"""Aujourd’hui: where the office stands when a person comes in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fanal.doors.desk.language import current
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.summed import summed
from fanal.doors.office import today
from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing.facts import bill_number
from fanal.records.billing.proposal_facts import KnownProposal, proposals
from fanal.reports import corrections
from fanal.reports import today as report
from fanal.reports.bill_runs import RunTotals
from fanal.reports.holds import proof
from fanal.reports.to_correct import ToCorrect, to_correct
from fanal.values import person, wording


def page(request: HttpRequest) -> HttpResponse:
    """The home page of every role."""
    stands = report.today(today())
    held = [{"bill": it, "name": f"{it.run_id}:{it.subscription_id}", **_why(it)} for it in stands.held]
    money, (wrong, wrong_count) = summed("today", today(), lambda on: (report.money(on), to_correct(on)))
    known = {"today": stands, "money": money, "held": held, "last": _first(stands.issued_runs),
             "sees_runs": may_open(request.roles, "run"),
             "opens_runs": may_open(request.roles, "run_open"),
             "to_correct": [_to_correct(it) for it in wrong], "to_correct_count": wrong_count,
             "sees_corrections": may_open(request.roles, "correction"),
             "may_correct": may_open(request.roles, "correction_new")}  # fmt: skip
    if may_open(request.roles, "correction_approve"):
        known["corrections"] = corrections.waiting()
    known["proposals"] = _to_activate(request)
    return render(request, "desk/today/page.html", known)


def _to_activate(request: HttpRequest) -> list[KnownProposal]:
    """The proposed books that this person may activate."""
    if not may_open(request.roles, "proposal_activate"):
        return []
    me = person.key(request.user.username)
    return [it for it in proposals(only_open=True) if person.key(it.proposed_by) != me]


def _to_correct(bill: ToCorrect) -> dict[str, Any]:
    """An issued bill that no longer says what was read, with both indexes."""
    billed, read = (wording.quantity(it, lang=current()) for it in (bill.billed, bill.read))
    return {"bill": bill, "number": bill_number(bill.number), "billed": billed, "read": read}


def _first(runs: list[RunTotals]) -> RunTotals | None:
    return runs[0] if runs else None


def _why(held: report.HeldLine) -> dict[str, Any]:
    """The reason in the language of the page, with the figures that prove it."""
    if not held.reason:
        return {"reason": _("Reportée"), "proof": held.decision_reason}
    reason, lang = HoldReason(held.reason), current()
    return {"reason": reason.title(lang), "proof": proof(reason, held.evidence, lang)}
