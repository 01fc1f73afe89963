"""The queue of long work: a page asks, the worker takes, a page looks. One table, one lock a job."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone, translation

from fanal.doors.jobs import bill_run, checking, comparing, leaving, moving_in, rehearsing, verification
from fanal.doors.jobs.models import Job, JobState
from fanal.doors.migration import reconciling
from fanal.records.billing import facts as billing
from fanal.values.refusal import Phrase, Problem, Refused, refuse
from fanal.values.wording import LANGUAGES, Lang

COMPUTE, ISSUE, VERIFY, REHEARSE, LEAVE = "compute_run", "issue_run", "verify", "rehearse", "leave"
RECONCILE, COMPARE = "reconcile", "compare"
RECEIVE, LOAD, SURVEY = "receive_export", "load_export", "survey_network"
WHOLE = (RECEIVE, LOAD, SURVEY)  # what is done whole or not at all
LOCKS = 0x6A6F62  # the class of advisory locks that tells who works on a job
PROBLEMS_MAX = 20  # of those that stopped a job, how many are kept in full
AND_OTHERS = Phrase("… et {count} autres.")
SILENT = Phrase("La tâche s’est arrêtée. Ce qui était fait est gardé ; la redemander continue où elle en était.")
SILENT_WHOLE = Phrase("La tâche s’est arrêtée. Rien n’en est gardé ; la redemander recommence.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownJob:
    """A job as a page shows it; `ends_at` is an estimate, None until some of it is done."""

    id: int
    kind: str
    state: str
    by: str
    done: int
    total: int
    said: Mapping[Lang, str]  # why it stopped
    begun_at: datetime | None
    ended_at: datetime | None
    ends_at: datetime | None
    is_held: bool = True  # whether a worker is at it; one that was killed let it go
    subject: int = 0
    about: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it waits or works."""
        return self.state in (JobState.WAITING, JobState.RUNNING)


def ask(*, kind: str, subject: int, by: str, on: date, about: str = "") -> int:
    """Ask for long work; asking twice for the same while it is wanted is asking once. Returns the job's id.

    Refused: what is asked `about` another thing than the one under way, where there is one at a time.
    """
    with transaction.atomic():
        live = {"kind": kind, "subject": subject, "state__in": (JobState.WAITING, JobState.RUNNING)}
        asked = {"kind": kind, "subject": subject, "by": by, "on": on, "about": about}
        job, _ = Job.objects.get_or_create(**live, defaults=asked)
        if job.about != about:
            raise refuse("« {about} » est en cours : attendre que ce soit fini.", about=job.about)
        return job.pk


def last_job(*, kind: str, subject: int) -> KnownJob | None:
    """The last job of that kind about that subject."""
    found = Job.objects.filter(kind=kind, subject=subject).order_by("pk").last()
    return _known(found) if found else None


def last_of(kinds: Sequence[str]) -> KnownJob | None:
    """The last job of those kinds, whatever its subject."""
    found = Job.objects.filter(kind__in=kinds).order_by("pk").last()
    return _known(found) if found else None


def _is_held(job: Job) -> bool:
    """Whether some session holds the lock of a job that works."""
    query = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
    with connection.cursor() as cursor:
        cursor.execute(query, [LOCKS, job.pk])
        return bool(cursor.fetchone()[0])


def _known(job: Job) -> KnownJob:
    ends_at = None
    if job.state == JobState.RUNNING and job.begun_at and job.done:
        spent = timezone.now() - job.begun_at
        ends_at = timezone.now() + timedelta(seconds=spent.total_seconds() * max(0, job.total - job.done) / job.done)
    return KnownJob(
        id=job.pk, kind=job.kind, subject=job.subject, about=job.about, state=job.state,
        by=job.by, done=job.done, total=job.total,
        said={"fr": job.said, "en": job.said_in_english or job.said}, begun_at=job.begun_at, ended_at=job.ended_at,
        ends_at=ends_at, is_held=job.state == JobState.RUNNING and _is_held(job),
    )  # fmt: skip


def work_once() -> bool:
    """Do the oldest job that nobody works on, or that a killed worker left; False when there is none."""
    waiting = Job.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING)).order_by("pk")
    for job_id in list(waiting.values_list("pk", flat=True)):
        with _alone(job_id) as mine:
            if mine and _do(job_id):
                return True
    return False


@contextmanager
def _alone(job_id: int) -> Iterator[bool]:
    """Hold the job's lock; a worker that is killed lets it go, and another goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, job_id])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, job_id])


def _do(job_id: int) -> bool:
    job = Job.objects.get(pk=job_id)
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        return False
    work, chunks = WORK[job.kind]
    total = sum(size for _, size in chunks(job.subject))
    job.state, job.begun_at, job.done, job.total = JobState.RUNNING, timezone.now(), 0, total
    job.save()

    def progress(size: int) -> None:
        job.done += size
        job.save(update_fields=["done"])

    try:
        about = {"about": job.about} if job.about else {}
        finished = work(run_id=job.subject, by=job.by, on=job.on, progress=progress, **about)
        job.state = JobState.DONE if finished else JobState.PAUSED
        _stopped(job, [])
    except Refused as refused:
        job.state = JobState.FAILED
        _stopped(job, refused.problems)
    except Exception:  # the worker lives on, and the page says that this job stopped
        job.state = JobState.FAILED
        _stopped(job, [Problem(0, "", SILENT_WHOLE if job.kind in WHOLE else SILENT)])
        raise
    finally:
        job.ended_at = timezone.now()
        job.save()
    return True


def _stopped(job: Job, because: Sequence[Problem]) -> None:
    """Keep why in both languages: who looks may read another than who asked. Where it is, if it is of a line."""
    said = {}
    kept = list(because[:PROBLEMS_MAX])
    if len(because) > len(kept):
        kept.append(Problem(0, "", AND_OTHERS, count=len(because) - len(kept)))
    for lang in LANGUAGES:
        with translation.override(lang):
            said[lang] = "\n".join(_placed(it, lang) for it in kept)
    job.said, job.said_in_english = said["fr"], said["en"]


def _placed(it: Problem, lang: Lang) -> str:
    sentence = it.worded(lang, translation.gettext)
    if not it.row:
        return sentence
    return translation.gettext("{field}, ligne {row} : {sentence}").format(
        field=it.field, row=it.row, sentence=sentence
    )


Work = tuple[Callable[..., bool], Callable[[int], list[tuple[int, int]]]]
WORK: dict[str, Work] = {
    COMPUTE: (bill_run.compute_run, billing.chunks_to_compute),
    ISSUE: (verification.issue_verified, billing.chunks_to_issue),
    VERIFY: (checking.verify_now, checking.steps),
    REHEARSE: (rehearsing.rehearse_now, rehearsing.steps),
    LEAVE: (leaving.leave_now, leaving.steps),
    RECONCILE: (reconciling.reconcile_now, reconciling.steps),
    COMPARE: (comparing.compare_now, comparing.steps),
    RECEIVE: (moving_in.receive_now, moving_in.hundred),
    LOAD: (moving_in.load_now, moving_in.steps),
    SURVEY: (moving_in.survey_now, moving_in.one),
}
