"""Chapitre 4, article 4.3, Paiement des factures: who owes, when a payment counts, what an unpaid bill costs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fanal.law.conditions import ch18_fees
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months
from fanal.values.money import half_up

MILLION = 1_000_000
MONTHLY = "monthly"


class Means(StrEnum):
    """By what a payment came."""

    POST = "POST"
    CITY_HALL = "CITY_HALL"
    BANK = "BANK"
    PREAUTHORIZED_DEBIT = "PREAUTHORIZED_DEBIT"
    OTHER = "OTHER"


MEANS_WORDS = {
    Means.POST: {"fr": "poste", "en": "mail"},
    Means.CITY_HALL: {"fr": "caisse de l'hôtel de ville", "en": "city hall"},
    Means.BANK: {"fr": "institution bancaire", "en": "bank"},
    Means.PREAUTHORIZED_DEBIT: {"fr": "paiement préautorisé", "en": "pre-authorized debit"},
    Means.OTHER: {"fr": "autre moyen", "en": "other means"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The means of payment that 4.3.3 accepts."""

    accepted_means: tuple[str, ...]


@facts
class AmountAsked:
    """A bill, and what the customer would take off it."""

    due_cents: int
    claimed_cents: int = 0


@facts
class SharedBill:
    """A bill and how many customers answer for it."""

    due_cents: int
    customers: int = 1


@facts
class Payment:
    """A payment as it came."""

    received_on: date
    means: Means
    sent_on: date | None = None
    costs_the_utility: bool = False  # fees of a third party


@facts
class Debt:
    """What is known of what is owed, to tell whether it is in default."""

    due_on: date
    unpaid_cents: int
    arrangement_breached: bool = False
    weekly_instalment_missed: bool = False


@facts
class OverdueBill:
    """A bill past its due date: its amounts, and what of it is unpaid."""

    due_on: date
    net_cents: int  # before taxes
    total_cents: int  # with taxes
    unpaid_cents: int
    free_of_fee: bool = False  # 4.2.2, 4.4 and agreements without administration fee

    @property
    def figures_on(self) -> date:
        """The rate is the one in force at the due date."""
        return self.due_on


@facts
class ReturnedPayment:
    """A payment that the bank sent back."""

    insufficient_funds: bool
    amount_cents: int
    due_on: date  # of the bill that it had paid


@rule
def amount_to_pay(case: AmountAsked) -> Decision[int]:
    """4.3.1: the whole amount is to be paid, in cents; the customer takes no claim off it."""
    return Decision(outcome=case.due_cents, grounds=(nothing_is_set_off(case),))


def nothing_is_set_off(case: AmountAsked) -> Ground:
    """4.3.1: a sum that the utility owes, or is said to owe, is claimed apart."""
    none = case.claimed_cents == 0
    return ground("4.3.1", "nothing_is_set_off", none, due=case.due_cents, claimed=case.claimed_cents)


@rule
def owed_by_each(case: SharedBill) -> Decision[int]:
    """4.3.2: what each customer of a subscription owes, in cents: the whole bill, which is paid once."""
    return Decision(outcome=case.due_cents, grounds=(several_answer_for_it(case),))


def several_answer_for_it(case: SharedBill) -> Ground:
    """4.3.2: several customers answer for the subscription; the sum may be claimed from any of them."""
    return ground("4.3.2", "several_answer_for_it", case.customers > 1, due=case.due_cents, customers=case.customers)


@rule
def payment_is_accepted(case: Payment, terms: Terms) -> Decision[bool]:
    """4.3.3: by post, at city hall or at a bank, at no cost for the utility."""
    return permit(when=[means_is_accepted(case, terms), payment_costs_nothing(case)])


def means_is_accepted(case: Payment, terms: Terms) -> Ground:
    """4.3.3: the payment came by one of the accepted means."""
    accepted = case.means in terms.accepted_means
    return ground("4.3.3", "means_is_accepted", accepted, terms.figure("accepted_means"), means=MEANS_WORDS[case.means])


def payment_costs_nothing(case: Payment) -> Ground:
    """4.3.3: a payment through a third party costs the utility nothing."""
    return ground("4.3.3", "payment_costs_nothing", not case.costs_the_utility)


@rule
def payment_counts_on(case: Payment) -> Decision[date]:
    """4.3.3: a payment counts on the day the utility receives it."""
    return Decision(outcome=case.received_on, grounds=(payment_came_after_it_left(case),))


def payment_came_after_it_left(case: Payment) -> Ground:
    """4.3.3: the payment was received on a later day than it was sent; only the day it is received counts."""
    later = case.sent_on is not None and case.sent_on < case.received_on
    return ground("4.3.3", "payment_came_after_it_left", later, received_on=case.received_on, sent_on=case.sent_on)


