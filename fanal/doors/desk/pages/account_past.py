"""What another system issued to an account before Fanal, and what was promised and goes on: shown, never computed."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.account_drawer import step, told
from fanal.records.elsewhere import facts
from fanal.reports.account import Account
from fanal.values import wording

BILLS = {
    "BILL": gettext_noop("Facture"), "FINAL": gettext_noop("Facture finale"),
    "CREDIT_NOTE": gettext_noop("Note de crédit"), "AGAIN": gettext_noop("Refacturation"),
}  # fmt: skip
CHANNELS = {
    "BANK": gettext_noop("institution financière"), "INTERNET": gettext_noop("Internet"),
    "COUNTER": gettext_noop("comptoir"), "CHEQUE": gettext_noop("chèque"),
    "DEBIT": gettext_noop("paiement préautorisé"), "TRANSFER": gettext_noop("virement"),
}  # fmt: skip
ENTRIES = {
    "OPENING": gettext_noop("Solde reporté"), "FEE": gettext_noop("Frais d’administration"),
    "RETURNED": gettext_noop("Provision insuffisante"), "RECONNECTION": gettext_noop("Remise en service"),
    "INTEREST": gettext_noop("Intérêts sur dépôt"), "DEPOSIT": gettext_noop("Dépôt porté au compte"),
    "REFUND": gettext_noop("Remboursement"), "WRITE_OFF": gettext_noop("Radiation"),
    "TRANSFER": gettext_noop("Transfert entre comptes"),
}  # fmt: skip
NOTICES = {
    "LATE": gettext_noop("Avis de retard"), "DISCONNECTION": gettext_noop("Avis d’interruption"),
    "CUT": gettext_noop("Coupure"), "RECONNECTION": gettext_noop("Remise en service"),
}  # fmt: skip
WORDS = {"bill": BILLS, "payment": CHANNELS, "entry": ENTRIES, "notice": NOTICES}
ICONS = {"bill": "bill", "payment": "check", "entry": "ledger", "notice": "warning"}


def word_of(event: facts.Event) -> str:
    """What the old system did, in words; its own code where there is none."""
    words = WORDS[event.what]
    return _(words[event.code]) if event.code in words else event.code


def past_events(known: Account) -> Iterator[dict[str, Any]]:
    """What the old system issued, for the timeline of the account."""
    for rank, it in enumerate(known.past.events):
        yield {
            "on": it.on, "group": "argent", "what": f"past_{it.what}", "icon": ICONS[it.what], "rank": rank,
            "kind": "warn" if it.what == "notice" else "", "past": it, "word": word_of(it),
            "why": f"ailleurs-{it.what}-{it.number}",
        }  # fmt: skip


def past_bills(known: Account) -> list[dict[str, Any]]:
    """The bills of the old system, the latest first."""
    found = [it for it in reversed(known.past.events) if it.what == "bill"]
    return [{"it": it, "word": word_of(it), "why": f"ailleurs-bill-{it.number}"} for it in found]


def why_past(known: Account, named: str) -> dict[str, Any] | None:
    """One thing that the old system issued: as it was, with the lines of a bill."""
    what, _sep, number = named.partition("-")
    it = next((it for it in known.past.events if (it.what, it.number) == (what, number)), None)
    if it is None:
        return None
    lang = current()
    steps = [
        step(
            _("Ligne %(component)s, du %(first)s au %(last)s") % {
                "component": line.component, "first": wording.day(line.from_on, lang),
                "last": wording.day(line.to_on, lang),
            },
            f"{wording.quantity(line.quantity, '', lang)} × {wording.price(line.price, lang)}",
            wording.signed(line.cents, lang),
        )
        for line in (facts.lines_of(known.id, number) if what == "bill" else ())
    ]  # fmt: skip
    if what == "bill":
        steps += [
            step(title, "", wording.signed(cents, lang))
            for title, cents in zip((_("TPS"), _("TVQ"), _("Total")), facts.taxes_of(known.id, number), strict=True)
        ]
    else:
        steps.append(step(it.note or word_of(it), "", wording.signed(it.cents, lang)))
    return told(
        _("%(what)s %(number)s du %(day)s") % {
            "what": word_of(it), "number": it.number, "day": wording.day(it.on, lang),
        },
        _("Émise par l’ancien système et gardée telle quelle : Fanal ne la recalcule pas."),
        steps,
    )  # fmt: skip
