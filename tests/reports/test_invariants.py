"""Each invariant is green on a healthy town, and red on the bug planted for it."""

from datetime import date

import pytest

from fanal.doors.cli import main
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import NewReading, Quality
from fanal.records.subscriptions import acts as subscriptions
from fanal.reports.invariants import SHOWN, Further, UnknownInvariant, invariants, verify
from fanal.reports.to_correct import to_correct
from tests.reports.conftest import BOOKS, bill

CODES = [f"I{number}" for number in (*range(1, 11), 14, 17, 18, 22, 23, 24, 25, 26, 27, 28, 29)]
DEBITED = {"I17", "I18"}  # nothing is debited in this town: see test_debit_invariants
LIVE = (
    "(SELECT bill_id FROM billing_billeddays WHERE subscription_id = (SELECT min(id) FROM subscriptions_subscription)"
)
FIRST = f"{LIVE} ORDER BY from_on LIMIT 1)"
UNPAID = (
    "(SELECT bill_id FROM billing_billeddays WHERE subscription_id = (SELECT max(id) FROM subscriptions_subscription)"
    " ORDER BY from_on LIMIT 1)"
)
R1, R2 = (f"(SELECT id FROM payments_receipt WHERE reference = 'R{number}')" for number in (1, 2))
SECOND = f"{LIVE} ORDER BY from_on OFFSET 1 LIMIT 1)"
LAST = f"{LIVE} ORDER BY from_on DESC LIMIT 1)"
NOTE = "(SELECT id FROM billing_bill WHERE kind = 1)"
SETTLING = "(SELECT id FROM billing_bill WHERE settles_id <> 0)"
SETTLED = "(SELECT settles_id FROM billing_bill WHERE settles_id <> 0)"
# The second house is estimated to the last day; its meter is the spare one.
ESTIMATED_ON = "(SELECT max(to_on) FROM billing_billeddays)"
LEAVER = "(SELECT subscription_id FROM billing_bill WHERE settles_id <> 0)"
READ_AT_LAST = (
    "INSERT INTO metering_reading SELECT delivery_point_id, register_id, {on}, 1, value + 90000, source, {quality},"
    f" recorded_on + 90 FROM metering_reading WHERE read_on = '2026-06-30' AND delivery_point_id = (SELECT"
    f" delivery_point_id FROM subscriptions_subscription WHERE id = {LEAVER})"
)
CORRECTED = (
    "INSERT INTO metering_reading SELECT delivery_point_id, register_id, read_on, sequence + 1, value + {by}, source,"
    " quality, {on} FROM metering_reading WHERE read_on = '2026-06-30'"
)
ISSUED_LATE = "UPDATE journal_event SET on_date = '2026-12-31' WHERE act = 'billing.begin_issuing'"
LEAVES = f"UPDATE subscriptions_subscription SET ends_on = {ESTIMATED_ON} WHERE id = {LEAVER}"