@rule
def is_in_default(case: Debt, on: date) -> Decision[bool]:
    """4.3.4: a bill unpaid at its due date, a breached agreement or a missed weekly instalment is a default."""
    grounds = (
        bill_is_overdue(case.due_on, case.unpaid_cents, on),
        arrangement_is_breached(case),
        instalment_is_missed(case),
    )
    return Decision(outcome=any(it.holds for it in grounds), grounds=grounds)


def bill_is_overdue(due_on: date, unpaid_cents: int, on: date) -> Ground:
    """4.3.4: the due date is past, to its last minute, and something is unpaid."""
    overdue = on > due_on and unpaid_cents > 0
    return ground("4.3.4", "bill_is_overdue", overdue, due_on=due_on, on=on, unpaid=unpaid_cents)


def arrangement_is_breached(case: Debt) -> Ground:
    """Part VIII, « défaut de paiement »: a payment agreement is not kept."""
    return ground("Partie VIII", "arrangement_is_breached", case.arrangement_breached)


def instalment_is_missed(case: Debt) -> Ground:
    """Part VIII, « défaut de paiement »: a weekly instalment of 16.3.4 is not paid."""
    return ground("Partie VIII", "instalment_is_missed", case.weekly_instalment_missed)


@rule
def administration_fee(case: OverdueBill, on: date, fees: ch18_fees.Terms) -> Decision[int]:
    """4.3.4: the administration fee, in cents: 1.20 % of the share before taxes of what is overdue."""
    asked = permit(
        when=[bill_is_overdue(case.due_on, case.unpaid_cents, on), net_amount_is_positive(case)],
        unless=[agreement_is_free_of_fee(case)],
    )
    times = _times_charged(case, on, fees) if asked.outcome else 0
    share = _share_before_taxes(case, case.unpaid_cents) if asked.outcome else 0
    rate = fees.administration_fee_millionths
    fee = half_up(case.unpaid_cents * case.net_cents * rate, case.total_cents * MILLION) * times if times else 0
    told = fee_is_charged_on_the_net(case, share, fee, fees)
    monthly = fee_is_charged_each_month(times, fees)
    return Decision(outcome=fee, grounds=(*asked.grounds, told, monthly), obstacles=asked.obstacles)


def net_amount_is_positive(case: OverdueBill) -> Ground:
    """4.3.4: the bill has an amount before taxes on which to reckon."""
    positive = 0 < case.net_cents <= case.total_cents
    return ground("4.3.4", "net_amount_is_positive", positive, net=case.net_cents, total=case.total_cents)


def agreement_is_free_of_fee(case: OverdueBill) -> Ground:
    """4.3.4: no fee where the bylaw, or an agreement, says « sans frais d’administration »."""
    return ground("4.3.4", "agreement_is_free_of_fee", case.free_of_fee)


def fee_is_charged_on_the_net(case: OverdueBill, share: int, fee: int, fees: ch18_fees.Terms) -> Ground:
    """4.3.4: the rate applies to the part before taxes of what is overdue, rounded once, half up."""
    return ground(
        "4.3.4",
        "fee_is_charged_on_the_net",
        fee > 0,
        fees.figure("administration_fee_millionths"),
        unpaid=case.unpaid_cents,
        share=share,
        rate_millionths=fees.administration_fee_millionths,
        fee=fee,
    )


def fee_is_charged_each_month(times: int, fees: ch18_fees.Terms) -> Ground:
    """4.3.4: once a bill, or each month begun late, as the file of the edition says."""
    figure = fees.figure("administration_fee_charged")
    return ground("4.3.4", "fee_is_charged_each_month", fees.administration_fee_charged == MONTHLY, figure, times=times)


@rule
def returned_payment_fee(case: ReturnedPayment, on: date, fees: ch18_fees.Terms) -> Decision[int]:
    """4.3.5: the fee of a payment returned for insufficient funds, in cents; the payment is undone."""
    missing = funds_are_insufficient(case, fees)
    outcome = fees.returned_payment_fee_cents if missing.holds else 0
    overdue = bill_is_overdue(case.due_on, case.amount_cents, on)
    return Decision(outcome=outcome, grounds=(missing, overdue), obstacles=() if missing.holds else (missing,))


def funds_are_insufficient(case: ReturnedPayment, fees: ch18_fees.Terms) -> Ground:
    """4.3.5: the payment could not be made for insufficient funds."""
    return ground(
        "4.3.5",
        "funds_are_insufficient",
        case.insufficient_funds,
        fees.figure("returned_payment_fee_cents"),
        amount=case.amount_cents,
        fee=fees.returned_payment_fee_cents,
    )


def _share_before_taxes(case: OverdueBill, cents: int) -> int:
    return half_up(cents * case.net_cents, case.total_cents)


def _times_charged(case: OverdueBill, on: date, fees: ch18_fees.Terms) -> int:
    """Once; or for each month begun since the due date."""
    if fees.administration_fee_charged != MONTHLY:
        return 1
    times = 1
    while add_months(case.due_on, times) < on:
        times += 1
    return times
