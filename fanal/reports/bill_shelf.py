"""The stories of a batch of bills put together from what the queries brought, a query a question."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.taxes import Tax
from fanal.reports import bill_queries as queries
from fanal.reports import dues
from fanal.reports.bill_parts import Doubt, Hold, Review, mode_of
from fanal.reports.bill_story import (
    BILL,
    CREDIT_NOTE,
    EVER,
    LOOK_BACK,
    Balance,
    BillStory,
    Document,
    Estimate,
    Fee,
    Holder,
    Issued,
    Line,
    Measure,
    Movement,
    Place,
    UnknownBill,
)

DOCUMENT_FIELDS = tuple(Document.__dataclass_fields__)


def stories(bill_ids: Sequence[int]) -> list[BillStory]:
    """The stories of those bills, in their order. Raises UnknownBill for an id that no bill has."""
    with connection.cursor() as cursor:
        found = {row["id"]: row for row in _rows(cursor, queries.BILLS, {"ids": list(bill_ids)})}
        for bill_id in bill_ids:
            if bill_id not in found:
                raise UnknownBill(f"Aucune facture ne porte l’identifiant {bill_id}.")
        rows = [found[bill_id] for bill_id in dict.fromkeys(bill_ids)]
        shelf = _Shelf(cursor, rows)
    made = {row["id"]: shelf.story(row) for row in rows}
    return [made[bill_id] for bill_id in bill_ids]


class _Shelf:
    """What the queries brought for a batch, and how one story is put together from it."""

    def __init__(self, cursor: Any, rows: list[dict[str, Any]]) -> None:
        accounts, bills = [row["account_id"] for row in rows], [row["id"] for row in rows]
        days = [row["issued_on"] or row["run_on"] for row in rows]
        reach = {"since": min(days) - LOOK_BACK, "until": max(days)} if days else {"since": EVER, "until": EVER}
        of = {"accounts": accounts, "bills": bills}
        once = {"accounts": sorted(set(accounts)), **reach}
        self.lines = _grouped(_rows(cursor, queries.LINES, of), "bill_id")
        self.measures = _grouped(_rows(cursor, queries.MEASURES, of), "bill_id")
        subscriptions = [row["subscription_id"] for row in rows]
        abouts = [f"subscription:{subscription}" for subscription in subscriptions]
        asked = {"subscriptions": subscriptions, "abouts": abouts, "books": sorted({row["book_id"] for row in rows})}
        around: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in _rows(cursor, queries.AROUND, of | asked | {"since": reach["since"]}):
            around[row["part"]].append(json.loads(row["said"]))
        self.books = {row["id"]: Book.model_validate(row["content"]) for row in around["books"]}
        self.holders = _grouped(around["holders"], "bill_id")
        self.documents: dict[int, list[Document]] = defaultdict(list)
        for row in _rows(cursor, queries.DOCUMENTS, once):
            self.documents[row["account_id"]].append(_document(row))
        self.movements = _grouped(_rows(cursor, queries.MOVEMENTS, once), "account_id")
        self.elsewhere = _grouped(around["elsewhere"], "subscription_id")
        self.holds = _grouped(around["holds"], "bill_id")
        self.fees = _grouped(around["fees"], "subscription_id")
        self.doubts = _grouped(around["doubts"], "bill_id")
        self.modes = {row["bill_id"]: mode_of(row) for row in around["modes"]}
        self.ended = _grouped(around["ended"], "bill_id")
        self.reviews = _grouped(around["reviews"], "bill_id")
        self.corrections = _grouped(around["corrections"], "about")
        self.since = {row["id"]: self._since(row) for row in rows}
        openings = _rows(cursor, queries.OPENINGS, of | {"days": [self.since[bill_id] for bill_id in bills]})
        self.openings = {row["bill_id"]: row["cents"] for row in openings}

    def story(self, row: dict[str, Any]) -> BillStory:
        """Put one story together."""
        known = self._known(row)
        by_id = {it.id: it for it in known}
        live = [*_live(known, row["subscription_id"]), *map(_document, self.elsewhere[row["subscription_id"]])]
        bare = {name: row[name] for name in BillStory.__dataclass_fields__ if name in row}
        bare |= {name: _json(row[name]) for name in ("quantities", "certificates")}
        refers_to, reason, corrected_by = self._correction(row)
        settled = _settled(row["settles_id"], by_id)
        story = BillStory(
            **bare,
            book=self.books[row["book_id"]],
            place=Place(**{name: row[name] for name in Place.__dataclass_fields__} | {"parts": _json(row["parts"])}),
            issue=_issued(row),
            holders=tuple(map(_holder, self.holders[row["id"]])),
            lines=(lines := tuple(map(_line, self.lines[row["id"]]))),
            fee=next(map(_fee, self.fees[row["subscription_id"]]), None) if any(it.is_fee for it in lines) else None,
            measures=tuple(map(_measure, self.measures[row["id"]])),
            past=tuple(live),
            previous=by_id.get(row["previous_id"]),
            refers_to=refers_to,
            reason=reason,
            corrected_by=corrected_by,
            settled=settled,
            balance=self._balance(row, known),
            mode=self.modes.get(row["id"]),
            ended=tuple((it["kind"], date.fromisoformat(it["ended_on"])) for it in self.ended[row["id"]]),
            holds=tuple(Hold(reason=it["reason"], evidence=_json(it["evidence"])) for it in self.holds[row["id"]]),
            doubts=tuple(Doubt(code=it["code"], evidence=_json(it["evidence"])) for it in self.doubts[row["id"]]),
            reviews=tuple(
                Review(act=it["act"], reason=it["reason"], by=it["by_whom"], on=date.fromisoformat(it["on_date"]))
                for it in self.reviews[row["id"]]
            ),
        )
        ends_on = row["ends_on"] if row["ends_on"] and row["ends_on"] <= row["to_on"] else None
        return replace(story, ends_on=ends_on)

    def _known(self, row: dict[str, Any]) -> list[Document]:
        """What was issued on the account before this bill, in order."""
        if row["number"] is None:
            return [it for it in self.documents[row["account_id"]] if it.issued_on <= row["run_on"]]
        rank = (row["issued_on"], row["number"])
        return [it for it in self.documents[row["account_id"]] if (it.issued_on, it.number) < rank]

    def _since(self, row: dict[str, Any]) -> date:
        """The day from which the balance is told: that of the previous bill, else of this one."""
        on: date = row["issued_on"] or row["run_on"]
        return min([on, *(it.issued_on for it in self._known(row) if it.id == row["previous_id"])])

    def _balance(self, row: dict[str, Any], known: list[Document]) -> Balance:
        """What stood on the account. Of several subscriptions billed on a day, the first asks for it, once."""
        on, since = row["issued_on"] or row["run_on"], self.since[row["id"]]
        today = [it for it in known if it.issued_on == on]
        own_today = [it for it in today if it.subscription_id == row["subscription_id"]]
        opening, documents, movements = 0, own_today, []
        if not today or today[0].subscription_id == row["subscription_id"]:
            opening = self.openings[row["id"]]
            documents = [it for it in known if since <= it.issued_on < on] + own_today
            found = self.movements[row["account_id"]]
            movements = [
                Movement(on=it["on"], kind=it["kind"], cents=it["cents"]) for it in found if since <= it["on_date"] < on
            ]
        documents.sort(key=lambda it: it.id != row["previous_id"])
        cents = opening + sum(it.total_cents for it in documents) + sum(it.cents for it in movements)
        overdue, overdue_since = _overdue(cents, known, on)
        return Balance(
            opening_cents=opening, documents=tuple(documents), movements=tuple(movements), cents=cents,
            overdue_cents=overdue, overdue_since=overdue_since,
        )  # fmt: skip

    def _correction(self, row: dict[str, Any]) -> tuple[Document | None, str, tuple[str, ...]]:
        """The bill that a credit note takes back, or that a new one replaces; why, and by whom."""
        by_id = {it.id: it for it in self.documents[row["account_id"]]}
        for event in self.corrections[f"subscription:{row['subscription_id']}"]:
            grounds = _json(event["grounds"])
            people = (grounds.get("proposed_by", event["by_whom"]), grounds["approved_by"])
            if row["kind"] == CREDIT_NOTE and row["reverses_id"] in grounds["reversed"]:
                return by_id.get(row["reverses_id"]), grounds["reason"], people
            if row["id"] in grounds["made"]:
                replaced = grounds["reversed"][grounds["made"].index(row["id"])]
                return by_id.get(replaced), grounds["reason"], people
        return by_id.get(row["reverses_id"]), "", ()


def _document(row: dict[str, Any]) -> Document:
    days = {name: date.fromisoformat(it) for name, it in row.items() if name.endswith("_on") and isinstance(it, str)}
    return Document(**{name: row[name] for name in DOCUMENT_FIELDS} | days | {"quantities": _json(row["quantities"])})


def _live(known: Iterable[Document], subscription_id: int) -> list[Document]:
    """The bills of the subscription that stood, latest first."""
    own = [it for it in known if it.subscription_id == subscription_id]
    reversed_ids = {it.reverses_id for it in own if it.kind == CREDIT_NOTE}
    live = [it for it in own if it.kind == BILL and it.id not in reversed_ids]
    return sorted(live, key=lambda it: it.to_on, reverse=True)


def _settled(settles_id: int, by_id: dict[int, Document]) -> tuple[Document, ...]:
    """The chain of estimated bills that a bill takes back, latest first."""
    chain: list[Document] = []
    while found := by_id.get(settles_id):
        chain.append(found)
        settles_id = found.settles_id
    return tuple(chain)


def _overdue(cents: int, known: list[Document], on: date) -> tuple[int, date | None]:
    """Of what is owed, what was due before that day, and since when; what no bill here asks for was due long ago."""
    reversed_ids = {it.reverses_id for it in known}
    bills = [it for it in known if it.kind == BILL and it.id not in reversed_ids and it.total_cents > 0]
    asked = sorted(part for it in bills for part in dues.parts(it.due_on, it.second_due_on, it.total_cents))
    left = dues.left(cents, ((due_on, part, None) for due_on, part in asked))
    late = [due_on for due_on, _, _ in left if due_on < on]
    return max(cents, 0) - sum(part for due_on, part, _ in left if due_on >= on), late[0] if late else None


def _issued(row: dict[str, Any]) -> Issued | None:
    if row["number"] is None:
        return None
    names = ("number", "due_on", "second_due_on", "channel")
    return Issued(on=row["issued_on"], **{name: row[name] for name in names})


def _holder(row: dict[str, Any]) -> Holder:
    address = tuple(line.strip() for line in row["address"].splitlines() if line.strip())
    name = f"{row['given_name']} {row['name']}".strip()
    return Holder(name=name, kind=row["kind"], language=row["language"], address=address)


def _line(row: dict[str, Any]) -> Line:
    """A line with its charge made again from the detail kept when the book was shelved."""
    detail = _json(row["detail"])
    line = Line(**{name: row[name] for name in ("line", "from_on", "to_on", "days", "quantity", "amount_cents")})
    if row["is_credit"] or row["is_fee"]:
        return replace(line, is_fee=row["is_fee"])
    if row["is_tax"]:
        return replace(line, tax=Tax.model_validate(detail))
    days = {name: date.fromisoformat(detail[name]) if detail[name] else None for name in ("version_from", "version_to")}
    return replace(line, charge=Charge(**(detail | days)))


def _fee(row: dict[str, Any]) -> Fee:
    return Fee(cents=row["cents"], received_on=date.fromisoformat(row["received_on"]), ground=row["ground"])


def _measure(row: dict[str, Any]) -> Measure:
    estimate = None
    if row["method"] is not None:
        estimate = Estimate(
            method=row["method"], from_on=row["e_from_on"], to_on=row["e_to_on"], quantity=row["e_quantity"],
            inputs=_json(row["inputs"]), by=row["by_whom"],
        )  # fmt: skip
    names = [name for name in Measure.__dataclass_fields__ if name != "estimate"]
    return Measure(**{name: row[name] for name in names}, estimate=estimate)


def _rows(cursor: Any, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(query, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _grouped(rows: Iterable[dict[str, Any]], key: str) -> defaultdict[Any, list[dict[str, Any]]]:
    groups: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
