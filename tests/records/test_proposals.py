"""The life of a book: proposed, activated by a second person or withdrawn; what the database refuses of it."""

import sys
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from fanal.doors.jobs import bill_run
from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.shelf import load
from fanal.records.billing import acts, facts, proposal_facts, proposals, shelf
from fanal.records.journal.facts import last_event
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.reports.proposals import touched_bills
from fanal.values import person
from fanal.values.refusal import Refused
from tests.billing import bill_of, bill_on, compute, correct, issue, lines_of, rows
from tests.books import dearer_access
from tests.factories import Place, make_place, make_subscription, typed

pytestmark = pytest.mark.django_db

CODE = "hydro_quebec/D"
D = load(CODE)
TODAY = date(2025, 12, 1)
NEXT = date(2025, 12, 15)
PAST = date(2025, 11, 15)


def propose(book: Book, *, on: date = TODAY, by: str = "paul", retroactive: bool = False) -> int:
    return proposals.propose_book(book=book, note="résolution 2026-12", by=by, on=on, retroactive=retroactive)


def a_house(starts_on: date, *reads: tuple[date, int]) -> tuple[Place, int]:
    place = make_place(RegisterKind.KWH, opening=1_000, starts_on=starts_on)
    subscription = make_subscription(point=place.point, book=CODE, starts_on=starts_on)
    for on, index in reads:
        metering.record_readings(readings=[typed(place, index, on)], by="releveuse", on=on)
    return place, subscription


def access_of(run_id: int, subscription: int) -> list[tuple[date, date, int, str]]:
    """The lines of the access: their days, their amounts, the source of their price."""
    bill = bill_of(run_id, subscription)
    return [
        (it.from_on, it.to_on, it.amount_cents, it.source)
        for it in rows(
            "SELECT l.from_on, l.to_on, l.amount_cents, c.detail ->> 'source' AS source FROM billing_line l "
            "JOIN billing_charge c ON c.id = l.charge_id WHERE l.bill_id = %s AND c.code = 'access' ORDER BY l.line",
            bill.id,
        )
    ]


# ── the life ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_book_is_in_force_once_a_second_person_activated_it():
    new = dearer_access(D, "0.60", NEXT)
    proposal = propose(new)
    assert shelf.in_force(CODE).digest == D.digest
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    assert shelf.in_force(CODE).digest == new.digest
    known = proposal_facts.proposal(proposal)
    assert (known.state, known.decided_by, known.changes_from_on) == ("ACTIVATED", "marie", NEXT)
    assert last_event(["billing.activate_book"]).grounds["digest"] == new.digest


def test_a_book_read_back_from_the_database_is_the_same_to_the_last_figure():
    new = dearer_access(D, "0.60", NEXT)
    propose(new)
    assert shelf.proposed(new.digest) == new
    assert shelf.proposed(new.digest).digest == new.digest


@pytest.mark.parametrize("by", ["paul", "PAUL", "Pa ul", "p a u l"])
def test_who_proposed_does_not_activate_case_and_spaces_aside(by):
    proposal = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(Refused, match="deuxième personne"):
        proposals.activate_book(proposal_id=proposal, by=by, on=TODAY)
    assert shelf.in_force(CODE).digest == D.digest


def test_a_second_proposal_of_a_code_waits_for_the_first():
    first = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(Refused, match="déjà ouverte"):
        propose(dearer_access(D, "0.70", NEXT))
    proposals.withdraw_book(proposal_id=first, by="paul", on=TODAY, reason="erreur de frappe")
    propose(dearer_access(D, "0.70", NEXT))


def test_a_withdrawn_proposal_says_why_and_changes_nothing():
    proposal = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(Refused, match="pourquoi"):
        proposals.withdraw_book(proposal_id=proposal, by="paul", on=TODAY, reason=" ")
    proposals.withdraw_book(proposal_id=proposal, by="paul", on=TODAY, reason="le conseil n’en veut pas")
    assert shelf.in_force(CODE).digest == D.digest
    with pytest.raises(Refused, match="déjà retiré"):
        proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)


def test_the_same_book_is_not_proposed_again():
    with pytest.raises(Refused, match="rien n’y changerait"):
        propose(D)


def test_a_past_price_changes_only_when_it_is_said():
    with pytest.raises(Refused, match=r"change des prix à compter du 15 novembre 2025"):
        propose(dearer_access(D, "0.60", PAST))
    propose(dearer_access(D, "0.60", PAST), retroactive=True)


