"""« Pourquoi ? »: what a clerk reads to a caller, for a bill, a line, a date or a held bill, in French and in English.

An explanation is an answer in one sentence, then numbered steps: an operation and its result, that a pocket calculator
redoes, with the article, the source and how sure it is. Steps are made by `explanation_steps`; here they are chosen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from fanal.law.conditions import ch04_billing
from fanal.law.delays import holidays
from fanal.law.explain import sentence
from fanal.law.in_force import in_force
from fanal.law.metering.plausibility import Finding, Fix, HoldReason, Severity
from fanal.reports import flow_steps, holds
from fanal.reports.bill_story import CREDIT_NOTE, KW, BillStory, Doubt, Hold, Line
from fanal.reports.explanation_steps import FEE, bill_steps, number_of
from fanal.reports.step import LANGUAGES, Step, Words, bylaw, said
from fanal.values import wording
from fanal.values.energy import TOTAL
from fanal.values.wording import Lang

WIDTH = 100
OF_MEASURE = ("measure", "estimate", "estimate_share", "estimate_chain")  # the steps of what one register gave
RARE = ("bank", "exempt")  # said only where they play
REVIEWED = {"ACCEPT": ("acceptée", "accepted"), "POSTPONE": ("reportée", "postponed")}


class UnknownMeasure(LookupError):
    """The bill has no measure of this place."""


class UnknownIssue(LookupError):
    """The bill is not issued."""


class UnknownLine(LookupError):
    """The bill has no line of this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """Ce qui aurait pu jouer: something that changes a bill, and whether it did here."""

    code: str
    text: Words
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An answer and its steps. `about` names what is explained: the bill, a line, the dates, or why it is held."""

    about: Mapping[str, Any]
    title: Words
    answer: Words
    steps: tuple[Step, ...]
    considered: tuple[Considered, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON gives it; the keys and the codes of the steps never change."""
        return {
            "about": dict(self.about),
            "title": dict(self.title),
            "answer": dict(self.answer),
            "steps": [step.as_dict(number) for number, step in enumerate(self.steps, 1)],
            "considered": [{"code": it.code, "holds": it.holds, "text": dict(it.text)} for it in self.considered],
        }

    def as_text(self, lang: Lang = "fr") -> str:
        """As a terminal shows it."""
        rows, known = [self.title[lang], "", self.answer[lang], ""], set[str]()
        for number, step in enumerate(self.steps, 1):
            rows += [f"{number:3}. {step.title[lang]}", *(f"     {row}" for row in step.rows(lang, WIDTH, known))]
        if self.considered:
            yes, no = {"fr": ("oui", "non"), "en": ("yes", "no")}[lang]
            rows += ["", {"fr": "Ce qui aurait pu jouer", "en": "What might have mattered"}[lang]]
            rows += [f"     {yes if it.holds else no:4} {it.text[lang]}" for it in self.considered]
        return "\n".join(rows)


def explain_bill(story: BillStory) -> Explanation:
    """Why the bill is what it is: from the reads to the amount and to the day it is due."""
    steps = (*_correction(story), *bill_steps(story), *_dates(story), *_holds(story), *_reviews(story))
    return Explanation(
        about=_about(story), title=_title(story), answer=_answer(story), steps=steps, considered=_considered(story)
    )


def explain_line(story: BillStory, line: int) -> Explanation:
    """Why one line is what it is. Raises UnknownLine."""
    told = next((it for it in story.lines if it.line == line), None)
    if told is None:
        last = max((it.line for it in story.lines), default=0)
        raise UnknownLine(f"La facture {number_of(story)} n’a pas de ligne {line} : ses lignes vont de 1 à {last}.")
    steps = tuple(step for step in bill_steps(story) if line in step.lines)
    amount = told.amount_cents
    title = said("Pourquoi {amount:money} ? {name}", "Why {amount:money}? {name}", amount=amount, name=line_title(told))
    return Explanation(about=_about(story) | {"line": line}, title=title, answer=_line_answer(story, told), steps=steps)


