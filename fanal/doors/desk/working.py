"""How far long work is, in words: « 912 sur 1 284, encore 4 secondes, fin vers 14 h 07 »."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanal.doors.desk.language import current
from fanal.doors.jobs import queue
from fanal.doors.jobs.queue import KnownJob
from fanal.values import wording

SHARES = {queue.RECEIVE}  # told in hundredths
LONG = 90  # seconds from which minutes are enough


def how_far(job: KnownJob) -> str:
    """As far as it is known: nothing of the end until some of it is done."""
    if job.state == "WAITING" or not job.total:
        return _("en attente de l’ouvrier")
    if not job.is_held:
        return _("l’ouvrier s’est arrêté en route ; il reprend dès qu’il revient")
    lang = current()
    done, total = (wording.number(it, lang) for it in (min(job.done, job.total), job.total))
    far = f"{done}\N{NO-BREAK SPACE}%" if job.kind in SHARES else _("{done} sur {total}").format(done=done, total=total)
    if job.ends_at is None:
        return far
    left = max(int((job.ends_at - timezone.now()).total_seconds()), 0) + 1
    if left > LONG:
        wait = ngettext("encore %(count)s minute", "encore %(count)s minutes", left // 60) % {"count": left // 60}
    else:
        wait = ngettext("encore %(count)s seconde", "encore %(count)s secondes", left) % {"count": left}
    ends = timezone.localtime(job.ends_at).time()
    return f"{far}, {wait}, " + _("fin vers {hour}").format(hour=wording.hour(ends, lang))
