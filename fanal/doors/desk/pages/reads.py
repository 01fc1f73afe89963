"""Relèves: the rounds, the grid where a round is typed, the verdict beside each cell, the correction of a read."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from fanal.doors.desk.asked import day_asked, day_of
from fanal.doors.desk.language import current
from fanal.doors.desk.pages import photos
from fanal.doors.desk.refused import aloud, said
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law.in_force import in_force
from fanal.law.metering import plausibility, registers
from fanal.law.metering.plausibility import Finding, Fix, Severity, Terms
from fanal.records.metering import acts, facts
from fanal.records.metering.acts import NewPhoto, NewReading, RegisterKind
from fanal.reports import rounds as report
from fanal.reports.rounds import RoundLine
from fanal.values import wording
from fanal.values.energy import THOUSAND
from fanal.values.picture import Picture
from fanal.values.refusal import Problem, Refused, refuse

PAGE_LINES = 50
CELL = re.compile(r"r(\d{1,18})")
PHOTO = re.compile(r"p(\d{1,18})")
CHOOSE_AGAIN = gettext_noop("Les photos des lignes qui restent sont à choisir de nouveau.")
NOT_A_DAY = gettext_noop("Ce jour n’est pas du calendrier : une date s’écrit comme 2026-11-16. Rien n’est inscrit.")
NOT_OF_THE_ROUND = gettext_noop("Ce compteur n’est pas de cette tournée ce jour-là : rien n’en sera inscrit.")
# In the order of the numbers that metering keeps.
SOURCES = ("", gettext_noop("employé"), gettext_noop("client"), gettext_noop("télérelève"), gettext_noop("pose"),
           gettext_noop("dépose"), gettext_noop("reprise"))  # fmt: skip
FIXES = {Fix.CORRECT: gettext_noop("Corriger l’index."), Fix.REREAD: gettext_noop("Relire le compteur.")}


@dataclass(slots=True)
class Row:
    """A line of the grid: the register, what came before, what was typed, what is said of it."""

    line: RoundLine
    previous: int | None = None
    previous_on: date | None = None
    usual_kwh_day: int = 0
    habit: int = 0  # the same, to a tenth of kWh
    expected: int | None = None  # the index at which the habit would bring it
    typed: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def unit(self) -> str:
        return label(self.line.kind, self.line.name)

    @property
    def index(self) -> str:
        """What stands that day."""
        return "" if self.line.value is None else wording.quantity(self.line.value, "", current())

    @property
    def source(self) -> str:
        return _(SOURCES[self.line.source]) if self.line.source else ""

    @property
    def estimated(self) -> bool:
        return self.line.quality == int(acts.Quality.ESTIMATED)

    @property
    def refused(self) -> bool:
        return any(it["refused"] for it in self.said)

    @property
    def believable(self) -> bool:
        """What was typed and surprises nobody."""
        return bool(self.typed) and not self.said


def label(kind: int, name: str) -> str:
    """« kWh », « kWh, heures de pointe »: a register in the language of the page."""
    return registers.label(RegisterKind(kind).label, name, current())


def listing(request: HttpRequest) -> HttpResponse:
    """The cycles and their last round."""
    return render(request, "desk/reads/page.html", {"rounds": report.rounds(today())})


def grid(request: HttpRequest, cycle: int) -> HttpResponse:
    """The grid of a round, on a day."""
    return _grid(request, cycle, request.GET, {})


def check(request: HttpRequest, cycle: int) -> HttpResponse:
    """What the law says of one index before it is saved: the verdict beside its cell. Nothing is written."""
    on, typed = day_of(request.POST.get("on")), _typed(request)
    if on is None:
        return _cannot_judge(request, _(NOT_A_DAY))
    rows = _rows(report.lines(cycle, on, registers=list(typed), limit=1), on)
    if not rows:
        return _cannot_judge(request, _(NOT_OF_THE_ROUND))
    _judge(rows, typed, on)
    return render(request, "desk/reads/verdict.html", {"row": rows[0]})


def enter(request: HttpRequest, cycle: int) -> HttpResponse:
    """Inscrire what was typed: the good rows are kept, the refused ones stay in their cells with their reason."""
    on, typed = day_of(request.POST.get("on")), _typed(request)
    if on is None:
        messages.error(request, _(NOT_A_DAY))
        return _grid(request, cycle, request.POST, {}, status=422)
    if request.POST.get("do") == "check" or not typed:
        if not typed:
            messages.error(request, _("Aucun index n’est tapé : rien n’est inscrit."))
        if request.FILES:
            messages.warning(request, _(CHOOSE_AGAIN))
        return _grid(request, cycle, request.POST, typed, status=200 if typed else 422)
    pictures, spoilt = _pictures(request, typed)
    known = report.lines(cycle, on, registers=list(typed), limit=len(typed))
    if strange := len(typed) - len(known):
        messages.error(request, _said_strange(strange))
    good = [it for it in known if it.register_id in typed and it.register_id not in spoilt]
    readings = [
        NewReading(
            delivery_point=it.point, meter=it.meter, kind=RegisterKind(it.kind), name=it.name,
            index=typed[it.register_id], read_on=on, photos=pictures.get(it.register_id, ()),
        )
        for it in good
    ]  # fmt: skip
    recorded = acts.Recorded(stored=0, already=0, refused=[], findings=[])
    try:
        if readings:
            recorded = acts.record_readings(readings=readings, by=request.user.username, on=today(), keep_good=True)
    except Refused as refused:
        aloud(request, refused)
        return _grid(request, cycle, request.POST, typed, status=422)
    _say(request, recorded, len(spoilt))
    wrong = spoilt | {good[it.row - 1].register_id: it for it in recorded.refused if it.row}
    if not wrong and not strange:
        return redirect(_address(cycle, on, request.POST))
    if set(pictures) & set(wrong):
        messages.warning(request, _(CHOOSE_AGAIN))
    left = {register: typed[register] for register in wrong if register in typed}
    return _grid(request, cycle, request.POST, left, refused=wrong, status=422)


def correct(request: HttpRequest, point: int, register: int, day: str) -> HttpResponse:
    """Corriger une relève: a new read of the same day, with the written reason."""
    on, place = day_of(day), report.place(point, register)
    if on is None or place is None:
        raise Http404
    past = report.history(point, register, on)
    stands = next((it for it in past if it.read_on == on and it.stands), None)
    if stands is None:
        raise Http404
    known = {"place": place, "past": past, "stands": stands, "unit": label(place.kind, place.name), "read_on": on,
             "sources": [_(it) if it else "" for it in SOURCES], "kinds": photos.KINDS,
             "photos": facts.photos_of(point, register, on)}  # fmt: skip
    if request.method == "GET":
        return render(request, "desk/reads/correct.html", known)
    pictures, spoilt = photos.came(request, "photo")
    given = [NewPhoto(meter=place.meter, read_on=on, picture=it, kind=RegisterKind(place.kind),
                      name=place.name, delivery_point=place.point) for it in pictures]  # fmt: skip
    known |= {name: request.POST.get(name, "").strip() for name in ("index", "reason")}
    who = {"by": request.user.username, "on": today()}
    if request.POST.get("do") == "photo":
        return _attach(request, given, spoilt, known, who)
    try:
        if spoilt:
            raise refuse(spoilt, field="photo")
        recorded = acts.correct_reading(
            delivery_point_id=point, register_id=register, read_on=on, index=known["index"], reason=known["reason"],
            photos=given, **who,
        )  # fmt: skip
    except Refused as refused:
        known["errors"] = _errors(refused, place, known["index"], on)
        return render(request, "desk/reads/correct.html", known, status=422)
    messages.success(request, _("La relève est corrigée."))
    if recorded.findings:
        messages.warning(request, _("L’index corrigé étonne encore : voir le constat à côté de la relève."))
    return redirect(f"{_address(place.cycle, on, {})}&registre={register}#r{register}")


def _grid(
    request: HttpRequest,
    cycle: int,
    asked: Any,
    typed: dict[int, str],
    *,
    refused: dict[int, Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    on = (day_asked(request, "on") if asked is request.GET else day_of(asked.get("on"))) or today()
    show = asked.get("montrer") if asked.get("montrer") in report.SHOWN else "all"
    page = max(int(asked["page"]), 1) if str(asked.get("page", "")).isdecimal() and len(asked["page"]) < 7 else 1
    counts = report.counts(cycle, on)
    if not counts.registers and not any(it.cycle == cycle for it in report.rounds(today())):
        raise Http404
    chosen = str(asked.get("registre", ""))
    wanted = [int(chosen)] if chosen.isdecimal() and len(chosen) < 19 else None
    found = report.lines(cycle, on, show=show, registers=wanted, offset=(page - 1) * PAGE_LINES, limit=PAGE_LINES)
    rows = _rows(found, on)
    _judge(rows, typed, on, refused or {})
    of_show = {"all": counts.registers, "todo": counts.left, "doubtful": counts.doubtful}[show]
    pages = 1 if wanted else max(-(-of_show // PAGE_LINES), 1)
    known = {
        "cycle": cycle, "read_on": on, "rows": rows, "counts": counts, "show": show, "page": page, "pages": pages,
        "may_write": may_open(request.roles, "reads_save") and on <= today(), "in_future": on > today(),
        "last": today(),
        "kinds": photos.KINDS,
        "open": any(it.line.value is None for it in rows), "alone": wanted is not None,
        "shows": [("all", _("Toutes"), counts.registers), ("todo", _("À relever"), counts.left),
                  ("doubtful", _("Douteuses"), counts.doubtful)],
    }  # fmt: skip
    return render(request, "desk/reads/grid.html", known, status=status)


def _rows(lines: list[RoundLine], on: date) -> list[Row]:
    """Each line with what came before it and its habit."""
    if not lines:
        return []
    names = {"delivery_point_id": "int64", "register_id": "int64", "kind": "int16", "series": "int32",
             "dials": "int16", "multiplier": "int32", "starts_on": "datetime64[D]"}  # fmt: skip
    columns = {name: np.array([getattr(it, name) for it in lines], kind) for name, kind in names.items()}
    columns["read_on"] = np.full(len(lines), on, "datetime64[D]")
    columns["value"] = np.full(len(lines), -1, np.int64)
    past = facts.past_of(columns)
    rows = []
    for place, line in enumerate(lines):
        row = Row(line, usual_kwh_day=int(past.usual_kwh_day[place]))
        row.habit = round(row.usual_kwh_day, -2)
        if days := int(past.days[place]):
            row.previous, row.previous_on = int(past.previous[place]), past.previous_on[place].astype(object)
            if line.kind == RegisterKind.KWH and row.usual_kwh_day:
                turn = 10**line.dials * THOUSAND
                added = row.usual_kwh_day * days // line.multiplier
                row.expected = (row.previous + added) % turn // THOUSAND * THOUSAND
        rows.append(row)
    return rows


def _judge(rows: list[Row], typed: dict[int, str], on: date, refused: dict[int, Problem] | None = None) -> None:
    """Say beside each cell what is odd: in what was typed, else in what stands."""
    terms = in_force(Terms, settings.FANAL_BYLAW, "plausibility", on=today())
    for row in rows:
        row.typed = typed.get(row.line.register_id, "")
        if row.typed:
            row.said = [_worded(it) for it in plausibility.check_reading(_reading(row, on), terms)]
        elif row.line.value is not None:
            row.said = [_kept(it) for it in row.line.kept]
        if (problem := (refused or {}).get(row.line.register_id)) and not row.refused:
            row.said = [{"text": said(problem), "refused": True, "fix": ""}]


def _reading(row: Row, on: date) -> plausibility.Reading:
    line = row.line
    return plausibility.Reading(
        index=row.typed, read_on=on, today=today(), meter=line.meter, installed_here=True, dials=line.dials,
        installed_on=line.starts_on, removed_on=line.ends_on, cumulative=RegisterKind(line.kind).is_cumulative,
        multiplier=line.multiplier, previous_index=row.previous, previous_on=row.previous_on,
        same_day_index=line.value, usual_kwh_day=row.usual_kwh_day,
    )  # fmt: skip


def _cannot_judge(request: HttpRequest, text: str) -> HttpResponse:
    """A verdict on what cannot be judged at all, in the place of the one that was asked for."""
    row = {"said": [{"text": text, "refused": True}]}
    return render(request, "desk/reads/verdict.html", {"row": row, "fresh": True}, status=422)


def _said_strange(count: int) -> str:
    text = ngettext(
        "%(count)s index est d’un compteur qui n’est pas de cette tournée ce jour-là : il n’est pas inscrit.",
        "%(count)s index sont de compteurs qui ne sont pas de cette tournée ce jour-là : ils ne sont pas inscrits.",
        count,
    )
    return text % {"count": count}


def _worded(finding: Finding) -> dict[str, Any]:
    fix = FIXES.get(finding.fix, "")
    return {"text": finding.text(current()), "refused": finding.severity == Severity.REFUSED,
            "fix": _(fix) if fix else ""}  # fmt: skip


def _kept(kept: report.Kept) -> dict[str, Any]:
    fix = Fix.CORRECT if kept.code == "same_day_differs" else Fix.REREAD
    finding = Finding(code=kept.code, severity=Severity.DOUBTFUL, field="index", fix=fix, values=kept.evidence)
    return _worded(finding)


def _attach(
    request: HttpRequest, given: list[NewPhoto], spoilt: str, known: dict[str, Any], who: dict[str, Any]
) -> HttpResponse:
    """Join photos to the reading as it stands."""
    if not given:
        known["errors"] = {"photo": spoilt or _("Aucune photo n’est choisie.")}
        return render(request, "desk/reads/correct.html", known, status=422)
    attached = acts.attach_photos(photos=given, **who)
    said = ngettext("%(count)s photo jointe à la relève.", "%(count)s photos jointes à la relève.", len(attached.ids))
    said %= {"count": len(attached.ids)}
    messages.success(request, said if attached.ids else _("Cette photo était déjà là."))
    return redirect(request.path)


def _errors(refused: Refused, place: report.Place, index: str, on: date) -> dict[str, str]:
    """The refusal beside its field, in the language of the page."""
    errors = {it.field: said(it) for it in refused.problems}
    if "reason" in errors:
        errors["reason"] = _("Une correction demande une raison écrite.")
    reading = plausibility.Reading(index=index, read_on=on, today=today(), meter=place.meter, installed_here=True,
                                   dials=place.dials)  # fmt: skip
    terms = in_force(Terms, settings.FANAL_BYLAW, "plausibility", on=today())
    odd = [it.text(current()) for it in plausibility.check_reading(reading, terms) if it.severity == Severity.REFUSED]
    if "index" in errors:
        errors["index"] = odd[0] if odd else _("Cet index est déjà inscrit pour ce jour : il n’y a rien à corriger.")
    elif not {"reason", "photo"} & set(errors):
        errors["index"] = " ".join(errors.values())
    return errors


def _say(request: HttpRequest, recorded: acts.Recorded, spoilt: int) -> None:
    kept, doubts = recorded.stored, len({it.row for it in recorded.findings})
    wrong = len({it.row for it in recorded.refused}) + spoilt
    if kept or recorded.already:
        said = ngettext("%(count)s relève inscrite.", "%(count)s relèves inscrites.", kept) % {"count": kept}
        if recorded.already:
            said += " " + _("%(count)s déjà là.") % {"count": recorded.already}
        messages.success(request, said)
    if doubts:
        text = ngettext(
            "%(count)s relève inscrite est douteuse : sa facture sera retenue.",
            "%(count)s relèves inscrites sont douteuses : leurs factures seront retenues.",
            doubts,
        )
        messages.warning(request, text % {"count": doubts})
    if wrong:
        text = ngettext(
            "%(count)s ligne ne peut pas être inscrite : la raison est à côté.",
            "%(count)s lignes ne peuvent pas être inscrites : la raison est à côté de chacune.",
            wrong,
        )
        messages.error(request, text % {"count": wrong})


def _typed(request: HttpRequest) -> dict[int, str]:
    """What was typed in each cell, spaces left out: {register: index}."""
    found = ((CELL.fullmatch(name), text) for name, text in request.POST.items())
    cells = {int(name[1]): re.sub(r"\s", "", str(text))[:40] for name, text in found if name}
    return {register: text for register, text in list(cells.items())[:PAGE_LINES] if text}


def _pictures(request: HttpRequest, typed: dict[int, str]) -> tuple[dict[int, list[Picture]], dict[int, Problem]]:
    """The photos that came with each row, and why those of a row cannot be taken: the row then waits with them."""
    taken, wrong = {}, {}
    for name in request.FILES:
        if not (cell := PHOTO.fullmatch(name)):
            continue
        pictures, refusal = photos.came(request, name)
        register = int(cell[1])
        if register not in typed and not refusal:
            refusal = _("La photo attend son index : le taper, puis la choisir de nouveau.")
        if refusal:
            wrong[register] = Problem(0, "photo", refusal)
        else:
            taken[register] = pictures
    return taken, wrong


def _address(cycle: int, on: date, asked: Any) -> str:
    show, page = asked.get("montrer", ""), asked.get("page", "")
    kept = f"&montrer={show}" if show in report.SHOWN and show == "doubtful" else ""
    kept += f"&page={page}" if str(page).isdecimal() and show != "todo" else ""
    return f"{reverse('reads_round', args=[cycle])}?on={on.isoformat()}{kept}"