# Code, the fault it must name (where it names one), and the bug.
ENTERED = (
    "INSERT INTO elsewhere_depositentry (account_id, number, what, on_date, from_on, to_on, deposit_cents,"
    " interest_cents, entered_by) SELECT account_id, number, '{what}', '2026-04-01', '2026-01-01', '2026-04-01',"
    " {cents}, {interest}, 'x' FROM elsewhere_undertaking WHERE kind = 'DEPOSIT'"
)
DEPOSIT_ENDED = (
    "INSERT INTO elsewhere_promiseend (account_id, kind, number, ended_on, asked_on, reason, ended_by, recorded_on)"
    " SELECT account_id, kind, number, '2026-04-01', '2026-04-01', 'RETURNED', 'x', '2026-04-01'"
    " FROM elsewhere_undertaking WHERE kind = 'DEPOSIT'"
)
PLANTED = [
    ("I1", None, f"UPDATE ledger_posting SET debit_cents = debit_cents + 1 WHERE source = {FIRST} AND line = 1"),
    ("I1", None, f"DELETE FROM ledger_posting WHERE source = {FIRST} AND line > 1"),
    ("I1", None, f"UPDATE ledger_posting SET on_date = on_date + 1 WHERE source = {FIRST} AND line = 2"),
    ("I2", "not_zero", f"UPDATE ledger_posting SET on_date = on_date + 1 WHERE source = {FIRST} AND line = 2"),
    ("I2", "not_in_chart", "DELETE FROM ledger_ledgeraccount WHERE code = 2310"),
    ("I3", None, f"DELETE FROM ledger_posting WHERE source = {FIRST}"),
    ("I3", None, f"UPDATE payments_receipt SET amount_cents = amount_cents - 1 WHERE id = {R1}"),
    ("I3", None, "DELETE FROM payments_returnedpayment"),
    ("I4", None, f"UPDATE billing_line SET amount_cents = amount_cents + 1 WHERE bill_id = {FIRST} AND line = 1"),
    ("I4", None, f"DELETE FROM billing_line WHERE bill_id = {FIRST}"),
    (
        "I4",
        None,
        "UPDATE billing_line SET quantity = quantity + 1 WHERE charge_id IN"
        " (SELECT id FROM billing_charge WHERE code = 'quebec/qst')",
    ),
    ("I4", None, f"UPDATE billing_line SET bill_id = bill_id + 2000 WHERE bill_id = {FIRST}"),
    ("I5", "live_bill_without_its_days", f"DELETE FROM billing_billeddays WHERE bill_id = {FIRST}"),
    ("I5", "gap", f"DELETE FROM billing_billeddays WHERE bill_id = {SECOND}"),
    ("I5", "gap", f"UPDATE billing_billeddays SET from_on = from_on + 1 WHERE bill_id = {SECOND}"),
    (
        "I5",
        "billed_twice",
        "ALTER TABLE billing_billeddays DROP CONSTRAINT no_day_billed_twice;"
        f" UPDATE billing_billeddays SET from_on = from_on - 1 WHERE bill_id = {SECOND}",
    ),
    (
        "I5",
        "claim_without_live_bill",
        "ALTER TABLE billing_billeddays DROP CONSTRAINT no_day_billed_twice;"
        " INSERT INTO billing_billeddays SELECT account_id, id, delivery_point_id, subscription_id, from_on, to_on,"
        " to_on FROM billing_bill WHERE id = (SELECT reverses_id FROM billing_bill WHERE kind = 1)",
    ),
    ("I5", "outside_its_subscription", "UPDATE subscriptions_subscription SET ends_on = '2026-06-30'"),
    # The next bill opened on it all the same.
    ("I6", "index_corrected_before", CORRECTED.format(by=1000, on="recorded_on")),
    (
        "I6",  # corrected in time, but the next bill opens on another index than the one before it closed on
        "index_not_followed",
        f"{CORRECTED.format(by=-1000, on='DATE ' + repr('2026-08-29'))}; UPDATE billing_measure SET from_sequence = 2,"
        " from_value = from_value - 1000, quantity = quantity + 1000 * multiplier WHERE from_on = '2026-06-30';"
        " UPDATE billing_bill SET kwh = m.quantity FROM billing_measure m"
        " WHERE m.bill_id = id AND m.kind = 1 AND m.from_on = '2026-06-30'",
    ),
    ("I6", "kwh_not_conserved", f"UPDATE billing_bill SET settles_id = 0 WHERE id = {SETTLING}"),
    ("I6", "kwh_not_conserved", f"UPDATE billing_measure SET quantity = quantity - 1 WHERE bill_id = {SECOND}"),
    ("I6", "chain_broken", f"DELETE FROM billing_billeddays WHERE bill_id = {SECOND}"),
    ("I6", "kwh_not_conserved", "UPDATE metering_reading SET value = value + 1000 WHERE read_on = '2026-05-01'"),
    ("I6", "index_differs", "UPDATE metering_reading SET value = value + 1000 WHERE read_on = '2026-05-01'"),
    (
        "I6",  # one kWh goes from a bill to the next: the whole stays
        "kwh_not_conserved",
        f"UPDATE billing_measure SET quantity = quantity - 1000 WHERE bill_id = {FIRST};"
        f" UPDATE billing_bill SET kwh = kwh - 1000 WHERE id = {FIRST};"
        f" UPDATE billing_measure SET quantity = quantity + 1000 WHERE bill_id = {SECOND};"
        f" UPDATE billing_bill SET kwh = kwh + 1000 WHERE id = {SECOND}",
    ),
    ("I6", "index_differs", f"UPDATE billing_measure SET to_value = to_value + 1000 WHERE bill_id = {FIRST}"),
    ("I6", "quantity_differs", f"UPDATE billing_measure SET quantity = quantity + 1 WHERE bill_id = {FIRST}"),
    ("I6", "chain_broken", f"UPDATE billing_bill SET rated_from_on = rated_from_on - 1 WHERE id = {SECOND}"),
    ("I6", "chain_broken", f"UPDATE billing_bill SET estimates_in_a_row = 1 WHERE id = {FIRST}"),
    ("I6", "estimates_miscounted", f"UPDATE billing_bill SET estimates_in_a_row = 2 WHERE id = {SETTLED}"),
    ("I6", "not_taken_back", f"UPDATE billing_bill SET settles_id = 0 WHERE id = {SETTLING}"),
    ("I6", "not_taken_back", f"UPDATE billing_bill SET settles_id = {FIRST} WHERE id = {SECOND}"),
    *(
        ("I6", fault, f"DELETE FROM billing_measure WHERE bill_id {which}")
        for which in (f"= {FIRST}", f"= {LAST}", f"IN {LIVE})")
        for fault in ("bill_without_measures", "measure_missing", "kwh_not_conserved")
    ),
    ("I6", "measure_missing", f"DELETE FROM billing_measure WHERE bill_id = {SETTLING} AND position = 2"),
    ("I6", "measure_without_meter", "DELETE FROM metering_installation WHERE multiplier = 40"),
    ("I6", "final_unsettled", f"{READ_AT_LAST.format(on=ESTIMATED_ON, quality=1)}; {LEAVES}; {ISSUED_LATE}"),
    ("I6", "kwh_not_conserved", "UPDATE metering_installation SET multiplier = 41 WHERE multiplier = 40"),
    ("I6", "kwh_not_conserved", "UPDATE metering_register SET dials = 6 WHERE dials = 5"),
    ("I6", "reading_missing", "DELETE FROM metering_reading WHERE read_on = '2026-05-01'"),
    ("I6", "reading_missing", "UPDATE metering_reading SET quality = 2 WHERE read_on = '2026-05-01'"),
    ("I6", "bill_differs_from_its_measures", f"UPDATE billing_bill SET kwh = kwh + 1 WHERE id = {FIRST}"),
    (
        "I6",
        "chain_broken",
        "ALTER TABLE billing_bill DROP CONSTRAINT bill_id_says_run_subscription_and_kind;"
        f" UPDATE billing_bill SET subscription_id = 999 WHERE id = {SECOND}",
    ),
    ("I7", "does_not_cancel", f"UPDATE ledger_posting SET credit_cents = 1 WHERE source = {NOTE} AND line = 1"),
    ("I7", "line_not_taken_back", f"DELETE FROM billing_line WHERE bill_id = {NOTE} AND line = 1"),
    ("I7", "reverses_no_issued_bill", "UPDATE billing_bill SET reverses_id = 12 WHERE kind = 1"),
    (
        "I7",
        "reversed_twice",
        f"DROP INDEX bill_reversed_once; UPDATE billing_bill SET reverses_id = (SELECT reverses_id FROM billing_bill"
        f" WHERE kind = 1), id = id + 1, kind = 1 WHERE id = {SECOND};"
        f" UPDATE billing_issue SET bill_id = bill_id + 1 WHERE bill_id = {SECOND}",
    ),
    ("I8", "hole", f"DELETE FROM billing_issue WHERE bill_id = {SECOND}"),
    ("I8", "hole", "UPDATE billing_series SET next_number = next_number + 1"),
    ("I8", "beyond_its_series", "UPDATE billing_series SET next_number = next_number - 1"),
    (
        "I8",
        "double",
        "ALTER TABLE billing_issue DROP CONSTRAINT bill_number_once;"
        f" UPDATE billing_issue SET number = number - 1 WHERE bill_id = {SECOND}",
    ),
    ("I9", "event_without_entry", f"DELETE FROM ledger_posting WHERE kind = 3 AND source = {R1}"),
    ("I9", "entry_without_event", f"DELETE FROM billing_issue WHERE bill_id = {FIRST}"),
    (
        "I9",
        "entry_without_event",
        "INSERT INTO ledger_posting SELECT account_id + 1, kind, source, line, on_date, ledger_account_id, debit_cents,"
        f" credit_cents FROM ledger_posting WHERE kind = 3 AND source = {R1}",
    ),
    ("I9", "another_amount", f"UPDATE ledger_posting SET ledger_account_id = 1010 WHERE kind = 3 AND source = {R1}"),
    (
        "I9",
        "another_account",
        "UPDATE ledger_posting SET ledger_account_id = 4630 - ledger_account_id"
        " WHERE ledger_account_id IN (2310, 2320)",
    ),
    (
        "I9",
        "another_account",
        f"UPDATE ledger_posting SET ledger_account_id = 4199 WHERE ledger_account_id = 4110 AND source = {FIRST}",
    ),
    (
        "I9",
        "another_account",
        f"UPDATE ledger_posting SET ledger_account_id = 4199 WHERE ledger_account_id = 1010 AND source = {R1}",
    ),
    (
        "I9",
        "another_account",
        f"DELETE FROM ledger_posting WHERE ledger_account_id = 2310 AND source = {NOTE};"
        f" UPDATE ledger_posting SET debit_cents = debit_cents + 1 WHERE ledger_account_id = 2320 AND source = {NOTE}",
    ),
    ("I10", None, f"UPDATE payments_allocation SET amount_cents = amount_cents + 50000 WHERE receipt_id = {R1}"),
    ("I10", None, f"DELETE FROM payments_allocation WHERE receipt_id = {R2} AND amount_cents < 0"),
    ("I10", None, f"UPDATE payments_allocation SET receipt_id = 77 WHERE receipt_id = {R1}"),
    ("I14", "bill_without_order", f"DELETE FROM notices_delivery WHERE subject = {FIRST}"),
    ("I14", "order_without_bill", f"UPDATE notices_delivery SET subject = 12 WHERE subject = {FIRST}"),
    ("I22", None, f"UPDATE payments_allocation SET receipt_id = 77 WHERE receipt_id = {R1}"),
    ("I22", None, f"UPDATE payments_allocation SET bill_id = 12 WHERE receipt_id = {R1}"),
    ("I22", None, f"DELETE FROM billing_issue WHERE bill_id = {UNPAID}"),
    ("I23", "not_balanced", f"UPDATE ledger_posting SET debit_cents = 1 WHERE source = {FIRST} AND line = 1"),
    ("I23", "differs", "UPDATE ledger_posting SET on_date = 'infinity' WHERE kind = 3"),
    ("I24", "totals_differ", f"UPDATE billing_bill SET kwh = kwh + 100000 WHERE id = {FIRST}"),
    ("I24", "totals_differ", f"UPDATE billing_bill SET rated_cents = rated_cents + 1 WHERE id = {SETTLED}"),
    ("I24", "totals_differ", "UPDATE billing_bill SET billing_kw = billing_kw + 1 WHERE kw > 0"),
    ("I24", "lines_differ", f"UPDATE billing_line SET days = days + 1 WHERE bill_id = {FIRST} AND line = 1"),
    ("I24", "lines_differ", f"DELETE FROM billing_line WHERE bill_id = {FIRST} AND line = 2"),
    ("I24", "lines_differ", f"UPDATE billing_line SET quantity = quantity + 1 WHERE bill_id = {SETTLING} AND line = 3"),
    ("I24", "no_such_book", "UPDATE billing_book SET digest = 'x' WHERE code = 'hydro_quebec/D'"),
    ("I24", "no_such_book", "UPDATE billing_bill SET book_id = 999"),
    ("I26", "due_on_another_day", f"UPDATE billing_issue SET due_on = due_on + 365 WHERE bill_id = {FIRST}"),
    ("I26", "due_on_another_day", f"UPDATE billing_issue SET due_on = due_on - 1 WHERE bill_id = {FIRST}"),
    (
        "I26",
        "due_on_another_day",
        f"UPDATE billing_issue SET second_due_on = second_due_on + 21 WHERE bill_id = {FIRST}",
    ),
    ("I26", "due_on_another_day", f"UPDATE billing_issue SET issued_on = issued_on - 7 WHERE bill_id = {FIRST}"),
    (
        "I26",
        "issued_beyond_the_calendar",
        f"UPDATE billing_issue SET issued_on = '1999-12-31' WHERE bill_id = {FIRST}",
    ),
    ("I28", None, "DELETE FROM elsewhere_pastpayment"),
    ("I29", "not_whole", ENTERED.format(what="RETURN", cents=9_999, interest=1)),
    ("I29", "end_without_return", DEPOSIT_ENDED),
    ("I29", "not_whole", f"{DEPOSIT_ENDED}; {ENTERED.format(what='RETURN', cents=9_999, interest=1)}"),
    (
        "I29",
        "interest_twice",
        "ALTER TABLE elsewhere_depositentry DROP CONSTRAINT deposit_entry_of_new_days;"
        + "; ".join([ENTERED.format(what="INTEREST", cents=0, interest=5)] * 2),
    ),
    ("I5", "billed_elsewhere", "UPDATE elsewhere_handover SET to_on = to_on + 1"),
    (
        "I27",
        "bytes_changed",
        "ALTER TABLE metering_photo DROP CONSTRAINT photo_has_its_digest;"
        "UPDATE metering_photo SET content = content || content",
    ),
]  # fmt: skip


