"""Invariants: what was found at the last check, the rows that break one, and a check asked for now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanal.doors.desk.asked import day_of
from fanal.doors.desk.citations import page_of
from fanal.doors.desk.language import current
from fanal.doors.desk.pages.invariant_words import CODES, COLUMNS, MONEY
from fanal.doors.desk.pages.journal import url_of, word_of
from fanal.doors.desk.pages.ledger import KINDS
from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import queue
from fanal.doors.office import today
from fanal.records.billing.facts import bill_number
from fanal.reports import journal as report
from fanal.reports.invariants import Invariant, invariants
from fanal.values import wording

EVERYTHING = 0  # the subject of the job


@dataclass(frozen=True, slots=True)
class Checked:
    """An invariant and what was found of it; `count` None when it was not looked at."""

    invariant: Invariant
    count: int | None
    looked: int | None
    milliseconds: int | None
    rows: list[dict[str, Any]]

    @property
    def title(self) -> str:
        return self.invariant.title_en if current() == "en" else self.invariant.title_fr

    @property
    def unit(self) -> str:
        """What was looked at, in words."""
        if self.looked is None:
            return ""
        words = self.invariant.unit.en if current() == "en" else self.invariant.unit.fr
        several = self.looked != 1 if current() == "en" else self.looked > 1
        return f"{wording.number(self.looked, current())} {words[several]}"

    @property
    def seconds(self) -> str:
        if self.milliseconds is None:
            return ""
        return wording.quantity(self.milliseconds, "s", current())


def page(request: HttpRequest) -> HttpResponse:
    """The last check, invariant by invariant."""
    return render(request, "desk/invariants/page.html", _known(request))


def progress(request: HttpRequest) -> HttpResponse:
    """How far the check is; when it is done, the page is read again."""
    known = _known(request)
    answer = render(request, "desk/invariants/progress.html", known)
    if not known["job"] or not known["job"].is_live:
        answer["HX-Refresh"] = "true"
    return answer


def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a check now; the worker does it and the journal keeps it."""
    queue.ask(kind=queue.VERIFY, subject=EVERYTHING, by=request.user.username, on=today())
    return redirect("invariants")


def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows that broke an invariant at the last check."""
    found = next((it for it in _known(request)["checked"] if it.invariant.code == code), None)
    if found is None:
        raise Http404
    names = list(dict.fromkeys(name for row in found.rows for name in row if _said(found.rows, name)))
    named = report.names(_objects(found.rows))
    lines = [[_cell(name, row.get(name), named, request.roles) for name in names] for row in found.rows]
    titles = [_(COLUMNS[it]) if it in COLUMNS else it for it in names]
    known = {"it": found, "titles": titles, "lines": lines, "event": report.last_verification(),
             "more": (found.count or 0) - len(found.rows)}  # fmt: skip
    return render(request, "desk/invariants/rows.html", known)


def _known(request: HttpRequest) -> dict[str, Any]:
    event = report.last_verification()
    kept = event.grounds if event else {}
    counts = {code: count for code, _title, count in kept.get("invariants", [])}
    checked = [
        Checked(
            it, counts.get(it.code), kept.get("looked", {}).get(it.code), kept.get("milliseconds", {}).get(it.code),
            kept.get("rows", {}).get(it.code, []),
        )
        for it in invariants()
    ]  # fmt: skip
    checked.sort(key=lambda it: not it.count)
    job = queue.last_job(kind=queue.VERIFY, subject=EVERYTHING)
    return {
        "event": event, "checked": checked, "broken": sum(1 for it in checked if it.count), "job": job,
        "held": sum(1 for it in checked if it.count == 0), "may_verify": may_open(request.roles, "invariants_verify"),
        "said": how_far(job) if job and job.is_live else "",
        "failed": job.said[current()] if job and job.state == "FAILED" and _is_after(job.ended_at, event) else "",
    }  # fmt: skip


def _is_after(ended_at: datetime | None, event: report.JournalEvent | None) -> bool:
    return bool(ended_at and (event is None or ended_at > event.recorded_at))


def _said(found: list[dict[str, Any]], name: str) -> bool:
    return any(row.get(name) is not None for row in found)


def _objects(found: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """What the rows name by an internal number: account_id 7 is (account, 7)."""
    for row in found:
        for name, value in row.items():
            if name.endswith("_id") and isinstance(value, int):
                yield name.removesuffix("_id").replace("credit_note", "bill"), value


def _cell(name: str, value: Any, named: dict[tuple[str, int], report.Named], roles: frozenset[Role]) -> dict[str, str]:
    """One figure of a row, as people read it, and the page of what it names."""
    text = "" if value is None else str(value)
    if name == "number" and text.isdecimal() and len(text) > 8:
        number = bill_number(int(text))
        return {"text": number, "url": page_of("bill", roles, number=number), "kind": ""}
    if name == "run_id" and text.isdecimal():
        return {"text": text, "url": page_of("run", roles, run_id=int(text)), "kind": "n"}
    noun = name.removesuffix("_id").replace("credit_note", "bill")
    if name.endswith("_id") and (it := named.get((noun, value))):
        return {"text": word_of(noun, it), "url": url_of(noun, it, roles), "kind": "id"}
    if on := day_of(text):
        return {"text": wording.day(on, current()), "url": "", "kind": ""}
    if text.lstrip("-").isdecimal():
        return {"text": _figure(name, int(text)), "url": "", "kind": "" if name in ("kind", "subject_kind") else "n"}
    return {"text": _(CODES[text]) if text in CODES else text, "url": "", "kind": ""}


def _figure(name: str, value: int) -> str:
    """A number by what its column counts: cents, thousandths, the kind of an event, or itself."""
    if name.endswith("cents") or name in MONEY:
        return wording.money(value, current())
    if name.endswith("_quantity"):
        return wording.quantity(value, "", current())
    if name.endswith("_base"):  # thousandths of a dollar
        return wording.amount(Decimal(value) / 1000, current())
    if name in ("kind", "subject_kind") and value in KINDS:
        return _(KINDS[value])
    return str(value)
