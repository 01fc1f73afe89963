"""From facts to computed bills: the columns of a chunk go through the law and come out as rows to COPY.

Nothing here writes. The same facts give the same rows, byte for byte. A bill is rated from the last real reading, less
what was billed since then on estimates: so estimates then a real reading cost what the real reading alone would have.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from fanal.law import explain
from fanal.law.conditions import ch04_billing
from fanal.law.conditions.ch04_billing import Measured
from fanal.law.metering import estimation, plausibility, registers
from fanal.law.metering.plausibility import HoldReason
from fanal.law.tariffs.demand import past_peaks
from fanal.law.tariffs.inputs import Quantities, Refusal
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.rules import Lookback
from fanal.law.tariffs.taxes import taxes_on
from fanal.records.billing import gather
from fanal.records.billing.inputs import KVA, KVARH, KW, KWH, Inputs, Rich
from fanal.records.billing.shelf import OTHER_CURRENCY, UNTAXED_LINE, ShelvedBook, in_our_currency, untaxed_charge
from fanal.records.columns import Columns
from fanal.records.subscriptions.facts import NO_BOOK
from fanal.values import wording
from fanal.values.energy import TOTAL
from fanal.values.money import half_up, product

SERIES = 10_000  # more inputs than the books of a chunk read: a place and an input make one key
ONE = 1000  # a fee's quantity, in thousandths
MONEY_BASE = 10  # a tax line's quantity is its base in tenths of the smallest coin: thousandths of a dollar
LACKING = (
    "Le livre {} demande {} ; aucun compteur du lieu ne l’a pour tous ces jours.",
    "Book {} needs {}; no meter of the place has it for all these days.",
)
FOREIGN = (OTHER_CURRENCY, "Book {book} is in {its}; the accounts of the distributor are kept in {ours}.")
UNTAXED = (UNTAXED_LINE, "Book {book} does not tax charge {charge}; a bill still taxes all its lines.")
WITHOUT_BOOK = (
    "Le tarif {rate} n’a pas de livre : rien n’en dit le prix le {day}.",
    "Rate {rate} has no book: nothing says its price on {day}.",
)
WINTER = Lookback(percent=Decimal(0), season="winter")  # kept where no book asks: what another one would have billed
LONG_AGO = np.datetime64("0001-01-01", "D")


@dataclass(frozen=True)
class Terms:
    """The figures in force on the day of the run."""

    billing: ch04_billing.Terms
    plausibility: plausibility.Terms


@dataclass(frozen=True)
class NewEstimate:
    """An estimate made here by method a of 4.1.2, to be kept; measures refer to it by -1, -2…"""

    delivery_point_id: int
    kind: int
    from_on: Any
    to_on: Any
    quantity: int
    method: str
    inputs: dict[str, Any]
    name: str = TOTAL  # of the register


@dataclass(frozen=True)
class Hold:
    """Why a computed bill waits, with the figures that prove it."""

    account_id: int
    bill_id: int
    reason: HoldReason
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Drafts:
    """What a chunk computed: rows of Bill, Line, Measure and Quantity as columns, holds, and the estimates to keep."""

    bills: Columns
    lines: Columns
    measures: Columns
    quantities: tuple[list[Any], ...]  # account, bill, name, value
    holds: list[Hold]
    estimates: list[NewEstimate]


class Drafting:
    """One chunk on its way from facts to rows; each step adds columns, one value per due subscription or register."""

    def __init__(self, due: Columns, scope: gather.Scope, books: dict[int, ShelvedBook], terms: Terms, *, exact: bool):
        self.due, self.scope, self.books, self.terms = due, scope, books, terms
        self.on = np.datetime64(scope.on, "D")
        self.count = len(due["subscription_id"])
        self.flat = np.isin(due["book_id"], [id for id, book in books.items() if book.tariff.flat_rate])
        self.until = np.minimum(self.on, due["ends_on"])
        self.again = exact  # a bill done again after a correction: its basis is what was corrected
        self.exact = exact | (due["ends_on"] <= self.on)  # a final bill, or a bill done again: to that very day
        self.estimates: list[NewEstimate] = []
        self.inputs = Inputs(books)
        self.rich = Rich(self.inputs, self.count)

    # ── what was measured ────────────────────────────────────────────────────────────────────────────────────────

    def measure(self, cursor: Any) -> None:
        """Find where each bill ends, and what each register gave until then."""
        rows = self.inputs.chosen(gather.registers(cursor, self.due, self.until, self.inputs.named), self.due)
        read = (rows["kind"] == KWH) & ~rows["apart"] & (rows["to_sequence"] > 0)
        latest = np.full(self.count, LONG_AGO)
        np.maximum.at(latest, rows["place"][read], rows["read_on"][read])
        fresh = latest >= self.on - self.terms.plausibility.freshest_read_days
        self.real = np.where(self.exact, latest == self.until, fresh & (latest > self.due["previous_to"])) | self.flat
        self.to_on = np.where(self.real & ~self.flat, latest, self.until)
        kept = rows["from_on"] < np.minimum(rows["removed_on"], self.to_on[rows["place"]])
        self.rows = {name: column[kept] for name, column in rows.items()}
        self.place = self.rows["place"]
        self.row_until = np.minimum(self.rows["removed_on"], self.to_on[self.place])
        self.closed = (self.rows["to_sequence"] > 0) & (self.rows["read_on"] == self.row_until)
        self.whole = (self.rows["kind"] == KWH) & ~self.rows["apart"]
        self.asked = self.due | {"to_on": self.to_on}
        without = self.due["subscription_id"][self._places_without_book()]
        self.rates = gather.rates(cursor, without.tolist())
        self.rich.remember(cursor, self.due)
        self.rich.ask(cursor, self.asked)
        self._energy()
        self._power(cursor)

    def _energy(self) -> None:
        rows, energy = self.rows, np.isin(self.rows["kind"], (KWH, KVARH))
        difference, rolled = plausibility.roll_over(rows["from_value"], rows["to_value"], rows["dials"])
        opened = rows["from_sequence"] > 0
        measured = energy & self.closed & opened
        self.rolled = rolled & measured
        self.quantity = np.where(measured, difference * rows["multiplier"], 0)
        self.estimate_id = np.zeros(len(self.place), np.int64)
        self.to_value = np.where(self.closed, rows["to_value"], rows["from_value"])
        hanging = rows["removed_on"] > self.to_on[self.place]
        self.to_estimate = np.flatnonzero(energy & hanging & opened & ~self.closed & ~self.real[self.place])
        unsettled = energy & ~(measured | (hanging & opened & ~self.real[self.place]))
        self.unread = unsettled & hanging & opened & (rows["input"] != KWH)
        days, covered = (self.row_until - rows["from_on"]).astype(np.int64), np.zeros(self.count, np.int64)
        _, first = np.unique(rows["meter"][self.whole], return_index=True)  # one register says where its meter hung
        lead = np.flatnonzero(self.whole)[first]
        np.add.at(covered, self.place[lead], days[lead])
        self.rich.look_for_lacking(rows, self.place, days, self.asked)
        without_meter = covered < (self.to_on - self.due["rated_from_on"]).astype(np.int64)
        self.no_reading = ~self._any(self.whole) & ~self.flat
        self.unsettled = self._any(unsettled & ~self.unread) | without_meter & ~self.flat & ~self.no_reading

    def estimate(self, cursor: Any) -> None:
        """Estimate what no real reading closes: a person's estimate first, else the history of the place (4.1.2)."""
        at = self.to_estimate
        if not len(at):
            return
        due, place, code = self.due, self.place[at], self.rows["input"][at]
        since, before = self._known_before(at)
        days = (self.row_until[at] - since).astype(np.int64)
        nothing = np.zeros(len(at), np.int64)
        found = estimation.estimate_from_history(
            days=days,
            last_year_kwh=self.rich.past(self.rich.a_year_ago, code, place, due["last_year_kwh"][place]),
            last_year_days=due["last_year_days"][place].astype(np.int64),
            previous_kwh=self.rich.past(self.rich.before, code, place, due["previous_kwh"][place]),
            previous_days=due["previous_days"][place].astype(np.int64),
        )  # fmt: skip
        quantity, estimate_id = found.quantity.copy(), nothing.copy()
        self._use_persons_estimates(cursor, at, days, quantity, estimate_id)
        self.no_reading[place[(found.basis == estimation.Basis.NONE) & (estimate_id == 0)]] = True
        for k in np.flatnonzero((estimate_id == 0) & (found.basis != estimation.Basis.NONE)):
            inputs = {
                "basis": estimation.Basis(int(found.basis[k])).name,
                "base_quantity": int(found.base_quantity[k]),
                "base_days": int(found.base_days[k]),
                "days": int(days[k]),
            }
            span = (since[k].item(), self.row_until[at[k]].item())
            estimate_id[k] = self._new_estimate(int(at[k]), int(quantity[k]), inputs, span)
        quantity = quantity + before
        self.quantity[at], self.estimate_id[at] = quantity, estimate_id
        multiplier, turn = self.rows["multiplier"][at], 1000 * 10 ** self.rows["dials"][at].astype(np.int64)
        self.to_value[at] = (self.rows["from_value"][at] + quantity // multiplier) % turn

    def _known_before(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Since when those registers are to be estimated, and the kWh known before that day.

        A real reading inside the days is used up to its day. Else, in a chain, what was estimated before stands.
        """
        rows, due, place = self.rows, self.due, self.place[at]
        difference, _ = plausibility.roll_over(rows["from_value"][at], rows["to_value"][at], rows["dials"][at])
        read = rows["to_sequence"][at] > 0
        same = self.place.astype(np.int64) * SERIES + rows["input"]
        series, many = np.unique(same, return_counts=True)
        alone = many[np.searchsorted(series, same[at])] == 1
        chained = (due["estimates_in_a_row"][place] > 0) & alone & ~read
        since = np.select([read, chained], [rows["read_on"][at], due["previous_to"][place]], rows["from_on"][at])
        known = np.where(
            chained, self.rich.past(self.rich.before, rows["input"][at], place, due["previous_kwh"][place]), 0
        )
        return since, np.where(read, difference * rows["multiplier"][at], known)

    def _use_persons_estimates(
        self, cursor: Any, at: np.ndarray, days: np.ndarray, quantity: np.ndarray, estimate_id: np.ndarray
    ) -> None:
        given = self._persons_estimates(cursor, self.place[at])
        own = given["input"] == self.rows["input"][at][given["place"]]
        k = given["place"][own]
        shared = half_up(product(given["quantity"][own], days[k]), given["days"][own].astype(np.int64))
        quantity[k], estimate_id[k] = shared, given["id"][own]

    def _new_estimate(self, row: int, quantity: int, inputs: dict[str, Any], span: tuple[Any, Any]) -> int:
        self.estimates.append(
            NewEstimate(
                delivery_point_id=int(self.due["delivery_point_id"][self.place[row]]),
                kind=int(self.rows["kind"][row]),
                name=self.inputs.register(int(self.rows["input"][row])),
                from_on=span[0],
                to_on=span[1],
                quantity=quantity,
                method="a",
                inputs=inputs,
            )
        )
        return -len(self.estimates)

    def _power(self, cursor: Any) -> None:
        """The highest demand of the days to rate; where none was read, a person's estimate, else the history's."""
        rows = self.rows
        self.kw, self.kva = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        self.highest, shown = self._highest(cursor)
        power = np.isin(rows["kind"], (KW, KVA))
        self.quantity[power] = (self.highest * rows["multiplier"])[power]
        for kind, column in ((KW, self.kw), (KVA, self.kva)):
            of_kind = rows["input"] == kind
            np.maximum.at(column, self.place[of_kind], self.quantity[of_kind])
        has_register = self._any(rows["input"] == KW)
        was_read = self._any((rows["input"] == KW) & shown)
        self._estimate_power(cursor, has_register & ~was_read)
        self.demand_missing = self._needs_power() & (self.kw == 0) & ~was_read
        self._named_power(cursor, np.flatnonzero(power & (rows["input"] > KVARH) & ~shown))
        self._ratchet(cursor, np.flatnonzero(has_register))

    def _highest(self, cursor: Any) -> tuple[np.ndarray, np.ndarray]:
        """What each demand register showed at most in the days to rate, and whether it was read at all."""
        value, shown = np.zeros(len(self.place), np.int64), np.zeros(len(self.place), bool)
        at = np.flatnonzero(np.isin(self.rows["kind"], (KW, KVA)))
        if len(at):
            rows = {name: self.rows[name][at] for name in ("register_id", "from_on")}
            rows["delivery_point_id"] = self.due["delivery_point_id"][self.place[at]]
            found = gather.highest(cursor, rows, self.row_until[at])
            value[at[found["place"]]], shown[at[found["place"]]] = found["value"], True
        return value, shown

    def _estimate_power(self, cursor: Any, unread: np.ndarray) -> None:
        if not unread.any():
            return
        due, places = self.due, np.flatnonzero(unread)
        given = self._persons_estimates(cursor, places)
        for kind, column, name in ((KW, self.kw, "kw"), (KVA, self.kva, "kva")):
            guessed = unread & ~self.real
            column[guessed] = estimation.estimate_demand(
                last_year_kw=due[f"last_year_{name}"][guessed], previous_kw=due[f"previous_{name}"][guessed]
            ).quantity
            of_kind = given["input"] == kind
            at = places[given["place"][of_kind]]
            column[at] = given["quantity"][of_kind]
            by_person = dict(zip(at.tolist(), given["id"][of_kind].tolist(), strict=True))
            for row in np.flatnonzero((self.rows["input"] == kind) & unread[self.place]):
                place = int(self.place[row])
                self._keep_demand_estimate(int(row), int(column[place]), by_person.get(place, 0))

    def _named_power(self, cursor: Any, at: np.ndarray) -> None:
        """Demand registers by name that nobody read: a person's estimate, else the history where no meter was read."""
        if not len(at):
            return
        place, code, nothing = self.place[at], self.rows["input"][at], np.zeros(len(at), np.int64)
        last_year, previous = (
            self.rich.past(it, code, place, nothing) for it in (self.rich.a_year_ago, self.rich.before)
        )
        guess = estimation.estimate_demand(last_year_kw=last_year, previous_kw=previous).quantity
        quantity, by_person = np.where(self.real[place], 0, guess), nothing.copy()
        given = self._persons_estimates(cursor, place)
        own = given["input"] == code[given["place"]]
        quantity[given["place"][own]], by_person[given["place"][own]] = given["quantity"][own], given["id"][own]
        for row, kw, person in zip(at.tolist(), quantity.tolist(), by_person.tolist(), strict=True):
            self._keep_demand_estimate(row, kw, person)
        unknown = (quantity == 0) & (by_person == 0)
        self.unread[at[unknown & self.real[place]]] = True
        self.demand_missing[place[unknown & ~self.real[place]]] = True

    def _keep_demand_estimate(self, row: int, quantity: int, by_person: int) -> None:
        self.quantity[row] = quantity
        if by_person:
            self.estimate_id[row] = by_person
        elif quantity:
            inputs = {"basis": "HIGHEST_OF_LAST_YEAR_AND_PREVIOUS", "base_quantity": quantity}
            span = (self.rows["from_on"][row].item(), self.row_until[row].item())
            self.estimate_id[row] = self._new_estimate(row, quantity, inputs, span)

    def _persons_estimates(self, cursor: Any, places: np.ndarray) -> Columns:
        chosen = {name: self.due[name][places] for name in ("delivery_point_id", "previous_to")}
        return gather.estimates(cursor, chosen, self.until[places], self.inputs.named)

    def _needs_power(self) -> np.ndarray:
        billed = [id for id, book in self.books.items() if "kw" in book.tariff.needs]
        return np.isin(self.due["book_id"], billed) | self._any(self.rows["input"] == KW)

    def _ratchet(self, cursor: Any, places: np.ndarray) -> None:
        self.past_kw = np.zeros(self.count, np.int64)
        if not len(places):
            return
        past = gather.demands(cursor, self.due, places, max(_periods(book) for book in self.books.values()))
        for id, book in self.books.items():
            mine = self.due["book_id"][past["place"]] == id
            columns = (past[name][mine].astype(np.int64) for name in ("place", "from_on", "to_on", "kw", "kva"))
            peak = past_peaks(book.tariff, self.to_on, *columns, otherwise=WINTER)
            self.past_kw = np.maximum(self.past_kw, peak)

    def _refused_for_lack(self, place: int, name: str) -> Refusal:
        """Why a bill is not rated whose book reads a register that the place has not."""
        code, (fr, en) = self.books[int(self.due["book_id"][place])].tariff.code, LACKING
        told = {lang: registers.told(name, lang) for lang in explain.LANGUAGES}
        return Refusal(place, "missing", name, fr.format(code, told["fr"]), en.format(code, told["en"]))

    def _refused_for_book(self) -> dict[int, Refusal]:
        """By place, the bills whose book cannot be billed: prices in another currency, or a line out of the taxes."""
        found = {place: self._refused_without_book(place) for place in self._places_without_book()}
        for id, book in self.books.items():
            tariff, charge = book.tariff, untaxed_charge(book.tariff)
            told = {"book": tariff.code, "its": tariff.currency, "ours": wording.house_currency(), "charge": charge}
            if not in_our_currency(tariff) or charge:
                code, said = ("untaxed_line", UNTAXED) if in_our_currency(tariff) else ("other_currency", FOREIGN)
                fr, en = (it.format(**told) for it in said)
                places = np.flatnonzero(self.due["book_id"] == id).tolist()
                found |= {place: Refusal(place, code, "book", fr, en) for place in places}
        return found

    def _places_without_book(self) -> list[int]:
        return [int(it) for it in np.flatnonzero(~np.isin(self.due["book_id"], list(self.books)))]

    def _refused_without_book(self, place: int) -> Refusal:
        """The bill of a rate whose prices no book says: which rate, and from which day."""
        code = self.rates[int(self.due["subscription_id"][place])].removeprefix(NO_BOOK)
        fr, en = (it.format(rate=code, day=wording.day(self.due["rated_from_on"][place].item(), lang))
                  for lang, it in zip(explain.LANGUAGES, WITHOUT_BOOK, strict=True))  # fmt: skip
        return Refusal(place, "no_price", "book", fr, en)

    def _any(self, rows: np.ndarray) -> np.ndarray:
        found = np.zeros(self.count, bool)
        found[self.place[rows]] = True
        return found

    # ── what it comes to ─────────────────────────────────────────────────────────────────────────────────────────

    def price(self, run_id: int) -> None:
        """Rate each book's bills with the kernel, take back what was already billed, add a fee, tax it all."""
        due = self.due
        self.bill_id = (np.int64(run_id) << 33) | (due["subscription_id"] << 1)
        self.kwh = np.zeros(self.count, np.int64)
        np.add.at(self.kwh, self.place[self.whole], self.quantity[self.whole])
        self.rich.add_up(self.rows, self.place, self.quantity)
        self.start, self.end = due["rated_from_on"].astype(np.int64), self.to_on.astype(np.int64)
        chained = due["estimates_in_a_row"] > 0
        self.credit = np.where(chained, due["previous_rated_cents"], 0)
        self.credited_kwh = np.where(chained, due["previous_kwh"], 0)
        self.rated_cents, self.net_cents = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        self.tax_cents, self.billing_kw = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        self.refusals = {place: self._refused_for_lack(place, name) for place, name in self.rich.lacking.items()}
        self.refusals |= self._refused_for_book()
        rated = ~np.isin(np.arange(self.count), list(self.refusals))
        self.line_parts: list[Columns] = []
        for id, book in self.books.items():
            if len(at := np.flatnonzero((due["book_id"] == id) & rated)):
                self._price_book(book, at)

    def _price_book(self, book: ShelvedBook, at: np.ndarray) -> None:
        due, given = self.due, self.rich.given(book.id, at, self.asked)
        rated = rate(
            book.tariff, self.start[at], self.end[at],
            Quantities(
                kwh=self.kwh[at], kw=self.kw[at], kva=self.kva[at], past_kw=self.past_kw[at],
                multiplier=due["multiplier"][at], phases=due["phases"][at], units=due["units"][at], **given,
            ),
        )  # fmt: skip
        self.refusals |= {int(at[refusal.index]): refusal for refusal in rated.refusals}
        refused = np.zeros(len(at), bool)
        refused[[refusal.index for refusal in rated.refusals]] = True
        credit = np.where(refused, 0, self.credit[at])
        fee = np.where(refused, 0, due["fee_cents"][at])
        net = rated.net - credit + fee
        last_day = np.where(refused, self.end[at].max(), self.end[at]) - 1
        again = (credit != 0) | (fee != 0)
        tax = np.where(again[:, None], taxes_on(book.tariff, net, last_day, given.get("exempt"))[0], rated.tax)
        self.rated_cents[at], self.net_cents[at], self.tax_cents[at] = rated.net, net, tax.sum(axis=1)
        self.billing_kw[at] = rated.billing_kw
        self.rich.keep_bank(book.id, at, rated.bank_kwh)
        self.line_parts.append(self._lines(book, at, rated, ~refused, net, tax))

    def _lines(
        self, book: ShelvedBook, at: np.ndarray, rated: Rated, live: np.ndarray, net: np.ndarray, tax: np.ndarray
    ) -> Columns:
        """The kernel's lines, the credit of what was billed on an estimate, the fee, the taxes, bill after bill."""
        due = {name: column[at] for name, column in self.due.items()}
        credited, fee = live & (due["estimates_in_a_row"] > 0), due["fee_cents"]
        after = [
            (credited, book.credit_charge_id, -self.credited_kwh[at], -self.credit[at]),
            (live & (fee > 0), book.fee_charge_id, np.full(len(at), ONE), fee),
            *((live, id, net * MONEY_BASE, tax[:, place]) for place, id in enumerate(book.tax_charge_ids)),
        ]
        own = np.bincount(rated.bill, minlength=len(at))
        per_bill = own + np.sum([borne for borne, *_ in after], axis=0)
        first = np.cumsum(per_bill) - per_bill
        owner = np.repeat(np.arange(len(at)), per_bill)
        lines: Columns = {
            "account_id": due["account_id"][owner], "bill_id": self.bill_id[at][owner],
            "line": (np.arange(len(owner)) - first[owner] + 1).astype(np.int16),
            "charge_id": np.zeros(len(owner), np.int32),
            "from_on": due["rated_from_on"][owner], "to_on": self.to_on[at][owner],
            "days": (self.end - self.start)[at][owner].astype(np.int16),
            "quantity": np.zeros(len(owner), np.int64), "amount_cents": np.zeros(len(owner), np.int64),
        }  # fmt: skip
        spot = first[rated.bill] + np.arange(len(rated.bill)) - (np.cumsum(own) - own)[rated.bill]
        lines["charge_id"][spot] = book.charge_ids[rated.charge]
        lines["from_on"][spot] = rated.start.astype("datetime64[D]")
        lines["to_on"][spot] = rated.end.astype("datetime64[D]")
        lines["days"][spot] = rated.days
        lines["quantity"][spot], lines["amount_cents"][spot] = rated.quantity, rated.amount
        spot = (first + own)[credited]
        lines["to_on"][spot] = due["previous_to"][credited]
        lines["days"][spot] = (lines["to_on"][spot] - lines["from_on"][spot]).astype(np.int16)
        spot = first + own
        for borne, charge_id, quantity, cents in after:
            lines["charge_id"][spot[borne]] = charge_id
            lines["quantity"][spot[borne]], lines["amount_cents"][spot[borne]] = quantity[borne], cents[borne]
            spot = spot + borne
        return lines

    # ── what is doubtful ─────────────────────────────────────────────────────────────────────────────────────────

    def look(self) -> list[Hold]:
        """Both looks: on quantities and net amounts, then on totals against the place's own history."""
        due, terms = self.due, self.terms.plausibility
        self.days = self.end - self.start
        last_year = due["last_year_days"] > 0
        usual_kwh = np.where(last_year, due["last_year_kwh"], due["previous_kwh"])
        self.usual_days = np.where(last_year, due["last_year_days"], due["previous_days"]).astype(np.int64)
        self.usual_cents = np.where(last_year, due["last_year_rated_cents"], due["previous_rated_cents"])
        self.usual_kwh_day = usual_kwh // np.maximum(self.usual_days, 1)
        in_a_row = due["estimates_in_a_row"] + due["estimated_elsewhere"] + 1
        self.row_count = np.where(self.real, 0, in_a_row).astype(np.int16)
        doubts = plausibility.doubts_of_quantities(
            kwh=self.kwh, days=self.days, usual_kwh_day=np.where(self.real, self.usual_kwh_day, 0), terms=terms,
            rolled=self._any(self.rolled), estimates_in_a_row=self.row_count.astype(np.int64), found=self._found(),
        )  # fmt: skip
        doubts[HoldReason.TOTAL_SWING] = plausibility.look_at_totals(
            total_cents=self.rated_cents, days=self.days, usual_cents=self.usual_cents, usual_days=self.usual_days,
            terms=terms,
        ) > 0  # fmt: skip
        self.held = np.any(list(doubts.values()), axis=0)
        return [
            self._hold(int(place), reason)
            for place in np.flatnonzero(self.held)
            for reason, flags in doubts.items()
            if flags[place]
        ]

    def _found(self) -> dict[HoldReason, np.ndarray]:
        """What the steps before found wrong."""
        no_price, refused = np.zeros(self.count, bool), np.zeros(self.count, bool)
        for place, refusal in self.refusals.items():
            (no_price if refusal.code == "no_price" else refused)[place] = True
        ends = (self.due["ends_on"] <= self.on) & (self.to_on == self.due["ends_on"])
        return {
            HoldReason.NO_PRICE: no_price,
            HoldReason.REFUSED_BY_KERNEL: refused,
            HoldReason.NO_READING: self.no_reading,
            HoldReason.METER_CHANGE_UNSETTLED: self.unsettled,
            HoldReason.BASIS_CHANGED: self.due["basis_changed"] & ~self.again,
            HoldReason.DEMAND_MISSING: self.demand_missing,
            HoldReason.FINAL_ESTIMATED: ends & ~self.real & ~self.no_reading,
            HoldReason.DOUBTFUL_READING: self._any(self.rows["doubtful"]),
            HoldReason.REGISTER_UNREAD: self._any(self.unread),
            HoldReason.PLAN_ENDS: ends & (self.due["plan_cents"] > 0) & ~self.again,
        }

    def _hold(self, place: int, reason: HoldReason) -> Hold:
        refusal = self.refusals.get(place)
        evidence: dict[str, Any] = {
            "from_on": self.due["rated_from_on"][place].item().isoformat(),
            "to_on": self.to_on[place].item().isoformat(),
            "days": int(self.days[place]),
            "kwh": int(self.kwh[place]),
            "usual": int(self.usual_kwh_day[place] * self.days[place]),
            "total_cents": int(self.rated_cents[place]),
            "usual_cents": int(self.usual_cents[place] * self.days[place] // max(int(self.usual_days[place]), 1)),
            "estimates": int(self.row_count[place]),
            "instalment": int(self.due["plan_cents"][place]),
        }
        rows = np.flatnonzero((self.place == place) & self.whole)
        if len(rows):
            last = int(rows[-1])
            evidence |= {"index": int(self.to_value[last]), "previous": int(self.rows["from_value"][last])}
        if len(unread := np.flatnonzero((self.place == place) & self.unread)):
            name = self.inputs.name_of(int(self.rows["input"][unread[0]]))
            evidence["register"] = {lang: registers.told(name, lang) for lang in explain.LANGUAGES}
        if refusal:
            evidence["message"] = {"fr": refusal.fr, "en": refusal.en}
        return Hold(int(self.due["account_id"][place]), int(self.bill_id[place]), reason, evidence)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def bills(self, run_id: int) -> Columns:
        due, chained = self.due, self.due["estimates_in_a_row"] > 0
        none = np.zeros(self.count, np.int64)
        return {
            "account_id": due["account_id"], "id": self.bill_id, "run_id": np.full(self.count, run_id, np.int32),
            "subscription_id": due["subscription_id"], "delivery_point_id": due["delivery_point_id"],
            "book_id": due["book_id"], "kind": np.zeros(self.count, np.int16),
            "from_on": due["previous_to"], "to_on": self.to_on, "rated_from_on": due["rated_from_on"],
            "estimates_in_a_row": self.row_count, "held": self.held,
            "kwh": self.kwh, "kw": self.kw, "kva": self.kva, "past_kw": self.past_kw,
            "billing_kw": self.billing_kw, "multiplier": due["multiplier"], "phases": due["phases"],
            "units": due["units"], "rated_cents": self.rated_cents, "net_cents": self.net_cents,
            "tax_cents": self.tax_cents, "total_cents": self.net_cents + self.tax_cents,
            "previous_id": due["previous_id"], "settles_id": np.where(chained, due["previous_id"], none),
            "reverses_id": none,
        }  # fmt: skip

    def measures(self) -> Columns:
        rows, place = self.rows, self.place
        of_place = np.bincount(place, minlength=self.count)
        position = np.arange(len(place)) - (np.cumsum(of_place) - of_place)[place] + 1
        is_energy = np.isin(rows["kind"], (KWH, KVARH))
        return {
            "account_id": self.due["account_id"][place], "bill_id": self.bill_id[place],
            "position": position.astype(np.int16), "register_id": rows["register_id"], "kind": rows["kind"],
            "from_on": rows["from_on"], "to_on": self.row_until,
            "from_value": np.where(is_energy, rows["from_value"], 0),
            "to_value": np.where(is_energy, self.to_value, self.highest),
            "from_sequence": rows["from_sequence"], "to_sequence": np.where(self.closed, rows["to_sequence"], 0),
            "multiplier": rows["multiplier"], "rolled_over": self.rolled, "quantity": self.quantity,
            "estimate_id": self.estimate_id, "apart": rows["apart"],
        }  # fmt: skip


def _periods(book: ShelvedBook) -> int:
    """How many past periods a book looks back at, in any of its versions."""
    return max((it.billing_demand.ratchet or WINTER).periods for it in book.tariff.versions)


def due_subscriptions(cursor: Any, scope: gather.Scope, books: dict[int, ShelvedBook], terms: Terms) -> Columns:
    """The subscriptions of the scope whose bill is due (4.2.1); a final bill always is."""
    due = gather.subscriptions(cursor, scope, {book.tariff.code: book.id for book in books.values()})
    flat = np.isin(due["book_id"], [id for id, book in books.items() if book.tariff.flat_rate])
    measured = np.select([flat, due["power"]], [Measured.FLAT_RATE, Measured.POWER], Measured.ENERGY)
    is_due = ch04_billing.bills_due(due["previous_issued_on"].astype(np.int32), measured, scope.on, terms.billing)
    chosen = is_due | (due["ends_on"] <= np.datetime64(scope.on))
    return {name: column[chosen] for name, column in due.items()}


def draft(
    cursor: Any,
    due: Columns,
    run_id: int,
    scope: gather.Scope,
    books: dict[int, ShelvedBook],
    terms: Terms,
    *,
    exact: bool = False,
) -> Drafts:
    """Compute the bills of the due subscriptions; `exact` ends them on `scope.on` whatever was read near it."""
    work = Drafting(due, scope, books, terms, exact=exact)
    work.measure(cursor)
    work.estimate(cursor)
    work.price(run_id)
    holds = work.look()
    lines = {name: np.concatenate([part[name] for part in work.line_parts]) for name in work.line_parts[0]} \
        if work.line_parts else {}  # fmt: skip
    quantities = work.rich.rows(due["account_id"], work.bill_id)
    return Drafts(work.bills(run_id), lines, work.measures(), quantities, holds, work.estimates)
