"""Leave with everything: an archive asked for now, how far it is, and the last one to take."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanal.doors.archive import keeping
from fanal.doors.desk.language import current
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import leaving, queue
from fanal.doors.office import today
from fanal.values import wording

MEGABYTE = 1_000_000
SUBJECTS = {"all": leaving.WITH_PDF, "none": leaving.WITHOUT_PDF}


def page(request: HttpRequest) -> HttpResponse:
    """What an archive holds, the one under way, the last one."""
    return render(request, "desk/archives/page.html", _known())


def progress(request: HttpRequest) -> HttpResponse:
    """How far the archive is; when it is done, the page is read again."""
    known = _known()
    answer = render(request, "desk/archives/page.html#progress", known)
    if not known["job"] or not known["job"].is_live:
        answer["HX-Refresh"] = "true"
    return answer


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an archive now; the worker makes it and the journal keeps who asked."""
    subject = SUBJECTS.get(request.POST.get("pdf", ""))
    if subject is None:
        raise Http404
    if not _known()["job_is_live"]:  # one at a time: it is the same file
        queue.ask(kind=queue.LEAVE, subject=subject, by=request.user.username, on=today())
    return redirect("archives")


def take(request: HttpRequest) -> HttpResponse | FileResponse:
    """The last archive, as a file; the journal keeps who took it."""
    kept = keeping.last()
    if kept is None:
        raise Http404
    keeping.record_taken(kept, by=request.user.username, on=today())
    answer = FileResponse(kept.path.open("rb"), as_attachment=True, filename=kept.path.name)
    answer["Cache-Control"] = "no-store"
    return answer


def _known() -> dict[str, Any]:
    kept = keeping.last()
    jobs = [it for subject in SUBJECTS.values() if (it := queue.last_job(kind=queue.LEAVE, subject=subject))]
    job = max(jobs, key=lambda it: it.id, default=None)
    failed = job and job.state == "FAILED" and (kept is None or (job.ended_at and job.ended_at > kept.made_at))
    return {
        "kept": kept, "job": job, "job_is_live": bool(job and job.is_live),
        "size": _("{count} Mo").format(count=wording.number(max(1, kept.size // MEGABYTE), current())) if kept else "",
        "said": how_far(job) if job and job.is_live else "", "failed": job.said[current()] if failed and job else "",
    }  # fmt: skip