def explain_period(story: BillStory) -> Explanation:
    """Why the bill covers these days."""
    answer = said(
        "La facture compte {days:days}, du {since:day} au {to:day}.",
        "The bill has {days:days}, from {since:day} to {to:day}.",
        days=story.days, since=story.rated_from_on, to=story.to_on,
    )  # fmt: skip
    title = said("Pourquoi ces jours ?", "Why these days?")
    return Explanation(about=_about(story) | {"date": "period"}, title=title, answer=answer, steps=_of(story, "days"))


def explain_energy(story: BillStory) -> Explanation:
    """Why the bill counts these kWh: what each register gave, their sum, what each price gets of it."""
    facts = {"kwh": story.kwh, "days": story.days}
    title = said("Pourquoi {kwh:kWh} ?", "Why {kwh:kWh}?", **facts)
    answer = said("La facture compte {kwh:kWh} en {days:days}.", "The bill has {kwh:kWh} in {days:days}.", **facts)
    gave = (f"{key}:{place}" for place, it in enumerate(story.measures, 1) if it.counts for key in OF_MEASURE)
    steps = _of(story, *gave, "kwh", "share")
    return Explanation(about=_about(story) | {"energy": True}, title=title, answer=answer, steps=steps)


def explain_measure(story: BillStory, place: int) -> Explanation:
    """Why one register gave what it did: both readings, or the estimate. Raises UnknownMeasure."""
    if not 1 <= place <= len(story.measures):
        raise UnknownMeasure(f"La facture {number_of(story)} a {len(story.measures)} mesures.")
    steps = _of(story, *(f"{key}:{place}" for key in OF_MEASURE))
    last, measure = steps[-1], story.measures[place - 1]
    title = said("Pourquoi cet index ? {what}", "Why this index? {what}", what=last.title)
    texts = _ESTIMATED if measure.estimate else _BOTH if measure.is_cumulative else _HIGHEST
    answer = said(*texts, note=last.note, quantity=last.result) if last.result["fr"] else last.note
    return Explanation(about=_about(story) | {"measure": place}, title=title, answer=answer, steps=steps)


_BOTH = ("{note} Ces deux index donnent {quantity}.", "{note} These two indexes give {quantity}.")
_HIGHEST = ("{note} Elle donne {quantity}.", "{note} It gives {quantity}.")
_ESTIMATED = ("L’estimation donne {quantity}.", "The estimate gives {quantity}.")


def _of(story: BillStory, *keys: str) -> tuple[Step, ...]:
    """The steps of the bill with those keys, or under them: « share » is also « share:2 »."""
    wanted = set(keys)
    return tuple(it for it in bill_steps(story) if it.key in wanted or it.key.partition(":")[0] in wanted)


def explain_net(story: BillStory) -> Explanation:
    """What the lines come to before the taxes. Raises UnknownLine."""
    if not (steps := _of(story, "net")):
        raise UnknownLine(f"La facture {number_of(story)} n’a aucune ligne.")
    title = said("Pourquoi {net:money} avant taxes ?", "Why {net:money} before taxes?", net=story.net_cents)
    answer = said(
        "Avant taxes, la facture est de {net:money} : la somme de ses lignes.",
        "Before taxes, the bill is {net:money}: the sum of its lines.",
        net=story.net_cents,
    )
    return Explanation(about=_about(story) | {"net": True}, title=title, answer=answer, steps=steps)


def explain_issue(story: BillStory) -> Explanation:
    """Why the bill bears its date: what it corrects, its issue, the bill before it. Raises UnknownIssue."""
    if story.issue is None:
        raise UnknownIssue(f"La facture {number_of(story)} n’est pas émise.")
    facts = {"on": story.issue.on, "run_on": story.run_on}
    issued = Step(
        key="issue",
        title=said("Émission", "Issue"),
        result=said("{on:day}", "{on:day}", **facts),
        note=said(
            "La date d’une facture est le jour où elle est émise ; celle-ci a été calculée pour le {run_on:day}.",
            "The date of a bill is the day on which it is issued; this one was computed for {run_on:day}.",
            **facts,
        ),
    )
    before = (it for it in _dates(story) if it.key == "instalments")
    return Explanation(
        about=_about(story) | {"date": "issue"},
        title=said("Pourquoi le {on:day} ?", "Why {on:day}?", **facts),
        answer=said("La facture a été émise le {on:day}.", "The bill was issued on {on:day}.", **facts),
        steps=(*_correction(story), issued, *before),
    )