def test_a_healthy_town_breaks_no_invariant(town):
    results = verify()
    assert [(it.code, it.violations) for it in results if it.count] == []
    assert [it.code for it in results] == CODES


def test_every_invariant_has_a_title_in_both_languages():
    assert all(it.title_fr and it.title_en and it.title_fr != it.title_en for it in invariants())


def test_every_invariant_has_a_planted_bug():
    assert {code for code, _, _ in PLANTED} | {"I25"} | DEBITED == set(CODES)


@pytest.mark.parametrize(("code", "fault", "bug"), PLANTED)
def test_a_planted_bug_is_caught(town, sql, code, fault, bug):
    for statement in bug.split(";"):
        sql(statement)
    (result,) = verify(only=[code])
    assert result.count > 0
    assert len(result.violations) == min(result.count, SHOWN)
    if fault:
        assert fault in {row["fault"] for row in result.violations}


def test_each_invariant_says_how_many_rows_it_looked_at(town, sql):
    looked = {it.code: it.looked for it in verify()}
    assert [code for code, count in looked.items() if not count] == ["I17", "I18", "I25"]
    assert (looked["I7"], looked["I5"], looked["I26"]) == (1, 16, 18)
    sql(f"DELETE FROM billing_issue WHERE bill_id = {NOTE}")
    assert verify(only=["I7"])[0].looked == 0


