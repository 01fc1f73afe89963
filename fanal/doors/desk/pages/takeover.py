"""« Reprise »: the files of an old system with what became of their rows, and those that wait for a person."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from fanal.doors.desk.language import current
from fanal.doors.desk.old_words import word
from fanal.doors.desk.pages.takeover_intake import under_way
from fanal.doors.desk.refused import aloud, said
from fanal.doors.desk.routes import may_open
from fanal.doors.migration import intake
from fanal.doors.office import today
from fanal.records.takeover import decisions, facts, faults
from fanal.records.takeover.kinds import KINDS
from fanal.reports import journal
from fanal.values import wording
from fanal.values.dates import ISO_DAY, parse_day
from fanal.values.refusal import Refused

ROWS_SHOWN = 50
COLUMNS = {(kind.name, column.name): column for kind in KINDS.values() for column in kind.columns}
NUMBERS = {"whole", "cents", "thousandths", "millionths"}
EXAMINED, LOADED = "takeover.examine", "takeover.load"
EVENTS_LOOKED_AT = 50
DECISIONS_SHOWN = 5
DECIDED = {"takeover.decide": gettext_noop("décision"), "takeover.make_rule": gettext_noop("règle")}
CENTS = {"balance", "amount", "net", "total", "lines"}  # of evidence, in cents
STANDINGS = {"ASIDE": "warn", "REFUSED": "bad", "NOTED": ""}
STANDING_WORDS = {"ASIDE": gettext_noop("De côté"), "REFUSED": gettext_noop("Refusée"), "NOTED": gettext_noop("Notée")}
SIGNS = {
    "name": gettext_noop("même nom"), "spelling": gettext_noop("même nom écrit autrement"),
    "email": gettext_noop("même courriel"), "phone": gettext_noop("même téléphone"),
    "address": gettext_noop("même adresse"), "business_number": gettext_noop("même numéro d’entreprise"),
}  # fmt: skip


def page(request: HttpRequest) -> HttpResponse:
    """The last export, its files with their counts that add up, and the faults found in it."""
    exports = facts.exports()
    if not exports:
        return render(request, "desk/takeover/page.html", under_way() | {"export": None})
    export = exports[0]
    files = facts.files(export.id)
    totals = {it: sum(getattr(file, it) for file in files) for it in ("rows", "ready", "loaded", "aside", "refused")}
    shown = [{"it": it, "kind": _kind(it.kind)} for it in files]
    return render(request, "desk/takeover/page.html", under_way() | {
        "may_load": bool(totals["ready"]) and may_open(request.roles, "takeover_load"),
        "moved": _moved(export, files) if exports[1:] else [],
        "export": export, "files": shown, "totals": totals, "earlier": exports[1:], "counted": _counted(export.id),
        "rules": [{"it": it, "title": faults.known()[it.code].title[current()]} for it in facts.rules()],
        "may_decide": may_open(request.roles, "takeover_decide"),
        "headers": [it for it in files if it.unknown_headers or it.missing_headers],
    })  # fmt: skip


def _moved(export: facts.KnownExport, files: list[facts.FileCount]) -> list[dict[str, Any]]:
    """Of each kind, the rows new, changed and the same: as the loading of an export found them, or would."""
    told = journal.events(acts=[LOADED, EXAMINED], about=f"export:{export.id}", limit=EVENTS_LOOKED_AT)
    if export.state != facts.STATES.LOADED:
        rows = next((it.grounds["rows"] for it in told if "rows" in it.grounds), {})
    else:
        loads = [it.grounds for it in told if it.act == LOADED]
        rows = {it.kind: _sums(it, loads) for it in files if any(it.kind in load["loaded"] for load in loads)}
    return [
        {"kind": _kind(kind), "new": rows[kind][0], "changed": rows[kind][1], "same": rows[kind][2]}
        for kind in KINDS if kind in rows
    ]  # fmt: skip


def _sums(file: facts.FileCount, loads: list[dict[str, Any]]) -> tuple[int, int, int]:
    new, changed = (sum(load[name].get(file.kind, 0) for load in loads) for name in ("loaded", "changed"))
    return new, changed, max(file.loaded - new - changed, 0)


def flaws(request: HttpRequest, export_id: int) -> HttpResponse:
    """The flaws of one code, or all those that wait, fifty a page; each says why it is there."""
    export = facts.export(export_id) if export_id < 2**31 else None
    if export is None:
        raise Http404
    code = request.GET.get("defaut", "")
    if code and code not in faults.known():
        raise Http404
    wanted = {"code": code, "standing": "" if code else "ASIDE", "holds": request.GET.get("q", "").strip()[:60]}
    count, first = facts.count_flaws(export_id, **wanted), _whole(request.GET.get("apres", ""))
    found = facts.flaws(export_id, **wanted, most=ROWS_SHOWN, after=first)
    kept = "".join(f"{name}={quote(value)}&" for name, value in (("defaut", code), ("q", wanted["holds"])) if value)
    may_decide = may_open(request.roles, "takeover_decide")
    return render(request, "desk/takeover/flaws.html", {
        "export": export, "code": code, "counted": _counted(export_id), "rows": [_told(it) for it in found],
        "holds": wanted["holds"], "kept": kept, "count": count, "first": first, "last": first + len(found),
        "before": max(first - ROWS_SHOWN, 0), "after": first + ROWS_SHOWN if first + len(found) < count else 0,
        "may_choose": may_decide and any(it.standing == "ASIDE" for it in found),
        "may_load": all(_loads_as_it_is(it) for it in found if it.standing == "ASIDE"),
        "decided": _last_decided(export_id), "path": request.get_full_path(),
        "title": faults.known()[code].title[current()] if code else _("Mises de côté"),
        "fix": faults.known()[code].fix[current()] if code and "{" not in faults.known()[code].fix["fr"] else "",
    })  # fmt: skip


def decide_chosen(request: HttpRequest, export_id: int) -> HttpResponse:
    """Decide of the rows chosen in the list, all alike."""
    chosen = [int(it) for it in request.POST.getlist("flaw") if it.isascii() and it.isdecimal() and len(it) < 19]
    try:
        count = decisions.decide_alike(
            flaw_ids=chosen, load=request.POST.get("load") == "yes", reason=request.POST.get("reason", ""),
            by=request.user.username, on=today(),
        )  # fmt: skip
    except Refused as refused:
        aloud(request, refused)
    else:
        said = ngettext("%(count)s ligne est décidée.", "%(count)s lignes sont décidées.", count)
        messages.success(request, said % {"count": count})
    code = request.POST.get("defaut", "")
    asked = f"?defaut={code}" if code in faults.known() else ""
    return redirect(reverse("takeover_flaws", args=[export_id]) + asked)


def _loads_as_it_is(it: facts.KnownFlaw) -> bool:
    fault = faults.known()[it.code]
    return fault.can_load(it.kind) and not fault.needs


def _last_decided(export_id: int) -> list[dict[str, Any]]:
    """The last decisions about an export, so that who comes back sees where it stood."""
    told = journal.events(acts=list(DECIDED), about=f"export:{export_id}", limit=DECISIONS_SHOWN)
    known = faults.known()
    return [
        {"it": it, "word": _(DECIDED[it.act]), "load": it.grounds["load"], "reason": it.grounds["reason"],
         "count": it.grounds.get("lines", 1),
         "titles": [known[code].title[current()]
                    for code in it.grounds.get("codes", [it.grounds.get("code")]) if code in known]}
        for it in told
    ]  # fmt: skip


def flaw(request: HttpRequest, flaw_id: int) -> HttpResponse:
    """One row, why it waits, what to do; decide of it, or make a rule."""
    return _flaw(request, flaw_id)


def decide(request: HttpRequest, flaw_id: int) -> HttpResponse:
    """Load the row, corrected or not, or leave it out; or decide so of all its like."""
    found = _found(flaw_id)
    given = {name.removeprefix("c_"): value for name, value in request.POST.items() if name.startswith("c_")}
    asked: dict[str, Any] = {
        "flaw_id": flaw_id, "load": request.POST.get("load") == "yes", "reason": request.POST.get("reason", ""),
        "by": request.user.username, "on": today(),
    }  # fmt: skip
    try:
        if request.POST.get("rule"):
            decisions.make_rule(**asked)
            messages.success(request, _("La règle est faite : ces lignes et celles qui viendront se décident ainsi."))
        else:
            decisions.decide(corrected=given, **asked)
            said = _("Décidé : {row}.").format(row=f"{_kind(found.flaw.kind)} {_key(found.flaw)}")
            messages.success(request, said)
    except Refused as refused:
        return _flaw(request, flaw_id, refused)
    alike = {"code": found.flaw.code, "standing": "ASIDE"}
    left = facts.flaws(found.export_id, **alike, beyond=flaw_id, most=1) or facts.flaws(
        found.export_id, **alike, most=1
    )
    if left and request.POST.get("next"):
        return redirect("takeover_flaw", left[0].id)
    return redirect(reverse("takeover_flaws", args=[found.export_id]) + f"?defaut={found.flaw.code}")


def end_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """End a rule: the rows that it decided wait again."""
    try:
        decisions.end_rule(rule_id=rule_id, by=request.user.username, on=today())
        messages.success(request, _("La règle a pris fin : ses lignes attendent de nouveau une personne."))
    except Refused as refused:
        aloud(request, refused)
    return redirect("takeover")


def _flaw(request: HttpRequest, flaw_id: int, refused: Refused | None = None) -> HttpResponse:
    found = _found(flaw_id)
    fault, it = faults.known()[found.flaw.code], found.flaw
    needed = fault.needs.format_map(it.evidence) if fault.needs else ""
    beside = {problem.field: said(problem) for problem in refused.problems} if refused else {}
    fields = [_field(it.kind, name, value, request.POST, beside) for name, value in found.fields.items()]
    shown = {field["name"] for field in fields} | {"reason"}
    return render(request, "desk/takeover/flaw.html", {
        "found": found, "row": _told(it), "fields": fields, "needed": [it for it in fields if it["name"] == needed],
        "others": [it for it in fields if it["name"] != needed], "fault": fault.title[current()],
        "wrong_elsewhere": any(it["error"] for it in fields if it["name"] != needed),
        "can_load": fault.can_load(it.kind), "can_rule_load": fault.can_load(it.kind) and not fault.needs,
        "reason": request.POST.get("reason", ""), "reason_error": beside.get("reason", ""),
        "aloud": [said for name, said in beside.items() if name not in shown],
        "may_decide": may_open(request.roles, "takeover_decide") and found.verdict == "ASIDE",
    }, status=422 if refused else 200)  # fmt: skip


def _field(
    kind: str, name: str, value: str | None, typed: Mapping[str, str], beside: Mapping[str, str]
) -> dict[str, Any]:
    """A cell as it came, and how it is corrected: its form follows the type of its column."""
    column = COLUMNS[kind, name]
    choices = [(code, word(kind, name, code)) for code in sorted(column.codes)]
    if column.type == "flag":
        choices = [("oui", _("oui")), ("non", _("non"))]
    return {
        "name": name, "label": intake.headers().get(kind, {}).get(name, name), "shown": _cell(kind, name, value),
        "typed": typed.get(f"c_{name}", ""), "error": beside.get(name, ""), "choices": choices,
        "is_day": column.type == "day", "is_number": column.type in NUMBERS,
        "most": column.most if column.type == "text" else None,
    }  # fmt: skip


def _found(flaw_id: int) -> facts.FlawedRow:
    found = facts.flawed_row(flaw_id) if flaw_id < 2**63 else None
    if found is None:
        raise Http404
    return found


def _column_word(kind: str, name: str) -> str:
    """A column as people name it: in French as the old system heads it, in English by its plain name."""
    return name.replace("_", " ") if current() == "en" else intake.headers().get(kind, {}).get(name, name)


def _told(it: facts.KnownFlaw) -> dict[str, Any]:
    """A flaw in words: its title, its sentence, what to do, what stands of it."""
    fault, shown = faults.known()[it.code], evidence(it.evidence)
    if "column" in shown:
        shown["column"] = intake.headers().get(it.kind, {}).get(shown["column"], shown["column"])
    if "columns" in shown:
        shown["columns"] = ", ".join(_column_word(it.kind, name) for name in shown["columns"].split(", "))
    return {
        "it": it, "kind": _kind(it.kind), "title": fault.title[current()], "said": fault.sentence(shown, current(), _),
        "fix": fault.advice(shown, current()), "standing": (STANDINGS[it.standing], _(STANDING_WORDS[it.standing])),
        "key": _key(it),
    }  # fmt: skip


def evidence(of: dict[str, Any]) -> dict[str, Any]:
    """Evidence as a sentence shows it: days and amounts of money in words, signs of likeness named."""
    return {name: _worded(name, value) for name, value in of.items()}


def _worded(name: str, value: Any) -> Any:
    if name == "signs":
        return ", ".join(_(SIGNS[it]) for it in value)
    if name in CENTS and isinstance(value, int):
        return wording.money(value, current())
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return wording.day(parse_day(value), current())
    return value


def _cell(kind: str, name: str, value: str | None) -> str:
    """A field as a person reads it: money, days, yes or no, codes in words."""
    if value is None:
        return ""
    column, lang = COLUMNS[kind, name], current()
    if column.type == "cents":
        return wording.money(int(value), lang)
    if column.type == "thousandths":
        return wording.quantity(int(value), "", lang)
    if column.type == "millionths":
        return wording.number(Decimal(value).scaleb(-6), lang)
    if column.type == "day":
        return wording.day(parse_day(value), lang)
    if column.type == "flag":
        return _("oui") if value == "t" else _("non")
    return word(kind, name, value) if column.type == "code" else value


def _key(it: facts.KnownFlaw) -> str:
    """What the old system names a row by, as a person reads it; its line where it has none."""
    names, parts = KINDS[it.kind].key if it.kind else (), it.key.split("|")
    if len(names) != len(parts) or not it.key:
        return it.key or (wording.number(it.line, current()) if it.line else "")
    return " · ".join(_part(it.kind, name, part) for name, part in zip(names, parts, strict=True))


def _part(kind: str, name: str, part: str) -> str:
    column = COLUMNS[kind, name]
    if column.type == "day" and ISO_DAY.fullmatch(part):
        return wording.short_day(parse_day(part), current())
    return word(kind, name, part) if column.type == "code" else part


def _counted(export_id: int) -> list[dict[str, Any]]:
    """The faults found, those that wait first, then the gravest, then by how many there are."""
    counted: dict[tuple[str, str], int] = {}
    for (_kind_of, code, standing), count in facts.flaw_counts(export_id).items():
        counted[code, standing] = counted.get((code, standing), 0) + count
    order = list(STANDINGS)
    rows = sorted(counted.items(), key=lambda row: (order.index(row[0][1]), faults.known()[row[0][0]].gravity, -row[1]))
    return [
        {"code": code, "title": faults.known()[code].title[current()], "count": count, "kind": STANDINGS[standing],
         "word": _(STANDING_WORDS[standing])}
        for (code, standing), count in rows
    ]  # fmt: skip


def _kind(name: str) -> str:
    return str(_(KINDS[name].title)) if name else _("lignes d’aucune sorte")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
