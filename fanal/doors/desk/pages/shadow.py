"""Reprise : the parallel run and what it found, each difference with both sides, and the gate before leaving."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.doors.desk.language import current
from fanal.doors.desk.old_words import word
from fanal.doors.desk.pages.takeover_intake import shown_folders
from fanal.doors.desk.refused import aloud
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import queue
from fanal.doors.office import today
from fanal.law.shadow.prices import terms
from fanal.law.shadow.worded import classes, finding, reason
from fanal.law.tariffs.shelf import BookError
from fanal.records.elsewhere.facts import cycles
from fanal.records.shadow import acts, facts
from fanal.records.shadow.facts import Counted, Finding, KnownDifference, KnownRun
from fanal.records.takeover import facts as takeover
from fanal.reports.gate import Check, gate
from fanal.values import wording
from fanal.values.refusal import Refused

MANY = 50  # differences of a page
BADGES = {"SAME": "good", "UNEXPLAINED": "bad", "OTHER_PRICE": "warn", "MISSING": "warn"}
ASKED = {"classe": "kind", "cycle": "cycle", "annee": "year", "tarif": "tariff", "raison": "code", "prix": "name"}


def page(request: HttpRequest) -> HttpResponse:
    """What the bills of the last run became: by class, cycle, year and tariff."""
    exports = takeover.exports()
    run = facts.last_run()
    known: dict[str, Any] = {"export": exports[0] if exports else None, **_working(run), "run": run}
    known["may_ask"] = may_open(request.roles, "shadow_begin")
    if run:
        known |= {"export": next((it for it in exports if it.id == run.export_id), None), **_counted(run)}
    return render(request, "desk/shadow/page.html", known)


def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far a run is; when it is over the page is opened again."""
    run = _run(run_id)
    known = {"run": run, **_working(run)}
    answer = render(request, "desk/shadow/page.html#progress", known)
    if not known["job"] or not known["job"].is_live:
        answer["HX-Refresh"] = "true"
    return answer


def begin(request: HttpRequest) -> HttpResponse:
    """Ask for a run of the last export, or for the rest of one that stopped."""
    run, exports = facts.last_run(), takeover.exports()
    if not exports:
        raise Http404
    by, on = request.user.username, today()
    going_on = run is not None and not run.ended and run.export_id == exports[0].id
    try:
        run_id = run.id if run and going_on else acts.begin_run(export_id=exports[0].id, terms=terms(), by=by, on=on)
    except Refused as refused:
        aloud(request, refused)
    except BookError as fault:
        messages.error(request, str(fault))
    else:
        queue.ask(kind=queue.COMPARE, subject=run_id, by=by, on=on)
    return redirect("shadow")