def test_the_table_does_not_mark_as_verified_what_had_nothing_to_verify(town, sql, capsys, monkeypatch):
    monkeypatch.setattr("fanal.doors.cli.verify.open_office", lambda: None)
    main(["verify", "--only", "I7"])
    assert "1 note de crédit " in (out := capsys.readouterr().out)
    assert out.startswith("✓ I7")
    sql(f"DELETE FROM billing_issue WHERE bill_id = {NOTE}")
    main(["verify", "--only", "I7"])
    assert "0 note de crédit " in (out := capsys.readouterr().out)
    assert out.startswith("○ I7")


def test_what_a_door_checks_besides_is_one_line_with_what_the_records_say(town):
    also = Further("I23", "Fichiers relus", "Files read back", lambda: ([{"fault": "file_differs"}], 1))
    results = verify(also=[also])
    assert [it.code for it in results] == CODES
    (both,) = (it for it in results if it.code == "I23")
    assert (both.violations, both.count) == ([{"fault": "file_differs"}], 1)
    assert both.title_en.endswith("Files read back")


def test_an_estimated_index_of_the_day_of_a_move_reads_as_a_real_one(town, sql):
    sql("UPDATE metering_reading SET quality = 2 WHERE read_on = '2026-01-01'")
    assert verify(only=["I6"])[0].violations == []
    sql("UPDATE metering_reading SET quality = 2 WHERE read_on = '2026-08-29'")
    assert {row["fault"] for row in verify(only=["I6"])[0].violations} == {"reading_missing", "kwh_not_conserved"}
    sql("UPDATE subscriptions_subscription SET ends_on = '2026-08-29'")
    assert verify(only=["I6"])[0].violations == []
    sql(READ_AT_LAST.format(on=ESTIMATED_ON, quality=2))
    assert verify(only=["I6"])[0].violations == []


