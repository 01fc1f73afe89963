"""How a bill says that its account is paid, where not by its due date alone: 4.4, an arrangement, a debit.

Of a bank account the last digits alone are printed. What is said is what was kept when the bill was issued.
"""

from collections.abc import Iterator

from django.conf import settings

from fanal.law.conditions import ch04_equal_payments
from fanal.law.in_force import in_force
from fanal.links.print.contract import Line, Plan
from fanal.reports.bill_parts import ARRANGEMENT, EQUAL_PAYMENTS, Mode
from fanal.reports.bill_story import CREDIT_NOTE, BillStory
from fanal.values import wording
from fanal.values.wording import Lang


def plan(story: BillStory, lang: Lang) -> Plan | None:
    """What a bill says of it; nothing on a credit note, nor where nothing is asked that a debit would pay."""
    mode = story.mode
    if mode is None or story.kind == CREDIT_NOTE:
        return None
    if is_spread(story):
        return _spread(story, mode, lang)
    if story.due_cents <= 0:
        return None
    return _debited(story, mode, lang) if mode.debited else _beside(story, mode, lang)


def is_spread(story: BillStory) -> bool:
    """Whether instalments pay all of it: equal payments, or an arrangement when nothing else is asked."""
    if story.mode is None or story.kind == CREDIT_NOTE:
        return False
    return story.mode.plan == EQUAL_PAYMENTS or (story.mode.plan == ARRANGEMENT and story.due_cents == 0)


def is_debited(story: BillStory) -> bool:
    """Whether the customer sends nothing: what is asked is taken from the bank account."""
    return story.mode is not None and story.mode.debited


def covered(story: BillStory, lang: Lang) -> Iterator[Line]:
    """The row that takes off what stood before and that an arrangement pays."""
    mode = story.mode
    if mode and mode.plan == ARRANGEMENT and story.spread_cents and not is_spread(story):
        label = {"fr": "Payé par votre entente", "en": "Paid under your arrangement"}[lang]
        yield Line(label=label, how=_every(mode, lang), amount=wording.signed(-story.spread_cents, lang))


ENDED: dict[str, dict[Lang, str]] = {
    EQUAL_PAYMENTS: {
        "fr": "Vos versements égaux ont pris fin le {day} : cette facture demande tout le solde de votre compte.",
        "en": "Your equal payments ended on {day}: this bill asks for the whole balance of your account.",
    },
    ARRANGEMENT: {
        "fr": "Votre entente a pris fin le {day} : ce qu’il en restait est à payer avec cette facture.",
        "en": "Your arrangement ended on {day}: what was left of it is to be paid with this bill.",
    },
    "DEBIT": {
        "fr": "Vos prélèvements ont pris fin le {day} : cette facture est à payer par un autre moyen.",
        "en": "Your debits ended on {day}: this bill is to be paid by another means.",
    },
}


def ended(story: BillStory) -> Iterator[dict[Lang, str]]:
    """Why the bill asks otherwise than the one before: what was promised ended since; nothing where another goes on."""
    goes_on = {it for it in (story.mode.plan, "DEBIT" if story.mode.debited else "") if it} if story.mode else set()
    for kind, on in story.ended:
        if kind in ENDED and kind not in goes_on and story.kind != CREDIT_NOTE:
            yield {lang: text.format(day=wording.day(on, lang)) for lang, text in ENDED[kind].items()}


def late_cents(story: BillStory) -> int:
    """Of what stood before, what is late: not what an arrangement pays, nor what a plan that just ended paid."""
    if any(kind == EQUAL_PAYMENTS for kind, _on in story.ended):
        return 0  # the bills before said that nothing else was to be paid: this one is the first to ask
    return story.balance.overdue_cents - story.spread_cents


def _spread(story: BillStory, mode: Mode, lang: Lang) -> Plan:
    """« 62,00 $ par mois, prélevés le 20 » : all that is owed goes to the account, the instalment is what is paid."""
    equal = mode.plan == EQUAL_PAYMENTS
    title = {"fr": ("Entente de paiement", "Versements égaux"), "en": ("Payment arrangement", "Equal payments")}
    return Plan(
        title=title[lang][equal],
        figure=wording.money(mode.instalment_cents, lang),
        when=_when(mode, lang),
        message=f"{_charged(story, mode, lang)} {_taken_from(mode, lang)}".strip(),
        total_label={"fr": "Solde de votre compte", "en": "Balance of your account"}[lang],
        total_how={
            "fr": ("payé par votre entente", "payé par vos versements égaux"),
            "en": ("paid under your arrangement", "paid by your equal payments"),
        }[lang][equal],
        how=_how(story, mode, lang) if mode.debited else (),
        no_slip={
            "fr": "Vos versements sont prélevés : rien à envoyer, donc pas de coupon.",
            "en": "Your payments are debited: there is nothing to send, so there is no slip.",
        }[lang]
        if mode.debited
        else "",
    )


def _charged(story: BillStory, mode: Mode, lang: Lang) -> str:
    """What becomes of the bill's own amount."""
    amount = wording.signed(story.total_cents, lang)
    if mode.plan == ARRANGEMENT:
        left = wording.money(mode.left_cents, lang)
        return {"fr": f"Votre entente continue ; il reste {left} à verser.",
                "en": f"Your arrangement goes on; {left} is left to pay."}[lang]  # fmt: skip
    return {
        "fr": f"Cette facture de {amount} est portée en entier à votre compte : vos versements la paient. "
        "Rien d’autre n’est à payer.",
        "en": f"This bill of {amount} is charged in full to your account: your instalments pay for it. "
        "Nothing else is to be paid.",
    }[lang]


