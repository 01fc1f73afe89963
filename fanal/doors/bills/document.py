"""From a story to the printed bill: every text ready, in the customer's language, by the wording of the house.

A figure shown here is a stored one or a sum of stored ones; nothing is rated again but the comparison with a year ago.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from fanal.doors.bills import comparison, meters, plans
from fanal.doors.bills.words import capital, exemption, mean, month, per_day
from fanal.law.conditions import ch04_billing, ch18_fees
from fanal.law.in_force import in_force
from fanal.law.tariffs import lines as bill_lines
from fanal.links.print import slip
from fanal.links.print.contract import (
    Account,
    Block,
    BlockBar,
    Instalment,
    Line,
    Month,
    PrintedBill,
    Section,
    Slip,
    Step,
    Tax,
    Utility,
)
from fanal.records.premises.facts import civic_address
from fanal.reports import bill_history, flow_steps
from fanal.reports.bill_history import Change
from fanal.reports.bill_story import (
    BILL,
    CREDIT_NOTE,
    DEPOSIT_INTEREST,
    DEPOSIT_RETURN,
    PAYMENT,
    RETURNED_PAYMENT,
    BillStory,
    Place,
)
from fanal.reports.bill_story import Line as StoredLine
from fanal.reports.explanation import bill_case
from fanal.reports.explanation_steps import number_of, span
from fanal.values import contact, wording
from fanal.values.address import envelope, posted
from fanal.values.dates import add_months
from fanal.values.money import half_up
from fanal.values.refusal import Fault
from fanal.values.wording import Lang

Temperatures = Mapping[tuple[int, int], int]  # tenths of a degree Celsius by (year, month)

BARS_MAX = 2
LETTER = 34  # thousandths of a bar that a character takes
ROWS_BEFORE = 4  # rows that tell what stood before, but for the last one
THREE_HOLDERS = 3
MESSAGES_MAX = 2


def documents(told: Sequence[BillStory], temperatures: Temperatures | None = None) -> list[PrintedBill]:
    """The printed bills of those stories, in their order. A story that is not issued has no document: ValueError."""
    changes = bill_history.changes(told)
    return [_document(story, change, temperatures or {}) for story, change in zip(told, changes, strict=True)]


def _document(story: BillStory, change: Change | None, temperatures: Temperatures) -> PrintedBill:
    if story.issue is None:
        raise ValueError(f"La facture {number_of(story)} n’est pas émise : elle ne s’imprime pas.")
    lang: Lang = "en" if story.language == "en" else "fr"
    note, asked, plan = story.kind == CREDIT_NOTE, story.due_cents, plans.plan(story, lang)
    spread = plans.is_spread(story)
    due = story.issue.due_on if asked > 0 and not note else None
    return PrintedBill(
        language=lang,
        kind="credit_note" if note else "bill",
        number=number_of(story),
        issued_on=story.issue.on,
        issued=wording.day(story.issue.on, lang),
        utility=_utility(lang),
        account=_account(story, lang),
        state="plan" if spread else "credit" if note or asked < 0 else "due" if asked else "nothing",
        total=wording.signed(story.total_cents if note else story.asked_cents if spread else asked, lang),
        credit=wording.money(abs(story.total_cents if note else asked), lang) if note or asked < 0 else "",
        due=wording.day(due, lang) if due else "",
        due_long=_long_day(due, lang) if due else "",
        plan=plan,
        slip=_slip(story, lang),
        net=wording.signed(story.net_cents, lang),
        taxes=tuple(_tax(story, line, lang) for line in story.lines if line.tax),
        sections=_sections(story, lang),
        mention=settings.FANAL_UTILITY.get("mention", {}).get(lang, ""),
        **_period(story, lang),
        **(_of_a_note(story, lang) if note else _of_a_bill(story, change, temperatures, lang)),
        months=tuple(_month(it, temperatures, lang) for it in bill_history.months(story)),
        **_reference(story, lang),
    )


def _of_a_bill(story: BillStory, change: Change | None, temperatures: Temperatures, lang: Lang) -> dict[str, Any]:
    """What a credit note does not say."""
    return {
        "instalments": tuple(
            Instalment(amount=wording.money(cents, lang), due=wording.day(due_on, lang))
            for due_on, cents in _instalments(story)
        ),
        "late_fee": _late_fee(story, lang),
        **_overdue(story, lang),
        **_next(story, lang),
        "estimated": story.estimates_in_a_row > 0,
        "consumption": _consumption(story, lang),
        "messages": _messages(story, lang),
        **_change(story, change, temperatures, lang),
        "balance": _balance(story, lang),
        "blocks": _bars(story, lang),
        "meters": meters.meters(story, lang),
        "meter_notes": meters.notes(story, lang),
    }


def _change(story: BillStory, told: Change | None, temperatures: Temperatures, lang: Lang) -> dict[str, Any]:
    """Why the amount changed, or why it is not compared."""
    if told is None:
        return {}
    if not told.comparable:
        return {"not_compared": comparison.not_compared(story, told, lang)}
    return {"change": comparison.change(story, told, temperatures, lang)}


def _of_a_note(story: BillStory, lang: Lang) -> dict[str, Any]:
    """What a credit note takes back."""
    if story.book.flat_rate:
        return {}
    kwh = wording.quantity(-story.kwh, "kWh", lang)
    text = {
        "fr": f"Cette note reprend les {kwh} que la facture annulée comptait.",
        "en": f"This note takes back the {kwh} that the cancelled bill counted.",
    }
    return {"consumption": (kwh,), "meter_notes": (text[lang],)}


# ── who, and how much ────────────────────────────────────────────────────────────────────────────────────────────────


def _utility(lang: Lang) -> Utility:
    told = settings.FANAL_UTILITY
    texts = {name: told[name][lang] for name in ("service", "hours", "other_language")}
    plain = {name: told[name] for name in ("town", "biller", "phone", "outage_phone", "outage_site", "site")}
    return Utility(**plain, **texts, address=tuple(told["address"]), emblem_svg=told.get("emblem_svg", ""))


def _account(story: BillStory, lang: Lang) -> Account:
    names = [holder.name for holder in story.holders]
    if len(names) > THREE_HOLDERS:
        names = [*names[: THREE_HOLDERS - 1], {"fr": "et autres titulaires", "en": "and other holders"}[lang]]
    place = story.place
    street = f"{place.civic_number}, {place.street}" if place.civic_number else place.street
    unit = f", {'app.' if lang == 'fr' else 'apt.'}{wording.NO_BREAK}{place.unit}" if place.unit else ""
    mailed = next((holder.address for holder in story.holders if holder.address), ())
    written = (street + unit, f"{place.city} (Québec)  {place.postal_code}")
    title = story.book.title
    return Account(
        number=account_number(story.account_number),
        holders=tuple(names),
        address=envelope(mailed, lang) if mailed else _posted(place, lang) or envelope(written, lang),
        premises=street + unit,
        rate=(title.en if lang == "en" else title.fr).replace(" – ", ", "),
    )


def _posted(place: Place, lang: Lang) -> tuple[str, ...]:
    """The place as Canada Post asks, from the parts of its address; nothing where they do not hold on an envelope."""
    if not place.parts:
        return ()
    try:
        code = contact.postal_code(place.postal_code)
        return posted(civic_address(place.parts, unit=place.unit, city=place.city, postal_code=code), lang)
    except Fault:
        return ()


def account_number(digits: str) -> str:
    """« 301 204 587-2 » of ten digits."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:9]}-{digits[9:]}"


