"""A merge once held for one export alone: where several said the same customer, one is left to hold for all."""

from importlib import import_module

import pytest
from django.db import connection
from towns import small_town

from fanal.records.takeover import facts
from tests.billing import rows
from tests.doors.migration.conftest import ON, Taken

pytestmark = pytest.mark.django_db
later_exports = import_module("fanal.records.takeover.migrations.0008_later_exports")
SAID = """INSERT INTO takeover_merge (export_id, kept, merged, reasons, proposed_by, proposed_on, confirmed_by,
    confirmed_on, undone_by) VALUES (%s, %s, '100002', '[]', 'marie', %s, %s, %s, '') RETURNING id"""


@pytest.mark.parametrize(("confirmed", "left"), [
    (("", ""), 1), (("luc", ""), 0), (("", "luc"), 1), (("luc", "luc"), 1),
])  # fmt: skip
def test_the_last_merge_that_a_second_person_confirmed_is_left_else_the_last_one(
    take_over: Taken, confirmed: tuple[str, str], left: int
) -> None:
    take_over(small_town())
    export = facts.exports()[0].id
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {later_exports.ONCE}")
    made = [rows(SAID, export, kept, ON, by, ON if by else None)[0].id
            for kept, by in zip(("100001", "100003"), confirmed, strict=True)]  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute(later_exports.LAST_ALONE)

    assert [it.id for it in rows("SELECT id FROM takeover_merge WHERE undone_on IS NULL")] == [made[left]]
