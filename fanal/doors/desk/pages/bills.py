"""A bill: as the customer sees it, its lines beside, and « Pourquoi ? » for each line, date and hold."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from fanal.doors.bills import picture_bill, print_bill
from fanal.doors.bills.finding import COMPUTED, NoSuchBill, bill_id_named
from fanal.doors.bills.words import exemption
from fanal.doors.desk.citations import address_of
from fanal.doors.desk.language import current
from fanal.doors.desk.routes import may_open
from fanal.law.articles import number_in
from fanal.law.metering.plausibility import HoldReason
from fanal.law.tariffs import lines as wording_of
from fanal.records.billing.facts import bill_id
from fanal.reports import explanation
from fanal.reports.aloud import aloud
from fanal.reports.bill_check import Redone, redo
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import CREDIT_NOTE, BillStory, Line, Measure, UnknownBill
from fanal.reports.estimate_steps import UNITS, register_of
from fanal.reports.explanation_steps import SOURCES, number_of
from fanal.reports.step import CONFIDENCE, LANGUAGES
from fanal.values import wording

BY_CUSTOMER = 2
PLACE_DIGITS = 6
PICTURES_KEPT = 32  # bills whose pages are kept drawn: what was issued never changes
TOTAL, DUE, HELD, PERIOD, ENERGY = "total", "echeance", "retenue", "periode", "energie"
NET, ISSUED = "avant-taxes", "emission"
LINE, MEASURE = "ligne-", "releve-"  # then its number


def page(request: HttpRequest, number: str) -> HttpResponse:
    """The bill, computed or issued."""
    story = story_of(number)
    may = {"may_correct": story.stands and not story.correction_id and may_open(request.roles, "correction_new")}
    return render(request, "desk/bills/page.html", _shown(story) | may | {"drawer": None})


def why(request: HttpRequest, number: str, about: str) -> HttpResponse:
    """« Pourquoi ? » of an amount, a date, a reading or the hold: in a drawer, as a page of its own, or as JSON."""
    story = story_of(number)
    told = _told(story, about)
    if request.GET.get("format") == "json":
        answer = JsonResponse(told.as_dict(), json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer["Content-Type"] = "application/json; charset=utf-8"
        return answer
    known = {"bill": story, "number": number_of(story), "drawer": _drawer(told, about), "day": story.on}
    return render(request, f"desk/bills/why.html{'#drawer' if request.htmx else ''}", known)


def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, as it was sent."""
    try:
        made = print_bill(_numbered(number))
    except ValueError as problem:  # it is not issued
        raise Http404 from problem
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return answer


def picture(request: HttpRequest, number: str, sheet: int) -> HttpResponse:
    """One page of the paper, drawn for the screen."""
    try:
        drawn = _pictures(connection.settings_dict["NAME"], _numbered(number))
    except ValueError as problem:
        raise Http404 from problem
    if not 1 <= sheet <= len(drawn):
        raise Http404
    return HttpResponse(drawn[sheet - 1], content_type="image/png")


@lru_cache(PICTURES_KEPT)
def _pictures(_database: str, bill_id: int) -> tuple[bytes, ...]:
    return tuple(picture_bill(bill_id))


def _numbered(number: str) -> int:
    try:
        return bill_id_named(number)
    except NoSuchBill as problem:
        raise Http404 from problem


def story_of(number: str) -> BillStory:
    """The bill of that number, or of that run and subscription, which is its id."""
    computed = COMPUTED.fullmatch(number)
    found = bill_id(int(computed[1]), int(computed[2])) if computed else _numbered(number)
    try:
        (story,) = stories([found])
    except UnknownBill as problem:
        raise Http404 from problem
    return story


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shown(story: BillStory) -> dict[str, Any]:
    """All that the page says of the bill."""
    redone = redo(story)
    decided = story.reviews[-1] if story.reviews else None
    return {
        "bill": story,
        "number": number_of(story),
        "is_note": story.kind == CREDIT_NOTE,
        "state": _state(story),
        "holder": ", ".join(it.name for it in story.holders),
        "rate_title": story.book.title.en if current() == "en" else story.book.title.fr,
        "lines": [_row(story, it, redone) for it in story.lines if not it.tax],
        "taxes": [_row(story, it, redone) for it in story.lines if it.tax],
        "reads": list(_reads(story)),
        "redone": redone,
        "sheets": (1, 2) if story.issue else (),
        "holds": [HoldReason(it.reason).title(current()) for it in story.holds],
        "decided": decided if decided and decided.act in explanation.REVIEWED else None,
        "instalments": bool(story.issue and story.issue.second_due_on > story.issue.due_on),
        "refers_to": number_of(story.refers_to) if story.refers_to else "",
    }


def _state(story: BillStory) -> tuple[str, str]:
    """Kind and word of the badge. What was paid is the account's business: a bill does not know it."""
    if story.kind == CREDIT_NOTE:
        return "info", _("Note de crédit")
    if story.issue:
        return "good", _("Émise")
    act = story.reviews[-1].act if story.reviews else ""
    if act == "POSTPONE":
        return "warn", _("Reportée")
    if story.held and act != "ACCEPT":
        return "warn", _("Retenue")
    return "info", _("Calculée, non émise")