def explain_due(story: BillStory) -> Explanation:
    """Why the bill is due on its day, and whether it may be paid in two."""
    if story.issue is None:
        answer = said("La facture n’est pas émise : rien n’est échu.", "The bill is not issued: nothing is due.")
    elif story.total_cents <= 0:
        answer = said(*_CREDIT, credit=-story.total_cents)
    else:
        answer = said("À payer au plus tard le {on:day}.", "To be paid by {on:day}.", on=story.issue.due_on)
    steps = tuple(_dates(story))
    return Explanation(about=_about(story) | {"date": "due"}, title=_title(story), answer=answer, steps=steps)


def explain_holds(story: BillStory) -> Explanation:
    """Why the bill waits or waited for a person, with the proof and the suggested fix of each reason."""
    steps = (*_holds(story), *_reviews(story))
    titles = [HoldReason(it.reason) for it in story.holds]
    if not titles:
        answer = said("Cette facture n’est pas retenue.", "This bill is not held.")
    else:
        answer = said(
            "La facture est retenue : {why}.",
            "The bill is held: {why}.",
            why={lang: ", ".join(it.title(lang) for it in titles).lower() for lang in ("fr", "en")},
        )
    return Explanation(about=_about(story) | {"hold": True}, title=_title(story), answer=answer, steps=steps)


def line_title(line: Line) -> Words:
    """What a line is called: « Énergie, première tranche », « TPS »."""
    if line.charge is not None:
        return {"fr": line.charge.title_fr, "en": line.charge.title_en}
    if line.tax is not None:
        return {"fr": line.tax.abbreviation.fr, "en": line.tax.abbreviation.en}
    return said(*FEE) if line.is_fee else said("Déjà facturé sur estimation", "Already billed on estimates")


def _about(story: BillStory) -> dict[str, Any]:
    return {
        "bill": number_of(story),
        "id": story.id,
        "account": story.account_number,
        "issued": story.issue is not None,
    }


def _title(story: BillStory) -> Words:
    number = number_of(story)
    if story.kind == CREDIT_NOTE:
        return said("Note de crédit {number}", "Credit note {number}", number=number)
    if story.issue is None:
        return said("Facture calculée {number}, non émise", "Computed bill {number}, not issued", number=number)
    return said("Facture {number} du {on:day}", "Bill {number} of {on:day}", number=number, on=story.issue.on)


def _answer(story: BillStory) -> Words:
    """One sentence, as it would be said on the telephone."""
    if story.kind == CREDIT_NOTE:
        return said(
            "Cette note rend {total:money}, tout ce que la facture {number} demandait.",
            "This note gives back {total:money}, all that bill {number} asked for.",
            total=-story.total_cents,
            number=wording_number(story),
        )
    facts: dict[str, Any] = {
        "total": story.total_cents, "kwh": story.kwh, "days": story.days, "rate": _words(story.book.title),
        "kw": story.billing_kw, "credit": sum(-it.amount_cents for it in story.lines if it.is_credit),
    }  # fmt: skip
    french, english = "La facture est de {total:money} :", "The bill is {total:money}:"
    if not story.book.flat_rate:
        french, english = f"{french} {{kwh:kWh}} en {{days:days}}", f"{english} {{kwh:kWh}} in {{days:days}}"
    else:
        french, english = f"{french} {{days:days}} de service", f"{english} {{days:days}} of service"
    if story.billing_kw and any(it.charge and it.charge.kind == "demand" for it in story.lines):
        french, english = f"{french} et {{kw:kW}} de puissance", f"{english} and {{kw:kW}} of power"
    french, english = f"{french}, {{rate}}", f"{english}, {{rate}}"
    if story.settles_id:
        french += ", moins {credit:money} déjà facturés sur estimation"
        english += ", less {credit:money} already billed on estimates"
    if story.fee:
        facts["fee"] = story.fee.cents
        french += ", avec {fee:money} de frais d’abonnement"
        english += ", with a subscription fee of {fee:money}"
    french, english = f"{french}, taxes comprises.", f"{english}, taxes included."
    if story.issue is None and story.holds:
        facts["why"] = {lang: HoldReason(story.holds[0].reason).title(lang).lower() for lang in ("fr", "en")}
        french, english = f"{french} Elle est retenue : {{why}}.", f"{english} It is held: {{why}}."
    return said(french, english, **facts)


