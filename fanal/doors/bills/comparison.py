"""Why the amount changed, in words: the use, the prices, and what estimates had already billed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from fanal.doors.bills.words import month_and_year, signed
from fanal.links.print.contract import Change as PrintedChange
from fanal.links.print.contract import Part
from fanal.reports.bill_history import Change
from fanal.reports.bill_story import BillStory
from fanal.values import wording
from fanal.values.money import half_up
from fanal.values.wording import Lang

WIDEST = 1000
COLDER = 5  # tenths of a degree: less is not worth a word


def change(story: BillStory, told: Change, temperatures: Mapping[tuple[int, int], int], lang: Lang) -> PrintedChange:
    """The panel « Pourquoi le montant change »; its parts add up to the difference."""
    direction: Literal["more", "less", "same"] = "more" if told.cents > 0 else "less" if told.cents else "same"
    then, now = told.then.total_cents, story.total_cents
    longest = max(then, now, 1)
    return PrintedChange(
        direction=direction,
        amount=wording.money(abs(told.cents), lang),
        since=told.since,
        parts=tuple(_parts(story, told, temperatures, lang)) if told.split else (),
        then_label=month_and_year(told.then.to_on - timedelta(days=1), lang),
        then_amount=signed(then, lang),
        then_width=max(then, 0) * WIDEST // longest,
        now_label=month_and_year(story.to_on - timedelta(days=1), lang),
        now_amount=signed(now, lang),
        now_width=max(now, 0) * WIDEST // longest,
    )


def _parts(story: BillStory, told: Change, temperatures: Mapping[tuple[int, int], int], lang: Lang) -> list[Part]:
    parts = []
    if told.use_cents:
        note = " ".join(it for it in (_days(story, told, lang), _weather(story, told, temperatures, lang)) if it)
        parts.append(Part(label=_use(story, told, lang), amount=signed(told.use_cents, lang, plus=True), note=note))
    if told.price_cents:
        parts.append(_prices(told, lang))
    if told.credit_cents:
        label = {"fr": "Estimations déjà facturées", "en": "Estimates already billed"}[lang]
        parts.append(Part(label=label, amount=signed(told.credit_cents, lang, plus=True)))
    return parts


def _use(story: BillStory, told: Change, lang: Lang) -> str:
    difference = story.kwh - told.then.kwh
    if not difference:
        days = story.days - told.then.days
        if days:
            more = {"fr": ("de plus", "de moins"), "en": ("more", "fewer")}[lang][days < 0]
            return f"{wording.days(abs(days), lang)} {more}"
        return {"fr": "Votre puissance a changé", "en": "Your power changed"}[lang]
    kwh = wording.quantity(abs(difference), "kWh", lang)
    if lang == "en":
        return f"You used {kwh} {'more' if difference > 0 else 'less'}"
    return f"Vous avez consommé {kwh} de {'plus' if difference > 0 else 'moins'}"


def _days(story: BillStory, told: Change, lang: Lang) -> str:
    now, then = wording.days(story.days, lang), wording.days(told.then.days, lang)
    if story.days == told.then.days:
        return {"fr": f"Mêmes {now}.", "en": f"The same {now}."}[lang]
    return {"fr": f"{now} au lieu de {then}.", "en": f"{now} instead of {then}."}[lang]


def _weather(story: BillStory, told: Change, temperatures: Mapping[tuple[int, int], int], lang: Lang) -> str:
    """« En moyenne, il a fait 2,4 °C de moins. »; nothing where a month is unknown or the gap is small."""
    now = _mean(story.rated_from_on, story.to_on, temperatures)
    then = _mean(told.then.rated_from_on, told.then.to_on, temperatures)
    if now is None or then is None or abs(now - then) < COLDER:
        return ""
    degrees = f"{wording.quantity(abs(now - then) * 100, '', lang)} °C"
    if lang == "en":
        return f"On average it was {degrees} {'warmer' if now > then else 'colder'}."
    return f"En moyenne, il a fait {degrees} de {'plus' if now > then else 'moins'}."


def _mean(from_on: date, to_on: date, temperatures: Mapping[tuple[int, int], int]) -> int | None:
    """Tenths of a degree over the days, each month counting for its days."""
    days = [from_on + timedelta(days=at) for at in range((to_on - from_on).days)]
    known = [temperatures.get((day.year, day.month)) for day in days]
    if not known or None in known:
        return None
    return half_up(sum(it for it in known if it is not None), len(known))


def _prices(told: Change, lang: Lang) -> Part:
    up = told.price_cents > 0
    if len(told.changed_on) == 1:
        on = wording.day(told.changed_on[0], lang)
        when = {"fr": f" le {on}", "en": f" on {on}"}[lang]
    else:
        when = {"fr": " entre-temps", "en": " in the meantime"}[lang]
    label = {
        "fr": f"Les prix ont {'monté' if up else 'baissé'}{when}",
        "en": f"Prices went {'up' if up else 'down'}{when}",
    }[lang]
    note = ""
    if told.at_former_prices_cents > 0:
        tenths = half_up(abs(told.price_cents) * 1000, told.at_former_prices_cents)
        share = wording.percentage(tenths * 1000, lang)
        note = {"fr": f"De {share} pour une consommation égale.", "en": f"By {share} for the same use."}[lang]
    return Part(label=label, amount=signed(told.price_cents, lang, plus=True), note=note)
