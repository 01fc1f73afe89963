"""Lots de facturation: open one, compute, review what is held, approve by a second person, issue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from fanal.doors.desk.language import current
from fanal.doors.desk.refused import aloud, beside
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import queue
from fanal.doors.office import today
from fanal.law.conditions import ch04_billing
from fanal.law.in_force import in_force
from fanal.law.metering.plausibility import Fix, HoldReason
from fanal.records.billing import acts, facts
from fanal.reports import bill_runs as report
from fanal.reports import journal
from fanal.reports.holds import proof
from fanal.values import person, wording
from fanal.values.money import half_up
from fanal.values.refusal import Refused

PAGE = 25
NOT_LEFT = ("COMPUTED", "REVIEWED", "APPROVED")  # computed; what will leave may still change
STATIONS = ("OPEN", "COMPUTED", "REVIEWED", "APPROVED", "ISSUING", "ISSUED")
WORKING = {"OPEN": queue.COMPUTE, "APPROVED": queue.ISSUE, "ISSUING": queue.ISSUE}
# The letter of each act of a held bill, and the word of its button.
KEYS = {Fix.ACCEPT: "a", Fix.REREAD: "l", Fix.CORRECT: "c", Fix.RE_ESTIMATE: "e", Fix.POSTPONE: "p"}
WORDS = {
    Fix.ACCEPT: gettext_lazy("Accepter"), Fix.REREAD: gettext_lazy("Relire"), Fix.CORRECT: gettext_lazy("Corriger"),
    Fix.RE_ESTIMATE: gettext_lazy("Estimer autrement"), Fix.POSTPONE: gettext_lazy("Reporter"),
}  # fmt: skip
# Held for an index that nobody would believe: accepted for a reason that is written for it, never for the usual one.
DOUBTFUL = {HoldReason.DECREASING_INDEX, HoldReason.DOUBTFUL_READING}
USUAL_REASON, AGAIN = gettext_noop("Vérifiée à l’écran avec ses preuves"), gettext_noop("Décision revue")


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class OpenRun(forms.Form):
    """What a new run needs: a cycle and the day to which it bills."""

    cycle = forms.TypedChoiceField(label=gettext_lazy("Cycle"), coerce=int)
    on = forms.DateField(
        label=gettext_lazy("Facturer ce qui est relevé jusqu’au"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Une date s’écrit comme 2026-11-16.")},
    )

    def __init__(self, *given: Any, cycles: list[report.Cycle], **named: Any) -> None:
        super().__init__(*given, **named)
        every = (0, _("Tous les cycles")) if len(cycles) > 1 else None
        self.fields["cycle"].choices = [(it.number, _said_cycle(it)) for it in cycles] + ([every] if every else [])


def listing(request: HttpRequest) -> HttpResponse:
    """Every run, those under way first."""
    before = _number(request.GET.get("avant"))
    cycle = _number(request.GET.get("cycle"))
    runs = report.listed(cycle=cycle, before=before, limit=PAGE + 1)
    known = {
        "runs": runs[:PAGE],
        "older": min(it.id for it in runs[:PAGE]) if len(runs) > PAGE else None,
        "cycle": cycle,
        "cycles": report.cycles(),
        "may_open": may_open(request.roles, "run_open"),
    }
    return render(request, "desk/runs/listing.html", known)


def opening(request: HttpRequest) -> HttpResponse:
    """Open a run, and ask at once for its calculation."""
    cycles, given = report.cycles(), request.POST if request.method == "POST" else None
    form = OpenRun(given, cycles=cycles, initial={"on": today(), "cycle": request.GET.get("cycle")})
    if given is not None and form.is_valid():
        try:
            run_id = acts.open_run(**form.cleaned_data, by=request.user.username, opened_on=today())
        except Refused as refused:
            beside(form, refused)
        else:
            _ask(request, run_id, queue.COMPUTE)
            messages.success(request, _("Lot ouvert, calcul demandé."))
            return redirect("run", run_id)
    status = 422 if form.is_bound else 200
    return render(request, "desk/runs/opening.html", {"form": form, "has_cycles": bool(cycles)}, status=status)


def _said_cycle(cycle: report.Cycle) -> str:
    points = ngettext("%(count)s point de livraison", "%(count)s points de livraison", cycle.points)
    points %= {"count": wording.number(cycle.points, current())}
    if cycle.last_on is None:
        return _("Cycle {cycle}, {points}, jamais facturé").format(cycle=cycle.number, points=points)
    last = wording.day(cycle.last_on, current())
    return _("Cycle {cycle}, {points}, dernier lot le {last}").format(cycle=cycle.number, points=points, last=last)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else None


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work as the page shows it; `said` is done of total, time left, end."""

    label: str
    done: int
    total: int
    said: str
    is_live: bool
    failed: str