def _row(story: BillStory, line: Line, redone: Redone | None) -> dict[str, Any]:
    """A line as the table shows it: what it is, how it was reckoned, its amount, and whether it was found again."""
    lang = current()
    again = redone.lines[line.line] if redone else None
    row = {
        "line": line.line,
        "title": explanation.line_title(line)[lang],
        "amount": line.amount_cents,
        "again": again if again != line.amount_cents else None,
        "why": reverse("bill_why", args=[number_of(story), f"{LINE}{line.line}"]),
        "from_on": line.from_on,
        "to_on": line.to_on,
        "days": line.days,
        "how": "",
        "registration": "",
    }
    if line.tax:
        rate = wording.percentage(int(line.tax_rate.rate * 1_000_000), lang)
        registration = settings.FANAL_UTILITY["registrations"].get(line.tax.code, "")
        if story.is_exempt(line.tax):
            certificate = story.certificates.get(line.tax.code, "")
            return row | {"how": exemption(certificate, lang), "registration": registration}
        return row | {"how": f"{rate} × {wording.money(line.quantity // 10, lang)}", "registration": registration}
    if line.charge:
        sign = -1 if line.quantity < 0 < line.days else 1
        shown = (line.charge, line.days, sign * line.quantity, sign * line.amount_cents, lang)
        row["how"] = wording_of.arithmetic(*shown).rpartition(" ; ")[2].rpartition(" = ")[0]
    return row


def _reads(story: BillStory) -> Iterator[dict[str, Any]]:
    """The readings under the bill, meter by meter: what each index was, who read it, and what they give."""
    for place, measure in enumerate(story.measures, 1):
        why = reverse("bill_why", args=[number_of(story), f"{MEASURE}{place}"])
        both = [(measure.shown_on, measure.to_value, measure.to_source, measure.to_photos, True)]
        if measure.is_cumulative:
            both.append((measure.from_on, measure.from_value, measure.from_source, measure.from_photos, False))
        for on, value, source, photos, closes in both:
            yield {
                "on": on,
                "why": why,
                "serial": measure.serial,
                "photos": photos,
                "unit": UNITS[measure.kind],
                "register": register_of(story, measure)[current()],
                "value": value // 1000 * 1000 if closes and measure.estimated else value,
                "quality": _quality(measure, source, closes),
                "how": SOURCES[source][LANGUAGES.index(current())] if source else "",
                "quantity": measure.quantity if closes else None,
                "multiplier": measure.multiplier if measure.multiplier != 1 else None,
                "rolled_over": measure.rolled_over and closes,
            }


def _quality(measure: Measure, source: int, closes: bool) -> tuple[str, str]:
    if closes and measure.estimated:
        return "warn", _("Estimée")
    return ("good", _("Du client")) if source == BY_CUSTOMER else ("good", _("Réelle"))


# ── « Pourquoi ? » ───────────────────────────────────────────────────────────────────────────────────────────────────


def _told(story: BillStory, about: str) -> explanation.Explanation:
    """What explains that; 404 for what the bill does not have."""
    whole = {TOTAL: explanation.explain_bill, DUE: explanation.explain_due, HELD: explanation.explain_holds}
    if story.kind != CREDIT_NOTE:  # a note takes back another bill, which tells these
        whole |= {PERIOD: explanation.explain_period, ENERGY: explanation.explain_energy}
    if about in whole:
        return whole[about](story)
    try:
        return _of_part(story, about)
    except (explanation.UnknownIssue, explanation.UnknownLine, explanation.UnknownMeasure) as problem:
        raise Http404 from problem


def _of_part(story: BillStory, about: str) -> explanation.Explanation:
    """What explains something that a bill may not have."""
    if about in (NET, ISSUED):
        return explanation.explain_net(story) if about == NET else explanation.explain_issue(story)
    of, _sep, number = about.partition("-")
    numbered = {LINE: explanation.explain_line, MEASURE: explanation.explain_measure}.get(f"{of}-")
    if numbered is None or not number.isdecimal() or len(number) > PLACE_DIGITS:
        raise Http404
    return numbered(story, int(number))


def _drawer(told: explanation.Explanation, about: str) -> dict[str, Any]:
    """The explanation in the language of the page; grounds that a step before gave are not said again."""
    lang, known, steps = current(), set[tuple[str, str]](), []
    for step in told.steps:
        url = address_of(step.cited.of, step.cited.on) if step.cited else ""
        article, source = (step.article, url), (step.source, _sure(step.source, step.confidence))
        fresh = {it for it in (article, source) if it[0]} - known
        known |= fresh
        words = {name: getattr(step, name)[lang] for name in ("title", "operation", "result", "exact", "note")}
        of_bylaw = step.cited if step.cited and number_in(step.cited.of) else None
        steps.append(words | {"seen": step.seen, "url": url, "of_bylaw": of_bylaw,
                              "article": step.article if article in fresh else "",
                              "source": source[0] if source in fresh else "", "sure": source[1]})  # fmt: skip
    return {
        "about": about,
        "title": told.title[lang],
        "answer": told.answer[lang],
        "steps": steps,
        "considered": [{"text": it.text[lang], "holds": it.holds} for it in told.considered],
        "aloud": aloud(told, lang),
    }


def _sure(source: str, confidence: str) -> str:
    """How sure the source of a figure is, in words."""
    sure = CONFIDENCE.get(confidence)
    return sure[LANGUAGES.index(current())] if source and sure else ""
