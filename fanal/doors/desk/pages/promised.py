"""Engagements: what falls due by instalment or debit, the notices that run, the deposits that are held."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.desk import debit_words
from fanal.doors.desk.asked import day_asked
from fanal.doors.desk.debit_words import KINDS
from fanal.doors.desk.pages.ledger import as_csv
from fanal.doors.office import today
from fanal.links.accounting import decimal
from fanal.reports import debits, plan_reviews
from fanal.reports import promised as report
from fanal.reports.debits import KnownDebit
from fanal.reports.promised import Coming, Stage

VIEWS = {
    "versements": gettext_noop("Versements et prélèvements"), "avis": gettext_noop("Avis en cours"),
    "revisions": gettext_noop("Révisions"), "depots": gettext_noop("Dépôts"),
}  # fmt: skip
STAGES = {
    Stage.LATE_RUNS: ("", gettext_noop("Avis de retard : le délai court")),
    Stage.NOTICE_MAY_LEAVE: ("warn", gettext_noop("Avis d’interruption permis")),
    Stage.NOTICE_RUNS: ("", gettext_noop("Avis d’interruption : le délai court")),
    Stage.MAY_DISCONNECT: ("bad", gettext_noop("Interruption permise")),
    Stage.WINTER: ("info", gettext_noop("Protégé par l’hiver")),
    Stage.LAPSED: ("", gettext_noop("Avis d’interruption périmé")),
    Stage.INCOMPLETE: ("warn", gettext_noop("Avis d’interruption sans effet")),
    Stage.STOPPED: ("good", gettext_noop("Plus rien d’échu")),
}  # fmt: skip
BEFORE, AHEAD = timedelta(days=10), timedelta(days=31)
LONGEST = timedelta(days=400)  # of a file
SHOWN = timedelta(days=62)  # of a page


def page(request: HttpRequest) -> HttpResponse:
    """One of the lists."""
    view = request.GET.get("voir", "")
    view = view if view in VIEWS else "versements"
    context: dict[str, Any] = {"view": view, "views": {key: _(word) for key, word in VIEWS.items()}, "tab": "promised",
                               "as_of": today()}  # fmt: skip
    if view == "versements":
        context |= _coming(request)
    elif view == "avis":
        rows = [it for it in report.under_notice(today()) if it.stage != Stage.STOPPED]
        context["rows"] = [{"it": it, "kind": STAGES[it.stage][0], "word": _(STAGES[it.stage][1])} for it in rows]
    elif view == "revisions":
        context["rows"] = waiting = plan_reviews.awaited(today())
        context |= {"owed_cents": sum(max(it.review.spread_cents, 0) for it in waiting),
                    "credit_cents": sum(max(-it.review.spread_cents, 0) for it in waiting)}  # fmt: skip
    else:
        context["rows"] = found = report.deposits(today())
        context |= {"held_cents": sum(it.cents for it in found), "due": sum(it.is_to_return for it in found),
                    "to_pay_cents": sum(it.due_cents for it in found if it.is_ours),
                    "interest_cents": sum(it.interest_cents for it in found)}  # fmt: skip
    return render(request, "desk/promised/page.html", context)


def file(request: HttpRequest) -> HttpResponse:
    """What falls due, to collect it: the days asked."""
    from_on, to_on = _days(request)
    return as_csv(f"versements-{from_on}-{to_on}.csv", _csv_rows(report.coming(today(), from_on, to_on)))


def _coming(request: HttpRequest) -> dict[str, Any]:
    from_on, asked_to = _days(request)
    to_on = min(asked_to, from_on + SHOWN)
    found, on = report.coming(today(), from_on, to_on), today()
    last = debits.presented({it.who.account_id for it in found if it.debited})
    days = [
        {"on": day, "rows": [_row(it, on, last.get(it.key)) for it in rows], "cents": sum(it.cents for it in rows),
         "left_cents": sum(it.left_cents for it in rows)}
        for day, rows in ((day, list(rows)) for day, rows in groupby(found, key=lambda it: it.due_on))
    ]  # fmt: skip
    late = [it for it in found if it.due_on < on and it.left_cents]
    return {
        "days": days, "from_on": from_on, "to_on": to_on - timedelta(days=1), "count": len(found),
        "asked_to": asked_to - timedelta(days=1), "shown": SHOWN.days,
        "coming_cents": sum(it.left_cents for it in found if it.due_on >= on), "late_count": len(late),
        "late_cents": sum(it.left_cents for it in late),
    }  # fmt: skip


def _row(it: Coming, on: date, last: KnownDebit | None) -> dict[str, Any]:
    """What falls due, and the batch that takes it from the bank account."""
    known = {"it": it, "what": _(KINDS[it.kind]), "batch": last.batch_id if last else 0}
    if not it.left_cents:
        return known | {"kind": "good", "word": _("Reçu")}
    if last is not None and not last.received:
        kind, word = debit_words.state(last, on)
        return known | {"kind": kind, "word": word.capitalize()}
    return known | ({"kind": "", "word": _("À venir")} if it.due_on >= on else {"kind": "bad", "word": _("Non reçu")})


def _days(request: HttpRequest) -> tuple[date, date]:
    """The days asked, the last one included; some around today without any."""
    on = today()
    from_on, last_on = day_asked(request, "du") or on - BEFORE, day_asked(request, "au") or on + AHEAD
    from_on = min(max(from_on, on - LONGEST), on + LONGEST)
    last_on = min(max(last_on, from_on), from_on + LONGEST)
    return from_on, last_on + timedelta(days=1)


def _csv_rows(found: Sequence[Coming]) -> Iterable[Sequence[Any]]:
    yield (_("jour"), _("compte"), _("nom"), _("sorte"), _("montant"), _("reste"), _("prélevé"), _("compte bancaire"))
    for it in found:
        debited = _("oui") if it.debited else _("non")
        ends = f"…{it.account_ends}" if it.account_ends else ""
        yield (it.due_on.isoformat(), it.who.number, it.who.customer, _(KINDS[it.kind]), decimal(it.cents, ","),
               decimal(it.left_cents, ","), debited, ends)  # fmt: skip
