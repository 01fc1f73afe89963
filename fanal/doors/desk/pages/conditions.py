"""Conditions de service: each article in our words, its figures on a chosen day, its rules, and a case put to one."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.doors.desk import trials
from fanal.doors.desk.asked import day_asked
from fanal.doors.desk.citations import anchor
from fanal.doors.desk.language import current
from fanal.doors.office import today
from fanal.law import articles, asking, cases, delays
from fanal.law.articles import Article, UnknownArticle
from fanal.law.explain import figure_named
from fanal.law.rules import Rule, all_rules

DAYS = "Partie VIII"  # where holidays are told


def listing(request: HttpRequest) -> HttpResponse:
    """Every chapter with its articles."""
    on = day_asked(request, "le") or today()
    told = [
        {"chapter": it, "title": it.title[current()], "articles": [_named(article) for article in it.articles]}
        for it in articles.chapters(settings.FANAL_BYLAW, on)
    ]
    beyond = [_ruled(it) for it in all_rules().values() if not articles.number_in(it.article)]
    return render(request, "desk/conditions/listing.html", {"chapters": told, "beyond": beyond, "as_of": on})


def chapter(request: HttpRequest, number: str) -> HttpResponse:
    """One chapter, as it stands on a day."""
    on = day_asked(request, "le") or today()
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


def rule(request: HttpRequest, name: str) -> HttpResponse:
    """What a rule asks, and its answer to the case of the address, or to its example."""
    try:
        asked = cases.rule_named(name)
    except cases.UnreadableCase as problem:
        raise Http404(name) from problem
    trial = trials.tried(asked, request.GET, settings.FANAL_BYLAW, current())
    article = _article_of(asked, trial.on)
    context = _ruled(asked) | {
        "trial": trial,
        "as_of": trial.on,
        "article": article,
        "title": article.title[current()] if article else "",
    }
    return render(request, "desk/conditions/rule.html", context, status=422 if trial.refused else 200)


def _ruled(rule: Rule) -> dict[str, Any]:
    return {"rule": rule, "says": asking.sentence(rule)[current()]}


def _article_of(rule: Rule, on: date) -> Article | None:
    """The article of the bylaw that a rule applies, as it stood; none for a rule of another text."""
    number = articles.number_in(rule.article)
    return articles.article(settings.FANAL_BYLAW, number, on) if number else None


def _named(article: Article) -> dict[str, Any]:
    return {"article": article, "title": article.title[current()], "anchor": anchor(article.number)}


def _shown(article: Article, on: date) -> dict[str, Any]:
    """An article in the language of the page."""
    lang = current()
    figures = [{"figure": it, "named": figure_named(it, lang)} for it in article.figures]
    rules = all_rules()
    said = [{"name": it.name, "met": it.said[lang][0], "not_met": it.said[lang][1]} for it in article.rules if it.said]
    return _named(article) | {
        "gist": article.gist.get(lang, ""),
        "figures": figures,
        "said": said,
        "rules": [_ruled(rules[it.name]) for it in article.rules if it.name in rules],
        "others": [it.name for it in article.rules if not it.said and it.name not in rules],
        "holidays": _holidays(on) if article.number == DAYS else [],
    }


def _holidays(on: date) -> list[tuple[date, str]]:
    """The holidays of the year of that day."""
    names = delays.holidays(settings.FANAL_BYLAW).names
    return [(day, names[day][current()]) for day in sorted(names) if day.year == on.year]
