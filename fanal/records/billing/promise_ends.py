"""End what was promised before Fanal: equal payments (4.4), an arrangement, a preauthorised debit.

What the next bill asks follows from that day; a bill that was issued says what it said.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from fanal.law import explain
from fanal.law.conditions import ch04_billing
from fanal.law.conditions import ch04_equal_payments as ch04
from fanal.law.decision import Decision, Ground
from fanal.law.in_force import ParameterError, in_force
from fanal.records.billing import facts
from fanal.records.elsewhere import acts, promises
from fanal.records.elsewhere.facts import EndReason, UndertakingKind
from fanal.records.elsewhere.promises import Promise
from fanal.records.ledger import acts as ledger
from fanal.records.ledger import facts as balances
from fanal.values.refusal import Phrase, Problem, refuse, refuse_any

ONE_DAY = timedelta(days=1)
FOLLOWED_ELSEWHERE = Phrase("L’ancien système suit encore l’engagement {number} : sa fin viendra de son exportation.")
A_WITHDRAWAL_AHEAD = timedelta(days=62)  # a plan may end after its next withdrawal, at the latest
TO_TELL_THE_BANK = timedelta(days=7)  # of what the first bill after the plan says will be debited
REASONS = {
    UndertakingKind.EQUAL_PAYMENTS: (EndReason.ASKED, EndReason.UNPAID),
    UndertakingKind.ARRANGEMENT: (EndReason.ASKED, EndReason.UNPAID),
    UndertakingKind.DEBIT: (EndReason.ASKED, EndReason.BANK),
}

RULES = {EndReason.ASKED: "leaving_is_asked_in_time", EndReason.UNPAID: "instalments_are_unpaid"}  # of 4.4


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfPromise:
    """Fin demandée ou décidée: of which promise, from which day, since when it is known, and why."""

    account_id: int
    kind: str
    number: str
    ended_on: date  # first day without
    asked_on: date
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What its end changes: what the next bill asks beside its own amount, and what is late from that day; cents."""

    promise: Promise
    answer: Decision[bool] | None  # of 4.4, for equal payments
    balance_cents: int
    late_before_cents: int
    late_after_cents: int
    debited: bool  # what is asked next is taken from the bank account


def first_day(promise: Promise) -> date:
    """The first day on which it may end: since its cycle is ours, and after the last bill, which told of it."""
    billed_on = facts.last_billed_on(promise.account_id)
    return max(promise.since or date.min, billed_on + ONE_DAY if billed_on else date.min)


def preview_end(*, asked: EndOfPromise, on: date) -> Ending:
    """Montrer ce que la fin change. Writes nothing; refused as the end itself, but for what 4.4 answers."""
    promise = _going_on(asked, on)
    day = max(asked.ended_on, on)
    going = promises.going_on(day, [asked.account_id]).get(asked.account_id, [])
    others = [it for it in going if (it.kind, it.number) != (asked.kind, asked.number)]
    left = asked.kind == UndertakingKind.EQUAL_PAYMENTS and asked.reason == EndReason.ASKED
    owed = [facts.due([asked.account_id], day, whatever_plan=it)[asked.account_id] for it in (False, left)]
    spread = [promises.apart(them, day) for them in ([*others, promise], others)]
    before, after = (cents - (it.covers(cents) if it else 0) for cents, it in zip(owed, spread, strict=True))
    return Ending(
        promise=promise,
        answer=_plan_may_end(asked, promise, others, on) if promise.kind == UndertakingKind.EQUAL_PAYMENTS else None,
        balance_cents=balances.balance(asked.account_id, on),
        late_before_cents=before,
        late_after_cents=after,
        debited=any(it.kind == UndertakingKind.DEBIT for it in others),
    )


@transaction.atomic
def end_promise(*, asked: EndOfPromise, by: str, on: date) -> Ending:
    """Mettre fin à un engagement. Refused for a deposit, a day that a bill told already, or what 4.4 answers no to."""
    ledger.lock_accounts([asked.account_id])
    ending = preview_end(asked=asked, on=on)
    if ending.answer is not None and not ending.answer.outcome:
        refuse_any(Problem(0, "", "{why}", why=explain.in_each(it)) for it in _against(asked, ending.answer))
    acts.end_promise(
        promise=ending.promise, ended_on=asked.ended_on, asked_on=asked.asked_on, reason=asked.reason, note=asked.note,
        by=by, on=on, grounds={"answer": explain.as_dict(ending.answer)} if ending.answer else {},
    )  # fmt: skip
    return ending


