"""French unless the person chose English on this very browser; what the browser prefers never decides."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from fanal.values.wording import Lang

COOKIE = "fanal_language"
LANGUAGES: tuple[Lang, ...] = ("fr", "en")


class LanguageMiddleware:
    """Speak French, or English where it was chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(COOKIE)
        with translation.override(chosen if chosen in LANGUAGES else "fr"):  # a choice ends with its request
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", f"{current()}-CA")
        return response


def current() -> Lang:
    """The language of the page being made."""
    return "en" if (translation.get_language() or "fr").startswith("en") else "fr"