def test_what_is_read_once_the_bills_are_issued_breaks_nothing_and_leaves_a_bill_to_correct(town, sql):
    sql(READ_AT_LAST.format(on=ESTIMATED_ON, quality=1))
    sql(LEAVES)
    assert [(it.code, it.violations) for it in verify() if it.count] == []
    assert [it.read_on for it in to_correct(date(2026, 12, 31))[0]] == [date(2026, 8, 29)]
    sql(CORRECTED.format(by=1000, on="DATE '2026-09-15'"))
    assert [(it.code, it.violations) for it in verify() if it.count] == []
    waiting, count = to_correct(date(2026, 12, 31))
    assert {(it.read_on, it.read - it.billed) for it in waiting} == {(date(2026, 6, 30), 1000)}
    assert len(waiting) == count > 1


def test_a_real_reading_inside_the_days_of_an_estimated_bill_breaks_nothing(town, sql):
    sql(READ_AT_LAST.format(on="DATE '2026-08-01'", quality=1))
    assert verify(only=["I6"])[0].violations == []


def read(point, meter, index, on, quality=Quality.REAL):
    reading = NewReading(delivery_point=point, meter=meter, index=index, read_on=on, quality=quality)
    assert not metering.record_readings(readings=[reading], by="releveuse", on=on).refused


