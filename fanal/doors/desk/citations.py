"""Where what is cited or named is told: an article of the bylaw, a book of prices or a tax, an object of the desk."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import may_open
from fanal.law import articles
from fanal.law.tariffs import shelf


def address_of(cited: str, on: date) -> str:
    """The page of « 4.2.1 a) », « hydro_quebec/D » or « canada/gst » that day; empty when nothing tells it."""
    number = articles.number_in(cited)
    if number in articles.numbers(settings.FANAL_BYLAW):
        page = reverse("condition", args=[articles.chapter_of(number)])
        return f"{page}?le={on.isoformat()}#{anchor(number)}"
    if cited in (*shelf.catalogue(), *shelf.catalogue("tax")):
        return f"{reverse('tariff', args=[cited])}?le={on.isoformat()}"
    return ""


def anchor(number: str) -> str:
    """The place of an article in the page of its chapter."""
    return f"art-{number.rpartition(' ')[2]}"


def page_of(name: str, roles: frozenset[Role], **parts: Any) -> str:
    """The address of that page; empty when these roles may not open it."""
    return reverse(name, kwargs=parts) if may_open(roles, name) else ""