def _debited(story: BillStory, mode: Mode, lang: Lang) -> Plan:
    """« Ce montant sera prélevé le … du compte se terminant par … »."""
    issue = story.issue
    assert issue is not None
    days = {"fr": "le {}", "en": "on {}"}[lang].format(wording.day(issue.due_on, lang))
    weekday = f"{wording.weekday(issue.due_on, lang)}{',' if lang == 'en' else ''} {wording.day(issue.due_on, lang)}"
    taken = _from(mode, lang)
    message = {
        "fr": f"Ce montant sera prélevé {days} {taken}. Vous n’avez rien à faire.",
        "en": f"This amount will be debited {days} {taken}. You have nothing to do.",
    }[lang]
    return Plan(
        title={"fr": "Sera prélevé", "en": "Will be debited"}[lang],
        figure=wording.money(story.due_cents, lang),
        when=({"fr": f"le {weekday}", "en": f"on {weekday}"}[lang],),
        message=f"{message} {_goes_on(mode, lang)}".strip(),
        total_label={"fr": "À prélever", "en": "To be debited"}[lang],
        total_how=days,
        how=_how(story, mode, lang),
        no_slip={
            "fr": "Ce montant est prélevé : rien à envoyer, donc pas de coupon.",
            "en": "This amount is debited: there is nothing to send, so there is no slip.",
        }[lang],
    )


def _beside(story: BillStory, mode: Mode, lang: Lang) -> Plan:
    """What the bill asks for, beside the arrangement that goes on for what stood before."""
    issue = story.issue
    assert issue is not None
    by = {"fr": "au plus tard le", "en": "by"}[lang]
    return Plan(
        title={"fr": "À payer", "en": "Amount due"}[lang],
        figure=wording.money(story.due_cents, lang),
        when=(
            f"{by} {wording.day(issue.due_on, lang)}",
            {"fr": "et les versements de votre entente", "en": "and the instalments of your arrangement"}[lang],
        ),
        message=_goes_on(mode, lang),
        total_label={"fr": "À payer", "en": "Amount due"}[lang],
        total_how=f"{by} {wording.day(issue.due_on, lang)}",
    )


def _goes_on(mode: Mode, lang: Lang) -> str:
    """« Votre entente continue : 31,79 $ tous les 30 jours, prochain versement le … ; il reste … »."""
    if mode.plan != ARRANGEMENT:
        return ""
    left = wording.money(mode.left_cents, lang)
    upcoming = f", {_next(mode, lang)}" if mode.next_on else ""
    return {
        "fr": f"Votre entente continue : {_every(mode, lang)}{upcoming} ; il reste {left}, en plus de cette facture.",
        "en": f"Your arrangement goes on: {_every(mode, lang)}{upcoming}; {left} is left, besides this bill.",
    }[lang]


def _when(mode: Mode, lang: Lang) -> tuple[str, ...]:
    """« par mois, prélevés le 20 » then the next one."""
    if mode.month_day:
        how = {"fr": ("payables", "prélevés"), "en": ("payable", "debited")}[lang][mode.debited]
        on = {"fr": f"par mois, {how} le {_ordinal(mode.month_day)}", "en": f"a month, {how} on day {mode.month_day}"}
        every = on[lang]
    else:
        every = {"fr": f"tous les {mode.every_days} jours", "en": f"every {mode.every_days} days"}[lang]
    upcoming = _next(mode, lang)
    return (every, upcoming[:1].upper() + upcoming[1:]) if mode.next_on else (every,)


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)


def _every(mode: Mode, lang: Lang) -> str:
    amount = wording.money(mode.instalment_cents, lang)
    if mode.month_day:
        return {"fr": f"{amount} par mois", "en": f"{amount} a month"}[lang]
    return {"fr": f"{amount} tous les {mode.every_days} jours", "en": f"{amount} every {mode.every_days} days"}[lang]


def _next(mode: Mode, lang: Lang) -> str:
    assert mode.next_on is not None
    on = wording.day(mode.next_on, lang)
    what = {"fr": ("prochain versement", "prochain prélèvement"), "en": ("next payment", "next debit")}
    return f"{what[lang][mode.debited]} {'le' if lang == 'fr' else 'on'} {on}"


def _from(mode: Mode, lang: Lang) -> str:
    """« du compte bancaire se terminant par 518 »."""
    if not mode.account_ends:
        return {"fr": "de votre compte bancaire", "en": "from your bank account"}[lang]
    return {
        "fr": f"du compte bancaire se terminant par {mode.account_ends}",
        "en": f"from the bank account ending in {mode.account_ends}",
    }[lang]


def _taken_from(mode: Mode, lang: Lang) -> str:
    if not mode.debited:
        return ""
    taken = _from(mode, lang)
    return {"fr": f"Vos versements sont prélevés {taken}.", "en": f"Your payments are debited {taken}."}[lang]


def _how(story: BillStory, mode: Mode, lang: Lang) -> tuple[str, ...]:
    """What « Payer » says of a debit: from where, and until when to ask for a change (4.4)."""
    terms = in_force(ch04_equal_payments.Terms, settings.FANAL_BYLAW, "ch04_equal_payments", on=story.on)
    taken, days = _from(mode, lang), terms.withdrawal_notice_days
    return {
        "fr": (
            f"Par prélèvement, {taken}. Un jour férié ou de fin de semaine, le jour ouvrable qui suit.",
            f"Un autre compte bancaire, ou la fin des prélèvements ? Dites-le au moins {days} jours avant.",
        ),
        "en": (
            f"By debit, {taken}. On a holiday or a week-end, the next working day.",
            f"Another bank account, or no more debits? Tell us at least {days} days before.",
        ),
    }[lang]
