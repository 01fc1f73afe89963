"""How the customers of the demo pay: each bill makes its payments, on time or not, always the same."""

import datetime
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from fanal.doors.demo.people import Payer
from fanal.records.payments.acts import NewReceipt, NewReturn, PaymentChannel
from fanal.records.payments.facts import receipts_referenced

DAY = datetime.timedelta(days=1)
RETURN_DAYS, PAID_AGAIN_DAYS = 6, 21
ONE_RETURN_IN = 331
STORY_RETURN_DAYS = (35, 95)  # the story's returned payment: of a bill due so long before today
IN_ADVANCE_CENTS = 10_000
RETURN_REASON = "Provision insuffisante"


@dataclass(frozen=True, order=True)
class Intent:
    """What a customer means to do one day; capped by what the account owes then, unless `generous`."""

    on: datetime.date
    reference: str
    account_id: int
    amount_cents: int
    channel: int
    generous: bool = False
    returned: bool = False


@dataclass
class Cashier:
    """The payments to come, by day, and what each account owes."""

    today: datetime.date
    payer_of: dict[int, Payer]
    balances: dict[int, int] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)
    returns: list[tuple[datetime.date, str, int, int]] = field(default_factory=list)

    def bill(self, account_id: int, number: int, due_on: datetime.date, total_cents: int) -> None:
        """A bill reaches the customer."""
        self.balances[account_id] = self.balances.get(account_id, 0) + total_cents
        self.plan(account_id, number, due_on, total_cents)

    def plan(self, account_id: int, number: int, due_on: datetime.date, total_cents: int) -> None:
        """Note the payments that a bill will make."""
        if total_cents > 0:
            payer = self.payer_of.get(account_id, Payer.ON_TIME)
            for intent in _intents(payer, account_id, number, due_on, total_cents, self.today):
                heapq.heappush(self.intents, intent)

    def forget_before(self, on: datetime.date) -> None:
        """Drop what was done already, that day included; keep in mind what the bank has still to take back."""
        pending = []
        while self.intents and self.intents[0].on <= on:
            it = heapq.heappop(self.intents)
            if it.returned and it.on + RETURN_DAYS * DAY > on:
                pending.append(it.reference)
        for receipt in receipts_referenced(pending).values():
            returned_on = receipt.received_on + RETURN_DAYS * DAY
            heapq.heappush(self.returns, (returned_on, receipt.reference, receipt.account_id, receipt.amount_cents))

    def receipts(self, through_on: datetime.date) -> list[NewReceipt]:
        """What is paid through that day, in order."""
        made = []
        while self.intents and self.intents[0].on <= through_on:
            it = heapq.heappop(self.intents)
            owed = self.balances.get(it.account_id, 0)
            cents = it.amount_cents if it.generous else min(it.amount_cents, owed)
            if cents <= 0:
                continue
            self.balances[it.account_id] = owed - cents
            channel = PaymentChannel(it.channel)
            made.append(NewReceipt(account_id=it.account_id, received_on=it.on, amount_cents=cents, channel=channel,
                                   reference=it.reference))  # fmt: skip
            if it.returned:
                heapq.heappush(self.returns, (it.on + RETURN_DAYS * DAY, it.reference, it.account_id, cents))
        return made

    def returned(self, through_on: datetime.date) -> list[NewReturn]:
        """What the bank takes back through that day."""
        made = []
        while self.returns and self.returns[0][0] <= through_on:
            on, reference, account_id, cents = heapq.heappop(self.returns)
            self.balances[account_id] += cents
            made.append(NewReturn(reference=reference, returned_on=on, reason=RETURN_REASON))
        return made


def _intents(
    payer: Payer, account_id: int, number: int, due_on: datetime.date, total_cents: int, today: datetime.date
) -> Iterator[Intent]:
    """The payments of one bill."""
    draw = number * 2_654_435_761 % 2**32
    early = due_on - (1 + draw % 12) * DAY
    reference = f"DEMO-{number}"
    channel = (PaymentChannel.BANK, PaymentChannel.BANK, PaymentChannel.COUNTER, PaymentChannel.CHEQUE)[draw // 16 % 4]
    match payer:
        case Payer.NEVER:
            return
        case Payer.PREAUTHORISED:
            first = Intent(due_on, reference, account_id, total_cents, PaymentChannel.PREAUTHORISED)
        case Payer.LATE:
            first = Intent(due_on + (4 + draw % 50) * DAY, reference, account_id, total_cents, channel)
        case Payer.PARTIAL:
            part = total_cents * 60 // 100
            first = Intent(due_on, reference, account_id, part, channel)
            yield Intent(due_on + 45 * DAY, f"{reference}-2", account_id, total_cents - part, channel)
        case Payer.IN_ADVANCE:
            first = Intent(early, reference, account_id, total_cents + IN_ADVANCE_CENTS, channel, generous=True)
        case _:
            first = Intent(early, reference, account_id, total_cents, channel)
    story = payer == Payer.RETURNED and STORY_RETURN_DAYS[0] <= (today - due_on).days <= STORY_RETURN_DAYS[1]
    if story or (draw // 64 % ONE_RETURN_IN == 0 and payer in (Payer.ON_TIME, Payer.PREAUTHORISED)):
        again = first.on + PAID_AGAIN_DAYS * DAY
        yield Intent(again, f"{reference}-R", account_id, total_cents, PaymentChannel.COUNTER)
        first = Intent(first.on, first.reference, account_id, first.amount_cents, PaymentChannel.BANK, returned=True)
    yield first