def wording_number(story: BillStory) -> str:
    """The number of the bill that this one refers to."""
    return number_of(story.refers_to) if story.refers_to else ""


def _words(text: Any) -> Words:
    return {"fr": text.fr, "en": text.en}


def _line_answer(story: BillStory, line: Line) -> Words:
    charge = line.charge
    facts: dict[str, Any] = {"days": line.days, "amount": line.amount_cents, "quantity": line.quantity}
    if line.tax is not None and story.is_exempt(line.tax):
        return said(
            "{name} : le client en est exonéré.", "{name}: the customer is exempt from it.", name=_words(line.tax.title)
        )
    if line.tax is not None:
        rate, base = line.tax_rate.rate, line.quantity // 10
        return said(
            "{name} : elle est de {rate:percent} de {base:money}.", "{name}: it is {rate:percent} of {base:money}.",
            name=_words(line.tax.title), rate=rate, base=base,
        )  # fmt: skip
    if line.is_fee and story.fee:
        return said(
            "Les frais d’une demande d’abonnement acceptée, une seule fois, sur la première facture.",
            "The fee of a subscription request that was accepted, once, on the first bill.",
        )
    if charge is None:
        return said(
            "Ce montant avait été facturé sur estimation pour les mêmes jours ; il est donc retiré.",
            "This amount had been billed on estimates for the same days; it is therefore taken off.",
        )
    written = wording.percentage if charge.kind == "percent" else wording.price
    facts |= {"price": {lang: written(charge.price_micro, lang) for lang in ("fr", "en")}, "per": charge.per_days}
    facts |= {"months": {lang: wording.quantity(line.quantity, "", lang) for lang in ("fr", "en")}}
    times, months = flow_steps.times(story, charge, story.billing_kw), flow_steps.months(story, line.days)
    over = (line.days, times, months)
    return said(*_SENTENCES[_shape(line)], **facts, limit=charge.limit(*over), after=charge.begins(*over))


def _shape(line: Line) -> str:
    charge = line.charge
    assert charge is not None
    if charge.kind == "energy":
        if charge.after_milli:
            return "between" if charge.upto_milli else "above"
        return "first" if charge.upto_milli else "energy"
    if charge.kind == "fixed":
        return f"fixed_{charge.per}" if charge.per else "fixed_monthly" if charge.per_days > 1 else "fixed"
    return f"{charge.kind}_month" if charge.per else charge.kind


_SENTENCES = {
    "first": (
        "Les premiers kWh des {days:days}, jusqu’à {limit:kWh}, coûtent {price} chacun ; il y en a {quantity:kWh}.",
        "The first kWh of the {days:days}, up to {limit:kWh}, cost {price} each; there are {quantity:kWh} of them.",
    ),
    "between": (
        "Les kWh de {after:kWh} à {limit:kWh} coûtent {price} chacun ; il y en a {quantity:kWh}.",
        "The kWh from {after:kWh} to {limit:kWh} cost {price} each; there are {quantity:kWh} of them.",
    ),
    "above": (
        "Les kWh au-delà de {limit:kWh} coûtent {price} chacun ; il y en a {quantity:kWh}.",
        "The kWh above {limit:kWh} cost {price} each; there are {quantity:kWh} of them.",
    ),
    "energy": (
        "Chaque kWh coûte {price} : {quantity:kWh}.",
        "Each kWh costs {price}: {quantity:kWh}.",
    ),
    "fixed": (
        "Chaque jour coûte {price} : {days:days}.",
        "Each day costs {price}: {days:days}.",
    ),
    "fixed_monthly": (
        "Chaque unité coûte {price} par {per:days} ; la période compte {days:days}.",
        "Each unit costs {price} per {per:days}; the period has {days:days}.",
    ),
    "demand": (
        "Chaque kilowatt coûte {price} par {per:days} ; {quantity:kW} pendant {days:days}.",
        "Each kilowatt costs {price} per {per:days}; {quantity:kW} for {days:days}.",
    ),
    "minimum": (
        "Le tarif demande au moins {price} par {per:days} ; il manquait {amount:money}.",
        "The rate asks for at least {price} per {per:days}; {amount:money} was lacking.",
    ),
    "fixed_month": (
        "Chaque mois coûte {price} : {months} mois.",
        "Each month costs {price}: {months} months.",
    ),
    "fixed_bill": (
        "Chaque facture porte {price}, une fois par unité : {months}.",
        "Each bill bears {price}, once per unit: {months}.",
    ),
    "demand_month": (
        "Chaque kilowatt coûte {price} par mois : {months} kilowatts pendant un mois.",
        "Each kilowatt costs {price} per month: {months} kilowatts for one month.",
    ),
    "minimum_month": (
        "Le tarif demande au moins {price} par mois ; il manquait {amount:money}.",
        "The rate asks for at least {price} per month; {amount:money} was lacking.",
    ),
    "percent": (
        "{price} de ce que coûtent d’autres lignes.",
        "{price} of what other lines cost.",
    ),
    "bank": (
        "La banque de kWh prend fin : chaque kWh qui y restait vaut {price}.",
        "The bank of kWh ends: each kWh left in it is worth {price}.",
    ),
    "rounding": (
        "Le document est arrondi une seule fois ; cette ligne y ramène la somme des autres.",
        "The document is rounded once; this line brings the sum of the others to it.",
    ),
}