def _long_day(on: date, lang: Lang) -> str:
    comma = "," if lang == "en" else ""
    return f"{wording.weekday(on, lang)}{comma} {wording.day(on, lang)}"


def _instalments(story: BillStory) -> tuple[tuple[date, int], ...]:
    """The two payments of a late bill (4.2.2); what stood before it belongs to the first."""
    issue = story.issue
    assert issue is not None
    if issue.second_due_on == issue.due_on or story.due_cents <= 0 or plans.is_debited(story):
        return ()
    shared = min(story.total_cents, story.due_cents)
    first = story.due_cents - shared + shared // 2
    return ((issue.due_on, first), (issue.second_due_on, story.due_cents - first))


def _slip(story: BillStory, lang: Lang) -> Slip | None:
    """The slip of what the customer sends; none where nothing is asked, or where it is debited."""
    issue, mode = story.issue, story.mode
    assert issue is not None
    if story.kind == CREDIT_NOTE or plans.is_debited(story):
        return None
    if mode and plans.is_spread(story):
        due_on, cents = mode.next_on or issue.due_on, mode.instalment_cents
    else:
        due_on, cents = (*_instalments(story), (issue.due_on, story.due_cents))[0]
    if cents <= 0:
        return None
    address = f"https://{settings.FANAL_UTILITY['site']}/payer?facture={number_of(story)}&montant={cents}"
    return Slip(
        amount=wording.money(cents, lang),
        mark=wording.mark(lang),
        due=wording.day(due_on, lang),
        scan_line=slip.scan_line(story.account_number, cents, due_on),
        qr=address,
    )


