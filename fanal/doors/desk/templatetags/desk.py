"""Filters and tags of the desk: figures as people read them, icons, badges. Built in: no {% load %} needed.

`{{ cents|money }}` `{{ thousandths|quantity:"kWh" }}` `{{ millionths|price }}` `{{ on|day }}` `{{ on|short_day }}`
`{{ count|number }}` `{{ account|account_number }}` `{{ sentence|typo }}`
`{{ "4.3.1"|article:on }}` `{{ sentence|articles:on }}` `{% icon "reads" %}` `{% static "…" %}`.
"""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.messages.constants import DEFAULT_LEVELS
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from fanal.doors.desk.citations import address_of
from fanal.doors.desk.language import current
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law.articles import CITED
from fanal.records.billing.facts import bill_number as _bill_number
from fanal.values import wording

register = template.Library()
register.filter(may_open)
ORDINAL = "1er"
READING = re.compile(r"Lecture de (?:l’article ([\d.]+)|(« .+ »)), registre des interprétations")
FIRST_OF_MONTH = re.compile(rf"\b{ORDINAL}\b")


@register.filter
def money(cents: int | None) -> str:
    """« 1 234,56 $ » of cents; nothing for None."""
    return "" if cents is None else wording.money(cents, current())


@register.filter
def quantity(thousandths: int | None, unit: str = "kWh") -> str:
    """« 2 480 kWh » of thousandths."""
    return "" if thousandths is None else wording.quantity(thousandths, unit, current())


@register.filter
def number(value: int | None) -> str:
    """« 52 031 »."""
    return "" if value is None else wording.number(value, current())


@register.filter
def price(millionths: int | None) -> str:
    """« 6,905 ¢ » of millionths of a dollar."""
    return "" if millionths is None else wording.price(millionths, current())


@register.filter
def percentage(millionths: int | None) -> str:
    """« 9,975 % » of millionths of one."""
    return "" if millionths is None else wording.percentage(millionths, current())


@register.filter
def day(on: date | None) -> str:
    """« 12 janvier 2026 », with the raised « er » of the first of the month."""
    return "" if on is None else _raised(wording.day(on, current()))


@register.filter
def short_day(on: date | None) -> str:
    """« 12 janv. 2026 », for tables."""
    return "" if on is None else _raised(wording.short_day(on, current()).replace(" ", wording.NO_BREAK))


@register.filter
def moment(at: datetime) -> SafeString:
    """« 12 janv. 2026, 14 h 05 » of an instant, in the office's time zone."""
    here = timezone.localtime(at)
    return format_html("{}, {}", short_day(here.date()), wording.hour(here.time(), current()))


@register.filter
def weekday(on: date) -> str:
    """« lundi »."""
    return wording.weekday(on, current())


@register.filter
def days(count: int | None) -> str:
    """« 62 jours »."""
    return "" if count is None else wording.days(count, current())


@register.filter
def account_number(text: str) -> str:
    """« 301 204 587-2 » of the ten digits of an account, never broken."""
    digits = str(text)
    spaced = wording.NO_BREAK.join((digits[:3], digits[3:6], digits[6:9]))
    return f"{spaced}-{digits[9:]}" if len(digits) == 10 else digits


@register.filter
def bill_number(stored: int) -> str:
    """« 2026-000318 » of the number as it is stored."""
    return _bill_number(stored)


@register.filter
def typo(text: Any) -> SafeString:
    """The text with its no-break spaces and apostrophes; what was escaped stays so."""
    kept = text if isinstance(text, SafeString) else escape(text)
    return mark_safe(wording.typography(str(kept).replace("&#x27;", "’"), current()))


@register.filter
def quoted(text: str) -> str:
    """What a person wrote, between the quotation marks of the language; no line ends within a mark's space."""
    return f"“{text}”" if current() == "en" else f"«\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}»"


@register.filter
def told(text: Any) -> SafeString:
    """The sentence of an explanation: as `typo`, with the raised « er » of each first of the month."""
    return mark_safe(FIRST_OF_MONTH.sub("1<sup>er</sup>", typo(text)))


@register.filter
def source(text: Any) -> SafeString:
    """What a figure rests on: its title stays French on an English page, and is said so; what is ours is translated."""
    if current() == "fr" or not text:
        return typo(text)
    if str(text) == "Règle de gestion de Fanal":
        return escape(gettext("Règle de gestion de Fanal"))
    if found := READING.fullmatch(str(text)):
        what = article(found[1]) if found[1] else format_html('<span lang="fr">{}</span>', typo(found[2]))
        return format_html(gettext("Lecture de {}, registre des interprétations"), what)
    return format_html('<span lang="fr">{}</span>', typo(text))


@register.filter
def cited_at(cited: str, on: date | None = None) -> str:
    """The address of what is cited (an article, a book, a tax) that day; empty when no page tells it."""
    return address_of(cited, on or today())


@register.filter
def article_number(number: str) -> str:
    """« 4.3.1 »; « Part VIII », « Annex 3 » in English."""
    return number.replace("Partie", "Part").replace("Annexe", "Annex") if current() == "en" else number


@register.filter
def chapter_name(number: str) -> str:
    """« Chapitre 4 », « Partie VIII », « Annexes »."""
    if number == "annexes":
        return gettext("Annexes")
    if number == "VIII":
        return gettext("Partie VIII")
    return gettext("Chapitre %(number)s") % {"number": number}


@register.filter
def article(cited: str, on: date | None = None) -> SafeString:
    """« art. 4.2.1 a) », which opens the article as it stood that day."""
    number = typo(article_number(cited))
    sign = "" if number.startswith(("Part", "Annex")) else "s." if current() == "en" else "art."
    words = format_html("{}{}{}", sign, wording.NO_BREAK if sign else "", number)
    url = cited_at(cited, on)
    return format_html('<a class="cited" href="{}">{}</a>', url, words) if url else words


@register.filter
def articles(text: Any, on: date | None = None) -> SafeString:
    """The sentence, each article of the bylaw that it names opening as it stood that day."""
    return mark_safe(CITED.sub(lambda found: _linked(found[0], on), told(text)))


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sheet `desk/icons.svg`, hidden from screen readers: a word stands beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("desk/icons.svg"), name)


@register.simple_tag(name="static")
def static_address(path: str) -> str:
    """Address of a file of static/, with its digest."""
    return static(path)


@register.filter
def message_kind(level: int) -> str:
    """good, warn or bad, of the level of a message."""
    if level >= DEFAULT_LEVELS["ERROR"]:
        return "bad"
    return "warn" if level >= DEFAULT_LEVELS["WARNING"] else "good"


def _linked(words: str, on: date | None) -> str:
    url = cited_at(words, on)
    return format_html('<a class="cited" href="{}">{}</a>', url, mark_safe(words)) if url else words


def _raised(text: str) -> SafeString:
    start, found, end = text.partition(ORDINAL)
    return format_html("{}1<sup>er</sup>{}", start, end) if found else escape(text)