def _considered(story: BillStory) -> tuple[Considered, ...]:
    """What might have mattered and what did: read in one glance before the steps."""
    if story.kind == CREDIT_NOTE:
        return ()
    versions = {it.charge.version for it in story.lines if it.charge}
    serials = {it.serial for it in story.measures if it.counts}
    found = (
        ("price_changed", "Prix changé pendant la période", "Price changed during the period", len(versions) > 1),
        ("estimated", "Relève estimée (art. 4.1.2)", "Estimated reading (s. 4.1.2)", story.estimates_in_a_row > 0),
        ("settles", "Estimations reprises", "Estimates taken back", story.settles_id != 0),
        ("exchanged", "Compteur remplacé", "Meter exchanged", len(serials) > 1),
        ("bank", "Banque de kWh", "Bank of kWh", story.book.net_metering is not None),
        ("exempt", "Exonération de taxe", "Tax exemption", bool(story.quantities.get("exempt"))),
        ("rolled_over", "Tour de cadran", "Dials past their last figure", any(it.rolled_over for it in story.measures)),
    )
    shown = [it for it in found if it[3] or it[0] not in RARE]
    return tuple(Considered(code=code, text=said(fr, en), holds=holds) for code, fr, en, holds in shown)


def _correction(story: BillStory) -> Iterable[Step]:
    if story.refers_to is None:
        return
    facts = {"number": wording_number(story), "on": story.refers_to.issued_on}
    facts["reason"] = story.reason.rstrip(".")
    verbs = ("annule", "cancels") if story.kind == CREDIT_NOTE else ("remplace", "replaces")
    reason = " ({reason})" if story.reason else ""
    people = ("", "")
    if story.corrected_by:
        facts |= dict(zip(("proposed_by", "approved_by"), story.corrected_by, strict=True))
        people = (
            " Elle a été proposée par {proposed_by} et approuvée par {approved_by}.",
            " It was proposed by {proposed_by} and approved by {approved_by}.",
        )
    yield Step(
        key="correction",
        title=said("Correction", "Correction"),
        note=said(
            f"Elle {verbs[0]} la facture {{number}} du {{on:day}}{reason}.{people[0]}",
            f"It {verbs[1]} bill {{number}} of {{on:day}}{reason}.{people[1]}",
            **facts,
        ),
        **bylaw("4.5", story.on),
    )


def _dates(story: BillStory) -> Iterable[Step]:
    """The due date by 4.3.1 with the calendar of Part VIII; the two instalments of 4.2.2, or why there are none."""
    if story.issue is None or story.kind == CREDIT_NOTE:
        return
    if story.total_cents <= 0:
        yield Step(key="due", title=said("Échéance", "Due date"), note=said(*_CREDIT, credit=-story.total_cents),
                   **bylaw("4.3.1", story.issue.on))  # fmt: skip
        return
    terms = in_force(ch04_billing.Terms, settings.FANAL_BYLAW, "ch04_billing", on=story.issue.on)
    closed = holidays(settings.FANAL_BYLAW)
    due = ch04_billing.due_date(story.issue.on, terms, closed)
    yield Step(
        key="due",
        title=said("Échéance", "Due date"),
        operation=said("{on:day} + {days:days}", "{on:day} + {days:days}", on=story.issue.on, days=terms.payment_days),
        result=said("{on:day}", "{on:day}", on=story.issue.due_on),
        note=_sentences(due.grounds),
        **bylaw("4.3.1", story.issue.on),
        source=terms.figure("payment_days").source,
    )
    late = ch04_billing.late_bill(bill_case(story), story.issue.on, terms, closed)
    yield Step(
        key="instalments",
        title=said("Deux versements", "Two instalments"),
        note=_sentences(late.grounds if late.outcome else late.obstacles),
        **bylaw("4.2.2", story.issue.on),
        source=terms.figure("instalment_days").source,
    )