def _overdue(story: BillStory, lang: Lang) -> dict[str, Any]:
    balance, overdue = story.balance, plans.late_cents(story)
    if overdue <= 0 or story.due_cents <= 0 or balance.overdue_since is None:
        return {}
    return {
        "overdue": wording.money(overdue, lang),
        "overdue_since": wording.day(balance.overdue_since, lang),
    }


def _late_fee(story: BillStory, lang: Lang) -> str:
    fees = in_force(ch18_fees.Terms, settings.FANAL_BYLAW, "ch18_fees", on=story.on)
    cents = wording.percentage(fees.administration_fee_millionths, lang)
    comma, space = ("," if lang == "fr" else "."), ("\u00a0%" if lang == "fr" else "%")
    whole, _, decimals = cents.removesuffix(space).partition(comma)
    return f"{whole}{comma}{decimals.ljust(2, '0')}{space}"


# ── the period ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _period(story: BillStory, lang: Lang) -> dict[str, Any]:
    return {
        "period_from": wording.day(story.from_on, lang),
        "period_to": wording.day(story.to_on - timedelta(days=1), lang),
        "days": wording.days(story.billed_days, lang),
    }


def _consumption(story: BillStory, lang: Lang) -> tuple[str, ...]:
    if story.book.flat_rate:
        return ()
    kwh, days = story.kwh, story.days
    if story.recounts and story.estimates_in_a_row and story.settled:  # what is estimated for the days of this bill
        kwh, days = kwh - story.settled[0].kwh, story.billed_days
    energy = wording.quantity(kwh, "kWh", lang)
    if days != story.billed_days:
        energy += f" {'en' if lang == 'fr' else 'in'} {wording.days(days, lang)}"
    texts = [energy, per_day(kwh, days, lang)]
    if any(line.charge and line.charge.kind == "demand" for line in story.lines):
        billed = {"fr": "à facturer", "en": "billed"}[lang]
        texts.append(f"{wording.quantity(story.billing_kw, 'kW', lang)} {billed}")
    return tuple(texts)


def _next(story: BillStory, lang: Lang) -> dict[str, Any]:
    """About when the next reading and the next bill are expected (4.2.1); nothing after a final bill."""
    if story.ends_on:
        return {}
    terms = in_force(ch04_billing.Terms, settings.FANAL_BYLAW, "ch04_billing", on=story.on)
    wait = timedelta(days=getattr(terms, ch04_billing.BILL_DAYS[bill_case(story).measured]))
    read = {} if story.book.flat_rate else {"next_read": wording.day(story.to_on + wait, lang)}
    return read | {"next_bill": wording.day(story.on + wait, lang)}


def _reference(story: BillStory, lang: Lang) -> dict[str, Any]:
    if story.refers_to is None:
        return {}
    reason = capital(story.reason).rstrip(".")
    return {
        "refers_to": number_of(story.refers_to),
        "refers_to_issued": wording.day(story.refers_to.issued_on, lang),
        "reason": f"{reason}." if reason else "",
    }


def _messages(story: BillStory, lang: Lang) -> tuple[str, ...]:
    """What this customer should know besides: two sentences at most."""
    texts = []
    if story.ends_on:
        last = {"fr": "C’est votre dernière facture pour ce lieu.", "en": "This is your last bill for this place."}
        texts.append(last)
    texts += list(plans.ended(story))[:1]
    if story.recounts:
        texts.append(_recount(story, lang))
    before = max((it.to_on for it in story.past if it.elsewhere), default=date.min)
    if len(texts) < MESSAGES_MAX and before > add_months(story.to_on, -bill_history.MONTHS_SHOWN):
        day = wording.day(before - timedelta(days=1), lang)
        texts.append({
            "fr": f"Jusqu’au {day}, notre ancien système vous facturait ; les comparaisons se servent de ses factures.",
            "en": f"Until {day}, our previous system billed you: the comparisons use its bills.",
        })  # fmt: skip
    return tuple(text[lang] for text in texts)


