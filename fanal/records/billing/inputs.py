"""What a bill is rated with beyond the columns of its row: registers by name, kvarh, households, exemptions, a bank.

An input is what registers give. Its code is that of its kind for a whole (1 to 4), then 5, 6… for the named registers
that the books of the chunk read. What is found here is kept with the bill, by name, where its book asks for it: the
bill is rated again from it, and the next one starts from its bank.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.records.billing import gather
from fanal.records.billing.gather import BANK, EXEMPT, HOUSEHOLDS
from fanal.records.billing.shelf import ShelvedBook
from fanal.records.columns import Columns
from fanal.values.energy import TOTAL

KWH, KW, KVA, KVARH = 1, 2, 3, 4  # metering.RegisterKind
KINDS = {"kWh": KWH, "kW": KW}
INSTALLATIONS = 4_000_000  # more than the number of any day: a place and a day make one key
REGISTER = "registers."


class Inputs:
    """The codes of the inputs of some books."""

    def __init__(self, books: dict[int, ShelvedBook]) -> None:
        self.books = {id: book.tariff for id, book in books.items()}
        read = {(KINDS[it.unit], name) for tariff in self.books.values() for name, it in tariff.registers.items()}
        self.named = [f"{kind} {name}" for kind, name in sorted(read)]
        self.asked = {id: self._of(tariff) for id, tariff in self.books.items()}
        self.rich = [id for id, asked in self.asked.items() if asked]

    def _of(self, tariff: Book) -> dict[int, str]:
        """By code, the name that the law gives to what this book asks for beyond kWh, kW and kVA."""
        kvarh = {KVARH: "kvarh"} if "kvarh" in tariff.accepts else {}
        return kvarh | {self._code(tariff, name): f"{REGISTER}{name}" for name in tariff.registers}

    def _code(self, tariff: Book, name: str) -> int:
        return KVARH + 1 + self.named.index(f"{KINDS[tariff.registers[name].unit]} {name}")

    def register(self, code: int) -> str:
        """The name of the register that gives an input."""
        return TOTAL if code <= KVARH else self.named[code - KVARH - 1].partition(" ")[2]

    def name_of(self, code: int) -> str:
        """The name that the law gives to an input."""
        return ("", "kwh", "kw", "kva", "kvarh")[code] if code <= KVARH else REGISTER + self.register(code)

    def chosen(self, rows: Columns, due: Columns) -> Columns:
        """The rows of the registers that each place's book reads; `apart`, those whose kWh are not of the bill's.

        A register that has a name is a part of the whole. On a meter without one, the whole is the sum of the parts,
        less what goes the other way (net metering).
        """
        wanted, exported = rows["input"] <= KVA, np.zeros(len(rows["input"]), bool)
        if not wanted.all():
            book_id = due["book_id"][rows["place"]]
            for id, asked in self.asked.items():
                wanted |= (book_id == id) & np.isin(rows["input"], list(asked))
                if net := self.books[id].net_metering:
                    exported |= (book_id == id) & (rows["input"] == self._code(self.books[id], net))
        named = rows["input"] > KVARH
        meter = rows["place"].astype(np.int64) * INSTALLATIONS + rows["removed_on"].astype(np.int64)
        apart = named & (exported | np.isin(meter, meter[rows["input"] == KWH])) if named.any() else named
        return {name: column[wanted] for name, column in (rows | {"apart": apart, "meter": meter}).items()}


@dataclass
class Rich:
    """What the bills of a chunk are given beyond their own columns; each column has one value a due subscription."""

    inputs: Inputs
    count: int
    sums: dict[int, np.ndarray] = field(default_factory=dict)  # by code of input
    before: dict[str, np.ndarray] = field(default_factory=dict)  # what the last bill kept, by name
    a_year_ago: dict[str, np.ndarray] = field(default_factory=dict)
    lacking: dict[int, str] = field(default_factory=dict)  # by place, the name of an input that no register gives
    kept: list[tuple[str, np.ndarray, np.ndarray]] = field(default_factory=list)  # name, places, values
    _facts: Columns = field(default_factory=dict)
    _taxes: dict[str, int] = field(default_factory=dict)
    _to_on: np.ndarray = field(default_factory=lambda: np.zeros(0, "datetime64[D]"))

    def remember(self, cursor: Any, due: Columns) -> None:
        """Read what the last bill and the one of a year ago kept, where a book asks for more than kWh."""
        places = np.flatnonzero(np.isin(due["book_id"], self.inputs.rich))
        if not len(places):
            return
        names = sorted({"bank_kwh", "bank_left"}.union(*(it.values() for it in self.inputs.asked.values())))
        both = [(self.before, "previous_id"), (self.a_year_ago, "last_year_id")]
        for found, which in both:
            rows = gather.kept_quantities(cursor, due[which][places], names)
            for code in np.unique(rows["name"]).tolist():
                of = rows["name"] == code
                found[names[code - 1]] = column = np.zeros(self.count, np.int64)
                column[places[rows["place"][of]]] = rows["value"][of]

    def past(self, found: dict[str, np.ndarray], codes: np.ndarray, places: np.ndarray, own: np.ndarray) -> np.ndarray:
        """What a past bill counted of each input at each place: kWh from its row, others as it kept them."""
        values = np.where(codes == KWH, own, 0)
        for name, code in {(name, code) for asked in self.inputs.asked.values() for code, name in asked.items()}:
            if name in found:
                values = np.where(codes == code, found[name][places], values)
        return values

    def add_up(self, rows: Columns, place: np.ndarray, quantity: np.ndarray) -> None:
        """Add the registers of each input, the highest of them for a demand."""
        for code in np.unique(rows["input"][rows["input"] > KVA]).tolist():
            of = rows["input"] == code
            self.sums[code] = column = np.zeros(self.count, np.int64)
            together = np.maximum if rows["kind"][of][0] == KW else np.add
            together.at(column, place[of], quantity[of])

    def look_for_lacking(self, rows: Columns, place: np.ndarray, days: np.ndarray, due: Columns) -> None:
        """Find where a book asks for a register that no meter of the place has for all the days to rate."""
        needed = (due["to_on"] - due["rated_from_on"]).astype(np.int64)
        for id in self.inputs.rich:
            for code, name in self.inputs.asked[id].items():
                covered = np.zeros(self.count, np.int64)
                of = rows["input"] == code
                np.add.at(covered, place[of], days[of])
                for at in np.flatnonzero((due["book_id"] == id) & (covered < needed)).tolist():
                    self.lacking.setdefault(at, name)

    def ask(self, cursor: Any, due: Columns) -> None:
        """Read what is said of the subscriptions, which come in the order of their ids."""
        taxes = sorted({tax.code for tariff in self.inputs.books.values() for tax in tariff.taxes})
        self._taxes = {code: place for place, code in enumerate(taxes, 1)}
        ids, self._to_on = due["subscription_id"], due["to_on"]
        said = gather.said_of_subscriptions(cursor, int(ids[0]), int(ids[-1]), taxes)
        place = np.minimum(np.searchsorted(ids, said["subscription_id"]), len(ids) - 1)
        mine = ids[place] == said["subscription_id"]
        self._facts = {name: column[mine] for name, column in (said | {"place": place}).items()}

    def given(self, id: int, at: np.ndarray, due: Columns) -> dict[str, Any]:
        """What the kernel is given of those bills of a book, by the names of `Quantities`; each is kept."""
        tariff, asked = self.inputs.books[id], self.inputs.asked[id]
        nothing = np.zeros(self.count, np.int64)
        by_name = {name: self.sums.get(code, nothing)[at] for code, name in asked.items()}
        if tariff.net_metering:
            by_name |= self._bank(at, due)
        self.kept += [(name, at, column) for name, column in by_name.items()]
        if "households" in tariff.accepts:
            by_name["households"] = self._households(at)
        if (exempt := self._exempt(tariff, at)).any():
            by_name["exempt"] = exempt
        self.kept += [(name, at[by_name[name] != least], by_name[name][by_name[name] != least])
                      for name, least in (("households", 1), ("exempt", 0)) if name in by_name]  # fmt: skip
        own = {name: column for name, column in by_name.items() if not name.startswith(REGISTER)}
        registers = {name.removeprefix(REGISTER): it for name, it in by_name.items() if name.startswith(REGISTER)}
        return own | ({"registers": registers} if registers else {})

    def keep_bank(self, id: int, at: np.ndarray, left: np.ndarray) -> None:
        """Keep what the bank has after the period, from which the next bill starts."""
        if self.inputs.books[id].net_metering:
            self.kept.append(("bank_left", at, left))

    def rows(self, account_id: np.ndarray, bill_id: np.ndarray) -> tuple[list[Any], ...]:
        """What is kept, as columns: account, bill, name, value."""
        names = [name for name, at, _ in self.kept for _ in at]
        places = np.concatenate([np.zeros(0, np.int64), *(at for _, at, _ in self.kept)])
        values = np.concatenate([np.zeros(0, np.int64), *(column for _, _, column in self.kept)])
        return account_id[places].tolist(), bill_id[places].tolist(), names, values.tolist()

    def _said(self, what: int, since: np.ndarray | None = None) -> Columns:
        """What was said before the end of each bill, or since a day of each."""
        of = (self._facts["what"] == what) & (self._facts["starts_on"] < self._to_on[self._facts["place"]])
        if since is not None:
            of &= self._facts["starts_on"] >= since[self._facts["place"]]
        return {name: column[of] for name, column in self._facts.items()}

    def _households(self, at: np.ndarray) -> np.ndarray:
        said, households = self._said(HOUSEHOLDS), np.ones(self.count, np.int64)
        households[said["place"]] = said["value"]  # the last one said stays
        return households[at]

    def _exempt(self, tariff: Book, at: np.ndarray) -> np.ndarray:
        said, bits = self._said(EXEMPT), np.zeros(self.count, np.int64)
        lasts = said["ends_on"] >= self._to_on[said["place"]]
        for position, tax in enumerate(tariff.taxes):
            bits[said["place"][lasts & (said["value"] == self._taxes[tax.code])]] |= 1 << position
        return bits[at]

    def _bank(self, at: np.ndarray, due: Columns) -> dict[str, np.ndarray]:
        """What the bank opens with: what the last bill left (or had, if it was estimated), and what is brought in."""
        nothing = np.zeros(self.count, np.int64)
        had, left = (self.before.get(name, nothing) for name in ("bank_kwh", "bank_left"))
        opening = np.where(due["estimates_in_a_row"] > 0, had, left)
        brought, banks = self._said(BANK, due["previous_to"]), self._said(BANK)
        np.add.at(opening, brought["place"], brought["value"])
        ends = (due["ends_on"] <= due["to_on"]).astype(np.int64)
        stops = banks["ends_on"]
        within = (stops > due["rated_from_on"][banks["place"]]) & (stops <= due["to_on"][banks["place"]])
        ends[banks["place"][within]] = 1
        return {"bank_kwh": opening[at], "bank_ends": ends[at]}