def test_a_price_that_has_become_past_before_its_activation_is_refused():
    proposal = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(Refused, match="rétroactif"):
        proposals.activate_book(proposal_id=proposal, by="marie", on=NEXT + timedelta(days=1))


def test_a_proposal_that_was_overtaken_is_refused(monkeypatch):
    proposal = propose(dearer_access(D, "0.60", NEXT))
    monkeypatch.setattr(shelf, "load", lambda code: dearer_access(D, "0.55", NEXT))  # another edition was shipped
    with pytest.raises(Refused, match="a changé depuis"):
        proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)


def test_a_distributor_brings_a_book_of_its_own():
    own = Book.model_validate(dump(D) | {"code": "alma/D"})
    proposal = propose(own)
    assert proposal_facts.proposal(proposal).changes_from_on is None
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    assert shelf.in_force("alma/D") == own
    _, subscription = a_house_of("alma/D")
    assert facts.book_codes(subscription, subscription) == ["alma/D"]
    assert bill_of(bill_on(TODAY), subscription).rated_cents > 0


def a_house_of(code: str) -> tuple[Place, int]:
    starts_on = TODAY - timedelta(days=60)
    place = make_place(RegisterKind.KWH, opening=1_000, starts_on=starts_on)
    subscription = make_subscription(point=place.point, book=code, starts_on=starts_on)
    metering.record_readings(readings=[typed(place, 2_000, TODAY)], by="releveuse", on=TODAY)
    return place, subscription


# ── what the database refuses, whoever asks ──────────────────────────────────────────────────────────────────────────