_CREDIT = (
    "Rien n’est à payer pour cette facture : {credit:money} sont portés au crédit du compte.",
    "Nothing is to be paid for this bill: {credit:money} goes to the credit of the account.",
)


def bill_case(story: BillStory) -> ch04_billing.BillCase:
    """What chapter 4 looks at to date a bill."""
    power = any((it.kind, it.name) == (KW, TOTAL) for it in story.measures)
    measured = ch04_billing.Measured.POWER if power else ch04_billing.Measured.ENERGY
    return ch04_billing.BillCase(
        measured=ch04_billing.Measured.FLAT_RATE if story.book.flat_rate else measured,
        power_billed=story.kw > 0,
        started_on=story.starts_on,
        last_billed_on=story.previous.issued_on if story.previous else None,
        amount_cents=story.total_cents,
    )


def _holds(story: BillStory) -> Iterable[Step]:
    for hold in story.holds:
        reason = HoldReason(hold.reason)
        evidence, found = {"book": story.book.code, **hold.evidence}, _found(story, hold)
        fixes = {lang: ", ".join(_FIXES[fix][place] for fix in reason.fixes) for place, lang in enumerate(("fr", "en"))}
        proof = {lang: holds.proof(reason, evidence, lang, found) for lang in LANGUAGES}
        yield Step(
            key=f"hold:{reason.name.lower()}",
            title=said("Retenue : {why}", "Held: {why}", why={lang: reason.title(lang) for lang in ("fr", "en")}),
            note=said("{proof} À essayer : {fixes}.", "{proof} To try: {fixes}.", proof=proof, fixes=fixes),
        )


def _found(story: BillStory, hold: Hold) -> Words | None:
    """What was found of the readings of the bill; cleared when a later reading took the place of a doubtful one."""
    if told := [_finding(it) for it in story.doubts]:
        return {lang: " ".join(it.text(lang) for it in told) for lang in LANGUAGES}
    return said(*_CLEARED, to_on=hold.evidence.get("to_on")) if hold.reason == HoldReason.DOUBTFUL_READING else None


def _finding(doubt: Doubt) -> Finding:
    return Finding(code=doubt.code, severity=Severity.DOUBTFUL, field="", fix=Fix.REREAD, values=doubt.evidence)


_CLEARED = (
    "La relève du {to_on:day} était douteuse ; une autre l’a remplacée depuis.",
    "The reading of {to_on:day} was doubtful; another has replaced it since.",
)
_FIXES = {
    "accept": ("accepter telle quelle", "accept as it is"),
    "re_estimate": ("estimer autrement", "estimate otherwise"),
    "reread": ("relire le compteur", "read the meter again"),
    "correct": ("corriger la relève", "correct the reading"),
    "postpone": ("reporter à un prochain lot", "postpone to a later run"),
}


def _reviews(story: BillStory) -> Iterable[Step]:
    for position, review in enumerate(story.reviews, 1):
        french, english = REVIEWED[review.act]
        yield Step(
            key=f"review:{position}",
            title=said("Décision", "Decision"),
            note=said(
                f"Facture {french} par {{by}} le {{on:day}} : {{reason}}.",
                f"Bill {english} by {{by}} on {{on:day}}: {{reason}}.",
                by=review.by, on=review.on, reason=review.reason.rstrip("."),
            ),
        )  # fmt: skip


def _sentences(grounds: Iterable[Any]) -> Words:
    listed = tuple(grounds)
    return {lang: " ".join(sentence(it, lang) for it in listed) for lang in ("fr", "en")}
