"""Debits in words: what is debited, why it is held, where it stands, what to do once the bank sent it back."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.desk.language import current
from fanal.links.bank.return_codes import Action, meaning
from fanal.reports.debits import KnownDebit
from fanal.values.refusal import Fault

KINDS = {
    "EQUAL_PAYMENTS": gettext_noop("Versements égaux"), "ARRANGEMENT": gettext_noop("Entente de paiement"),
    "DEBIT": gettext_noop("Facture prélevée"),
}  # fmt: skip
HOLDS = {
    "NO_ACCOUNT": gettext_noop("ses coordonnées bancaires ne sont pas entières"),
    "TOO_SOON": gettext_noop(
        "la banque demande plus de jours qu’il n’en reste : le client paie autrement, ou est avisé d’un autre jour"
    ),
    "TOO_FAR": gettext_noop("la banque ne prend pas encore un jour aussi loin : le prélever au prochain lot"),
    "NOT_TOLD": gettext_noop("le client n’en a pas eu l’avis 10 jours avant (règle H1)"),
    "IN_A_FILE": gettext_noop("il est déjà dans un autre lot"),
    "SENT_BACK": gettext_noop("la banque l’a retourné"),
    "NOT_AGREED": gettext_noop("l’accord de prélèvement finit avant ce jour"),
    "NOT_DUE": gettext_noop("il est payé, ou n’est plus prélevé, depuis la préparation"),
    "ABANDONED": gettext_noop("son lot est abandonné"),
}  # fmt: skip
BATCHES = {
    "PREPARED": ("info", gettext_noop("à remettre")), "RELEASED": ("good", gettext_noop("remis")),
    "ABANDONED": ("", gettext_noop("abandonné")),
}  # fmt: skip
ADVICE = {
    Action.RETRY_ONCE: gettext_noop(
        "Faute de fonds : il se présente de nouveau une fois, au même montant, dans les 30 jours, avec un prochain lot."
    ),
    Action.MEND: gettext_noop(
        "Une donnée à corriger avec le client ou la banque : il n’est pas en défaut. Il paie autrement d’ici là."
    ),
    Action.SUSPEND: gettext_noop(
        "La banque ne prélève plus ce compte : l’accord a pris fin, la prochaine facture aura son coupon."
    ),
    Action.DISPUTE: gettext_noop(
        "Contesté : l’accord a pris fin. Ouvrir un dossier avec le client avant de réclamer le montant."
    ),
}
TWICE = gettext_noop("Présenté deux fois, en vain : le client paie par un autre moyen.")
NOBODY_KNOWS = gettext_noop("Ce code n’a pas de suite connue : une personne décide, avec la banque.")


def state(it: KnownDebit, on: date) -> tuple[str, str]:
    """Where a debit stands: the kind of its badge, its word."""
    if it.state == "WITHDRAWN":
        return "", _("retiré")
    if it.state == "RETURNED":
        return "bad", _("retourné")
    if it.received:
        return "good", _("reçu")
    if it.state == "PREPARED":
        return "info", _("préparé")
    return ("info", _("au prélèvement")) if it.debited_on >= on else ("warn", _("à encaisser"))


def returned(it: KnownDebit) -> dict[str, Any]:
    """What the bank said of a debit that it sent back, and what to do."""
    found = meaning(str(it.return_code))
    if found.action == Action.RETRY_ONCE and it.attempt > 1:
        advice = TWICE
    else:
        advice = ADVICE[found.action] if found.action else NOBODY_KNOWS
    words = Fault(found.words).worded(current(), _)
    return {"code": it.return_code, "words": words, "advice": _(advice)}
