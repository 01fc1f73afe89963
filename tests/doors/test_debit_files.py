"""From the debit that an old system handed over to the bank's file and back: every field, every cent, one path."""

from datetime import date

import debited
import pytest
from debited import DUE_ON, ON, OWED, house
from django.db import connection
from django.test import override_settings

from fanal.doors import debits
from fanal.links.bank import cpa005_reading
from fanal.records.elsewhere import promises
from fanal.records.ledger import facts as ledger
from fanal.records.payments import debit_facts as facts
from fanal.reports import debits as report
from fanal.reports.financial import aged_balance
from fanal.reports.promised import coming
from fanal.values.refusal import Refused
from tests.billing import rows
from tests.doors.bank import sent_back

pytestmark = pytest.mark.django_db


def prepared(on: date = ON, *, to_on: date = date(2026, 3, 1), again: bool = False) -> int:
    return debits.prepare(from_on=date(2026, 2, 1), to_on=to_on, again=again, by="theodule", on=on)


def batch(batch_id: int) -> report.KnownBatch:
    known = report.batch(batch_id)
    assert known
    return known


def released(on: date = ON) -> tuple[int, bytes]:
    batch_id = prepared(on)
    debits.release(batch=batch(batch_id), by="maude", on=on)
    content = report.file_of(batch_id)
    assert content
    return batch_id, content


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_whole_path_of_a_debit_that_was_taken_over() -> None:
    account_id = house()
    batch_id, content = released()

    read = cpa005_reading.read(content)
    [item], [debit] = read.items, facts.debits_of(batch_id)
    assert (read.originator_id, read.file_creation_number, read.created_on) == ("9999900000", 1, ON)
    assert (item.kind, item.transaction_code, item.cents, item.due_on) == ("D", "433", OWED, DUE_ON)
    assert (item.institution, item.transit, item.account.strip()) == ("913", "11932", "4477518")
    assert (item.name.strip(), item.cross_reference.strip()) == ("A SPECIMEN", debit.reference)

    [row] = [it for it in coming(ON, ON, date(2026, 3, 1)) if it.kind == "DEBIT"]
    assert report.presented([account_id])[row.key].batch_id == batch_id  # the list shows it in its batch
    debited.settled(on=DUE_ON)
    assert ledger.balance(account_id, DUE_ON) == 0

    done = debits.take_returns(sent_back(content, "905"), by="theodule", on=date(2026, 2, 16))
    again = debits.take_returns(sent_back(content, "905"), by="theodule", on=date(2026, 2, 16))

    assert (len(done.new), done.already, done.suspended) == (1, 0, 1)
    assert (len(again.new), again.already, again.suspended) == (0, 1, 0)
    assert ledger.balance(account_id, date(2026, 2, 16)) == OWED
    [owing] = aged_balance(date(2026, 2, 16))
    assert owing.days_1_30_cents == OWED  # late since its due day, as if nothing had been received
    assert not [it for it in promises.going_on(date(2026, 2, 17)).get(account_id, ()) if it.kind == "DEBIT"]


def test_a_suspended_agreement_says_what_the_bank_said() -> None:
    account_id = house()
    _, content = released()
    debits.take_returns(sent_back(content, "905"), by="theodule", on=date(2026, 2, 16))

    [end] = rows("SELECT reason, note, ended_by FROM elsewhere_promiseend WHERE account_id = %s", account_id)

    assert (end.reason, end.ended_by) == ("BANK", "theodule")
    assert end.note.endswith("(905)")


def test_for_want_of_funds_the_agreement_goes_on() -> None:
    account_id = house()
    _, content = released()

    done = debits.take_returns(sent_back(content, "901"), by="theodule", on=date(2026, 2, 16))

    assert done.suspended == 0
    assert [it for it in promises.going_on(date(2026, 2, 17))[account_id] if it.kind == "DEBIT"]


def test_a_file_of_another_originator_or_no_file_at_all_is_refused() -> None:
    house()
    _, content = released()
    theirs = sent_back(content, "901").replace(b"9999900000", b"8888800000")

    for wrong in (theirs, b"", b"bonjour\n", content):
        with pytest.raises(Refused):
            debits.take_returns(wrong, by="theodule", on=date(2026, 2, 16))

    assert [it.state for it in report.sent(batch_of())] == ["RELEASED"]


def batch_of() -> int:
    return report.released()[0]


def test_files_are_numbered_one_after_the_other_and_start_again_after_9999() -> None:
    house()
    first, _ = released()
    house(bank_account="1112223")
    second, content = released()

    assert [batch(it).file_number for it in (first, second)] == [1, 2]
    assert content[20:24] == b"0002"
    assert [facts.file_number(rank) for rank in (9_998, 9_999, 10_000)] == [9_998, 9_999, 1]


def test_the_first_number_follows_the_old_system() -> None:
    house()
    known = debits.settings.FANAL_UTILITY
    with override_settings(FANAL_UTILITY=known | {"debits": known["debits"] | {"first_file_number": 412}}):
        _, content = released()

    assert content[20:24] == b"0412"


@pytest.mark.parametrize(("told", "named"), [({}, "section [debits]"), ({"data_centre": "12"}, "« data_centre »"),
                                             ({"days_ahead": "2"}, "« days_ahead »")])  # fmt: skip
def test_without_a_profile_of_the_originator_nothing_is_prepared_and_it_says_what_to_fill_in(
    told: dict[str, object], named: str
) -> None:
    house()
    known = debits.settings.FANAL_UTILITY
    profile = known["debits"] | told if told else {}

    with override_settings(FANAL_UTILITY=known | {"debits": profile}), pytest.raises(Refused) as refused:
        prepared()

    assert named in str(refused.value)


def test_a_business_is_debited_by_its_own_code() -> None:
    house(book="hydro_quebec/G", domestic=False)

    _, content = released()

    assert [it.transaction_code for it in cpa005_reading.read(content).items] == ["721"]


def test_the_bank_account_is_in_the_file_alone() -> None:
    house()
    batch_id, content = released()
    debits.take_returns(sent_back(content, "901"), by="theodule", on=date(2026, 2, 16))
    debits.take_file(batch=batch(batch_id), by="theodule", on=ON)

    assert b"4477518" in content
    for told in (
        str(rows("SELECT * FROM journal_event")),
        repr(report.rows(batch(batch_id))),
        repr(debited.looked()(0)),
    ):
        assert "4477518" not in told


def test_what_is_taken_twice_is_the_same_and_the_journal_keeps_who_took_it() -> None:
    house()
    batch_id, content = released()

    assert [debits.take_file(batch=batch(batch_id), by="theodule", on=ON) for _ in range(2)] == [content, content]

    acts = rows("SELECT act, by_whom AS by FROM journal_event WHERE act = 'debits.file_taken'")
    assert [it.by for it in acts] == ["theodule", "theodule"]


def test_a_file_that_no_longer_tells_its_rows_is_found() -> None:
    house()
    batch_id, _ = released()
    assert debits.differences() == ([], 0)

    run("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE payments_debit DISABLE TRIGGER payments_debit_changes")
    rows("UPDATE payments_debit SET cents = cents - 1 WHERE batch_id = %s RETURNING id", batch_id)

    [fault], count = debits.differences()
    assert (fault["fault"], fault["file_cents"], fault["row_cents"], count) == ("file_differs", OWED, OWED - 1, 1)
