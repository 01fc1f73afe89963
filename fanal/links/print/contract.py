"""What a printed bill says (facture, note de crédit): every figure arrives as a ready text in the bill's language.

The template only lays out. Whole numbers appear where something is drawn: tenths of kWh a day, thousandths of a width.
Texts may use plain spaces and straight apostrophes: `render.payload` sets the non-breaking spaces of French.
An empty text or tuple means « nothing to show »; the template then closes the gap.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Utility:
    """The distributor, as the customer knows it."""

    town: str  # « Ville de Lac-aux-Ormes »; also the order of the cheque
    service: str  # « Service de l’électricité »
    address: tuple[str, ...]  # where cheques go, 1 to 3 lines, shown with town and service in the return window
    biller: str  # the name of the payee at banks: « Lac-aux-Ormes, électricité »
    phone: str
    hours: str  # « du lundi au vendredi, de 8 h 30 à 16 h 30 »
    outage_phone: str
    outage_site: str
    site: str  # where « Pourquoi ? » explains each line; no https://
    other_language: str = ""  # « In English: 819 555-0100, … » on a French bill, and conversely
    emblem_svg: str = ""  # the town's arms, a square SVG; the lantern when empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who receives the bill (compte client), and for which place."""

    number: str  # with its Luhn digit, as read aloud: « 301 204 587-2 »
    holders: tuple[str, ...]  # names, first one first; 1 to 3 (more: « et autres »)
    address: tuple[str, ...]  # postal address, 1 to 4 lines
    premises: str  # place served (lieu de consommation), one line
    rate: str  # « Tarif D, domestique »


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One of the two payments offered on a late bill (4.2.2)."""

    amount: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One reason for which the amount changed."""

    label: str  # « Vous avez consommé 166 kWh de plus »
    amount: str  # signed: « + 20,32 $ », « − 3,10 $ »; may be empty
    note: str = ""  # one or two short sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Why the amount changed (« Pourquoi le montant change »), taxes included."""

    direction: Literal["more", "less", "same"]
    amount: str  # the difference, unsigned: « 31,19 $ »; unused when "same"
    since: Literal["year", "bill"]  # compared with one year ago, or with the previous bill
    parts: tuple[Part, ...]  # 0 to 3
    then_label: str  # « janv. 2025 »
    then_amount: str
    then_width: int  # of the bar, 0 to 1000; the longer of the two is 1000
    now_label: str
    now_amount: str
    now_width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One bar of the chart: a month, or a bill named after its last month."""

    label: str  # at most 6 characters: « janv. »
    average: str  # the daily average as text, « 62,9 »; empty when unknown
    tenths: int | None  # tenths of kWh a day; None when unknown: no bar
    year_ago_tenths: int | None = None
    temperature: str = ""  # mean, « −11° »; empty when unknown
    billed: bool = False  # belongs to this bill
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of « D’où vient le montant »."""

    label: str
    amount: str
    how: str = ""  # the arithmetic: « 2 480 kWh × 6,905 ¢ »
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines under one heading: a price segment, « Du 8 au 31 mars, 24 jours »; an empty heading is not shown."""

    lines: tuple[Line, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """One tax, with the number under which the distributor collects it."""

    label: str
    registration: str
    how: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One price block (tranche) of a bar."""

    quantity: str  # « 2 480 kWh »
    price: str  # « 6,905 ¢ le kWh »
    width: int  # thousandths of the bar; the blocks of a bar add up to 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation, its result and what it is: « 40 kWh × 62 jours » = « 2 480 kWh » « au premier prix »."""

    operation: str
    result: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockBar:
    """How energy was shared among blocks, over one price segment; at most 2 bars a bill."""

    blocks: tuple[Block, ...]  # 1 to 3, those of zero width left out
    steps: tuple[Step, ...] = ()  # 0 to 3
    heading: str = ""  # « Du 8 au 31 mars, 24 jours », when there are two bars
    note: str = ""  # « Prix en vigueur depuis le 1er avril 2025. »


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One reading (relève), latest first."""

    day: str
    quality: str  # « Réelle », « Estimée », « Par vous »
    value: str  # index, or measure: « 52 031 », « 118 kW »
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the reads of a meter give: « Différence » « 3 818 kWh »."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One meter over the period; two when it was exchanged."""

    number: str
    detail: str  # « facteur 1 », « retiré le 2 décembre »
    reads: tuple[Read, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """The remittance slip (coupon de paiement)."""

    amount: str  # to pay now: the total, or the first instalment
    due: str
    scan_line: str  # from `slip.scan_line`
    mark: str = "$"  # of the currency, in the box where one writes what is paid
    qr: str  # content of the QR code, at most about 200 characters; a https address also becomes a link


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the account is paid, where not by this bill alone: equal payments, an arrangement, a preauthorized debit."""

    title: str  # over the figure: « Versements égaux », « Sera prélevé »
    figure: str  # « 62,00 $ »
    when: tuple[str, ...]  # under it, 1 to 3 short lines: « par mois, prélevés le 20 »
    message: str  # one to three sentences, page 1
    total_label: str  # of the last row of page 2
    total_how: str = ""
    how: tuple[str, ...] = ()  # paragraphs of « Payer », page 2; none: those of everybody
    no_slip: str = ""  # where a slip would be


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBill:
    """A whole bill or credit note. `render.render` makes two pages of it."""

    language: Language
    kind: Literal["bill", "credit_note"]
    number: str  # « 2026-000318 »: letters, digits and hyphens (it names the file)
    issued_on: date  # also the date of the document, so that the same data give the same bytes
    issued: str  # the same day in words
    utility: Utility
    account: Account

    # What is owed
    # credit: negative balance, carried; credit_note uses it too. plan: instalments pay it, whatever the balance
    state: Literal["due", "nothing", "credit", "plan"]
    total: str  # signed, last row of page 2: « 393,65 $ », « − 45,12 $ »
    credit: str = ""  # unsigned, when state is "credit": « 45,12 $ »
    due: str = ""  # « 2 février 2026 », when state is "due"
    due_long: str = ""  # « lundi 2 février 2026 »
    instalments: tuple[Instalment, ...] = ()  # none, or two (4.2.2)
    overdue: str = ""  # part of the total that was due before: « 112,40 $ »
    overdue_since: str = ""  # its due date: « 2 décembre 2025 »
    late_fee: str = ""  # « 1,20 % »: rate of the administration fee (4.3.4)
    plan: Plan | None = None  # None: by the slip, or at a bank
    slip: Slip | None = None  # None: no slip (nothing to pay, credit note)

    # The period
    period_from: str  # first day: « 8 novembre 2025 »
    period_to: str  # last day, included: « 8 janvier 2026 »
    days: str  # « 62 jours »
    consumption: tuple[str, ...] = ()  # 0 to 3 short texts: « 3 818 kWh », « 61,6 kWh par jour », « 118 kW »
    estimated: bool = False  # the bill rests on an estimated read: badge, hatch and sentence
    next_bill: str = ""  # « 12 mars 2026 »
    next_read: str = ""  # « 9 mars 2026 »

    # Why
    refers_to: str = ""  # number of the bill replaced (bill) or credited (credit_note)
    refers_to_issued: str = ""  # its date in words
    reason: str = ""  # why it was corrected or credited: one or two sentences
    messages: tuple[str, ...] = ()  # 0 to 2 sentences to this customer, page 1
    change: Change | None = None  # None: nothing to compare with
    not_compared: str = ""  # why the amounts of two bills are not compared: one to three sentences
    months: tuple[Month, ...] = ()  # 0 to 13, oldest first

    # Where the amount comes from (page 2)
    balance: tuple[Line, ...] = ()  # previous bill, payments, what was left: 0 to 5
    sections: tuple[Section, ...] = ()
    net: str = ""  # before taxes, of the sections
    taxes: tuple[Tax, ...] = ()
    blocks: tuple[BlockBar, ...] = ()
    meters: tuple[Meter, ...] = ()
    meter_notes: tuple[str, ...] = ()  # roll-over, exchange, an estimate set aside; or the flat-rate service
    mention: str = ""  # foot of page 2: « Exemple fictif. »
