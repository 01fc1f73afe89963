"""Debits, from what falls due to the bank's file and back: one call each, for the pages and for the command."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from fanal.links.bank import cpa005, cpa005_reading
from fanal.links.bank.return_codes import Action, meaning
from fanal.records.billing import promise_ends
from fanal.records.billing.promise_ends import EndOfPromise
from fanal.records.elsewhere.promises import going_on
from fanal.records.journal import acts as journal
from fanal.records.payments import debits as acts
from fanal.records.payments.debit_facts import Due, KnownDebit
from fanal.records.payments.debits import NewDebitReturn
from fanal.reports import debits as report
from fanal.reports.debits import KnownBatch, Window
from fanal.reports.invariants import SHOWN
from fanal.values.refusal import Phrase, Problem, Refused, refuse, refuse_any

FILE_TAKEN = "debits.file_taken"
# What the profile of the originator must say, and how: the section [debits] of the utility's file.
TEXTS = {
    "originator": "[0-9A-Z]{10}", "short_name": ".{1,15}", "long_name": ".{1,30}", "data_centre": "[0-9]{5}",
    "return_institution": "0[0-9]{8}", "return_account": "[0-9]{1,12}", "line_ending": "CRLF|LF",
}  # fmt: skip
NUMBERS = {"days_ahead": (0, 60), "days_at_most": (1, 400), "first_file_number": (1, 9999)}
NO_PROFILE = Phrase(
    "Les prélèvements n’ont pas d’émetteur : remplir la section [debits] du fichier du distributeur (FANAL_UTILITY), "
    "selon ce que la banque a donné."
)
WRONG_PROFILE = Phrase("Fichier du distributeur, section [debits] : « {name} » manque, ou n’a pas la forme attendue.")
NOT_OURS = Phrase("Ce fichier est celui de l’émetteur {found} ; le nôtre est {ours}.")
NOT_A_RETURN = Phrase("Un enregistrement {kind} n’est pas le retour d’un prélèvement.")
SUSPENDED = frozenset({Action.SUSPEND, Action.DISPUTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the bank gave the originator: its names and numbers, and what days it takes."""

    originator: cpa005.Originator
    window: Window
    first_file_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a file of the bank did: what is new, how many were there already, whose agreements it ended; what it says
    that nobody reads here."""

    new: Sequence[KnownDebit]
    already: int
    suspended: int
    unread: Sequence[Problem]


def profile() -> Profile:
    """The profile of the originator. Raises Refused: what is missing or misspelt, each by its name."""
    told: Mapping[str, Any] = settings.FANAL_UTILITY.get("debits") or {}
    if not told:
        raise refuse(NO_PROFILE)
    wrong = [name for name, form in TEXTS.items() if not re.fullmatch(form, str(told.get(name, "")))]
    wrong += [name for name, (least, most) in NUMBERS.items()
              if type(told.get(name)) is not int or not least <= told[name] <= most]  # fmt: skip
    refuse_any(Problem(0, name, WRONG_PROFILE, name=name) for name in wrong)
    return Profile(
        originator=cpa005.Originator(
            originator_id=told["originator"], short_name=told["short_name"], long_name=told["long_name"],
            data_centre=told["data_centre"], return_institution=told["return_institution"],
            return_account=told["return_account"], line_ending="\r\n" if told["line_ending"] == "CRLF" else "\n",
        ),
        window=Window(days_ahead=told["days_ahead"], days_at_most=told["days_at_most"]),
        first_file_number=told["first_file_number"],
    )  # fmt: skip


def prepare(*, from_on: date, to_on: date, again: bool, by: str, on: date) -> int:
    """A batch of what falls due in [from_on, to_on) and is debited: its id. Raises Refused."""
    look = _look(profile(), on, from_on, to_on, again)
    return acts.prepare_debits(from_on=from_on, to_on=to_on, again=again, look=look, by=by, on=on)


def release(*, batch: KnownBatch, by: str, on: date) -> int:
    """Its file, numbered and kept, by a second person: the number. Raises Refused."""
    known = profile()
    return acts.release_debits(
        batch_id=batch.id, look=_look(known, on, batch.from_on, batch.to_on, batch.again),
        write=partial(_written, known.originator, on), by=by, on=on, first_number=known.first_file_number,
    )  # fmt: skip


def take_file(*, batch: KnownBatch, by: str, on: date) -> bytes | None:
    """The bytes of its file, the same each time; the journal keeps who took it. None before it is released."""
    content = report.file_of(batch.id)
    if content is not None:
        journal.record(FILE_TAKEN, about=f"debits_batch:{batch.id}", by=by, on=on, grounds={"file": batch.file_number})
    return content


def file_name(batch: KnownBatch) -> str:
    """What its file is called."""
    return f"prelevements-{batch.decided_on}-{batch.file_number:04d}.txt"


@transaction.atomic
def take_returns(content: bytes, *, by: str, on: date) -> Returned:
    """Read the returns of the bank, all or nothing; where the bank or the customer refuses, the agreement ends.

    Raises Refused: a file that is not read or not ours, each return that is none of our debits.
    """
    found = cpa005_reading.read(content)
    ours = profile().originator.originator_id
    if found.originator_id != ours:
        raise refuse(NOT_OURS, found=found.originator_id, ours=ours)
    refuse_any(Problem(it.line, "sorte", NOT_A_RETURN, kind=it.kind) for it in found.items if it.kind != "J")
    returns = [_return(it, found.created_on) for it in found.items]
    try:
        new = acts.return_debits(returns=returns, by=by, on=on)
    except Refused as refused:
        lines = [Problem(found.items[it.row - 1].line if it.row else 0, it.field, it.sentence, **it.facts)
                 for it in refused.problems]  # fmt: skip
        raise Refused(lines) from refused
    ended = [it for it in new if meaning(str(it.return_code)).action in SUSPENDED]
    suspended = sum(_suspend(it, by, on) for it in ended)
    already = len({it.reference for it in returns}) - len(new)
    return Returned(new=new, already=already, suspended=suspended, unread=found.unread)


def _look(known: Profile, on: date, from_on: date, to_on: date, again: bool) -> acts.Look:
    def look(batch_id: int) -> Sequence[Due]:
        return report.due(on, from_on, to_on, again=again, window=known.window, batch_id=batch_id)

    return look


def _written(originator: cpa005.Originator, on: date, number: int, rows: Sequence[tuple[KnownDebit, Due]]) -> bytes:
    """The file of that number, as the bank reads it."""
    asked = [
        cpa005.Debit(
            cents=it.cents, due_on=it.debited_on, institution=due.bank.institution, transit=due.bank.transit,
            account=due.bank.account, payor_name=due.bank.holder, cross_reference=it.reference,
            business=not due.domestic,
        )
        for it, due in rows
    ]  # fmt: skip
    return cpa005.write(originator, file_creation_number=number, created_on=on, debits=asked)


def _return(it: cpa005_reading.Item, returned_on: date) -> NewDebitReturn:
    code = int(it.reason) if it.reason.isdecimal() else 0
    return NewDebitReturn(reference=it.cross_reference, cents=it.cents, returned_on=returned_on, code=code,
                          reason=_meant(it.reason))  # fmt: skip


def _meant(code: str) -> str:
    """What a code means, as the account and the journal keep it."""
    return f"{meaning(code).words} ({code})"


def _suspend(it: KnownDebit, by: str, on: date) -> bool:
    """End the agreement from that day, or from the day after the last bill, which told of it; not twice."""
    promised = going_on(on, [it.account_id]).get(it.account_id, ())
    debit = next((promise for promise in promised if promise.kind == "DEBIT" and promise.since), None)
    if debit is None or debit.ends_on is not None:
        return False
    asked = EndOfPromise(
        account_id=it.account_id, kind="DEBIT", number=debit.number, ended_on=max(on, promise_ends.first_day(debit)),
        asked_on=on, reason="BANK", note=_meant(str(it.return_code)),
    )  # fmt: skip
    promise_ends.end_promise(asked=asked, by=by, on=on)
    return True


# ── what only a reader of the bank's format can check (I18) ──────────────────────────────────────────────────────────

TITLE_FR = "Relu, il dit chaque prélèvement au compte et au cent près"
TITLE_EN = "Read back, it tells each debit, by count and to the cent"


def differences() -> tuple[list[dict[str, Any]], int]:
    """The files kept that do not tell their rows when they are read back: the first ones, and how many."""
    found = []
    for batch_id in report.released():
        kept = {it.reference: it.cents for it in report.sent(batch_id)}
        try:
            read = cpa005_reading.read(report.file_of(batch_id) or b"")
            told = {it.cross_reference: it.cents for it in read.items if it.kind == "D"}
        except Refused:
            told = {}
        if told != kept:
            found.append({"fault": "file_differs", "batch_id": batch_id, "file_cents": sum(told.values()),
                          "row_cents": sum(kept.values())})  # fmt: skip
    return found[:SHOWN], len(found)
