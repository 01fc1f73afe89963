"""What was promised before Fanal and goes on: instalments, debits, deposits, as they stand on the day of the page."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.account_deposits import grounds_of, held, why_deposit
from fanal.doors.desk.pages.account_drawer import law, step, told
from fanal.law.instalments import Standing
from fanal.records.elsewhere import facts
from fanal.records.elsewhere.promises import Promise
from fanal.reports import promised as report
from fanal.reports.account import Account
from fanal.reports.promised import Stage
from fanal.values import wording

PROMISES = {
    "EQUAL_PAYMENTS": gettext_noop("Versements égaux"), "ARRANGEMENT": gettext_noop("Entente de paiement"),
    "DEBIT": gettext_noop("Paiement préautorisé"), "DEPOSIT": gettext_noop("Dépôt"),
}  # fmt: skip
ENDED_BECAUSE = {
    "ASKED": gettext_noop("à la demande du client"), "UNPAID": gettext_noop("faute de versements"),
    "BANK": gettext_noop("prélèvements refusés par la banque"), "RETURNED": gettext_noop("rendu au compte"),
}  # fmt: skip
NOTICE_KINDS = {Stage.MAY_DISCONNECT: "bad", Stage.WINTER: "info", Stage.LAPSED: "", Stage.STOPPED: ""}
ARTICLES = {"EQUAL_PAYMENTS": "4.4", "ARRANGEMENT": "4.3.4", "DEBIT": "4.3.3", "DEPOSIT": "6.3.1"}


def promised(known: Account, may_end: bool = False) -> dict[str, list[dict[str, Any]]]:
    """What was promised and goes on, and what ended; empty where nothing was."""
    if not known.past.promises:
        return {}
    going_on = {(it.kind, it.number): it for it in known.going_on}
    deposits = held(known, _who(known))
    rows = [_row(known, rank, it, going_on.get((it.kind, it.number))) for rank, it in enumerate(known.past.promises)]
    for rank, row in enumerate(rows):
        going = going_on.get((row["it"].kind, row["it"].number))
        if may_end and going and going.since and row["it"].kind != "DEPOSIT" and row["it"].ended_on is None:
            row["end"] = reverse("promise_end", kwargs={"number": known.number, "rank": rank})
        if row["live"] and row["it"].kind == "DEPOSIT":
            row["held"] = deposits.get(row["it"].number)
    return {"live": [row for row in rows if row["live"]], "ended": [row for row in rows if not row["live"]]}


def _row(known: Account, rank: int, it: facts.Promise, going: Promise | None) -> dict[str, Any]:
    stands = going.standing(known.on) if going else None
    return {"it": it, "word": _(PROMISES[it.kind]), "said": list(_said(it)),
            "live": going is not None or _begins(known, it),
            "until": it.ended_on or it.ends_on or _replaced_on(known, it),
            "stands": stands, "why": _url(known, rank) if going else ""}  # fmt: skip


def _begins(known: Account, it: facts.Promise) -> bool:
    """Whether it takes the place of a plan that goes on still."""
    return it.starts_on > known.on and any(
        plan.kind == it.kind and plan.number == it.terms.get("replaces") for plan in known.going_on
    )


def _replaced_on(known: Account, it: facts.Promise) -> date | None:
    """The first day of the plan or the debit that took its place; None where none did."""
    if it.kind not in ("EQUAL_PAYMENTS", "DEBIT") or not it.live:
        return None
    newer = [other.starts_on for other in known.past.promises if other.live and other.kind == it.kind
             and (other.starts_on, other.number) > (it.starts_on, it.number)]  # fmt: skip
    return min(newer, default=None)


def plan_of(known: Account) -> dict[str, Any] | None:
    """The instalments that pay the account, where they are kept: how much, when, what is left, and why."""
    told_apart = known.apart
    if told_apart is None:
        return None
    it, coming = told_apart.promise, told_apart.standing.next
    return {
        "kind": it.kind, "word": _(PROMISES[it.kind]), "cents": coming.cents if coming else it.cents,
        "next_on": coming.due_on if coming else None, "left_cents": told_apart.cents,
        "debited": any(other.kind == "DEBIT" for other in known.going_on), "why": _url(known, _rank(known, it)),
    }  # fmt: skip


def not_kept(known: Account) -> Iterator[dict[str, Any]]:
    """The instalments that were not received, for a person to look at."""
    lang = current()
    for it in known.going_on:
        stands = it.standing(known.on)
        if stands is None or stands.is_kept or stands.late_since is None:
            continue
        title = ngettext("%(word)s : un versement non reçu", "%(word)s : %(count)s versements non reçus",
                         stands.late_count) % {"word": _(PROMISES[it.kind]), "count": stands.late_count}  # fmt: skip
        text = _("%(amount)s depuis le %(day)s.") % {
            "amount": wording.money(stands.late_cents, lang), "day": wording.day(stands.late_since, lang),
        }  # fmt: skip
        yield {
            "kind": "bad",
            "word": _("Versement"),
            "title": title,
            "text": text,
            "url": _url(known, _rank(known, it)),
        }


def _url(known: Account, rank: int) -> str:
    return reverse("account_why", kwargs={"number": known.number, "about": f"engagement-{rank}"})


def _rank(known: Account, it: Promise) -> int:
    keys = [(other.kind, other.number) for other in known.past.promises]
    return keys.index((it.kind, it.number))


def _who(known: Account) -> report.Who:
    """The account as the law asks of its place: its first subscription that runs."""
    if not known.subscriptions:
        return report.Who(known.id, known.number, "", True, "")
    of = known.subscriptions[0]
    return report.Who(known.id, known.number, of.who, of.domestic, of.heating)


def under_notice(known: Account) -> report.UnderNotice | None:
    """Where the notices that the old system sent stand today, of what is overdue; None where none runs here."""
    if not all(it.is_ours for it in known.subscriptions):
        return None
    since = known.on - report.WINDOW
    days = {it.code: it.on for it in known.past.events if it.what == "notice" and since <= it.on <= known.on}
    sent = (days.get("LATE"), days.get("DISCONNECTION"), days.get("CUT"), days.get("RECONNECTION"))
    return report.notice_stands(_who(known), sent, known.dues, known.on)


def notices(known: Account) -> Iterator[dict[str, Any]]:
    """What the law permits of an account under notice, from when, until when."""
    it, lang = under_notice(known), current()
    if it is None:
        return
    sent = _("Avis d’interruption du %(day)s") if it.notice_on else _("Avis de retard du %(day)s")
    title = sent % {"day": wording.day(it.sent_on, lang)}
    yield {"kind": NOTICE_KINDS.get(it.stage, "warn"), "word": _("Avis"), "title": title, "text": _permits(it, lang),
           "url": reverse("account_why", kwargs={"number": known.number, "about": "avis"})}  # fmt: skip


def _permits(it: report.UnderNotice, lang: Any) -> str:
    """The sentence of a stage, with its days and its article."""
    days = {
        "from": wording.day(it.lawful_from, lang) if it.lawful_from else "",
        "to": wording.day(it.lawful_to, lang) if it.lawful_to else "",
    }
    return {
        Stage.LATE_RUNS: _("Avis d’interruption permis dès le %(from)s (art. 7.2.1)."),
        Stage.NOTICE_MAY_LEAVE: _("Le délai est écoulé : un avis d’interruption est permis (art. 7.2.2)."),
        Stage.NOTICE_RUNS: _("Interruption permise du %(from)s au %(to)s (art. 7.2.2)."),
        Stage.MAY_DISCONNECT: _("Interruption permise, jusqu’au %(to)s (art. 7.2.2)."),
        Stage.WINTER: _(
            "Résidence chauffée à l’électricité : l’hiver la protège aussi longtemps que vaut l’avis (art. 7.1.3)."
        ),
        Stage.LAPSED: _("Il ne vaut plus : son temps est passé (art. 7.2.2)."),
        Stage.INCOMPLETE: _("Il ne permet rien : l’avis de retard n’avait pas couru (art. 7.2.1)."),
        Stage.STOPPED: _("Plus rien d’échu : il ne permet rien (art. 7.1)."),
    }[it.stage] % days


def why_notice(known: Account, _named: str) -> dict[str, Any] | None:
    """« Pourquoi ? » of a notice: each ground of chapter 7, met or not, on the day of the page."""
    it = under_notice(known)
    if it is None:
        return None
    answer = _permits(it, current())
    return told(_("Pourquoi : %(word)s ?") % {"word": _("avis")}, answer, list(grounds_of(it.decision)),
                **law("7.2.2", known.on))  # fmt: skip


def why_promise(known: Account, named: str) -> dict[str, Any] | None:
    """Where a promise stands on the day of the page: from its terms to what is next."""
    going_on = {(it.kind, it.number): it for it in known.going_on}
    rank = int(named) if named.isdecimal() and len(named) < 4 else len(known.past.promises)
    if rank >= len(known.past.promises):
        return None
    kept = known.past.promises[rank]
    it = going_on.get((kept.kind, kept.number))
    if it is None:
        return None
    stands, lang = it.standing(known.on), current()
    steps = [step(text, "", "") for text in _said(kept)]
    if stands:
        steps = [*_terms(it, lang), *_counted(it, stands, known.on, lang)]
    if it.kind == "DEPOSIT":
        return why_deposit(known, it, held(known, _who(known))[it.number], steps)
    title = _("Pourquoi : %(word)s ?") % {"word": _(PROMISES[it.kind]).lower()}
    return told(title, _answer(it, stands, lang), steps, **law(ARTICLES[it.kind], known.on))


def _answer(it: Promise, stands: Standing | None, lang: Any) -> str:
    """What to read aloud."""
    if stands is None:
        return _("Repris de l’ancien système le jour du passage, et toujours en vigueur.")
    if stands.late_since:
        return _("Des versements échus n’ont pas été reçus : %(amount)s depuis le %(day)s.") % {
            "amount": wording.money(stands.late_cents, lang), "day": wording.day(stands.late_since, lang),
        }  # fmt: skip
    if it.kind == "EQUAL_PAYMENTS":
        return _("Les factures sont portées au compte pour leur plein montant ; le client paie le versement convenu.")
    return _("Tant que les versements sont reçus, ce qu’ils paient n’est pas en retard.")


def _terms(it: Promise, lang: Any) -> Iterator[dict[str, Any]]:
    """The terms that were taken over."""
    terms = it.schedule
    assert terms is not None
    since = wording.day(it.starts_on, lang)
    if terms.day:
        every = _("le %(day)s de chaque mois") % {"day": terms.day}
    else:
        every = _("%(count)s versements, tous les %(days)s") % {
            "count": terms.count, "days": wording.days(terms.every_days, lang),
        }  # fmt: skip
    yield step(_("Convenu le %(day)s") % {"day": since}, every, wording.money(it.cents, lang))
    if terms.paid_count:
        yield step(_("Reçus par l’ancien système"), "", wording.number(terms.paid_count, lang))


def _counted(it: Promise, stands: Standing, on: date, lang: Any) -> Iterator[dict[str, Any]]:
    """What was received and what is late since Fanal collects; then what is next."""
    if it.since is None:
        yield step(_("L’ancien système encaisse encore les versements de ce cycle"), "", "")
    else:
        received = wording.money(it.received_cents, lang)
        beside = _("le reste de ce qui fut reçu paie les factures") if it.kind == "ARRANGEMENT" else ""
        yield step(_("Reçu depuis le passage du %(day)s") % {"day": wording.day(it.since, lang)}, beside, received)
    if stands.late_since:
        late = wording.money(stands.late_cents, lang)
        yield step(_("Échu et non reçu depuis le %(day)s") % {"day": wording.day(stands.late_since, lang)}, "", late)
    if stands.left_cents is not None:
        yield step(_("Il reste à verser"), "", wording.money(stands.left_cents, lang))
    if stands.next:
        moved = _("le %(day)s est un jour de congé : le jour ouvrable suivant") % {
            "day": wording.day(stands.next.on, lang),
        } if stands.next.on != stands.next.due_on else ""  # fmt: skip
        yield step(
            _("Prochain versement le %(day)s") % {"day": wording.day(stands.next.due_on, lang)}, moved,
            wording.money(stands.next.cents, lang),
        )  # fmt: skip


def _said(it: facts.Promise) -> Iterator[str]:
    """The terms of a promise, one sentence each; of a bank account its last digits alone."""
    lang, terms = current(), it.terms
    if it.kind == "ARRANGEMENT" and {"count", "paid_count"} <= set(terms):
        yield _("%(paid)s versements reçus sur %(count)s") % {"paid": terms["paid_count"], "count": terms["count"]}
    if "replaces" in terms:
        yield _("fixés par la révision annuelle")
    if "total_cents" in terms:
        yield _("pour une dette de %(amount)s") % {"amount": wording.money(terms["total_cents"], lang)}
    if 1 <= terms.get("debit_day", 0) <= 31:
        yield _("prélevés le %(day)s du mois") % {"day": terms["debit_day"]}
    if "bank_account" in terms:
        yield _("institution %(institution)s, compte finissant par %(last)s") % {
            "institution": terms.get("institution", "—"), "last": str(terms["bank_account"])[-3:],
        }  # fmt: skip
    if it.ended_on:
        yield _("fin inscrite : premier jour sans le %(day)s, %(why)s") % {
            "day": wording.day(it.ended_on, lang), "why": _(ENDED_BECAUSE[it.reason]),
        }  # fmt: skip
        if it.note:
            yield it.note
    if it.kind == "DEPOSIT" and "interest_cents" in terms:
        yield _("intérêts déjà versés : %(amount)s") % {"amount": wording.money(terms["interest_cents"], lang)}