def test_a_move_on_an_estimated_index_and_an_estimate_after_a_read_are_billed_without_a_fault(town, sql):
    moved_on, read_on, until = date(2026, 10, 28), date(2026, 9, 20), date(2026, 12, 27)
    read("100001", "A1", "4600", moved_on, Quality.ESTIMATED)
    read("100002", "B2", "900", read_on)
    subscriptions.end_subscriptions(endings={town.subscriptions[0]: moved_on}, by="commis", on=moved_on)
    newcomer = subscriptions.NewSubscription(
        account_id=town.accounts[1], delivery_point_id=town.points[0], book=BOOKS[0], starts_on=moved_on, domestic=True,
        holder_ids=[sql("SELECT min(id) FROM customers_customer")[0][0]],
    )  # fmt: skip
    (arrived,) = subscriptions.open_subscriptions(subscriptions=[newcomer], by="commis", on=moved_on)
    bill(moved_on)
    assert [it.code for it in verify() if it.count] == []
    read("100001", "A1", "6100", until)
    read("100002", "B2", "1900", until)
    bill(until)
    assert [(it.code, it.violations) for it in verify() if it.count] == []
    in_a_row = "SELECT estimates_in_a_row FROM billing_bill WHERE subscription_id = %s ORDER BY id"
    assert sql(in_a_row, town.subscriptions[0])[-1] == (0,)
    assert sql(in_a_row, arrived) == [(0,)]
    assert sql(in_a_row, town.subscriptions[1])[-3:] == [(1,), (2,), (0,)]
    sql("UPDATE metering_reading SET value = value + 1000 WHERE quality = 2")
    (conserved,) = verify(only=["I6"])
    broken = {row["subscription_id"] for row in conserved.violations if row["fault"] == "kwh_not_conserved"}
    assert broken == {town.subscriptions[0], arrived}


