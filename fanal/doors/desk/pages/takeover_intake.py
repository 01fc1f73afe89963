"""« Recevoir une exportation »: files sent or a folder of the server, received, examined and loaded by the worker."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanal.doors.desk.language import current
from fanal.doors.desk.refused import aloud, said
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import moving_in, queue
from fanal.doors.jobs.queue import KnownJob
from fanal.doors.migration import folders
from fanal.doors.office import today
from fanal.records.takeover import facts
from fanal.records.takeover.facts import KnownExport
from fanal.values import wording
from fanal.values.refusal import Refused, refuse

KINDS = (queue.RECEIVE, queue.LOAD, queue.SURVEY)
MEGABYTE = 10**6


def page(request: HttpRequest) -> HttpResponse:
    """The folders of the server, and where to send files."""
    return _page(request)


def send(request: HttpRequest) -> HttpResponse:
    """Keep the files sent in a folder of the server, then receive it."""
    by, on = request.user.username, today()
    try:
        _refuse_two()
        kept = folders.keep(request.FILES.getlist("files"), by=by, on=on)
        queue.ask(kind=queue.RECEIVE, subject=0, about=kept.name, by=by, on=on)
    except Refused as refused:
        return _page(request, "\n".join(map(said, refused.problems)), status=422)
    return redirect("takeover")


def receive(request: HttpRequest) -> HttpResponse:
    """Ask for a folder of the server to be received and examined; nothing is loaded."""
    try:
        _refuse_two()
        folder = folders.folder(request.POST.get("folder", ""))
        queue.ask(kind=queue.RECEIVE, subject=0, about=folder.name, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
        return redirect("takeover_intake")
    return redirect("takeover")


def remove(request: HttpRequest) -> HttpResponse:
    """Remove a folder from the server; what was received of it stays."""
    try:
        _refuse_two()
        folders.remove(request.POST.get("folder", ""), by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Le dossier n’est plus sur le serveur. Ce qui en a été reçu demeure."))
    return redirect("takeover_intake")


def load(request: HttpRequest, export_id: int) -> HttpResponse:
    """Ask for an export to be loaded, by who says that its report was read."""
    known = facts.export(export_id) if export_id < 2**31 else None
    if known is None:
        raise Http404
    try:
        if request.POST.get("confirm") != "yes":
            raise refuse(_("Dire d’abord que le rapport est lu."))
        _refuse_two()
        queue.ask(kind=queue.LOAD, subject=export_id, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    return redirect("takeover")


def survey(request: HttpRequest) -> HttpResponse:
    """Ask for the map of a folder to be read."""
    subject = moving_in.KEEP_GOOD if request.POST.get("keep_good") else moving_in.WHOLE
    try:
        _refuse_two()
        folder = folders.folder(request.POST.get("folder", ""))
        queue.ask(kind=queue.SURVEY, subject=subject, about=folder.name, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    return redirect("network")


def progress(request: HttpRequest) -> HttpResponse:
    """How far it is; when it is over the page is opened again."""
    known = under_way()
    answer = render(request, "desk/takeover/working.html", known)
    if not known["job_is_live"]:
        answer["HX-Refresh"] = "true"
    return answer


def under_way(*kinds: str) -> dict[str, Any]:
    """The last of what the worker was asked for here: how far it is, or why it stopped."""
    job = queue.last_of(kinds or KINDS)
    return {
        "job": job, "job_is_live": bool(job and job.is_live), "job_label": _label(job) if job else "",
        "job_said": how_far(job) if job and job.is_live else "",
        "job_failed": job.said[current()] if job and job.state == "FAILED" else "",
    }  # fmt: skip


def shown_folders(exports: Sequence[KnownExport]) -> list[dict[str, Any]]:
    """The folders of the server, with the one of those exports that each became."""
    received = {it.directory: it for it in reversed(exports)}
    return [
        {"it": it, "size": megabytes(it.size), "export": received.get(str(it.path)[:400])} for it in folders.folders()
    ]  # fmt: skip


def megabytes(size: int) -> str:
    """« 22 Mo »."""
    return _("{count} Mo").format(count=wording.number(max(1, size // MEGABYTE), current()))


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    known = under_way() | {
        "folders": shown_folders(facts.exports()), "place": folders.place(), "problem": problem,
        "may_survey": may_open(request.roles, "takeover_survey"),
    }  # fmt: skip
    return render(request, "desk/takeover/intake.html", known, status=status)


def _refuse_two() -> None:
    if (job := queue.last_of(KINDS)) and job.is_live:
        raise refuse(_("Une seule chose à la fois : « {label} » est en cours.").format(label=_label(job)))


def _label(job: KnownJob) -> str:
    if job.kind == queue.LOAD:
        return _("Chargement de l’exportation {number}").format(number=job.subject)
    named = _("Réception : {folder}") if job.kind == queue.RECEIVE else _("Carte du réseau : {folder}")
    return named.format(folder=job.about)
