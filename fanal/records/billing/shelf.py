"""The books a run rates with: the one activated of each code, else the one shipped; and the rows of their charges."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from django.conf import settings

from fanal.law.tariffs.book import Book as Tariff
from fanal.law.tariffs.book import dump
from fanal.law.tariffs.shelf import catalogue, load
from fanal.records.billing.models import Book, Charge, Proposal, ProposalState
from fanal.values import wording
from fanal.values.refusal import refuse

ALREADY_BILLED = "already_billed"
SUBSCRIPTION_FEE = "subscription_fee"
OTHER_CURRENCY = "Le livre {book} est en {its} ; les comptes du distributeur sont tenus en {ours}."
UNTAXED_LINE = "Le livre {book} ne taxe pas la composante {charge} ; une facture taxe encore toutes ses lignes."


@dataclass(frozen=True)
class ShelvedBook:
    """A tariff with the ids of its row and of its charges' rows: the tariff's, its taxes', the credit's, the fee's."""

    id: int
    tariff: Tariff
    charge_ids: np.ndarray

    @property
    def credit_charge_id(self) -> int:
        return int(self.charge_ids[-2])

    @property
    def fee_charge_id(self) -> int:
        return int(self.charge_ids[-1])

    @property
    def tax_charge_ids(self) -> np.ndarray:
        return self.charge_ids[len(self.tariff.charges) : -2]


def activated() -> dict[str, str]:
    """By code, the digest of the book last activated."""
    found = Proposal.objects.filter(state=ProposalState.ACTIVATED).order_by("code", "-pk").distinct("code")
    return dict(found.values_list("code", "digest"))


def codes() -> tuple[str, ...]:
    """Codes of all the books, shipped or activated, sorted."""
    return tuple(sorted({*catalogue(), *activated()}))


def in_force(code: str) -> Tariff:
    """The book of that code that bills are rated with. Raises BookError, UnknownBook."""
    return books([code])[code]


def current(code: str) -> Tariff | None:
    """The book of that code that bills are rated with; None when there is none yet. Raises BookError."""
    return in_force(code) if code in codes() else None


def books(codes: Iterable[str]) -> dict[str, Tariff]:
    """By code, the book activated if there is one, else the shipped one. Raises BookError, UnknownBook."""
    digests = activated()
    return {code: proposed(digests[code]) if code in digests else load(code) for code in sorted(set(codes))}


@lru_cache(maxsize=64)
def proposed(digest: str) -> Tariff:
    """A proposed book by its digest, which names one content for good."""
    content = Proposal.objects.filter(digest=digest).values_list("content", flat=True)[:1].get()
    return Tariff.model_validate(content)


def billable() -> dict[str, Tariff]:
    """By code, the books in force in the currency of the accounts: those that a customer may be billed by."""
    return {code: tariff for code, tariff in books(codes()).items() if in_our_currency(tariff)}


def in_our_currency(tariff: Tariff) -> bool:
    """Whether the prices of a book are in the currency in which the distributor keeps its accounts."""
    return tariff.currency == wording.house_currency()


def require_our_currency(tariffs: Iterable[Tariff]) -> None:
    """Refuse the first book whose amounts no account could hold. Raises Refused."""
    for it in tariffs:
        if not in_our_currency(it):
            raise refuse(
                OTHER_CURRENCY, field="book", book=it.code, its=it.currency, ours=wording.house_currency()
            )  # fmt: skip


def untaxed_charge(tariff: Tariff) -> str:
    """The first charge that a taxed book leaves out of its taxes, by its code; empty where it taxes all or nothing."""
    return next((it.code for it in tariff.charges if tariff.taxes and not it.taxable), "")


def require_every_charge_taxed(tariff: Tariff) -> None:
    """Refuse a book whose taxes a bill with a fee or a credit would not compute yet. Raises Refused."""
    if charge := untaxed_charge(tariff):
        raise refuse(UNTAXED_LINE, field="book", book=tariff.code, charge=charge)


def keep(tariff: Tariff) -> None:
    """Keep a book and its charges, if they are not."""
    if not Book.objects.filter(code=tariff.code, digest=tariff.digest).exists():
        _keep(tariff)


def shelve(codes: Iterable[str]) -> dict[int, ShelvedBook]:
    """The books of those codes by id, each kept in the database on its first use. Raises BookError, UnknownBook."""
    tariffs = {(tariff.code, tariff.digest): tariff for tariff in books(codes).values()}
    rows = Book.objects.filter(digest__in=[digest for _, digest in tariffs]).in_bulk()
    kept = {(row.code, row.digest): id for id, row in rows.items()}
    kept |= {key: _keep(tariffs[key]) for key in sorted(tariffs.keys() - kept.keys())}
    charges: dict[int, list[int]] = {id: [] for id in kept.values()}
    for book_id, id in (
        Charge.objects.filter(book__in=charges).order_by("book", "position").values_list("book_id", "pk")
    ):
        charges[book_id].append(id)
    return {kept[key]: ShelvedBook(kept[key], tariffs[key], np.array(charges[kept[key]], np.int32)) for key in tariffs}


def _keep(tariff: Tariff) -> int:
    """Keep a book and its charges; the id of its row. Whoever comes first does."""
    row, created = Book.objects.get_or_create(
        code=tariff.code, digest=tariff.digest, defaults={"content": dump(tariff)}
    )
    if created:
        Charge.objects.bulk_create(_charge_rows(row, tariff))
    return row.pk


def _charge_rows(row: Book, tariff: Tariff) -> list[Charge]:
    accounts = settings.FANAL_UTILITY["accounts"]
    revenue = accounts["revenue"].get(tariff.code, accounts["revenue"]["other"])
    rows = [
        Charge(
            code=charge.code,
            ledger_account_id=revenue,
            counts_energy=charge.kwh,
            is_tax=False,
            detail=_plain(asdict(charge)),
        )
        for charge in tariff.charges
    ]
    rows += [
        Charge(
            code=tax.code,
            ledger_account_id=accounts["tax"].get(tax.code, accounts["tax"]["other"]),
            counts_energy=False,
            is_tax=True,
            detail=tax.model_dump(mode="json", by_alias=True),
        )
        for tax in tariff.taxes
    ]
    rows.append(Charge(code=ALREADY_BILLED, ledger_account_id=revenue, counts_energy=True, is_tax=False, detail={}))
    rows.append(
        Charge(
            code=SUBSCRIPTION_FEE,
            ledger_account_id=accounts["revenue"].get(SUBSCRIPTION_FEE, accounts["revenue"]["other"]),
            counts_energy=False,
            is_tax=False,
            detail={"fee": "2.1"},
        )
    )
    for position, charge in enumerate(rows):
        charge.book, charge.position = row, position
    return rows


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
