"""Where what is cited is told: an article of the bylaw, a book of prices or a tax, as of a day."""

from datetime import date

from django.conf import settings
from django.urls import reverse

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
