"""Le rapprochement d’une reprise: what the old system counted of itself beside ours, and each difference explained."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.desk.language import current
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import queue
from fanal.doors.migration.printed import reconciliation_pdf
from fanal.doors.office import today
from fanal.records.takeover import faults
from fanal.reports import reconciliation as report
from fanal.reports.reconciliation import AccountDifference, Check, Reconciliation, Side, Verdict, Waiting
from fanal.values import wording

GROUPS = {
    "accounts": gettext_noop("Comptes"), "money": gettext_noop("Montants"), "energy": gettext_noop("Énergie"),
    "places": gettext_noop("Abonnements et compteurs"), "files": gettext_noop("Lignes de chaque fichier"),
}  # fmt: skip
VERDICTS = {
    Verdict.SAME: ("good", gettext_noop("égal")), Verdict.EXPLAINED: ("info", gettext_noop("expliqué")),
    Verdict.RED: ("bad", gettext_noop("sans explication")), Verdict.UNKNOWN: ("", gettext_noop("pas comparé")),
}  # fmt: skip
WHAT = {
    "unstated": gettext_noop("absent du fichier de contrôle"),
    "balance": gettext_noop("solde"), "last_bill": gettext_noop("dernière facture"),
    "estimate": gettext_noop("estimation ouverte"),
}  # fmt: skip
# What we count where the old system states no total; all others are in its own words.
OUR_TOTALS = (
    gettext_noop("Factures, selon ce qui est reçu"), gettext_noop("Paiements, selon ce qui est reçu"),
    gettext_noop("Dépôts détenus, selon ce qui est reçu"), gettext_noop("Solde des comptes, selon ce qui est reçu"),
    gettext_noop("Abonnements actifs"), gettext_noop("Compteurs en place"),
)  # fmt: skip


def page(request: HttpRequest) -> HttpResponse:
    """The last reconciliation of the last export that was loaded."""
    export = report.last_loaded()
    kept = report.last(export) if export else None
    job = queue.last_job(kind=queue.RECONCILE, subject=export.id) if export else None
    context: dict[str, Any] = {
        "export": export, "job": job, "said": how_far(job) if job and job.is_live else "",
        "failed": job.said[current()] if job and job.state == "FAILED" else "",
        "may_reconcile": may_open(request.roles, "reconciliation_make"),
    }  # fmt: skip
    if kept:
        context |= {"event": kept[0], **_told(kept[1])}
    return render(request, "desk/reconciliation/page.html", context)


def make(request: HttpRequest) -> HttpResponse:
    """Ask for a reconciliation; the worker does it and the journal keeps it."""
    if (export := report.last_loaded()) is None:
        raise Http404
    queue.ask(kind=queue.RECONCILE, subject=export.id, by=request.user.username, on=today())
    return redirect("reconciliation")


def pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper, for who must sign it."""
    export = report.last_loaded()
    kept = report.last(export) if export else None
    if kept is None:
        return redirect("reconciliation")  # which says what comes first
    answer = HttpResponse(reconciliation_pdf(kept[1], on=kept[0].on, lang=current()), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="rapprochement.pdf"'
    return answer


def _told(found: Reconciliation) -> dict[str, Any]:
    counts = {verdict: sum(it.verdict == verdict for it in found.checks) for verdict in Verdict}
    return {
        "found": found,
        "same": counts[Verdict.SAME],
        "explained": counts[Verdict.EXPLAINED],
        "red": sum(it.stands_against for it in found.checks) + found.unexplained,
        "groups": [
            {"key": key, "title": _(title), "rows": [_row(it) for it in found.checks if it.group == key]}
            for key, title in GROUPS.items()
        ],
        "accounts": [_account(it) for it in found.differences],
        "waiting": [_waiting(it) for it in found.waiting],
    }


def _row(check: Check) -> dict[str, Any]:
    kind, word = VERDICTS[check.verdict]
    sides = (check.theirs, check.ours, check.waiting, check.rest)
    names = ("theirs", "ours", "waiting", "rest")
    told = {name: _side(side, check.unit) for name, side in zip(names, sides, strict=True)}
    unread = bool(check.to_read) and check.rest == check.to_read
    label = _(check.label) if check.label in OUR_TOTALS else check.label
    return {"label": label, "kind": kind, "word": _(word), "unread": unread, **told}


def _side(side: Side, unit: str) -> str:
    """The amount of a total; its count where it is one of rows or moves nothing."""
    lang = current()
    if unit == "rows" or not side.amount:
        return wording.number(side.count, lang) if side.count else "–"
    return wording.money(side.amount, lang) if unit == "cents" else f"{wording.number(side.amount, lang)} kWh"


def _account(it: AccountDifference) -> dict[str, Any]:
    kind, word = VERDICTS[Verdict.EXPLAINED if it.explained else Verdict.RED]
    rows = [_("%(file)s, ligne %(line)s") % {"file": row["file"], "line": row["line"]} for row in it.rows]
    if it.to_read_cents:
        rows.append(_("à lire : %(amount)s") % {"amount": wording.money(it.to_read_cents, current())})
    return {"it": it, "kind": kind, "word": _(word), "rows": rows, "what": [_(WHAT[name]) for name in it.what]}


def _waiting(it: Waiting) -> dict[str, Any]:
    return {"it": it, "title": faults.title(it.code, current())}