def _recount(story: BillStory, lang: Lang) -> dict[str, str]:
    """What is counted again, since when, and what is taken off."""
    days, since = wording.days(story.days, lang), wording.day(story.rated_from_on, lang)
    if story.estimates_in_a_row:
        return {
            "fr": f"Elle recompte {days}, depuis la relève du {since}, moins ce qui a déjà été facturé.",
            "en": f"It counts {days} again, since the reading of {since}, less what was already billed.",
        }
    return {
        "fr": f"Votre compteur a été lu : cette facture recompte {days}, depuis la relève du {since}, moins ce que "
        "l’estimation avait déjà facturé.",
        "en": f"Your meter was read: this bill counts {days} again, since the reading of {since}, less what the "
        "estimate had already billed.",
    }


def _month(told: bill_history.Month, temperatures: Temperatures, lang: Lang) -> Month:
    tenths = temperatures.get((told.first_on.year, told.first_on.month))
    degrees = None if tenths is None else (abs(tenths) + 5) // 10 * (-1 if tenths < 0 else 1)
    return Month(
        label=month(told.first_on, lang),
        average="" if told.tenths is None else mean(told.tenths, lang),
        tenths=told.tenths,
        year_ago_tenths=told.year_ago_tenths,
        temperature="" if degrees is None else f"{wording.number(degrees, lang)}°",
        billed=told.billed,
        estimated=told.estimated,
    )


# ── where the amount comes from ──────────────────────────────────────────────────────────────────────────────────────


def _balance(story: BillStory, lang: Lang) -> tuple[Line, ...]:
    """What stood before: an older balance, the previous bill, what was paid, what is left. Five rows at most."""
    balance = story.balance
    if not (balance.documents or balance.movements or balance.opening_cents):
        return ()
    rows = []
    if balance.opening_cents:
        rows.append(({"fr": "Solde d’avant", "en": "Earlier balance"}[lang], balance.opening_cents))
    rows += _told_apart(_groups(story, lang), ROWS_BEFORE - len(rows), lang)
    left = {"fr": "Reste de la facture précédente", "en": "Left from the previous bill"}[lang]
    if 0 < balance.cents == balance.overdue_cents and plans.late_cents(story) > 0:
        left += {"fr": ", en retard", "en": ", overdue"}[lang]
    if balance.cents < 0:
        left = {"fr": "Crédit à votre compte", "en": "Credit on your account"}[lang]
    told = [Line(label=label, amount=wording.signed(cents, lang)) for label, cents in rows]
    told.append(Line(label=left, amount=wording.signed(balance.cents, lang), strong=True))
    return (*told, *plans.covered(story, lang))


_DOCUMENTS: Mapping[Lang, Mapping[int, tuple[str, str]]] = {
    "fr": {BILL: ("Facture du {}", "{} factures"), CREDIT_NOTE: ("Note de crédit du {}", "{} notes de crédit")},
    "en": {BILL: ("Bill of {}", "{} bills"), CREDIT_NOTE: ("Credit note of {}", "{} credit notes")},
}
_MOVEMENTS: Mapping[Lang, Mapping[int, tuple[str, str]]] = {
    "fr": {
        PAYMENT: ("Paiement reçu le {}, merci", "{} paiements reçus, merci"),
        RETURNED_PAYMENT: ("Paiement retourné par la banque le {}", "{} paiements retournés par la banque"),
        DEPOSIT_INTEREST: ("Intérêts de votre dépôt, portés au compte le {}", "Intérêts de votre dépôt"),
        DEPOSIT_RETURN: ("Dépôt rendu le {}, avec ses intérêts", "{} dépôts rendus, avec leurs intérêts"),
    },
    "en": {
        PAYMENT: ("Payment received on {}, thank you", "{} payments received, thank you"),
        RETURNED_PAYMENT: ("Payment returned by the bank on {}", "{} payments returned by the bank"),
        DEPOSIT_INTEREST: ("Interest on your deposit, credited on {}", "Interest on your deposit"),
        DEPOSIT_RETURN: ("Deposit returned on {}, with its interest", "{} deposits returned, with their interest"),
    },
}


