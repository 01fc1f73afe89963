"""Prélèvements préautorisés: what the rule H1 of Payments Canada lets be debited on a day, and why the rest is held."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from fanal.law.in_force import DatedTerms, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of the rule H1."""

    notice_days: int
    again_days: int
    again_codes: tuple[int, ...]


class Hold(StrEnum):
    """Why a debit is not put in a file, or is taken out of one before it is released."""

    NO_ACCOUNT = "NO_ACCOUNT"  # the bank account is not whole
    TOO_SOON = "TOO_SOON"  # the bank asks for more days than are left
    TOO_FAR = "TOO_FAR"  # the bank takes no day as far as that
    NOT_TOLD = "NOT_TOLD"  # the customer did not know so many days before
    IN_A_FILE = "IN_A_FILE"  # another live batch holds it
    SENT_BACK = "SENT_BACK"  # the bank sent it back
    NOT_AGREED = "NOT_AGREED"  # the agreement ends before that day
    NOT_DUE = "NOT_DUE"  # paid since it was prepared, or no more debited


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A debit that a file would ask of the bank: for which day, since when its customer knows, from a whole account."""

    debited_on: date
    told_on: date | None
    agreed_until: date | None  # first day without the agreement; none: it goes on
    account_is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What days a bank takes: those from so many days ahead to so many days ahead."""

    days_ahead: int
    days_at_most: int


@cache
def terms(on: date) -> Terms:
    """The rule as it stands that day."""
    return in_force(Terms, "canada", "debits", on=on)


def why_held(asked: Asked, window: Window, rule: Terms, on: date) -> Hold | None:
    """Rule H1 and the bank: why this debit may not be asked that day; None when it may."""
    if asked.agreed_until is not None and asked.agreed_until <= asked.debited_on:
        return Hold.NOT_AGREED
    if not asked.account_is_whole:
        return Hold.NO_ACCOUNT
    if asked.debited_on < on + timedelta(days=window.days_ahead):
        return Hold.TOO_SOON
    if asked.debited_on > on + timedelta(days=window.days_at_most):
        return Hold.TOO_FAR
    if asked.told_on is None or asked.told_on + timedelta(days=rule.notice_days) > asked.debited_on:
        return Hold.NOT_TOLD
    return None


def may_be_again(*, code: int, attempt: int, first_on: date, again_on: date, rule: Terms) -> bool:
    """Rule H1: for want of funds, once, within so many days of the first time."""
    return code in rule.again_codes and attempt == 1 and again_on <= first_on + timedelta(days=rule.again_days)