def page(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run: where it stands, what it is worth, what waits for a person."""
    compared = _compared(run_id)
    missing = compared.run.subscriptions - compared.run.bills if compared.run.state in STATIONS[1:] else 0
    stale = report.stale(run_id) if compared.run.state in NOT_LEFT else []
    compared = replace(compared, run=compared.run.without(stale))
    run = compared.run
    bills, every = report.held(run_id) if run.bills else ([], 0)
    waiting = [it for it in bills if not it.decision]
    reason = _asked(request)
    known = {
        "run": run,
        "figures": list(_figures(compared)),
        "stages": _stages(run, every),
        "progress": _progress(run),
        "waiting": every,
        "missing": max(0, missing),
        "terms": in_force(ch04_billing.Terms, settings.FANAL_BYLAW, "ch04_billing", on=run.on),
        "usual_reason": _(USUAL_REASON),
        "again": _(AGAIN),
        "decided": [_held(it, run) for it in bills if it.decision],
        "reasons": [(it, it.title(current()), count) for it, count in report.by_reason(waiting).items()],
        "reason": reason,
        "unread": every - len(waiting),
        "behind": facts.bills_behind(run.id) if run.state in NOT_LEFT else 0,
        "stale": [{"bill": it, "name": f"{run.id}:{it.subscription_id}"} for it in stale],
        "compared": compared,
        "swings": [_swing(it, run) for it in report.swings(run_id)] if run.bills else [],
        **_shown(request, run, _waiting(waiting, reason)),
        **_rights(request, run),
    }
    return render(request, "desk/runs/page.html", known)


def _shown(request: HttpRequest, run: report.RunTotals, waiting: list[report.HeldBill]) -> dict[str, Any]:
    """The part of the worklist asked for: where the hand goes, else from a row on."""
    asked = _number(request.GET.get("ligne"))
    hand = next((at for at, it in enumerate(waiting) if it.subscription_id == asked), None)
    first = min(_number(request.GET.get("de")) or 0, max(0, len(waiting) - 1)) if hand is None else hand
    first = first // PAGE * PAGE
    current = first if hand is None else hand
    return {
        "rows": [
            _held(it, run) | {"is_current": at == current} for at, it in enumerate(waiting[first : first + PAGE], first)
        ],
        "shown": len(waiting),
        "first": first + 1,
        "last": min(first + PAGE, len(waiting)),
        "next": first + PAGE if first + PAGE < len(waiting) else None,
        "previous": first - PAGE if first else None,
    }


def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far the long work is; once it is over the page is opened again."""
    run = _compared(run_id).run
    known = {"run": run, "progress": _progress(run), **_rights(request, run)}
    answer = render(request, "desk/runs/page.html#progress", known)
    if known["progress"] is None or not known["progress"].is_live:
        answer["HX-Refresh"] = "true"
    return answer


def _compared(run_id: int) -> report.Compared:
    found = report.compared(run_id) if run_id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _rights(request: HttpRequest, run: report.RunTotals) -> dict[str, Any]:
    """What this person may do now, and why not."""
    me, touched = person.key(request.user.username), {person.key(run.opened_by), person.key(run.reviewed_by)}
    if run.state == "REVIEWED" and me not in touched:
        touched |= facts.reviewers(run.id)
    when = {
        "may_write": ("run_compute", STATIONS),
        "may_review": ("run_review", ("COMPUTED",)),
        "may_approve": ("run_approve", () if me in touched else ("REVIEWED",)),
        "may_reopen": ("run_reopen", ("REVIEWED", "APPROVED")),
        "may_issue": ("run_issue", ("APPROVED",)),
        "may_abandon": ("run_abandon", ("OPEN", "COMPUTED", "REVIEWED", "APPROVED")),
    }
    may = {it: run.state in states and may_open(request.roles, route) for it, (route, states) in when.items()}
    return may | {"is_second": me not in touched}


def _stages(run: report.RunTotals, waiting: int) -> list[dict[str, str]]:
    """The five stations with a fact under each."""
    lang = current()
    bills = ngettext("%(count)s facture", "%(count)s factures", run.bills) % {"count": wording.number(run.bills, lang)}
    held = ngettext("%(count)s retenue", "%(count)s retenues", waiting) % {"count": wording.number(waiting, lang)}
    issued = wording.short_day(run.on, lang)
    at = 5 if run.state == "ISSUED" else STATIONS.index(run.state) if run.state in STATIONS else -1
    stations = (
        (_("Ouvert"), run.opened_by),
        (_("Calculé"), bills if at >= 1 else _("en calcul")),
        (_("Révisé"), run.reviewed_by or held),
        (_("Approuvé"), run.approved_by or _("par une autre personne")),
        (_("Émis"), issued),
    )
    current_station = {0: 1, 1: 2, 2: 3, 3: 4, 4: 4, 5: 5}.get(at, -1)
    return [_stage(place, current_station, *station) for place, station in enumerate(stations)]


def _stage(place: int, now: int, title: str, fact: str) -> dict[str, str]:
    """One station; `now` is -1 for a run that was abandoned."""
    state = "done" if place < now else "current" if place == now else ""
    return {"title": title, "fact": fact if now >= 0 else "", "state": state}


def _progress(run: report.RunTotals) -> Progress | None:
    """The work under way, or how it ended when it did not succeed."""
    kind = WORKING.get(run.state, queue.COMPUTE if run.state == "COMPUTED" else None)
    job = queue.last_job(kind=kind, subject=run.id) if kind else None
    if job is None or job.state == "DONE" or (run.state == "COMPUTED" and not job.is_live):
        return None
    if job.state == "FAILED" and run.state == "APPROVED" and _approved_since(run, job):
        return None
    total = job.total or (run.subscriptions if kind == queue.COMPUTE else run.leaving)
    if kind == queue.COMPUTE:
        label = _("Calcul des factures")
    elif run.state == "APPROVED":
        label = _("Vérification des invariants avant d’émettre")
    else:
        label = _("Émission des factures")
    return Progress(
        label,
        min(job.done, total),
        total,
        how_far(job),
        job.is_live,
        job.said[current()] if job.state == "FAILED" else "",
    )


def _approved_since(run: report.RunTotals, job: queue.KnownJob) -> bool:
    """Whether the run was approved again after that work: what it was refused then is of another approval."""
    approved = journal.events(acts=["billing.approve_run"], about=f"run:{run.id}", limit=1)
    return bool(approved and job.ended_at and approved[0].recorded_at > job.ended_at)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _figures(compared: report.Compared) -> list[dict[str, Any]]:
    """Totals against the last run of the cycle and against last year."""
    run = compared.run
    ways: tuple[tuple[str, Callable[[report.RunTotals], int], Callable[[int], str]], ...] = (
        (_("Factures"), lambda it: it.leaving, partial(wording.number, lang=current())),
        (_("Énergie"), lambda it: it.kwh, lambda it: wording.quantity(it // 1000 * 1000, "kWh", current())),
        (_("Avant taxes"), lambda it: it.net_cents, partial(wording.money, lang=current())),
        (_("Total"), lambda it: it.total_cents, partial(wording.money, lang=current())),
        (_("Estimées"), lambda it: it.estimated, partial(wording.number, lang=current())),
    )
    return [
        {
            "label": label,
            "value": shown(of(run)),
            "notes": [
                _against(of(run), of(then), shown, since)
                for then, since in ((compared.last, _("dernier lot")), (compared.year, _("l’an passé")))
                if then
            ],
        }
        for label, of, shown in ways
    ]


def _against(now: int, then: int, shown: Callable[[int], str], since: str) -> str:
    """« + 3,9 %, dernier lot : 4 118 306 kWh »; no share that would say nothing: of none, or of another size of run."""
    if then <= 0 or now == then or now > 11 * then or then > 11 * now:
        return _("{since} : {then}").format(since=since, then=shown(then))
    return _("{change}, {since} : {then}").format(
        change=wording.share(now - then, then, current()), since=since, then=shown(then)
    )


def _swing(bill: report.Swing, run: report.RunTotals) -> dict[str, Any]:
    """A bill far from what it was: the amounts, and the energy of a day that mostly explains them."""
    lang, unit = current(), "kWh"
    return {
        "bill": bill,
        "name": facts.bill_number(bill.number) if bill.number else f"{run.id}:{bill.subscription_id}",
        "difference": wording.change(bill.difference_cents, lang),
        "share": wording.share(bill.difference_cents, bill.expected_cents, lang),
        "per_day": wording.quantity(half_up(bill.kwh, 100 * bill.days) * 100, unit, lang),
        "per_day_then": wording.quantity(half_up(bill.then_kwh, 100 * bill.then_days) * 100, unit, lang),
    }


# ── the worklist ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _reason(text: str | None) -> HoldReason | None:
    code = _number(text)
    return HoldReason(code) if code in {it.value for it in HoldReason} else None


def _waiting(bills: list[report.HeldBill], reason: HoldReason | None) -> list[report.HeldBill]:
    """Those that wait for a decision, for that reason when one is chosen."""
    return [it for it in bills if not it.decision and (reason is None or reason in it.codes)]


def _held(bill: report.HeldBill, run: report.RunTotals) -> dict[str, Any]:
    """A row of the worklist: why it is here, and what to do, the suggested fix first."""
    lang = current()
    told = [(code.title(lang), proof(code, evidence, lang)) for code, evidence in bill.reasons]
    fixes = list(dict.fromkeys(fix for code, _evidence in bill.reasons for fix in code.fixes))
    if any(Fix.ACCEPT not in code.fixes for code in bill.codes):
        fixes = [it for it in fixes if it != Fix.ACCEPT]
    fixes = [*(it for it in fixes if it != Fix.POSTPONE), Fix.POSTPONE]
    usual = next((it["usual_cents"] for _code, it in bill.reasons if it.get("usual_cents")), None)
    return {
        "bill": bill,
        "name": f"{run.id}:{bill.subscription_id}",
        "reasons": told,
        "usual": usual,
        "acts": [{"act": it.name, "word": WORDS[it], "key": KEYS[it], "url": _elsewhere(it, bill)} for it in fixes],
    }


def _elsewhere(fix: Fix, bill: report.HeldBill) -> str:
    """Where readings and the bill before are mended; accepting and postponing are done here."""
    if fix in (Fix.ACCEPT, Fix.POSTPONE):
        return ""
    if fix == Fix.CORRECT and bill.previous and HoldReason.BASIS_CHANGED in bill.codes:
        return reverse("correction_new", args=[facts.bill_number(bill.previous)])
    if fix == Fix.CORRECT and bill.register_id:
        return reverse("reads_correct", args=[bill.delivery_point_id, bill.register_id, bill.read_on.isoformat()])
    chosen = f"&registre={bill.register_id}" if bill.register_id else ""
    return f"{reverse('reads_round', args=[bill.cycle])}?on={bill.read_on.isoformat()}{chosen}"


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def decide(request: HttpRequest, run_id: int) -> HttpResponse:
    """Accept or postpone one bill (its button), or all those that were chosen."""
    act, _sep, subscription = request.POST.get("decide", "").partition(":")
    listed = [subscription] if subscription else request.POST.getlist("chosen")
    chosen = [it for it in map(_number, listed) if it is not None]
    if act not in ("ACCEPT", "POSTPONE") or not chosen:
        messages.error(request, _("Aucune facture n’est choisie : cocher celles qui sont à décider (touche X)."))
        return _back(run_id)
    run, bills = _compared(run_id).run, report.held(run_id)[0]
    given = {"act": act, "reason": request.POST.get("reason", ""), "by": request.user.username, "on": today()}
    doubtful = [it for it in bills if it.subscription_id in chosen and it.codes & DOUBTFUL]
    if act == "ACCEPT" and doubtful and given["reason"].strip() in ("", _(USUAL_REASON), _(AGAIN)):
        known = {"run": run, "chosen": chosen, "rows": [_held(it, run) for it in doubtful], "reason": _asked(request)}
        return render(request, "desk/runs/accepting.html", known, status=422)
    done = 0
    for it in chosen:
        try:
            acts.review_bill(run_id=run_id, subscription_id=it, **given)
            done += 1
        except Refused as refused:
            aloud(request, refused)
    if done:
        said = ngettext("%(count)s facture acceptée.", "%(count)s factures acceptées.", done) if act == "ACCEPT" else (
            ngettext("%(count)s facture reportée.", "%(count)s factures reportées.", done))  # fmt: skip
        messages.success(request, said % {"count": wording.number(done, current())})
    return _to_the_next(request, run_id, bills, chosen)


def recompute(request: HttpRequest, run_id: int) -> HttpResponse:
    """Compute one bill again, once its readings were mended."""
    subscription = _number(request.POST.get("subscription"))
    if subscription is None:
        raise Http404
    bills = report.held(_compared(run_id).run.id)[0]
    _do(request, run_id, partial(acts.compute_one, subscription_id=subscription), _("Facture calculée de nouveau."))
    return _to_the_next(request, run_id, bills, [subscription])


def _asked(request: HttpRequest) -> HoldReason | None:
    """The reason that the list is of, told by the address of its form."""
    return _reason(request.GET.get("motif"))


def _to_the_next(request: HttpRequest, run_id: int, before: list[report.HeldBill], chosen: list[int]) -> HttpResponse:
    """Back to the list, at the row if it still waits; else at the one that followed, or at the last that is left."""
    reason = _asked(request)
    rows = [it.subscription_id for it in _waiting(before, reason)]
    left = {it.subscription_id for it in _waiting(report.held(run_id)[0], reason)}
    last = max((at for at, it in enumerate(rows) if it in chosen), default=len(rows))
    hand = next((it for it in [*rows[last:], *rows[:last][::-1]] if it in left and last < len(rows)), None)
    asked = {"motif": reason.value if reason and left else None, "ligne": hand}
    query = urlencode({name: it for name, it in asked.items() if it is not None})
    return _back(run_id, f"?{query}#retenues" if query else "#retenues")


def compute(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask for the calculation, or go on with it; what suspended it is lifted."""
    return _long(request, run_id, queue.COMPUTE, ("OPEN", "COMPUTED"), _("Calcul demandé."))


def issue(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask for the issue, or go on with it: invariants are verified first, and one that is broken stops all."""
    return _long(request, run_id, queue.ISSUE, ("APPROVED", "ISSUING"), _("Émission demandée."))


def pause(request: HttpRequest, run_id: int) -> HttpResponse:
    """Suspend: the chunk under way is finished, nothing is lost."""
    return _do(request, run_id, acts.pause_run, _("Suspendu après la tranche en cours."))


def review(request: HttpRequest, run_id: int) -> HttpResponse:
    """End the review: what is still held stays out."""
    return _do(request, run_id, acts.finish_review, _("Revue terminée. Une autre personne approuve."))


def approve(request: HttpRequest, run_id: int) -> HttpResponse:
    """Approve, as the second person."""
    return _do(request, run_id, acts.approve_run, _("Lot approuvé."))


def reopen(request: HttpRequest, run_id: int) -> HttpResponse:
    """Open again for more work; review and approval start over."""
    return _do(request, run_id, acts.reopen_run, _("Lot rouvert : il sera révisé et approuvé de nouveau."))


def abandon(request: HttpRequest, run_id: int) -> HttpResponse:
    """Abandon while nothing is issued, with a reason."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Dire pourquoi le lot est abandonné : le journal le garde."))
        return redirect("run", run_id)
    return _do(request, run_id, partial(acts.abandon_run, reason=reason), _("Lot abandonné. Rien n’a été émis."))


def _do(request: HttpRequest, run_id: int, act: Callable[..., Any], done: str, anchor: str = "") -> HttpResponse:
    """One act of the run, then its page; a refusal is said there."""
    if facts.run(run_id) is None:
        raise Http404
    try:
        act(run_id=run_id, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, done)
    return _back(run_id, anchor)


def _long(request: HttpRequest, run_id: int, kind: str, states: tuple[str, ...], done: str) -> HttpResponse:
    known = facts.run(run_id) if run_id < 2**31 else None
    if known is None:
        raise Http404
    if known.state not in states:
        messages.error(request, _("Le lot n’en est pas là : la page dit ce qui peut se faire maintenant."))
        return _back(run_id)
    try:
        with transaction.atomic():
            if known.paused:
                acts.pause_run(run_id=run_id, by=request.user.username, on=today(), paused=False)
            _ask(request, run_id, kind)
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, done)
    return _back(run_id)


def _ask(request: HttpRequest, run_id: int, kind: str) -> None:
    queue.ask(kind=kind, subject=run_id, by=request.user.username, on=today())


def _back(run_id: int, anchor: str = "") -> HttpResponse:
    return redirect(reverse("run", args=[run_id]) + anchor)
