"""Facturation : what a run did not bill, each with its reason, the longest first."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.doors.desk.language import current
from fanal.records.billing import facts
from fanal.records.billing.acts import terms_on
from fanal.reports import unbilled as report
from fanal.reports.unbilled import Unbilled, Why

PAGE = 50
BADGES = {Why.HELD: "warn", Why.POSTPONED: "warn", Why.NO_BOOK: "warn", Why.UNEXPLAINED: "bad"}


def page(request: HttpRequest, run_id: int) -> HttpResponse:
    """Every subscription and supplied point of the cycle of a run that it left with days to bill."""
    run = facts.run(run_id) if run_id < 2**31 else None
    if run is None or run.state == facts.RunState.ABANDONED:
        raise Http404
    every = report.unbilled(run, terms_on(run.on).billing)
    counted = report.counts(every)
    wanted = next((it for it in counted if it == request.GET.get("raison")), None)
    rows = [it for it in every if wanted in (None, it.why)]
    pages = max(1, -(-len(rows) // PAGE))
    asked = request.GET.get("page", "")
    number = min(max(1, int(asked) if asked.isdecimal() and len(asked) < 6 else 1), pages)
    known = {
        "run": run,
        "rows": [_shown(it) for it in rows[(number - 1) * PAGE : number * PAGE]],
        "count": len(rows),
        "every": len(every),
        "unexplained": counted.get(Why.UNEXPLAINED, 0),
        "wanted": wanted,
        "filters": [(why.value, report.TITLES[why][current()], count) for why, count in counted.items()],
        "page": number,
        "pages": pages,
    }
    return render(request, "desk/runs/unbilled.html", known)


def _shown(it: Unbilled) -> dict[str, object]:
    holds = [hold.title(current()) for hold in it.holds]
    return {"it": it, "why": report.TITLES[it.why][current()], "badge": BADGES.get(it.why, ""), "holds": holds}
