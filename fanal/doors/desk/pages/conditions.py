"""Conditions de service: each article in our words, its figures on a chosen day, and the rules that apply it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.doors.desk.asked import day_asked
from fanal.doors.desk.citations import anchor
from fanal.doors.desk.language import current
from fanal.law import articles, delays
from fanal.law.articles import Article, UnknownArticle
from fanal.law.explain import figure_named

DAYS = "Partie VIII"  # where holidays are told


def listing(request: HttpRequest) -> HttpResponse:
    """Every chapter with its articles."""
    on = day_asked(request)
    told = [
        {"chapter": it, "title": it.title[current()], "articles": [_named(article) for article in it.articles]}
        for it in articles.chapters(settings.FANAL_BYLAW, on)
    ]
    return render(request, "desk/conditions/listing.html", {"chapters": told, "as_of": on})


def chapter(request: HttpRequest, number: str) -> HttpResponse:
    """One chapter, as it stands on a day."""
    on = day_asked(request)
    try:
        told = articles.chapter(settings.FANAL_BYLAW, number, on)
    except UnknownArticle as problem:
        raise Http404(number) from problem
    context = {
        "chapter": told,
        "title": told.title[current()],
        "articles": [_shown(it, on) for it in told.articles],
        "as_of": on,
    }
    return render(request, "desk/conditions/chapter.html", context)


def _named(article: Article) -> dict[str, Any]:
    return {"article": article, "title": article.title[current()], "anchor": anchor(article.number)}


def _shown(article: Article, on: date) -> dict[str, Any]:
    """An article in the language of the page."""
    lang = current()
    figures = [{"figure": it, "named": figure_named(it, lang)} for it in article.figures]
    said = [{"name": it.name, "met": it.said[lang][0], "not_met": it.said[lang][1]} for it in article.rules if it.said]
    return _named(article) | {
        "gist": article.gist.get(lang, ""),
        "figures": figures,
        "said": said,
        "others": [it.name for it in article.rules if not it.said],
        "holidays": _holidays(on) if article.number == DAYS else [],
    }


def _holidays(on: date) -> list[tuple[date, str]]:
    """The holidays of the year of that day."""
    names = delays.holidays(settings.FANAL_BYLAW).names
    return [(day, names[day][current()]) for day in sorted(names) if day.year == on.year]