def test_only_the_invariants_asked_for_are_verified(town):
    assert [it.code for it in verify(only=["I6", "I1"])] == ["I1", "I6"]


def test_an_unknown_invariant_is_refused_with_the_known_ones(town):
    with pytest.raises(UnknownInvariant, match=r"« I99 ».*I24"):
        verify(only=["I99"])


def test_numbers_reserved_by_a_run_being_issued_are_not_a_hole(town, sql):
    (last,) = sql("SELECT max(number) FROM billing_issue")[0]
    sql("UPDATE billing_series SET next_number = next_number + 2")
    assert verify(only=["I8"])[0].count == 1
    sql("UPDATE billing_run SET state = 'ISSUING' WHERE id = (SELECT max(id) FROM billing_run)")
    sql(
        "UPDATE billing_chunk SET issued = false, bills = 2, first_number = %s"
        " WHERE run_id = (SELECT max(id) FROM billing_run)",
        last + 1,
    )
    assert verify(only=["I8"])[0].count == 0
    sql("UPDATE billing_chunk SET bills = 1 WHERE run_id = (SELECT max(id) FROM billing_run)")
    assert verify(only=["I8"])[0].count == 1


def seal(sql, through_on):
    sql("INSERT INTO ledger_closing (through_on, closed_by) VALUES (%s, 'chef')", through_on)
    sql(
        "INSERT INTO journal_event (on_date, by_whom, act, about, grounds) SELECT %s, 'chef', 'close_period', %s,"
        " jsonb_build_object('postings', count(*), 'debit_cents', sum(debit_cents)) FROM ledger_posting"
        " WHERE on_date <= %s",
        through_on, f"period:{through_on}", through_on,
    )  # fmt: skip


@pytest.mark.parametrize(
    "bug",
    [
        "UPDATE ledger_posting SET on_date = '2026-03-15' WHERE kind = 4",
        "DELETE FROM ledger_posting WHERE source = {first}",
        "INSERT INTO ledger_posting SELECT account_id, kind, source, line + 10, '2026-03-15', ledger_account_id,"
        f" debit_cents, credit_cents FROM ledger_posting WHERE kind = 3 AND source = {R1}",
    ],
)
def test_an_entry_made_in_a_closed_period_is_caught(town, sql, bug):
    seal(sql, "2026-03-25")
    seal(sql, "2026-05-31")
    assert verify(only=["I25"])[0].count == 0
    sql(bug.replace("{first}", FIRST))
    faults = [row["fault"] for row in verify(only=["I25"])[0].violations]
    assert faults
    assert set(faults) == {"differs_from_its_seal"}


def test_a_closing_that_the_journal_does_not_seal_is_caught(town, sql):
    sql("INSERT INTO ledger_closing (through_on, closed_by) VALUES ('2026-03-31', 'chef')")
    assert [row["fault"] for row in verify(only=["I25"])[0].violations] == ["closing_without_seal"]


def test_a_computed_run_not_yet_issued_breaks_nothing(town, sql):
    sql("UPDATE billing_bill SET held = true")
    assert [it.code for it in verify() if it.count] == []
