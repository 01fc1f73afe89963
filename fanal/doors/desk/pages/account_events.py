"""« Pourquoi ? » of what happened to an account: start and end, meter, estimates, corrections, months of use."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fanal.doors.bills.words import mean, month_and_year
from fanal.doors.desk.language import current
from fanal.doors.desk.pages.account_drawer import law, step, told
from fanal.doors.desk.pages.accounts import bill_why_url, read_row, was_read
from fanal.doors.desk.pages.reads import label
from fanal.doors.desk.templatetags.desk import bill_number
from fanal.reports import account as report
from fanal.reports.account import CREDIT_NOTE, Account, Entry, Event, Reading, Subscription
from fanal.reports.estimate_steps import method_of
from fanal.values import wording
from fanal.values.dates import add_months
from fanal.values.money import half_up

OPENED, ENDED = "open_subscriptions", "end_subscriptions"


def why_start(known: Account, named: str) -> dict[str, Any] | None:
    """The first day of a subscription: who entered it, the index that day, who owes for it."""
    of, lang = _subscription(known, named), current()
    if of is None:
        return None
    day = wording.day(of.starts_on, lang)
    steps = [
        step(_("Abonnement au %(address)s") % {"address": of.address}, "", day),
        *_written(of, OPENED),
        *_read_that_day(known, of, of.starts_on),
        step(_("Qui le doit"), of.who),
    ]
    answer = _("L’abonnement commence le %(day)s : l’électricité de ce lieu est facturée à compter de ce jour.")
    return told(_("Pourquoi le %(day)s ?") % {"day": day}, answer % {"day": day}, steps, **law("2.2", of.starts_on))


def why_end(known: Account, named: str) -> dict[str, Any] | None:
    """The first day without the subscription: who entered it, the index that day, the last bill."""
    of, lang = _subscription(known, named), current()
    if of is None or of.ends_on is None:
        return None
    day = wording.day(of.ends_on, lang)
    steps = [*_written(of, ENDED), *_told_of_the_end(known, of), *_read_that_day(known, of, of.ends_on)]
    last = next(iter(known.bills_of(of)), None)
    if last:
        title = _("Dernière facture, %(number)s") % {"number": bill_number(last.number or 0)}
        steps.append(step(title, "", wording.money(last.cents, lang), url=bill_why_url(last, "total")))
    answer = _("L’abonnement a pris fin le %(day)s : rien de ce lieu n’est facturé au client depuis ce jour.")
    return told(_("Pourquoi le %(day)s ?") % {"day": day}, answer % {"day": day}, steps, **law("5.1.1", of.ends_on))


def why_meter(known: Account, named: str) -> dict[str, Any] | None:
    """The day the meter was hung, with the indexes of that day."""
    of, lang = _subscription(known, named), current()
    if of is None or of.hung_on is None or of.meter is None:
        return None
    day = wording.day(of.hung_on, lang)
    answer = _("Le compteur %(meter)s mesure ce lieu depuis le %(day)s.") % {"meter": of.meter, "day": day}
    steps = _read_that_day(known, of, of.hung_on) or [step(_("Compteur posé avant l’abonnement"), "", day)]
    return told(_("Pourquoi le %(day)s ?") % {"day": day}, answer, steps)


def why_estimate(known: Account, named: str) -> dict[str, Any] | None:
    """The quantity that a bill was given for want of a reading, and what it was made from."""
    lang = current()
    it = next((it for it in known.estimates if str(it.id) == named), None)
    if it is None:
        return None
    quantity, (operation, note) = wording.quantity(it.quantity, label(it.kind, it.name), lang), method_of(it)
    days = {"first": wording.day(it.from_on, lang), "last": wording.day(it.to_on - timedelta(days=1), lang)}
    answer = _("Aucune relève réelle ne ferme ces jours : %(quantity)s sont estimés, en attendant la prochaine relève.")
    steps = [
        step(
            _("Du %(first)s au %(last)s") % days,
            "",
            wording.days((it.to_on - it.from_on).days, lang),
        ),
        step(_("Estimation"), operation[lang], quantity, note[lang]),
    ]
    title = _("Pourquoi %(quantity)s ?") % {"quantity": quantity}
    return told(title, answer % {"quantity": quantity}, steps, **law(it.article, it.issued_on))


def why_correction(known: Account, named: str) -> dict[str, Any] | None:
    """What a correction changed, who made it and why."""
    it = next((it for it in known.events if str(it.id) == named), None)
    if it is None:
        return None
    reasons: dict[str, Callable[[Account, Event], dict[str, Any] | None]] = {
        "correct_reading": _read_corrected,
        "billing.correct_bills": _bills_corrected,
        "billing.propose_correction": _correction_proposed,
        "billing.refuse_correction": _correction_refused,
    }
    return reasons.get(it.act, _nothing)(known, it)


def why_month(known: Account, named: str) -> dict[str, Any] | None:
    """The mean of a month of the chart: the share of each bill, then the same month a year earlier."""
    key, _sep, month = named.partition("-")
    of = _subscription(known, key)
    try:
        first_on = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    if of is None:
        return None
    title = month_and_year(first_on, current())
    steps = [*_month_steps(known, of, first_on), *_month_steps(known, of, add_months(first_on, -12))]
    if not steps:
        return None
    answer = _("Chaque facture prête au mois sa part de kWh, également répartie entre ses jours.")
    return told(_("Pourquoi ce mois : %(month)s ?") % {"month": title}, answer, steps)


def _nothing(_known: Account, _it: Event) -> None:
    return None


def _subscription(known: Account, named: str) -> Subscription | None:
    return next((it for it in known.subscriptions if str(it.id) == named), None)


def _written(of: Subscription, act: str) -> list[dict[str, Any]]:
    """Who entered it and when, as the journal says."""
    found = report.act_on(of.id, act)
    if found is None:
        return []
    by, on = found
    return [step(_("Inscrit au journal par %(who)s") % {"who": by}, "", wording.day(on, current()))]


def _told_of_the_end(known: Account, of: Subscription) -> list[dict[str, Any]]:
    """What the bylaw answered to the request, where there was one."""
    about = f"subscription:{of.id}"
    ends = next((it.grounds["ends"] for it in known.events if it.about == about and "ends" in it.grounds), None)
    return [step(it["text"][current()]) for it in ends["grounds"]] if ends else []


def _read_that_day(known: Account, of: Subscription, on: date) -> list[dict[str, Any]]:
    """The indexes of the place that day, each by its source."""
    there = [it for it in known.readings if it.read_on == on and it.delivery_point_id == of.delivery_point_id]
    return [
        step(_index_title(it), read_row(known, it)["source"], wording.quantity(it.value, "", current()),
             url=read_row(known, it)["why"])
        for it in there
    ]  # fmt: skip


def _index_title(it: Reading) -> str:
    return _("Index du compteur %(meter)s, en %(unit)s") % {"meter": it.meter, "unit": label(it.kind, it.name)}


def _read_corrected(known: Account, it: Event) -> dict[str, Any] | None:
    lang, on = current(), date.fromisoformat(it.grounds["read_on"])
    point = int(it.about.partition(":")[2])
    values = report.indexes_of(point, it.grounds["register"], on)
    typed = [wording.quantity(value, "", lang) for value in values]
    if len(values) < 2 or not was_read(known, it):
        return None
    day = wording.day(on, lang)
    steps = [step(_("Inscrit d’abord"), "", text) for text in typed[:1]]
    steps += [step(_("Corrigé"), "", text) for text in typed[1:]]
    steps[-1]["source"] = _reason(it)
    answer = _("La relève du %(day)s est passée de %(before)s à %(after)s. La première reste au dossier.")
    facts = {"day": day, "before": typed[0], "after": typed[-1]}
    return told(_("Pourquoi la relève du %(day)s a changé ?") % {"day": day}, answer % facts, steps,
                **law("4.1.1", it.on))  # fmt: skip


def _bills_corrected(known: Account, it: Event) -> dict[str, Any]:
    """The credit notes, the new bills, and what the customer owes more or less."""
    lang = current()
    taken = [row for row in known.entries if row.kind == CREDIT_NOTE and row.reverses_id in it.grounds["reversed"]]
    made = [row for row in known.entries if row.source in it.grounds["made"] and row.number]
    steps = [_document(row, _("Note de crédit %(number)s")) for row in taken]
    steps += [_document(row, _("Nouvelle facture %(number)s")) for row in made]
    difference = sum(row.cents for row in (*taken, *made))
    operation = " ".join(wording.signed(row.cents, lang, plus=rank > 0) for rank, row in enumerate((*taken, *made)))
    steps.append(step(_("Écart"), operation, wording.signed(difference, lang, plus=True), _reason(it)))
    answer = _("Ce qui était faux est repris en entier, puis facturé de nouveau : l’écart est de %(amount)s.")
    return told(
        _correction_title(it),
        answer % {"amount": wording.signed(difference, lang, plus=True)},
        steps,
        **law("4.5", it.on),
    )


def _correction_proposed(_known: Account, it: Event) -> dict[str, Any]:
    """What one person proposed, which another decides of."""
    difference = wording.signed(it.grounds["difference_cents"], current(), plus=True)
    answer = _("Une personne propose de refaire ces factures, une autre en décide : l’écart serait de %(amount)s.")
    steps = [step(_("Écart"), "", difference, _reason(it))]
    return told(_correction_title(it), answer % {"amount": difference}, steps, **law("4.5", it.on))


def _correction_refused(_known: Account, it: Event) -> dict[str, Any]:
    """Why nothing was corrected."""
    answer = _("La correction proposée est refusée ou retirée : rien n’est émis.")
    steps = [step(_("Raison"), "", it.grounds["reason"], _("Par %(who)s.") % {"who": it.by})]
    return told(_correction_title(it), answer, steps, **law("4.5", it.on))


def _correction_title(it: Event) -> str:
    return _("Pourquoi cette correction du %(day)s ?") % {"day": wording.day(it.on, current())}


def _document(row: Entry, title: str) -> dict[str, Any]:
    number = bill_number(row.number or 0)
    return step(title % {"number": number}, "", wording.signed(row.cents, current()), url=bill_why_url(row, "total"))


def _reason(it: Event) -> str:
    """Why, who, and who approved it."""
    said = [it.grounds.get("reason", ""), _("Par %(who)s.") % {"who": it.grounds.get("proposed_by", it.by)}]
    if it.grounds.get("approved_by"):
        said.append(_("Approuvé par %(who)s.") % {"who": it.grounds["approved_by"]})
    return " ".join(text for text in said if text)


def _month_steps(known: Account, of: Subscription, first_on: date) -> list[dict[str, Any]]:
    """Of one month: each bill's share of kWh by days, then their mean."""
    lang, used, parts, before = current(), 0, known.month(of, first_on), known.month_before(of, first_on)
    steps = []
    for bill, days in parts:
        share = half_up((bill.kwh or 0) * days, bill.days)
        used += share
        number = {"number": bill_number(bill.number or 0), "month": month_and_year(first_on, lang)}
        steps.append(
            step(
                _("%(month)s, de la facture %(number)s") % number,
                f"{wording.quantity(bill.kwh or 0, 'kWh', lang)} × {wording.days(days, lang)} ÷ {bill.days}",
                wording.quantity(half_up(share, 100) * 100, "kWh", lang),
                _("Facture estimée : aucune relève réelle ne la ferme.") if bill.estimates_in_a_row else "",
                bill_why_url(bill, "total"),
            )
        )
    for past, days in before:
        share = half_up((past.kwh or 0) * days, (past.to_on - past.from_on).days)
        used += share
        number = {"number": past.number, "month": month_and_year(first_on, lang)}
        steps.append(
            step(
                _("%(month)s, de la facture %(number)s de l’ancien système") % number,
                f"{wording.quantity(past.kwh or 0, 'kWh', lang)} × {wording.days(days, lang)} ÷ "
                f"{(past.to_on - past.from_on).days}",
                wording.quantity(half_up(share, 100) * 100, "kWh", lang),
                _("Facture estimée : aucune relève réelle ne la ferme.") if past.estimated else "",
            )
        )
    if parts or before:
        all_days = sum(days for _bill, days in [*parts, *before])
        shown = wording.quantity(half_up(used, 100) * 100, "kWh", lang)
        title = _("%(month)s, kWh par jour") % {"month": month_and_year(first_on, lang)}
        steps.append(
            step(title, f"{shown} ÷ {wording.days(all_days, lang)}", mean(half_up(used, all_days * 100), lang))
        )
    return steps
