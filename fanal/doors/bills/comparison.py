"""Why the amount changed, in words: the use and the prices; or why two bills are not compared."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from fanal.doors.bills.words import month_and_year, per_day
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
        then_amount=wording.signed(then, lang),
        then_width=max(then, 0) * WIDEST // longest,
        now_label=month_and_year(story.to_on - timedelta(days=1), lang),
        now_amount=wording.signed(now, lang),
        now_width=max(now, 0) * WIDEST // longest,
    )


def not_compared(story: BillStory, told: Change, lang: Lang) -> str:
    """Why no amount is compared, and the daily use of both bills where each was measured."""
    if story.recounts:
        return {
            "fr": "Cette facture recompte des jours déjà facturés sur estimation : son montant ne se compare pas.",
            "en": "This bill counts again days billed on estimates: its amount cannot be compared.",
        }[lang]
    if told.then.settles_id:
        return {
            "fr": "L’autre facture recomptait des jours facturés sur estimation : les montants ne se comparent pas.",
            "en": "The other bill counted again days billed on estimates: the amounts cannot be compared.",
        }[lang]
    days = _days(story, told, lang)
    because = {
        "fr": f"{days} Les montants ne se comparent pas.",
        "en": f"{days} The amounts cannot be compared.",
    }[lang]
    if story.book.flat_rate or told.then.kwh <= 0 or story.kwh <= 0:
        return because
    now, then = per_day(story.kwh, story.days, lang), per_day(told.then.kwh, told.then.days, lang)
    month = month_and_year(told.then.to_on - timedelta(days=1), lang)
    use = {
        "fr": f"Votre consommation : {now}, contre {then} sur la facture de {month}.",
        "en": f"Your use: {now}, against {then} on the bill of {month}.",
    }[lang]
    return f"{because} {use}"


def _parts(story: BillStory, told: Change, temperatures: Mapping[tuple[int, int], int], lang: Lang) -> list[Part]:
    parts = []
    if told.use_cents:
        parts.append(_use(story, told, temperatures, lang))
    if told.price_cents:
        parts.append(_prices(told, lang))
    if told.fee_cents:
        label = {"fr": "Les frais d’abonnement, une seule fois", "en": "The subscription fee, only once"}[lang]
        parts.append(Part(label=label, amount=wording.signed(told.fee_cents, lang, plus=True)))
    return parts


def _use(story: BillStory, told: Change, temperatures: Mapping[tuple[int, int], int], lang: Lang) -> Part:
    """The kWh, the days or the power: what best names the cause; never « less » beside a higher amount."""
    amount, days = wording.signed(told.use_cents, lang, plus=True), _days(story, told, lang)
    kwh, more_days = story.kwh - told.then.kwh, story.days - told.then.days
    if story.billing_kw or told.then.billing_kw:
        label = {"fr": "Votre puissance et votre énergie", "en": "Your power and your energy"}[lang]
        return Part(label=label, amount=amount, note=f"{_power(story, told, lang)} {_kwh(kwh, lang)}.")
    weather = "" if story.book.flat_rate else _weather(story, told, temperatures, lang)
    if kwh and (kwh > 0) == (told.use_cents > 0):
        label = {"fr": f"Vous avez consommé {_kwh(kwh, lang)}", "en": f"You used {_kwh(kwh, lang)}"}[lang]
        return Part(label=label, amount=amount, note=f"{days} {weather}".strip())
    if more_days:
        more = {"fr": ("de plus", "de moins"), "en": ("more", "fewer")}[lang][more_days < 0]
        return Part(label=f"{wording.days(abs(more_days), lang)} {more}", amount=amount, note=days)
    return Part(label={"fr": "Votre service a changé", "en": "Your service changed"}[lang], amount=amount)


def _kwh(difference: int, lang: Lang) -> str:
    """« 166 kWh de plus »."""
    more = {"fr": ("de plus", "de moins"), "en": ("more", "less")}[lang][difference < 0]
    return f"{wording.quantity(abs(difference), 'kWh', lang)} {more}"


def _power(story: BillStory, told: Change, lang: Lang) -> str:
    """« 1 050,66 kW à facturer au lieu de 984 kW ; »."""
    now, then = (wording.quantity(it.billing_kw, "kW", lang) for it in (story, told.then))
    if now == then:
        return {"fr": f"{now} à facturer, comme alors ;", "en": f"{now} billed, as then;"}[lang]
    return {"fr": f"{now} à facturer au lieu de {then} ;", "en": f"{now} billed instead of {then};"}[lang]


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
    days = [wording.day(on, lang) for on in told.changed_on]
    if days:
        when = {"fr": f" le {' et le '.join(days)}", "en": f" on {' and '.join(days)}"}[lang]
    else:
        on = wording.day(told.then.to_on, lang)
        when = {"fr": f" depuis le {on}", "en": f" since {on}"}[lang]
    label = {
        "fr": f"Les prix ont {'monté' if up else 'baissé'}{when}",
        "en": f"Prices went {'up' if up else 'down'}{when}",
    }[lang]
    note = ""
    if told.at_former_prices_cents > 0:
        tenths = half_up(abs(told.price_cents) * 1000, told.at_former_prices_cents)
        share = wording.percentage(tenths * 1000, lang)
        note = {"fr": f"De {share} pour une consommation égale.", "en": f"By {share} for the same use."}[lang]
    return Part(label=label, amount=wording.signed(told.price_cents, lang, plus=True), note=note)
