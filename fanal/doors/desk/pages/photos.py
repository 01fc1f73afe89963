"""Photos of dials: the whole picture, the small one beside an index, and what comes with a form."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from fanal.doors.desk.refused import said
from fanal.links.meters import photos
from fanal.records.metering import facts
from fanal.values.picture import Picture
from fanal.values.refusal import Refused

KEPT = "private, no-cache"  # by this browser alone, which asks each time: who left sees nothing any more
KINDS = "image/jpeg,image/png,image/webp"


def whole(request: HttpRequest, photo_id: int) -> HttpResponse:
    """The photo as it is kept."""
    return _answer(request, photo_id, small=False)


def small(request: HttpRequest, photo_id: int) -> HttpResponse:
    """The photo, small enough to stand beside an index."""
    return _answer(request, photo_id, small=True)


def _answer(request: HttpRequest, photo_id: int, *, small: bool) -> HttpResponse:
    found = facts.photo(photo_id)
    if found is None:
        raise Http404
    meter, read_on, content = found
    tag = f'"{sha256(content).hexdigest()}"'
    if seen := get_conditional_response(request, etag=tag):
        return seen
    answer = HttpResponse(photos.small(content) if small else content, content_type="image/jpeg")
    # A serial number is any text: only its letters and figures go in a header.
    name = "".join(it for it in meter if it.isascii() and (it.isalnum() or it == "-"))
    answer["Content-Disposition"] = f'inline; filename="{name}_{read_on.isoformat()}.jpg"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"], answer["ETag"] = KEPT, tag
    return answer


def came(request: HttpRequest, field: str) -> tuple[list[Picture], str]:
    """The pictures that came in that field of a form, and what is wrong with one of them: then none is taken."""
    taken = []
    for file in request.FILES.getlist(field):
        try:
            taken.append(photos.decode(file.read(photos.BYTES_MAX + 1)))
        except Refused as refused:
            why = " ".join(map(said, refused.problems))
            return [], _("{file} : {said}").format(file=file.name, said=why)
    return taken, ""