def planted(statement: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("same", ["P aul", "Ｐaul", "pau\u00adl", "\u200b"])
def test_the_database_refuses_the_same_person_by_itself(same):
    proposal = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(IntegrityError, match="second_person"):
        planted("UPDATE billing_proposal SET state = 'ACTIVATED', decided_by = %s, decided_on = %s "
                "WHERE id = %s", same, TODAY, proposal)  # fmt: skip


def test_the_database_takes_out_of_a_name_what_the_acts_do():
    unseen = [it for it in map(chr, range(1, sys.maxunicode)) if not "\ud800" <= it <= "\udfff" and not person.key(it)]
    names = [f"Pa{it}ul" for it in unseen] + ["Élodie Ｔremblay", "ﬁona", "Nguye\u0302\u0303n", "O’Neill ½"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, journal_person_key(name) FROM unnest(%s::text[]) AS name", [names])
        keys = dict(cursor.fetchall())

    assert len(unseen) > 200
    assert keys == {it: person.key(it) for it in names}


def test_the_database_refuses_a_past_rewritten_without_saying_so():
    proposal = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(IntegrityError, match="rewrites_no_past"):
        planted("UPDATE billing_proposal SET state = 'ACTIVATED', decided_by = 'marie', decided_on = %s "
                "WHERE id = %s", NEXT + timedelta(days=9), proposal)  # fmt: skip


@pytest.mark.parametrize("change", ["digest = 'x'", "content = '{}'", "proposed_by = 'luc'", "retroactive = true",
                                    "changes_from_on = '2030-01-01'", "note = 'autre'"])  # fmt: skip
def test_the_database_refuses_any_change_to_what_was_proposed(change):
    proposal = propose(dearer_access(D, "0.60", NEXT))
    with pytest.raises(IntegrityError, match="ne se modifie pas"):
        planted(f"UPDATE billing_proposal SET {change} WHERE id = %s", proposal)


def test_the_database_refuses_any_change_to_an_activated_book_even_to_withdraw_it():
    proposal = propose(dearer_access(D, "0.60", NEXT))
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    with pytest.raises(IntegrityError, match="ne se modifie pas"):
        planted("UPDATE billing_proposal SET state = 'WITHDRAWN', reason = 'x' WHERE id = %s", proposal)
    with pytest.raises((IntegrityError, InternalError)):
        planted("DELETE FROM billing_proposal WHERE id = %s", proposal)


def test_the_outcome_of_a_rehearsal_is_kept_once():
    asked = proposals.ask_rehearsal(book=D, replaced=[CODE], from_on=PAST, to_on=TODAY, dated=False, by="paul",
                                    on=TODAY)  # fmt: skip
    proposals.keep_rehearsal(rehearsal_id=asked, outcome={"bills": 1}, by="paul", on=TODAY)
    proposals.keep_rehearsal(rehearsal_id=asked, outcome={"bills": 2}, by="marie", on=TODAY)
    assert proposal_facts.rehearsal(asked).outcome == {"bills": 1}
    [kept] = rows("SELECT * FROM journal_event WHERE act = 'billing.keep_rehearsal'")
    assert (kept.by_whom, kept.about) == ("paul", f"book:{CODE}")
    with pytest.raises(IntegrityError, match="ne se modifie pas"):
        planted("UPDATE billing_rehearsal SET outcome = '{}' WHERE id = %s", asked)


def test_a_rehearsal_of_no_days_is_refused():
    with pytest.raises(Refused, match="finir après"):
        proposals.ask_rehearsal(book=D, replaced=[CODE], from_on=TODAY, to_on=TODAY, dated=False, by="paul", on=TODAY)


# ── in a run, on a moving date ───────────────────────────────────────────────────────────────────────────────────────


def test_a_future_price_waits_for_its_day():
    july = date(2026, 2, 1)
    _, house = a_house(date(2025, 10, 1), (date(2025, 11, 30), 2_000), (date(2026, 1, 29), 2_800))
    proposal = propose(dearer_access(D, "0.90", july))
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    first, second = bill_on(date(2025, 11, 30)), bill_on(date(2026, 1, 29))
    before = load(CODE)
    for run, days in ((first, 60), (second, 60)):
        assert sum(to_on.toordinal() - from_on.toordinal() for from_on, to_on, _, _ in access_of(run, house)) == days
        assert all(source in {it.source for it in before.versions} for *_, source in access_of(run, house))


def test_a_price_that_changes_mid_period_makes_one_line_at_each_price_with_its_days_and_its_source():
    until = date(2025, 12, 30)
    _, house = a_house(date(2025, 11, 1), (until, 2_000))
    proposal = propose(dearer_access(D, "0.90", NEXT))
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    lines = access_of(bill_on(until), house)
    assert [(from_on, to_on) for from_on, to_on, *_ in lines] == [(date(2025, 11, 1), NEXT), (NEXT, until)]
    price = next(it.price for it in D.versions[-2].charges if it.kind == "fixed")
    assert [cents for _, _, cents, _ in lines] == [round(44 * price * 100), 15 * 90]
    assert lines[1][3] == "résolution 2026-12" != lines[0][3]


def test_a_retroactive_price_shows_the_bills_it_touches_and_they_are_corrected():
    billed_on = date(2025, 11, 30)
    _, house = a_house(date(2025, 10, 1), (billed_on, 2_000))
    run = bill_on(billed_on)
    bill = bill_of(run, house)
    proposal = propose(dearer_access(D, "0.90", PAST), retroactive=True)
    touched = proposal_facts.touched(proposal, CODE, PAST, TODAY)
    assert (touched.bills, touched.billed_subscriptions, touched.billed_cents) == (1, 1, bill.total_cents)
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    assert bill_of(run, house).total_cents == bill.total_cents  # what was issued stays
    assert last_event(["billing.activate_book"]).grounds["bills"] == 1
    [made] = correct(house, bill.id, TODAY)
    corrected = made >> 33
    days = [(from_on, to_on, cents) for from_on, to_on, cents, _ in access_of(corrected, house)]
    assert [it[:2] for it in days] == [(date(2025, 10, 1), PAST), (PAST, billed_on)]
    assert days[1][2] == 15 * 90
    assert proposal_facts.touched(proposal, CODE, PAST, TODAY).bills == 0  # it is corrected


def test_what_an_activated_proposal_touched_does_not_grow_with_the_bills_that_its_prices_make():
    _, house = a_house(date(2025, 10, 1), (date(2025, 11, 30), 2_000))
    _, other = a_house(date(2025, 11, 1), (LATE, 2_000))
    bill = bill_of(bill_on(date(2025, 11, 30)), house)
    first = propose(dearer_access(D, "0.90", PAST), retroactive=True)
    proposals.activate_book(proposal_id=first, by="marie", on=TODAY)
    touched = proposal_facts.touched(first, CODE, PAST, TODAY)
    second = propose(dearer_access(shelf.in_force(CODE), "0.95", NEXT))
    proposals.activate_book(proposal_id=second, by="marie", on=TODAY)
    assert bill_of(bill_on(LATE), other).total_cents > 0
    assert proposal_facts.touched(first, CODE, PAST, TODAY) == touched
    assert [it.total_cents for it in touched_bills(first, CODE, PAST, 10)] == [bill.total_cents]
    assert touched.bills == 1


def test_bills_long_before_the_changed_days_are_not_touched():
    _, _house = a_house(date(2025, 8, 1), (date(2025, 9, 30), 2_000))
    bill_on(date(2025, 9, 30))
    assert proposal_facts.touched(0, CODE, PAST, TODAY).bills == 0
    assert proposal_facts.touched(0, CODE, date(2025, 9, 29), TODAY).bills == 1
    assert proposal_facts.touched(0, "hydro_quebec/M", date(2025, 9, 29), TODAY).bills == 0


# ── a run computed before the activation ─────────────────────────────────────────────────────────────────────────────

LATE = date(2025, 12, 30)


def a_computed_run() -> tuple[int, int]:
    _, house = a_house(date(2025, 11, 1), (LATE, 2_000))
    return compute(LATE), house


def activate(since: date, price: str = "0.90", on: date = LATE) -> None:
    proposal = propose(dearer_access(shelf.in_force(CODE), price, since), on=on, retroactive=True)
    proposals.activate_book(proposal_id=proposal, by="marie", on=on)


def test_a_run_computed_with_a_replaced_book_is_computed_again_before_it_leaves():
    run, house = a_computed_run()
    before = lines_of(bill_of(run, house))
    activate(NEXT)
    with pytest.raises(Refused, match="livre de tarifs remplacé depuis"):
        acts.finish_review(run_id=run, by="paul", on=LATE)
    assert facts.chunks_to_compute(run) == [(1, 1)]
    bill_run.compute_run(run_id=run, by="paul", on=LATE)
    assert facts.chunks_to_compute(run) == []
    assert lines_of(bill_of(run, house))["access"] > before["access"]
    issue(run, LATE)


def test_an_approved_run_does_not_leave_with_a_replaced_book_and_is_reopened():
    run, house = a_computed_run()
    acts.finish_review(run_id=run, by="paul", on=LATE)
    acts.approve_run(run_id=run, by="luc", on=LATE)
    activate(NEXT)
    assert [it.run_id for it in proposal_facts.touched(0, CODE, NEXT, LATE).runs] == [run]
    with pytest.raises(Refused, match="livre de tarifs remplacé depuis"):
        acts.begin_issuing(run_id=run, by="paul", on=LATE)
    acts.reopen_run(run_id=run, by="paul", on=LATE)
    bill_run.compute_run(run_id=run, by="paul", on=LATE)
    issue(run, LATE)
    assert len(access_of(run, house)) == 2


def test_a_change_of_later_days_leaves_the_computed_run_as_it_is():
    run, _ = a_computed_run()
    activate(LATE)
    assert facts.chunks_to_compute(run) == []
    issue(run, LATE)


def test_a_book_brought_back_is_in_force_again_for_what_was_computed_with_it():
    run, _ = a_computed_run()
    activate(NEXT)
    back = propose(D, on=LATE, retroactive=True)
    proposals.activate_book(proposal_id=back, by="marie", on=LATE)
    assert facts.bills_behind(run) == 0
    issue(run, LATE)


def test_no_book_is_activated_while_a_run_that_it_touches_is_being_issued():
    run, _ = a_computed_run()
    acts.finish_review(run_id=run, by="paul", on=LATE)
    acts.approve_run(run_id=run, by="luc", on=LATE)
    acts.begin_issuing(run_id=run, by="paul", on=LATE)
    proposal = propose(dearer_access(D, "0.90", NEXT), on=LATE, retroactive=True)
    with pytest.raises(Refused, match=f"lot {run} est en émission"):
        proposals.activate_book(proposal_id=proposal, by="marie", on=LATE)
    acts.issue_chunk(run_id=run, position=1, on=LATE)
    acts.finish_issuing(run_id=run, by="paul", on=LATE)
    proposals.activate_book(proposal_id=proposal, by="marie", on=LATE)


def test_the_database_refuses_to_issue_a_bill_of_a_replaced_book_by_itself():
    run, house = a_computed_run()
    acts.finish_review(run_id=run, by="paul", on=LATE)
    acts.approve_run(run_id=run, by="luc", on=LATE)
    acts.begin_issuing(run_id=run, by="paul", on=LATE)
    proposal = propose(dearer_access(D, "0.90", NEXT), on=LATE, retroactive=True)
    planted("UPDATE billing_proposal SET state = 'ACTIVATED', decided_by = 'marie', decided_on = %s WHERE id = %s",
            LATE, proposal)  # fmt: skip
    bill = bill_of(run, house)
    with pytest.raises(IntegrityError, match="remplacé depuis son calcul"):
        planted("INSERT INTO billing_issue (account_id, bill_id, number, issued_on, due_on, second_due_on) "
                "VALUES (%s, %s, 1, %s, %s, %s)", bill.account_id, bill.id, LATE, LATE, LATE)  # fmt: skip