_Group = tuple[list[tuple[date, int]], tuple[str, str]]


def _groups(story: BillStory, lang: Lang) -> list[_Group]:
    """Bills, credit notes, payments, returned payments: (day, cents) of each, and the words for one and for many."""
    papers = {
        kind: [(it.issued_on, it.total_cents) for it in story.balance.documents if it.kind == kind]
        for kind in _DOCUMENTS[lang]
    }
    money = {
        kind: [(it.on, it.cents) for it in story.balance.movements if it.kind == kind] for kind in _MOVEMENTS[lang]
    }
    told = [(papers[kind], texts) for kind, texts in _DOCUMENTS[lang].items()]
    told += [(money[kind], texts) for kind, texts in _MOVEMENTS[lang].items()]
    return [group for group in told if group[0]]


def _told_apart(groups: list[_Group], room: int, lang: Lang) -> list[tuple[str, int]]:
    """A row for each item while there is room, else one row for the whole group."""
    rows = []
    spare = room - len(groups)
    for items, (one, many) in groups:
        if len(items) - 1 <= spare:
            spare -= len(items) - 1
            rows += [(one.format(wording.day(on, lang)), cents) for on, cents in items]
        else:
            rows.append((many.format(len(items)), sum(cents for _, cents in items)))
    return rows


def _sections(story: BillStory, lang: Lang) -> tuple[Section, ...]:
    """Lines by price segment, with a heading where a price changed or days are counted again; then what was billed."""
    versions: dict[int, list[StoredLine]] = {}
    for line in story.lines:
        if line.charge:
            versions.setdefault(line.charge.version, []).append(line)
    recount = _recount_heading(story, lang)
    sections = [Section(heading=recount, lines=())] if recount and len(versions) > 1 else []
    for lines in versions.values():
        from_on, to_on = min(it.from_on for it in lines), max(it.to_on for it in lines)
        heading = capital(span(from_on, to_on, lang)) if len(versions) > 1 else recount
        sections.append(Section(heading=heading, lines=tuple(_line(it, lang) for it in lines)))
    if credits := tuple(_credit(story, it, lang) for it in story.lines if it.is_credit):
        sections.append(Section(lines=credits))
    if fees := tuple(_fee(it, lang) for it in story.lines if it.is_fee):
        sections.append(Section(lines=fees))
    return tuple(sections)


def _recount_heading(story: BillStory, lang: Lang) -> str:
    """« Recompte depuis la relève du 12 septembre 2025 : 427 jours »; nothing for a plain bill."""
    if story.kind == CREDIT_NOTE or not story.recounts:
        return ""
    days, since = wording.days(story.days, lang), wording.day(story.rated_from_on, lang)
    return {
        "fr": f"Recompte depuis la relève du {since} : {days}",
        "en": f"Counted again since the reading of {since}: {days}",
    }[lang]


def _line(line: StoredLine, lang: Lang) -> Line:
    charge = line.charge
    assert charge is not None
    sign = -1 if line.quantity < 0 < line.days else 1  # a credit note takes back what was so reckoned
    text = bill_lines.arithmetic(charge, line.days, sign * line.quantity, sign * line.amount_cents, lang)
    how = text.rpartition(" ; ")[2].rpartition(" = ")[0]
    return Line(label=charge.title(lang), how=how, amount=wording.signed(line.amount_cents, lang))


def _credit(story: BillStory, line: StoredLine, lang: Lang) -> Line:
    label = {"fr": "Déjà facturé d’après l’estimation", "en": "Already billed on the estimate"}[lang]
    if story.settled:
        of = {"fr": "du", "en": "of"}[lang]
        label = f"{label} {of} {wording.day(story.settled[0].to_on, lang)}"
    days = wording.days(line.days, lang)
    kwh = f"{wording.quantity(-line.quantity, 'kWh', lang)}, " if line.quantity else ""
    return Line(label=label, how=f"{kwh}{days}", amount=wording.signed(line.amount_cents, lang))


def _fee(line: StoredLine, lang: Lang) -> Line:
    label = {"fr": "Frais d’abonnement", "en": "Subscription fee"}[lang]
    how = {"fr": "une fois, art. 2.1", "en": "once, s. 2.1"}[lang]
    return Line(label=label, how=how, amount=wording.signed(line.amount_cents, lang))


