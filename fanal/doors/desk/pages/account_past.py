"""What another system issued to an account before Fanal, and what was promised and goes on: shown, never computed."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from fanal.doors.desk.language import current
from fanal.doors.desk.old_words import word
from fanal.doors.desk.pages.account_drawer import step, told
from fanal.records.elsewhere import facts
from fanal.reports.account import Account
from fanal.values import wording

WORDS = {
    "bill": ("bills", "type"), "payment": ("payments", "channel"), "entry": ("entries", "code"),
    "notice": ("notices", "type"),
}  # fmt: skip
ICONS = {"bill": "bill", "payment": "check", "entry": "ledger", "notice": "warning"}


def word_of(event: facts.Event) -> str:
    """What the old system did, in words; its own code where there is none."""
    return word(*WORDS[event.what], event.code)


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