def _going_on(asked: EndOfPromise, on: date) -> Promise:
    """The promise, as it stands on the day of the act; refused where it may not end that day for that reason."""
    if asked.kind == UndertakingKind.DEPOSIT:
        raise refuse("Un dépôt ne finit pas ainsi : il se rend au client avec ses intérêts (art. 6.5).", field="kind")
    if asked.reason not in REASONS.get(UndertakingKind(asked.kind), ()):
        raise refuse(acts.NOT_OF_ITS_KIND, field="reason")
    if asked.asked_on > on:
        raise refuse("La demande ne peut être reçue après aujourd’hui.", field="asked_on")
    known = promises.going_on(on, [asked.account_id]).get(asked.account_id, ())
    found = next((it for it in known if (it.kind, it.number) == (asked.kind, asked.number)), None)
    if found is None:
        raise refuse("Cet engagement n’est pas en cours aujourd’hui.")
    if found.since is None:
        raise refuse(FOLLOWED_ELSEWHERE, number=found.number)
    first_on = first_day(found)
    if asked.ended_on < first_on:
        raise refuse("La dernière facture du compte dit cet engagement : il finit le {day} au plus tôt.",
                     field="ended_on", day=first_on)  # fmt: skip
    last_on = max(on, first_on) if asked.kind != UndertakingKind.EQUAL_PAYMENTS else on + A_WITHDRAWAL_AHEAD
    if found.kind == UndertakingKind.EQUAL_PAYMENTS and found.ends_on:
        last_on = max(first_on, min(last_on, found.ends_on))  # then another plan takes its place
    if asked.ended_on > last_on:
        raise refuse("Cet engagement finit le {day} au plus tard : inscrire plus tard une fin plus lointaine.",
                     field="ended_on", day=last_on)  # fmt: skip
    if asked.kind == UndertakingKind.EQUAL_PAYMENTS:
        _refuse_idle_weeks(asked, found, on)
    if asked.reason == EndReason.UNPAID and found.kind == UndertakingKind.ARRANGEMENT:
        stands = found.standing(on)
        if stands is None or stands.is_kept:
            raise refuse("Aucun versement échu de cette entente ne manque.", field="reason")
    return found


def _refuse_idle_weeks(asked: EndOfPromise, plan: Promise, on: date) -> None:
    """A bill issued after the last instalment asks for all: none may fall due while the plan that paid it goes on."""
    before = plan.due_within(on - A_WITHDRAWAL_AHEAD, asked.ended_on)
    idle_from = max([on, *(it.due_on + ONE_DAY for it, _left in before)])
    terms = in_force(ch04_billing.Terms, settings.FANAL_BYLAW, "ch04_billing", on=on)
    last_on = idle_from + timedelta(days=terms.payment_days) - TO_TELL_THE_BANK
    if asked.ended_on > last_on:
        raise refuse(
            "Aucun versement ne vient entre le {first} et cette fin : le plan finit le {day} au plus tard, ou après le "
            "versement qui suit.", field="ended_on", first=idle_from, day=last_on,
        )  # fmt: skip


def _plan_may_end(asked: EndOfPromise, promise: Promise, others: list[Promise], on: date) -> Decision[bool]:
    """4.4: asked in time before the first withdrawal that would not be made; or unpaid instalments."""
    try:
        terms = in_force(ch04.Terms, settings.FANAL_BYLAW, "ch04_equal_payments", on=asked.asked_on)
    except ParameterError as missing:
        raise refuse("Le règlement ne dit rien du {day}.", field="asked_on", day=asked.asked_on) from missing
    if asked.reason == EndReason.UNPAID:
        stands = promise.standing(on)
        return ch04.equal_payments_end(ch04.Leaving(unpaid_instalments=stands.late_count if stands else 0), terms)
    debited = any(it.kind == UndertakingKind.DEBIT for it in others)
    withdrawn = promise.due_within(asked.ended_on, asked.ended_on + A_WITHDRAWAL_AHEAD) if debited else []
    case = ch04.Leaving(asked_on=asked.asked_on, next_withdrawal_on=withdrawn[0][0].due_on if withdrawn else None)
    return ch04.equal_payments_end(case, terms)


def _against(asked: EndOfPromise, answer: Decision[bool]) -> list[Ground]:
    """Of the grounds of 4.4, the one that was called upon and does not hold."""
    return [it for it in answer.grounds if it.rule == RULES[EndReason(asked.reason)]]
