"""« Pourquoi ? » of the figures of an account: a title, a sentence to read aloud, steps, and the article."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fanal.doors.bills.words import mean
from fanal.doors.desk.language import current
from fanal.doors.desk.pages import account_deposits, account_events, account_past, account_promises
from fanal.doors.desk.pages.account_drawer import law, step, told
from fanal.doors.desk.pages.accounts import (
    bill_why_url,
    chosen_of,
    first_day,
    known_account,
    last_bill_of,
    next_of,
    read_row,
    terms_of,
    why_url,
)
from fanal.doors.desk.templatetags.desk import bill_number
from fanal.reports import account as report
from fanal.reports.account import (
    BILL,
    CREDIT_NOTE,
    DEPOSIT_INTEREST,
    DEPOSIT_RETURN,
    OPENING,
    RECEIPT,
    RETURNED,
    Account,
    Entry,
)
from fanal.values import wording
from fanal.values.money import half_up


def why(request: HttpRequest, number: str, about: str) -> HttpResponse:
    """« Pourquoi ? » of a figure of the account: a drawer, or a page of its own."""
    known = known_account(number)
    kind, _sep, named = about.partition("-")
    reasons = {
        "solde": _why_balance,
        "echeance": _why_due,
        "depuis": _why_since,
        "consommation": _why_use,
        "prochaine": _why_next,
        "paiement": _why_payment,
        "retour": _why_payment,
        "releve": _why_read,
        "debut": account_events.why_start,
        "fin": account_events.why_end,
        "compteur": account_events.why_meter,
        "estimation": account_events.why_estimate,
        "correction": account_events.why_correction,
        "mois": account_events.why_month,
        "ailleurs": account_past.why_past,
        "engagement": account_promises.why_promise,
        "avis": account_promises.why_notice,
        "depot": account_deposits.why_entry,
    }
    found = reasons[kind](known, named) if kind in reasons else None
    if found is None:
        raise Http404(about)
    template = "desk/accounts/drawer.html" if request.htmx else "desk/accounts/why.html"
    return render(request, template, {"account": known, "told": found})


def _why_balance(known: Account, after: str) -> dict[str, Any] | None:
    """What the entries made of it, from a day when nothing was owed or from the last ten; `after` so many, or all."""
    lang, entries = current(), list(known.entries)
    if after:
        if not after.isdecimal() or not 0 < int(after) <= len(entries):
            return None
        entries = entries[: int(after)]
    start = max((rank for rank, it in enumerate(entries[:-1], 1) if it.balance_cents == 0), default=0)
    start = max(start, len(entries) - 10)
    before = entries[start - 1].balance_cents if start else 0
    steps = []
    if start:
        steps.append(
            step(
                _("Solde après le %(day)s") % {"day": wording.day(entries[start - 1].on, lang)},
                "",
                wording.signed(before, lang),
            )
        )
    for it in entries[start:]:
        operation = f"{wording.signed(it.balance_cents - it.cents, lang)} {wording.signed(it.cents, lang, plus=True)}"
        steps.append(
            step(_entry_title(it), operation, wording.signed(it.balance_cents, lang), url=_entry_url(known, it))
        )
    cents = entries[-1].balance_cents if entries else 0
    if cents > 0:
        answer = _("Le compte doit %(amount)s : la somme de ses factures moins ses paiements.")
    elif cents < 0:
        answer = _("Nous devons %(amount)s au compte : ses paiements et ses crédits dépassent ses factures.")
    else:
        answer = _("Rien n’est dû : les paiements couvrent les factures.")
    return told(
        _("Pourquoi un solde de %(amount)s ?") % {"amount": wording.signed(cents, lang)},
        answer % {"amount": wording.money(abs(cents), lang)},
        steps,
        **law("4.3.3", entries[-1].on if after else known.on),
    )


def _entry_title(it: Entry) -> str:
    day = wording.day(it.on, current())
    if it.kind == BILL:
        return _("Facture %(number)s du %(day)s") % {"number": bill_number(it.number or 0), "day": day}
    if it.kind == CREDIT_NOTE:
        return _("Note de crédit %(number)s du %(day)s") % {"number": bill_number(it.number or 0), "day": day}
    if it.kind == RECEIPT:
        return _("Paiement reçu le %(day)s") % {"day": day}
    if it.kind == OPENING:
        return _("Solde repris : %(what)s") % {"what": it.reference or _("ce qu’aucune facture n’explique")}
    if it.kind == DEPOSIT_INTEREST:
        return _("Intérêts du dépôt %(number)s, portés le %(day)s") % {"number": it.reference, "day": day}
    if it.kind == DEPOSIT_RETURN:
        return _("Dépôt %(number)s rendu le %(day)s") % {"number": it.reference, "day": day}
    return _("Paiement retourné le %(day)s") % {"day": day}


def _entry_url(known: Account, it: Entry) -> str:
    if it.kind in (BILL, CREDIT_NOTE):
        return bill_why_url(it, "total")
    if it.kind == OPENING:
        return why_url(known, f"ailleurs-bill-{it.reference}") if it.reference else ""
    if it.kind in (DEPOSIT_INTEREST, DEPOSIT_RETURN):
        return why_url(known, f"depot-{it.source}")
    return why_url(known, f"{'paiement' if it.kind == RECEIPT else 'retour'}-{it.source}")


def _why_due(known: Account, _named: str) -> dict[str, Any] | None:
    """Which bills what is owed belongs to, and how the days are counted."""
    lang, terms, dues = current(), terms_of(known.on), known.dues
    if not dues:
        return None
    steps = []
    for due_on, cents, bill in dues:
        if bill.kind == OPENING:
            url = why_url(known, f"ailleurs-bill-{bill.reference}") if bill.reference else ""
            steps.append(step(_entry_title(bill), _counted_from(bill, due_on), wording.day(due_on, lang), url=url))
            continue
        late = _("%(days)s de retard") % {"days": wording.days((known.on - due_on).days, lang)}
        steps.append(
            step(
                _("Facture %(number)s : %(amount)s à payer")
                % {"number": bill_number(bill.number or 0), "amount": wording.money(cents, lang)},
                _counted_from(bill, due_on),
                wording.day(due_on, lang),
                late if due_on < known.on else "",
                bill_why_url(bill, "echeance"),
            )
        )
    coming = [it for it in dues if it[0] >= known.on]
    first = coming[0][0] if coming else dues[-1][0]
    answer = _("Une facture se paie dans les %(days)s de sa date.") % {"days": wording.days(terms.payment_days, lang)}
    return told(
        _("Pourquoi le %(day)s ?") % {"day": wording.day(first, lang)},
        answer,
        steps,
        **law("4.3.1", dues[0][2].issued_on or known.on),
    )


def _counted_from(bill: Entry, due_on: date) -> str:
    """From what the due date of a bill is counted; of what a plan paid until it ended, why it is that of another."""
    if bill.asked_on is not None:
        return _("payée par les versements égaux jusqu’à leur fin : due avec la facture qui la demande")
    if bill.issued_on is None:
        return ""
    return f"{wording.day(bill.issued_on, current())} + {wording.days((due_on - bill.issued_on).days, current())}"


def _why_since(known: Account, _named: str) -> dict[str, Any]:
    lang = current()
    steps = [step(_("Compte ouvert"), "", wording.day(known.opened_on, lang))]
    for of in sorted(known.subscriptions, key=lambda it: it.starts_on):
        end = _("jusqu’au %(day)s") % {"day": wording.day(of.ends_on, lang)} if of.ends_on else ""
        steps.append(
            step(_("Abonnement au %(address)s") % {"address": of.address}, "", wording.day(of.starts_on, lang), end)
        )
    since = wording.day(first_day(known), lang)
    return told(
        _("Pourquoi depuis le %(day)s ?") % {"day": since},
        _("C’est le premier jour du compte ou de son plus ancien abonnement."),
        steps,
    )


def _why_use(known: Account, _named: str) -> dict[str, Any] | None:
    """The daily mean of the last bill, and of the one a year before."""
    lang, of = current(), chosen_of(known, "")
    last = last_bill_of(known, of)
    if last is None or of is None or of.flat_rate:
        return None
    steps = []
    for bill in [it for it in (last["bill"], last["then"]) if it]:
        days = wording.days(bill.days, lang)
        steps.append(
            step(
                _("Facture %(number)s, du %(first)s au %(last)s")
                % {
                    "number": bill_number(bill.number),
                    "first": wording.day(bill.rated_from_on, lang),
                    "last": wording.day(bill.to_on - timedelta(days=1), lang),
                },
                f"{wording.quantity(bill.kwh, 'kWh', lang)} ÷ {days}",
                mean(bill.mean_tenths, lang),
                _("Facture estimée : aucune relève réelle ne la ferme.") if bill.estimates_in_a_row else "",
                bill_why_url(bill, "total"),
            )
        )
    if last["then"] and not last["alike"]:
        steps.append(step(_("Pas comparé à l’an passé"), source=_unlike(last["bill"], last["then"])))
    if last["share"]:
        now, then = last["bill"].mean_tenths, last["then"].mean_tenths
        steps.append(
            step(
                _("Écart avec l’an passé"),
                f"({mean(now, lang)} − {mean(then, lang)}) ÷ {mean(then, lang)}",
                last["share"],
            )
        )
    answer = _("%(mean)s kWh par jour en moyenne sur les %(days)s de la dernière facture.") % {
        "mean": last["mean"],
        "days": wording.days(last["bill"].days, lang),
    }
    return told(_("Pourquoi %(mean)s kWh par jour ?") % {"mean": last["mean"]}, answer, steps)


def _unlike(bill: Entry, then: Entry) -> str:
    """Why two bills are not set side by side."""
    if bill.settles_id or then.settles_id:
        return _("L’une des deux compte de nouveau des jours qui avaient été estimés : leurs saisons diffèrent.")
    lang = current()
    return _("%(now)s contre %(then)s : ce ne sont pas les mêmes saisons.") % {
        "now": wording.days(bill.days, lang),
        "then": wording.days(then.days, lang),
    }


def _why_next(known: Account, _named: str) -> dict[str, Any] | None:
    lang, of = current(), chosen_of(known, "")
    coming = next_of(known, of)
    if coming is None or "wait" not in coming:
        return None
    figure, wait = terms_of(known.on).figure(coming["figure"]), wording.days(coming["wait"], lang)
    steps = []
    if coming["read_on"]:
        steps.append(
            step(
                _("Prochaine relève, environ"),
                f"{wording.day(coming['read_from'], lang)} + {wait}",
                wording.day(coming["read_on"], lang),
            )
        )
    steps.append(
        step(
            _("Prochaine facture, environ"),
            f"{wording.day(coming['billed_from'], lang)} + {wait}",
            wording.day(coming["bill_on"], lang),
        )
    )
    return told(
        _("Pourquoi vers le %(day)s ?") % {"day": wording.day(coming["bill_on"], lang)},
        _("Une facture vient tous les %(days)s environ.") % {"days": wait},
        steps,
        **law(figure.article, known.on),
    )


def _why_payment(known: Account, named: str) -> dict[str, Any] | None:
    """Where a payment came from and what it paid; why one came back."""
    lang = current()
    found = [it for it in known.entries if it.kind in (RECEIPT, RETURNED) and str(it.source) == named]
    received = next((it for it in found if it.kind == RECEIPT), None)
    if received is None:
        return None
    back = next((it for it in found if it.kind == RETURNED), None)
    amount, day = wording.money(-received.cents, lang), wording.day(received.received_on or received.on, lang)
    steps = [
        step(
            _("Reçu le %(day)s") % {"day": day},
            _channel(received.channel),
            amount,
            _("Référence %(reference)s") % {"reference": received.reference},
        )
    ]
    for number, on, cents in report.paid_by(known.id, received.source):
        title = _("Affecté à la facture %(number)s") % {"number": bill_number(number)}
        steps.append(step(title, wording.day(on, lang), wording.money(cents, lang)))
    return _told_payment(received, back, steps)


def _told_payment(received: Entry, back: Entry | None, steps: list[dict[str, Any]]) -> dict[str, Any]:
    lang = current()
    amount, day = wording.money(-received.cents, lang), wording.day(received.received_on or received.on, lang)
    if back:
        steps.append(
            step(
                _("Retourné le %(day)s") % {"day": wording.day(back.on, lang)},
                back.reason or "",
                wording.signed(back.cents, lang, plus=True),
            )
        )
        return told(
            _("Pourquoi ce retour de %(amount)s ?") % {"amount": wording.money(back.cents, lang)},
            _("La banque a repris le paiement : la somme est due de nouveau."),
            steps,
            **law("4.3.5", back.on),
        )
    return told(
        _("Pourquoi %(amount)s ?") % {"amount": amount},
        _("Ce paiement a été reçu le %(day)s et paie les plus vieilles factures d’abord.") % {"day": day},
        steps,
        **law("4.3.3", received.received_on or received.on),
    )


def _channel(channel: int | None) -> str:
    """How the money came, in words."""
    words = {1: _("institution financière"), 2: _("comptoir"), 3: _("chèque"), 4: _("paiement préautorisé")}
    return words.get(channel or 0, "")


def _why_read(known: Account, named: str) -> dict[str, Any] | None:
    """The index against the one before: difference, turn of the dials, multiplier; who read it; what is doubtful."""
    lang = current()
    it = next((it for it in known.readings if f"{it.register_id}-{it.read_on.isoformat()}" == named), None)
    if it is None:
        return None
    row, day, steps = read_row(known, it), wording.day(it.read_on, lang), []
    index = wording.quantity(it.value, "", lang)
    steps += _energy_steps(it, index)
    steps += [step(_("Doute"), said) for said in row["doubts"]]
    for event in known.events:
        if event.act == "correct_reading" and event.grounds.get("read_on") == it.read_on.isoformat():
            steps.append(
                step(
                    _("Corrigée le %(day)s par %(who)s") % {"day": wording.day(event.on, lang), "who": event.by},
                    event.grounds.get("reason", ""),
                )
            )
    answer = _("Le compteur %(meter)s montrait %(index)s le %(day)s, selon : %(source)s.") % {
        "meter": it.meter if row["unit"] == "kWh" else f"{it.meter} ({row['unit']})",
        "index": index,
        "day": day,
        "source": row["source"],
    }
    return told(
        _("Pourquoi %(index)s ?") % {"index": index},
        answer,
        steps,
        **law("4.1.1" if row["real"] else "4.1.2", it.read_on),
        seen=it,
    )


def _energy_steps(it: report.Reading, index: str) -> list[dict[str, Any]]:
    """From the two indexes to the energy, and to its daily mean; none for a first reading or a demand."""
    lang, steps = current(), []
    if it.goes_down and it.previous_on:
        note = _("L’index est plus bas que celui d’avant : un chiffre est faux, ou le compteur est revenu à zéro.")
        steps.append(step(_("Énergie depuis le %(day)s") % {"day": wording.day(it.previous_on, lang)}, "",
                          _("inconnue"), note))  # fmt: skip
    elif it.previous is not None and it.previous_on and it.kind == report.KWH:
        turned = f" + {wording.number(10**it.dials, lang)}" if it.rolled_over else ""
        before = wording.quantity(it.previous, "", lang)
        note = _("Le compteur a %(dials)s cadrans : il est revenu à zéro.") if it.rolled_over else ""
        steps.append(
            step(
                _("Énergie depuis le %(day)s") % {"day": wording.day(it.previous_on, lang)},
                f"({index}{turned} − {before}) × {it.multiplier or 1}",
                wording.quantity(it.kwh or 0, "kWh", lang),
                note % {"dials": it.dials} if note else "",
            )
        )
        if it.days:
            steps.append(
                step(
                    _("Par jour"),
                    f"{wording.quantity(it.kwh or 0, 'kWh', lang)} ÷ {wording.days(it.days, lang)}",
                    mean(half_up(it.kwh or 0, it.days * 100), lang),
                )
            )
    return steps
