"""A proposed book meets what was billed: to the cent where nothing changes, and by hand where something does."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection

from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.shelf import load
from fanal.reports import rehearsal
from fanal.reports.rehearsal import rehearse, side_by_side

D = load("hydro_quebec/D")
M = load("hydro_quebec/M")
FROM, TO = date(2026, 1, 1), date(2026, 12, 31)


def with_access_price(book: Book, price: str) -> Book:
    """The book with another price of access in its last version."""
    content = dump(book)
    for charge in content["version"][-1]["charges"]:
        if charge["kind"] == "fixed":
            charge["price"] = price
    return Book.model_validate(content)


def access_price(book: Book) -> Decimal:
    return next(it.price for it in book.versions[-1].charges if it.kind == "fixed")


def test_the_book_in_force_rehearsed_by_its_dates_gives_back_what_was_billed_to_the_cent(town):
    found = rehearse(D, current={D.code: D}, from_on=FROM, to_on=TO, dated=True)
    assert found.issued_cents == found.total.current_cents == found.total.proposed_cents > 0
    assert (found.total.winners, found.total.losers, found.refused, found.swings) == (0, 0, (), ())


def test_a_chain_of_estimates_counts_once_by_the_bill_that_ends_it(town, sql):
    found = rehearse(D, current={D.code: D}, from_on=FROM, to_on=TO, dated=True)
    live = sql(
        "SELECT count(*), sum(b.net_cents) FROM billing_billeddays d JOIN billing_bill b ON b.id = d.bill_id "
        "JOIN billing_book k ON k.id = b.book_id WHERE k.code = %s", D.code,
    )  # fmt: skip
    [(bills, net_cents)] = live
    assert found.bills < bills  # some were settled
    assert found.total.proposed_cents == net_cents  # what was paid for in all, estimates and their settlement


def test_a_dearer_access_costs_each_customer_its_days(town):
    candidate = with_access_price(D, str(access_price(D) + Decimal("0.10")))
    found = rehearse(candidate, current={D.code: D}, from_on=FROM, to_on=TO)
    sides = {
        id: side_by_side(id, {"now": D.always(), "then": candidate.always()}, from_on=FROM, to_on=TO, codes=(D.code,))
        for id in town.subscriptions
    }
    days = sum((it.to_on - it.from_on).days for side in sides.values() for it in side["now"])
    assert found.total.change_cents == 10 * days > 0
    assert found.total.change_cents == sum(
        int(then.rated.net[0] - now.rated.net[0])
        for side in sides.values()
        for now, then in zip(side["now"], side["then"], strict=True)
    )
    assert (found.total.winners, found.total.losers) == (0, found.total.customers)
    assert [it.change_cents for it in found.swings] == sorted((it.change_cents for it in found.swings), reverse=True)
    assert {it.subscription_id for it in found.swings} <= set(town.subscriptions)
    assert all(it.customer == "Léa Tremblay" and it.book == D.code for it in found.swings)


def test_classes_and_deciles_each_add_up_to_the_whole(town):
    found = rehearse(with_access_price(D, "0.60"), current={D.code: D}, from_on=FROM, to_on=TO)
    for groups in (found.classes, found.deciles):
        for name in ("customers", "winners", "losers", "kwh", "current_cents", "proposed_cents"):
            assert sum(getattr(it, name) for it in groups) == getattr(found.total, name), name


def test_a_bill_that_the_candidate_cannot_rate_is_set_aside_with_its_reason(town):
    found = rehearse(D, current={M.code: M, D.code: D}, from_on=date(2026, 1, 1), to_on=TO, dated=True)
    late = Book.model_validate(dump(D) | {"version": [dump(D)["version"][-1] | {"from": "2026-04-01"}]})
    some = rehearse(late, current={D.code: D}, from_on=FROM, to_on=TO, dated=True)
    assert sum(it.bills for it in some.refused) > 0
    assert any("n’a pas de prix" in it.fr and "has no price" in it.en for it in some.refused)
    assert some.bills < found.bills


def test_a_book_of_a_class_can_be_rehearsed_for_another_class(town):
    found = rehearse(D, current={M.code: M}, from_on=FROM, to_on=TO)
    assert found.replaced == (M.code,)
    assert found.total.customers == 1
    assert found.total.proposed_cents != found.total.current_cents


def test_ranges_of_bills_change_nothing(town, monkeypatch):
    candidate = with_access_price(D, "0.60")
    whole = rehearse(candidate, current={D.code: D}, from_on=FROM, to_on=TO)
    monkeypatch.setattr(rehearsal, "CHUNK", 2)
    assert replace(rehearse(candidate, current={D.code: D}, from_on=FROM, to_on=TO)) == whole


def test_nothing_billed_in_the_window_is_an_empty_rehearsal(town):
    found = rehearse(D, current={D.code: D}, from_on=date(2019, 1, 1), to_on=date(2019, 12, 31), dated=True)
    assert (found.bills, found.total.customers, found.classes, found.deciles, found.swings) == (0, 0, (), (), ())


def test_an_outcome_kept_as_json_is_read_back_whole(town):
    found = rehearse(with_access_price(D, "0.60"), current={D.code: D}, from_on=FROM, to_on=TO)
    assert found.swings
    assert rehearsal.recalled(json.loads(json.dumps(rehearsal.plain(found)))) == found


def test_progress_counts_the_bills_that_are_read(town):
    told = []
    rehearse(D, current={D.code: D}, from_on=FROM, to_on=TO, progress=told.append)
    settled = rehearsal.bills_to_read((D.code,), from_on=FROM, to_on=TO) - sum(told)
    assert sum(told) > 0
    assert settled >= 0


def test_nothing_is_written(town):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        written = cursor.fetchone()
        rehearse(D, current={D.code: D}, from_on=FROM, to_on=TO)
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        assert cursor.fetchone() == written


@pytest.mark.parametrize("count", [0, 1, 9, 10, 25])
def test_every_customer_falls_in_one_decile(count):
    customers = {name: np.arange(count) for name in ("kwh", "current", "proposed", "subscription_id")}
    groups = rehearsal._deciles(customers | {"days": np.full(count, 365)})
    assert sum(it.customers for it in groups) == count
    assert len(groups) == min(count, 10)


def test_a_version_that_always_was_has_one_price_for_every_day():
    frozen = D.always(date(2025, 6, 1))
    assert [version.source for version in frozen.versions] == [
        next(v.source for v in reversed(D.versions) if v.from_on <= date(2025, 6, 1))
    ]
    with pytest.raises(LookupError, match="n’a pas de prix"):
        D.always(date(1900, 1, 1))
    ended = load("hydro_quebec/L")
    assert ended.always(date(2026, 3, 31)).versions[0].source == ended.versions[0].source
    with pytest.raises(LookupError, match="n’a pas de prix le 2026-04-01"):
        ended.always(date(2026, 4, 1))


def test_the_prices_compared_with_are_those_of_the_last_day_of_the_window(town):
    """A window that ends the day before a change is compared at the price that its bills knew."""
    changed = date(2026, 4, 1)
    found = [rehearse(D, current={D.code: D}, from_on=FROM, to_on=to_on) for to_on in (changed, date(2026, 4, 2))]
    assert found[0].bills
    assert found[0].total.change_cents > 0
    assert found[1].bills >= found[0].bills
    assert found[1].total.change_cents == 0
    before, proposed = rehearsal._compared(D, {D.code: D}, changed, dated=False)
    assert before[D.code].versions[0].source == D.versions[-2].source != proposed.versions[0].source
