"""What a proposed book changes, day by day; words change nothing."""

from datetime import date
from decimal import Decimal

import pytest

from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.changes import between, changes, first_change
from fanal.law.tariffs.shelf import catalogue, load
from tests.books import dearer_access

D = load("hydro_quebec/D")
JUNE = date(2026, 6, 1)


@pytest.mark.parametrize("code", catalogue())
def test_a_book_changes_nothing_of_itself(code):
    assert changes(load(code), load(code)) == ()


def test_two_days_of_one_book_differ_by_the_prices_of_their_versions():
    found = {it.what: (it.before.price_micro, it.after.price_micro) for it in between(D, date(2024, 5, 1), JUNE)}
    assert found == {"access": (448_100, 461_540), "energy.1": (67_040, 70_650), "energy.2": (103_420, 111_420)}
    assert between(D, date(2026, 4, 1), JUNE) == ()
    with pytest.raises(LookupError, match="2000-01-01"):
        between(D, date(2000, 1, 1), JUNE)


def test_another_price_from_a_day_is_one_change_from_that_day():
    [change] = changes(D, dearer_access(D, "0.60", JUNE))
    assert (change.what, change.from_on, change.to_on) == ("access", JUNE, None)
    assert change.before.price_micro == int(next(
        it.price for it in D.versions[-1].charges if it.kind == "fixed") * 1_000_000)  # fmt: skip
    assert change.after.price_micro == 600_000


def test_other_words_and_sources_change_nothing():
    content = dump(D)
    content["title"] = {"fr": "Autrement dit", "en": "In other words"}
    content["version"] = [it | {"source": "un autre papier", "confidence": "seen"} for it in content["version"]]
    assert changes(D, Book.model_validate(content)) == ()


def test_a_version_cut_in_two_at_the_same_prices_changes_nothing():
    last = dump(D)["version"][-1]
    cut = [last | {"to": "2026-06-01"}, last | {"from": "2026-06-01"}]
    assert changes(D, Book.model_validate(dump(D) | {"version": [*dump(D)["version"][:-1], *cut]})) == ()


def test_a_price_of_long_ago_is_seen_from_its_own_days_only():
    content = dump(D)
    first = content["version"][0]
    charges = [dict(it) for it in first["charges"]]
    charges[0]["price"] = "0.99"
    changed = Book.model_validate(content | {"version": [first | {"charges": charges}, *content["version"][1:]]})
    [change] = changes(D, changed)
    assert (change.from_on, change.to_on) == (D.versions[0].from_on, D.versions[0].to_on)


def test_a_price_taken_away_and_one_added_have_one_side_only():
    content = dump(D)
    last = content["version"][-1]
    kept = [it for it in last["charges"] if it["kind"] != "fixed"]
    added = {"kind": "flat", "code": "rider", "price": "0.001"}
    changed = Book.model_validate(content | {
        "version": [*content["version"][:-1], last | {"charges": [*kept, added]}],
        "titles": content["titles"] | {"rider": {"fr": "Supplément", "en": "Rider"}},
    })  # fmt: skip
    found = {it.what: it for it in changes(D, changed)}
    assert found["access"].after is None
    assert found["rider"].before is None


def test_a_rule_of_the_whole_book_changes_all_its_days():
    changed = Book.model_validate(dump(D) | {"proration": "end"})
    [change] = changes(D, changed)
    assert (change.what, change.before, change.after) == ("proration", "days", "end")
    assert first_change(D, changed) == D.versions[0].from_on


def test_another_rate_of_a_tax_is_a_change_from_its_day():
    content = dump(D)
    qst = content["taxes"][-1]
    rates = [*qst["rate"][:-1], qst["rate"][-1] | {"to": "2027-01-01"},
             qst["rate"][-1] | {"from": "2027-01-01", "rate": "0.11"}]  # fmt: skip
    changed = Book.model_validate(content | {"taxes": [*content["taxes"][:-1], qst | {"rate": rates}]})
    [change] = changes(D, changed)
    assert (change.what, change.from_on) == (D.taxes[-1].code, date(2027, 1, 1))
    assert change.after.rate == Decimal("0.11")


def test_a_rule_of_a_version_is_a_change():
    m = load("hydro_quebec/M")
    content = dump(m)
    last = content["version"][-1]
    demand = last["billing_demand"] | {"winter_ratchet_percent": "75"}
    changed = Book.model_validate(content | {"version": [*content["version"][:-1], last | {"billing_demand": demand}]})
    [change] = changes(m, changed)
    assert change.what == "billing_demand"
    assert "winter_ratchet_percent = 75" in change.after