def listing(request: HttpRequest, run_id: int) -> HttpResponse:
    """The differences of a run, of one class, cycle, year or tariff."""
    run = _run(run_id)
    wanted = {ASKED[name]: value for name, value in request.GET.items() if name in ASKED}
    if "year" in wanted and not (wanted["year"].isascii() and wanted["year"].isdecimal() and len(wanted["year"]) == 4):
        raise Http404
    said = request.GET.get("page", "1")
    number = int(said) if said.isascii() and said.isdecimal() and 0 < len(said) < 6 else 1
    count = facts.count_differences(run_id, wanted)
    pages = max(-(-count // MANY), 1)
    number = min(max(number, 1), pages)
    found = facts.differences(run_id, wanted=wanted, first=(number - 1) * MANY, many=MANY)
    kept = request.GET.copy()
    kept.pop("page", None)
    known = {
        "run": run, "rows": [_row(it) for it in found], "count": count, "page": number, "pages": pages,
        "asked": kept.urlencode(), "filters": _filters(run_id, wanted), "wanted": wanted,
    }  # fmt: skip
    return render(request, "desk/shadow/listing.html", known)


def difference(request: HttpRequest, difference_id: int) -> HttpResponse:
    """One bill under both derivations, line beside line."""
    it = _difference(difference_id)
    known = _row(it) | {"sides": _sides(it), "meters": _meters(it)}
    return render(request, "desk/shadow/difference.html", known)


def why(request: HttpRequest, difference_id: int, line: int) -> HttpResponse:
    """« Pourquoi ? » of one of our lines."""
    it = _difference(difference_id)
    lines = it.here["lines"] if it.here else []
    if line >= len(lines):
        raise Http404
    known = {"it": it, "told": _told(it, lines[line])}
    return render(request, f"desk/shadow/why.html{'#drawer' if request.htmx else ''}", known)


def gate_page(request: HttpRequest) -> HttpResponse:
    """May the old system be left: each condition, and what is wanting."""
    found = gate()
    checks = [_check(it) for it in found.checks]
    known = {
        "gate": found, "checks": checks, "cycles": cycles(), "findings": [_finding(it) for it in found.findings],
        "folders": shown_folders(found.exports),
        "switches": may_open(request.roles, "cycles_switch"), "accepts": may_open(request.roles, "gate_accept"),
    }  # fmt: skip
    return render(request, "desk/shadow/gate.html", known)


def accept(request: HttpRequest) -> HttpResponse:
    """Accept one finding of the last run, as many bills as the page showed."""
    given = {name: request.POST.get(name, "") for name in ("run", "code", "about", "bills", "reason")}
    try:
        if not all(given[it].isascii() and given[it].isdecimal() and len(given[it]) < 10 for it in ("run", "bills")):
            raise Http404
        acts.accept_finding(
            run_id=int(given["run"]), code=given["code"], about=given["about"], bills=int(given["bills"]),
            reason=given["reason"], by=request.user.username, on=today(),
        )  # fmt: skip
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Constat accepté ; le journal garde pourquoi."))
    return redirect("gate")


def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw an acceptance: the gate is shut again."""
    said = request.POST.get("acceptance", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise Http404
    try:
        acts.withdraw_acceptance(
            acceptance_id=int(said), reason=request.POST.get("reason", ""), by=request.user.username, on=today()
        )
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Acceptation retirée : le constat attend de nouveau."))
    return redirect("gate")


def _finding(it: Finding) -> dict[str, Any]:
    """A finding in words, and where its bills are listed."""
    asked = {"classe": it.kind, "raison": it.code} | ({"prix": it.about} if it.code == "other_price" else {})
    return {"it": it, "said": finding(it.code, it.facts, current()), "asked": urlencode(asked)}


def _run(run_id: int) -> KnownRun:
    found = facts.run(run_id) if run_id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _difference(difference_id: int) -> KnownDifference:
    found = facts.difference(difference_id) if difference_id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _working(run: KnownRun | None) -> dict[str, Any]:
    """The job that compares, while it does or when it stopped."""
    job = queue.last_job(kind=queue.COMPARE, subject=run.id) if run and not run.ended else None
    failed = job.said[current()] if job and job.state == "FAILED" else ""
    return {"job": job, "said": how_far(job) if job and job.is_live else "", "failed": failed}


# ── the counts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _counted(run: KnownRun) -> dict[str, Any]:
    """The counts of a run by class, and by cycle, year and tariff across classes."""
    by_class = {it.kind: it for it in facts.tallies(run.id)}
    rows = [_class(kind, title, by_class.get(kind)) for kind, title in classes(current()).items()]
    bills = sum(it.bills for it in by_class.values())
    same = by_class["SAME"].bills if "SAME" in by_class else 0
    cents = sum(it.cents for it in by_class.values())
    return {
        "classes": rows,
        "bills": bills,
        "same": same,
        "different": bills - same,
        "unexplained": by_class["UNEXPLAINED"].bills if "UNEXPLAINED" in by_class else 0,
        "change": wording.change(cents, current()),
        "sums": [sum(getattr(it, name) for it in by_class.values()) for name in ("there_cents", "here_cents")],
        "cuts": [
            {"name": name, "title": title, "rows": _across(facts.tallies(run.id, by))}
            for name, by, title in (
                ("cycle", "cycle", _("Par cycle")), ("annee", "year", _("Par année d’émission")),
                ("tarif", "tariff", _("Par tarif")),
            )
        ],
    }  # fmt: skip


def _class(kind: str, title: str, it: Counted | None) -> dict[str, Any]:
    there, here, bills = (it.there_cents, it.here_cents, it.bills) if it else (0, 0, 0)
    change = wording.change(here - there, current())
    badge = BADGES.get(kind, "info") if bills else ""
    return {
        "kind": kind,
        "title": title,
        "badge": badge,
        "bills": bills,
        "there": there,
        "here": here,
        "change": change,
    }


def _across(counted: Sequence[Counted]) -> list[dict[str, Any]]:
    """A row a key: its bills, those that differ, those that nothing explains."""
    found: dict[str, dict[str, Any]] = {}
    for it in counted:
        row = found.setdefault(it.key, {"key": it.key, "bills": 0, "same": 0, "unexplained": 0, "cents": 0})
        row["bills"] += it.bills
        row["same"] += it.bills if it.kind == "SAME" else 0
        row["unexplained"] += it.bills if it.kind == "UNEXPLAINED" else 0
        row["cents"] += it.cents
    for row in found.values():
        row |= {"different": row["bills"] - row["same"], "change": wording.change(row["cents"], current())}
    return list(found.values())


def _filters(run_id: int, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """The classes that a run found, with how many; the one that is shown."""
    counts = {it.kind: it.bills for it in facts.tallies(run_id) if it.kind != "SAME"}
    everything = {
        "kind": "",
        "title": _("Toutes les classes"),
        "bills": sum(counts.values()),
        "current": "kind" not in wanted,
    }
    return [everything] + [
        {"kind": kind, "title": title, "bills": counts[kind], "current": wanted.get("kind") == kind}
        for kind, title in classes(current()).items()
        if kind in counts
    ]


# ── one difference ───────────────────────────────────────────────────────────────────────────────────────────────────


def _row(it: KnownDifference) -> dict[str, Any]:
    lang = current()
    return {
        "it": it,
        "class": classes(lang)[it.kind],
        "badge": BADGES.get(it.kind, "info"),
        "reason": reason(it.code, it.facts, lang),
        "change": wording.change(it.cents, lang),
    }


def _sides(it: KnownDifference) -> list[dict[str, Any]]:
    """The lines of both sides by component and first day, then the taxes and the total; which of them differ."""
    there, here = it.there["lines"] or [], it.here["lines"] if it.here else []
    keys = sorted({(line["from"], line["component"]) for line in (*there, *here)})
    rows = [_beside(key, there, here) for key in keys]
    if it.here:
        names = [name[current()] for name in it.here["tax_names"]]
        sums = [(_("Avant taxes"), "net"), *((name, at) for at, name in enumerate(names)), (_("Total"), "total")]
        rows += [_sum_row(title, key, it) for title, key in sums]
    return rows


def _beside(key: tuple[str, str], there: Sequence[Any], here: Sequence[Any]) -> dict[str, Any]:
    since, component = key
    own = [(at, line) for at, line in enumerate(here) if (line["from"], line["component"]) == key]
    theirs = [line for line in there if (line["from"], line["component"]) == key]
    cents = [sum(line["amount"] for line in theirs), sum(line["amount"] for _at, line in own)]
    sample = next(line for line in (*theirs, *(line for _at, line in own)))
    return {
        "component": component,
        "title": own[0][1].get("title", {}).get(current(), "") if own else "",
        "from": date.fromisoformat(since),
        "to": date.fromisoformat(sample["to"]),
        "theirs": theirs,
        "own": [{"at": at, "line": line, "how": _how(line)} for at, line in own],
        "differs": cents[0] != cents[1] and bool(there),
    }


def _how(line: Mapping[str, Any]) -> str:
    """« 600 kWh × 7,065 ¢ »."""
    sums = line.get("sums", {}).get(current(), [])
    return str(sums[0]).rpartition(" = ")[0] if sums else ""


def _sum_row(title: str, key: str | int, it: KnownDifference) -> dict[str, Any]:
    there, here = ((side["taxes"][key] if isinstance(key, int) else side[key]) for side in (it.there, it.here or {}))
    return {"sum": title, "there": there, "here": here, "differs": there != here, "is_total": key == "total"}


def _meters(it: KnownDifference) -> list[dict[str, Any]]:
    """The readings that our side stands on."""
    return [
        {
            "serial": span["serial"],
            "opening": span["opening"] | {"word": word("readings", "type", span["opening"]["kind"])},
            "closing": span["closing"] | {"word": word("readings", "type", span["closing"]["kind"])},
            "units": span["units"],
            "multiplier": span["multiplier"],
            "kwh": span["units"] * span["multiplier"] * 1000,
        }
        for span in it.given["meters"]
    ]


def _told(it: KnownDifference, line: Mapping[str, Any]) -> dict[str, Any]:
    """What makes one of our lines: its days, its block, its sum, and the list of prices that it comes from."""
    lang = current()
    since, until = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
    days = _("Du {from_on} au {to_on} exclu, {days}").format(
        from_on=wording.day(since, lang), to_on=wording.day(until, lang), days=wording.days((until - since).days, lang)
    )
    steps: list[dict[str, str]] = [{"title": days, "operation": "", "result": ""}]
    title = line.get("title", {}).get(lang, line["component"])
    own, *limits = line.get("sums", {}).get(lang, [""])
    for said in limits:
        operation, _equals, result = said.rpartition(" = ")
        steps.append({"title": _("La tranche"), "operation": operation, "result": result})
    operation, _equals, result = own.rpartition(" = ")
    amount = wording.money(line["amount"], lang)
    steps.append({"title": title, "operation": operation, "result": result or amount, "source": line.get("source", "")})
    answer = _("{amount}, au livre fait des prix de l’ancien système.").format(amount=amount)
    return {"title": title, "answer": answer, "steps": steps}


# ── the gate ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CHECKS = {
    "cycles": (gettext_lazy("Chaque cycle facturé une fois en parallèle"), "shadow"),
    "unexplained": (gettext_lazy("Aucun écart inexpliqué"), "shadow"),
    "reconciled": (gettext_lazy("Rapprochement au vert"), "reconciliation"),
    "books": (gettext_lazy("Chaque abonnement a un livre"), "books_given"),
    "invariants": (gettext_lazy("Invariants au vert"), "invariants"),
}


def _check(it: Check) -> dict[str, Any]:
    title, route = CHECKS[it.code]
    return {"check": it, "title": title, "route": route, "said": _said(it)}


def _said(it: Check) -> str:
    """What the figures of a condition say."""
    lang, known = current(), it.facts
    if it.state == "waiting":
        return {
            "cycles": _("Aucune marche en parallèle n’est finie."),
            "unexplained": _("Aucune marche en parallèle n’est finie."),
            "reconciled": _("Le rapprochement n’a pas encore été fait."),
            "invariants": _("Les invariants n’ont jamais été vérifiés."),
        }[it.code]
    number = {name: wording.number(value, lang) for name, value in known.items() if isinstance(value, int)}
    match it.code:
        case "cycles":
            said = _("Cycles : {done} sur {wanted}.").format(**number)
            return said + (
                " " + _("Il manque : {left}.").format(left=", ".join(known["left"])) if known["left"] else ""
            )
        case "unexplained":
            return _(
                "Factures : {bills} ; écarts expliqués : {explained} ; inexpliqués : {unexplained} ; "
                "à accepter : {to_accept} ; acceptés : {accepted}."
            ).format(**number)
        case "reconciled":
            return _("Écarts en rouge : {red}, le {on}.").format(on=wording.day(known["on"], lang), **number)
        case "books":
            if not known["left"]:
                return _("Aucun tarif n’attend de livre.")
            return _("Sans livre : {left} (tarifs {tariffs}).").format(tariffs=", ".join(known["tariffs"]), **number)
    said = _("Vérifiés : {checked}, le {on}.").format(on=wording.day(known["on"], lang), **number)
    return said + (" " + _("Enfreints : {codes}.").format(codes=", ".join(known["broken"])) if known["broken"] else "")
