"""What an act refused, put on its page: beside the field at fault, or aloud at the top."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext

from fanal.doors.desk.language import current
from fanal.values.refusal import Fault, Problem, Refused


def said(problem: Problem | Fault) -> str:
    """The sentence of a refusal, in the language of the page; French when it was never translated."""
    return problem.worded(current(), gettext)


def beside(form: Form, refused: Refused) -> None:
    """Each refusal beside its field; above the form when it is of none that a person sees."""
    seen = {it.name for it in form.visible_fields()}
    for problem in refused.problems:
        form.add_error(problem.field if problem.field in seen else None, said(problem))


def aloud(request: HttpRequest, refused: Refused) -> None:
    """Each refusal at the top of the next page."""
    for problem in refused.problems:
        messages.error(request, said(problem))
