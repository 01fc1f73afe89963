"""Aujourd’hui: where the office stands when a person comes in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.proposals import DECIDERS, same
from fanal.doors.desk.pages.runs import APPROVERS
from fanal.doors.desk.routes import routes
from fanal.doors.desk.summed import summed
from fanal.doors.office import today
from fanal.law.explain import fill
from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing.proposal_facts import KnownProposal, proposals
from fanal.reports import corrections
from fanal.reports import today as report
from fanal.reports.bill_runs import RunTotals

# What the sentences of a hold may name.
NAMED = ("index", "previous", "kwh", "usual", "days", "from_on", "to_on", "estimates", "message", "book",
         "register")  # fmt: skip


def page(request: HttpRequest) -> HttpResponse:
    """The home page of every role."""
    stands = report.today(today())
    held = [{"bill": it, "name": f"{it.run_id}:{it.subscription_id}", **_why(it)} for it in stands.held]
    money = summed("money", today(), report.money)
    known = {"today": stands, "money": money, "held": held, "last": _first(stands.issued_runs),
             "sees_runs": routes()["run"].admits(request.roles),
             "opens_runs": routes()["run_open"].admits(request.roles)}  # fmt: skip
    if request.roles & APPROVERS:
        known["corrections"] = corrections.waiting()
    known["proposals"] = _to_activate(request)
    return render(request, "desk/today/page.html", known)


def _to_activate(request: HttpRequest) -> list[KnownProposal]:
    """The proposed books that this person may activate."""
    if not request.roles & DECIDERS:
        return []
    me = same(request.user.username)
    return [it for it in proposals() if it.is_open and same(it.proposed_by) != me]


def _first(runs: list[RunTotals]) -> RunTotals | None:
    return runs[0] if runs else None


def _why(held: report.HeldLine) -> dict[str, Any]:
    """The reason in the language of the page, with the figures that prove it; one that was not kept is said unknown."""
    if not held.reason:
        return {"reason": _("Reportée"), "proof": held.decision_reason}
    reason, facts = HoldReason(held.reason), {**dict.fromkeys(NAMED), **held.evidence, "total": held.total_cents}
    if reason == HoldReason.TOTAL_SWING:
        facts["usual"] = facts.get("usual_cents")
    finding = {"fr": "{kwh:kWh}, d’habitude {usual:kWh}.", "en": "{kwh:kWh}, usually {usual:kWh}."}
    facts["finding"] = {lang: fill(text, facts, lang) for lang, text in finding.items()}
    return {"reason": reason.title(current()), "proof": reason.proof(facts, current())}
