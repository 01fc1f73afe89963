"""What the worker does each morning, without anybody asking."""

from datetime import timedelta

import pytest
from debited import DUE_ON, house, prepared, released

from fanal.doors.jobs.worker import begin_day
from fanal.records.payments import facts as paid

pytestmark = pytest.mark.django_db


def test_each_debit_is_received_by_itself_on_the_morning_of_its_day_and_once() -> None:
    account_id = house()
    released(prepared())

    begin_day(DUE_ON - timedelta(days=1))
    assert paid.receipts_of(account_id) == []

    begin_day(DUE_ON)
    begin_day(DUE_ON)
    [receipt] = paid.receipts_of(account_id)
    assert receipt.received_on == DUE_ON
