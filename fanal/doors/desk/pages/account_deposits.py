"""The deposits of an account: what chapter 6 says of each, and « Pourquoi ? » of what was entered of them."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.account_drawer import law, step, told
from fanal.law import explain
from fanal.law.decision import Decision
from fanal.records.elsewhere import deposits
from fanal.records.elsewhere.promises import Promise
from fanal.reports import promised as report
from fanal.reports.account import DEPOSIT_INTEREST, DEPOSIT_RETURN, Account
from fanal.values import wording


def held(known: Account, who: report.Who) -> dict[str, report.Deposit]:
    """Where each deposit of the account stands, by its number; nothing is asked where it has none."""
    if not any(it.kind == "DEPOSIT" for it in known.going_on):
        return {}
    return {it.number: report.deposit_stands(it, who, known.on) for it in deposits.held(known.on, [known.id])}


def why_deposit(known: Account, it: Promise, stands: report.Deposit, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Its interest, then each ground that lets it be kept or not."""
    lang = current()
    earned = [step(_("Intérêts courus"), "", wording.money(stands.interest_cents, lang))]
    if stands.pay_by:
        by = _("à payer au plus tard le %(day)s (art. 6.3.1)") % {"day": wording.day(stands.pay_by, lang)}
        earned.insert(0, step(_("Intérêts des années finies"), by, wording.money(stands.due_cents, lang)))
    if stands.ended:
        answer = _("L’abonnement a pris fin : il paie ce qui est dû, et le reste est rendu (art. 6.4).")
    elif stands.refund_by:
        answer = _("Son temps est fini : à rendre avec ses intérêts au plus tard le %(day)s (art. 6.5).") % {
            "day": wording.day(stands.refund_by, lang),
        }  # fmt: skip
    else:
        answer = _("Il peut être gardé jusqu’au %(day)s (art. 6.5).") % {"day": wording.day(stands.kept_until, lang)}
    grounds = [
        step_of for decision in (*stands.years, stands.interest, stands.keeping) for step_of in grounds_of(decision)
    ]
    title = _("Pourquoi : %(word)s ?") % {"word": _("dépôt")}
    return told(title, answer, [*steps, *earned, *grounds], **law("6.3.1", known.on))


def why_entry(known: Account, named: str) -> dict[str, Any] | None:
    """« Pourquoi ? » of interest credited, or of a deposit given back: its days, its rate, its articles."""
    kinds = (DEPOSIT_INTEREST, DEPOSIT_RETURN)
    it = next((it for it in known.entries if it.kind in kinds and str(it.source) == named), None)
    deposit = it and next((of for of in known.past.promises if (of.kind, of.number) == ("DEPOSIT", it.reference)), None)
    if it is None or deposit is None or it.from_on is None or it.to_on is None:
        return None
    lang, back = current(), it.kind == DEPOSIT_RETURN
    years = deposits.interest_of(deposit.cents, it.from_on, it.to_on)
    days = {"first": wording.day(it.from_on, lang), "last": wording.day(it.to_on, lang)}
    steps = [step(_("Dépôt %(number)s") % {"number": deposit.number}, "", wording.money(deposit.cents, lang))]
    steps += [found for year in years for found in grounds_of(year)]
    interest = wording.money(-it.cents - (deposit.cents if back else 0), lang)
    steps.append(step(_("Intérêts du %(first)s au %(last)s, ce jour exclu") % days, "", interest))
    if deposit.note and back:
        steps.append(step(_("Rendu parce que"), deposit.note))
    answer = _("Le dépôt est rendu en entier, avec ses intérêts, comme un crédit au compte (art. 6.5).") if back else _(
        "Les intérêts d’un dépôt, calculés le 31 mars, sont payés avant le 1er juin (art. 6.3.1).")  # fmt: skip
    title = _("Pourquoi ce crédit de %(amount)s ?") % {"amount": wording.money(-it.cents, lang)}
    return told(title, answer, steps, **law("6.5" if back else "6.3.1", it.on))


def grounds_of(decision: Decision[Any]) -> Iterator[dict[str, Any]]:
    """Each ground of a decision, met or not."""
    for it in decision.grounds:
        yield step(explain.sentence(it, current()), "", _("oui") if it.holds else _("non"), it.article)
