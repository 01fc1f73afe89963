"""Prélèvements: batches for the bank, each prepared by a person and released by another; their file and its returns."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fanal.doors import debits
from fanal.doors.desk import debit_words
from fanal.doors.desk.language import current
from fanal.doors.desk.pages.account_drawer import step, told
from fanal.doors.desk.refused import aloud, beside, said
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.records.payments import debits as acts
from fanal.reports import debits as report
from fanal.reports.debits import Held, KnownBatch, Row
from fanal.values import person, wording
from fanal.values.refusal import Refused

SHOWN = 500
RETURNS_SINCE = timedelta(days=60)
A_WEEK = timedelta(days=6)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WRONG_DAY = {"invalid": gettext_lazy("Une date s’écrit comme 2026-11-16.")}


class Preparing(forms.Form):
    """The days of a batch, both included, and whether what came back for want of funds is presented again."""

    from_on = forms.DateField(
        label=gettext_lazy("Du"), widget=DAY, input_formats=["%Y-%m-%d"], error_messages=WRONG_DAY
    )
    to_on = forms.DateField(label=gettext_lazy("au"), widget=DAY, input_formats=["%Y-%m-%d"], error_messages=WRONG_DAY)
    again = forms.BooleanField(
        label=gettext_lazy("Présenter de nouveau ce qui est revenu faute de fonds"), required=False
    )


def listing(request: HttpRequest) -> HttpResponse:
    """The batches, what waits, what came back; a new batch and a file of returns begin here."""
    return _listing(request, None)


def prepare(request: HttpRequest) -> HttpResponse:
    """Prepare a batch of what is debited on the days asked."""
    form = Preparing(request.POST)
    if form.is_valid():
        days = form.cleaned_data
        try:
            made = debits.prepare(from_on=days["from_on"], to_on=days["to_on"] + timedelta(days=1),
                                  again=days["again"], by=request.user.username, on=today())  # fmt: skip
        except Refused as refused:
            beside(form, refused)
        else:
            messages.success(request, _("Lot préparé. Une autre personne le remet."))
            return redirect("debits_batch", made)
    return _listing(request, form, status=422)


def returns(request: HttpRequest) -> HttpResponse:
    """Read a file of returns of the bank: all of it, or nothing."""
    sent = request.FILES.get("file")
    if sent is None:
        return _listing(request, None, status=422, problems=[_("Choisir le fichier des retours.")])
    try:
        done = debits.take_returns(sent.read(), by=request.user.username, on=today())
    except Refused as refused:
        lines = [_("Ligne %(row)s : %(said)s") % {"row": it.row, "said": said(it)} if it.row else said(it)
                 for it in refused.problems]  # fmt: skip
        return _listing(request, None, status=422, problems=lines)
    new, already = len(done.new), done.already
    known = ngettext("%(count)s retour inscrit.", "%(count)s retours inscrits.", new) % {"count": new}
    if already:
        known += " " + ngettext("%(count)s déjà inscrit.", "%(count)s déjà inscrits.", already) % {"count": already}
    messages.success(request, known)
    for it in done.unread:
        messages.warning(request, _("Ligne %(row)s : %(said)s") % {"row": it.row, "said": said(it)})
    return redirect("debits")


def settle(request: HttpRequest) -> HttpResponse:
    """Receive the debits whose day has come."""
    count = acts.settle_debits(by=request.user.username, on=today())
    known = ngettext("%(count)s prélèvement encaissé.", "%(count)s prélèvements encaissés.", count) % {"count": count}
    messages.success(request, known)
    return redirect("debits")


def page(request: HttpRequest, batch_id: int) -> HttpResponse:
    """A batch: what it takes, from whom, what it held and why, its totals."""
    known, on = _known(batch_id), today()
    found, held = report.rows(known)
    kept = [it for it in found if it.it.state != "WITHDRAWN"]
    rows = [_row(it, on) for it in found[:SHOWN]]
    mine = person.key(request.user.username) == person.key(known.prepared_by)
    kind, word = debit_words.BATCHES[known.state]
    context = {
        "it": known, "last_on": known.to_on - timedelta(days=1), "state": (kind, _(word)), "rows": rows,
        "held": [_held(it) for it in held[:SHOWN]], "held_count": len(held),
        "count": len(kept), "cents": sum(it.it.cents for it in kept), "all": len(found),
        "held_cents": sum(it.cents for it in held), "mine": mine, "tab": "promised", "as_of": on,
        "is_open": known.state == "PREPARED", "taken_out": len(found) - len(kept),
        "returned_cents": sum(it.it.cents for it in kept if it.it.state == "RETURNED"),
        "returned_count": sum(it.it.state == "RETURNED" for it in kept),
        "may_release": may_open(request.roles, "debits_release"), "may_take": may_open(request.roles, "debits_file"),
    }  # fmt: skip
    return render(request, "desk/debits/page.html", context)


def release(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Release the batch of another person: its file is numbered and kept."""
    try:
        number = debits.release(batch=_known(batch_id), by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Lot remis : le fichier %(number)04d attend la trésorerie.") % {"number": number})
    return redirect("debits_batch", batch_id)


def abandon(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Abandon a prepared batch, with a reason."""
    given = {"reason": request.POST.get("reason", ""), "by": request.user.username, "on": today()}
    try:
        acts.abandon_debits(batch_id=_known(batch_id).id, **given)
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Lot abandonné : ce qu’il tenait peut aller dans un autre."))
    return redirect("debits_batch", batch_id)


def file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The file of a batch for the bank, the same bytes each time; the journal keeps who took it."""
    known = _known(batch_id)
    content = debits.take_file(batch=known, by=request.user.username, on=today())
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{debits.file_name(known)}"'
    answer["Cache-Control"] = "no-store"
    return answer


def why(request: HttpRequest, batch_id: int, debit_id: int) -> HttpResponse:
    """« Pourquoi ? » of the amount and the day of a debit."""
    known = _known(batch_id)
    row = report.row(known, debit_id) if debit_id < 2**63 else None
    if row is None:
        raise Http404
    template = "desk/accounts/drawer.html" if request.htmx else "desk/debits/why.html"
    return render(request, template, {"it": known, "row": row, "told": _told(row)})


def _told(row: Row) -> dict[str, Any]:
    it, lang = row.it, current()
    amount, day = wording.money(it.cents, lang), wording.day(it.debited_on, lang)
    steps = [
        step(_(debit_words.KINDS[it.kind]), _("échoit le %(day)s") % {"day": wording.day(it.due_on, lang)},
             wording.money(it.prepared_cents, lang)),
        step(_("Le client le sait depuis le %(day)s") % {"day": wording.day(it.told_on, lang)},
             _("au moins 10 jours avant, comme la règle H1 le demande")),
    ]  # fmt: skip
    if it.cents < it.prepared_cents:
        steps.append(step(_("Payé autrement entre la préparation et la remise"), "",
                          wording.change(it.cents - it.prepared_cents, lang)))  # fmt: skip
    if it.attempt > 1:
        steps.append(step(_("Présenté de nouveau, une fois"), _("le premier est revenu faute de fonds")))
    if it.withdrawn:
        steps.append(step(_("Retiré du lot"), _(debit_words.HOLDS[it.withdrawn])))
    elif it.state == "RETURNED":
        found = debit_words.returned(it)
        steps.append(step(_("Retourné par la banque, code %(code)s") % {"code": it.return_code}, found["words"]))
    elif it.received:
        steps.append(step(_("Encaissé le %(day)s") % {"day": day}, it.reference, amount))
    return told(_("Pourquoi : %(amount)s, le %(day)s ?") % {"amount": amount, "day": day},
                _("%(amount)s se prélève le %(day)s au compte finissant par %(ends)s.")
                % {"amount": amount, "day": day, "ends": it.account_ends}, steps)  # fmt: skip


def _listing(
    request: HttpRequest, form: Preparing | None, *, status: int = 200, problems: list[str] | None = None
) -> HttpResponse:
    on = today()
    try:
        ahead, missing = debits.profile().window.days_ahead, []
    except Refused as refused:
        ahead, missing = 0, [said(it) for it in refused.problems]
    first = on + timedelta(days=ahead)
    batches = [{"it": it, "last_on": it.to_on - timedelta(days=1), "kind": debit_words.BATCHES[it.state][0],
                "word": _(debit_words.BATCHES[it.state][1])} for it in report.batches()]  # fmt: skip
    back = [{"row": it} | debit_words.returned(it.it) for it in report.returned(on - RETURNS_SINCE)[:SHOWN]]
    context = {
        "form": form or Preparing(initial={"from_on": first, "to_on": first + A_WEEK}), "batches": batches,
        "missing": missing, "problems": problems or [], "waiting": report.waiting(on), "back": back, "tab": "promised",
        "as_of": on,
    }  # fmt: skip
    context |= {f"may_{act}": may_open(request.roles, f"debits_{act}") for act in ("prepare", "returns", "settle")}
    return render(request, "desk/debits/listing.html", context, status=status)


def _known(batch_id: int) -> KnownBatch:
    known = report.batch(batch_id) if batch_id < 2**63 else None
    if known is None:
        raise Http404
    return known


def _row(row: Row, on: date) -> dict[str, Any]:
    kind, word = debit_words.state(row.it, on)
    why = _(debit_words.HOLDS[row.it.withdrawn]) if row.it.withdrawn else ""
    if row.it.state == "RETURNED":
        found = debit_words.returned(row.it)
        why = f"{found['words']} ({found['code']})"
    return {"row": row, "what": _(debit_words.KINDS[row.it.kind]), "kind": kind, "word": word, "why": why}


def _held(it: Held) -> dict[str, Any]:
    return {"it": it, "what": _(debit_words.KINDS[it.kind]), "why": _(debit_words.HOLDS[it.hold])}
