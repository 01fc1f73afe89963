"""The components, each in its states, for those who make pages. Answers in development only."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONG = (
    "Coopérative de solidarité des producteurs et productrices de sirop d’érable, de miel et de petits fruits du "
    "rang Saint-Jean-Baptiste-de-la-Grande-Anse"
)


def page(request: HttpRequest) -> HttpResponse:
    """One page, no data: figures here are examples of form."""
    stages = [
        {"title": "Ouverte", "fact": "13 h 31", "state": "done"},
        {"title": "Calculée", "fact": "1 284 factures", "state": "done"},
        {"title": "Révision", "fact": "17 retenues", "state": "current"},
        {"title": "Approbation", "fact": "par une autre personne", "state": ""},
        {"title": "Émission", "fact": "12 janvier", "state": ""},
    ]
    scheme = request.GET.get("scheme", "")
    return render(
        request,
        "desk/styles/page.html",
        {"stages": stages, "long": LONG, "cents": 383_363, "first": date(2026, 4, 1), "scheme": scheme},
    )