def _tax(story: BillStory, line: StoredLine, lang: Lang) -> Tax:
    tax = line.tax
    assert tax is not None
    rate, of = wording.percentage(int(line.tax_rate.rate * 1_000_000), lang), {"fr": "de", "en": "of"}[lang]
    how = f"{rate} {of} {wording.signed(line.quantity // 10, lang)}"
    if story.is_exempt(tax):
        how = exemption(story.certificates.get(tax.code, ""), lang)
    return Tax(
        label=tax.abbreviation.en if lang == "en" else tax.abbreviation.fr,
        registration=settings.FANAL_UTILITY["registrations"].get(tax.code, ""),
        how=how,
        amount=wording.signed(line.amount_cents, lang),
    )


def _bars(story: BillStory, lang: Lang) -> tuple[BlockBar, ...]:
    """How the energy fell in the blocks of each price; where it all costs the same there is nothing to draw."""
    groups: dict[int, list[StoredLine]] = {}
    for line in story.lines:
        if line.charge and line.charge.kind == "energy" and (line.charge.upto_milli or line.charge.after_milli):
            groups.setdefault(line.charge.version, []).append(line)
    shown = list(groups.values())
    if not shown or len(shown) > BARS_MAX or sum(it.quantity for lines in shown for it in lines) <= 0:
        return ()
    if all(len(lines) == 1 for lines in shown) and shown[0][0].charge and shown[0][0].charge.width_days > 1:
        return ()
    return tuple(_bar(story, lines, len(shown) > 1, lang) for lines in shown)


def _bar(story: BillStory, lines: list[StoredLine], several: bool, lang: Lang) -> BlockBar:
    total = sum(it.quantity for it in lines)
    texts = [wording.quantity(half_up(it.quantity, 1000) * 1000, "kWh", lang) for it in lines]
    widths = _widths([it.quantity * 1000 // total for it in lines], texts)
    first = lines[0].charge
    assert first is not None
    since = {"fr": "Prix en vigueur depuis le {}.", "en": "Prices in force since {}."}[lang]
    per_kwh = {"fr": "le kWh", "en": "per kWh"}[lang]
    return BlockBar(
        blocks=tuple(
            Block(
                quantity=text,
                price=f"{wording.price(it.charge.price_micro, lang)} {per_kwh}" if it.charge else "",
                width=width,
            )
            for it, text, width in zip(lines, texts, widths, strict=True)
        ),
        steps=_steps(story, lines, total, lang),
        heading=capital(span(lines[0].from_on, lines[0].to_on, lang)) if several else "",
        note=since.format(wording.day(first.version_from, lang)),
    )


def _widths(shares: list[int], texts: list[str]) -> list[int]:
    """Shares of the bar in thousandths, none narrower than its text; the widest gives what the others need."""
    if len(shares) == 1:
        return [1000]
    widths = [max(share, LETTER * len(text)) for share, text in zip(shares, texts, strict=True)]
    widest = widths.index(max(widths))
    widths[widest] += 1000 - sum(widths)
    return widths


def _steps(story: BillStory, lines: list[StoredLine], total: int, lang: Lang) -> tuple[Step, ...]:
    """« 40 kWh × 62 jours = 2 480 kWh au premier prix. » then what is left for the second."""
    first = lines[0].charge
    assert first is not None
    times = flow_steps.times(story, first, story.billing_kw)
    months = flow_steps.months(story, lines[0].days)
    text = bill_lines.threshold(first, lines[0].days, times, lang, months) or ""
    operation, _, limit = text.rpartition(" = ")
    if len(lines) == 1:
        most = {"fr": "au plus à ce prix.", "en": "at most at this price."}[lang]
        return (Step(operation=operation, result=limit, note=most),)
    after = {"fr": ("au second.", "aux suivants."), "en": ("at the second.", "at the next ones.")}[lang]
    notes = {"fr": "au premier prix.", "en": "at the first price."}[lang], after[len(lines) > 2]
    rest = f"{wording.quantity(total, '', lang)} − {wording.quantity(lines[0].quantity, '', lang)}"
    result = wording.quantity(total - lines[0].quantity, first.unit, lang)
    return (Step(operation=operation, result=limit, note=notes[0]), Step(operation=rest, result=result, note=notes[1]))
