"""An export is loaded once it is examined, one at a time, whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from concurrency import while_another
from django.db import IntegrityError, connection, transaction
from towns import small_town

from fanal.doors.migration import intake
from fanal.records.takeover import decisions, facts, merging
from fanal.records.takeover.loading import whole
from fanal.values.refusal import Refused
from tests.billing import rows
from tests.doors.migration.conftest import HEADING, ON

NOTHING = [(0, 0, 0, 0)]


def asked(folder: Path, *customers: str) -> dict[str, Any]:
    """A town on its way in, with some more customers."""
    town = small_town()
    town.control = [HEADING]
    for number in customers:
        town.add("customers", town.rows["customers"][0] | {"number": number, "name": f"Roy {number}"})
    return {"folder": town.write(folder), "mapping": intake.read_mapping(), "by": "marie", "on": ON}


def load(export_id: int, told: whole.Told | None = None) -> whole.Loaded:
    books = intake.read_mapping().books
    return whole.load_export(export_id=export_id, books=books, by="marie", on=ON, told=told)


def loaded() -> list[tuple[int, ...]]:
    found = rows("""SELECT (SELECT count(*) FROM takeover_known) AS known, (SELECT count(*) FROM customers_customer) AS
        people, (SELECT count(*) FROM ledger_posting) AS entries, (SELECT count(*) FROM journal_event
        WHERE act = 'takeover.load') AS acts""")
    return [(it.known, it.people, it.entries, it.acts) for it in found]


@pytest.mark.django_db
def test_an_export_that_nobody_examined_is_not_loaded(tmp_path: Path) -> None:
    given = asked(tmp_path)
    export_id = intake.receive(**given).export_id

    with pytest.raises(Refused, match="n’est pas examinée"):
        load(export_id)
    with pytest.raises(IntegrityError, match="n’est pas examinée"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE takeover_export SET state = 'LOADED', loaded_by = 'marie', loaded_on = %s", [ON])
    assert loaded() == NOTHING

    assert intake.take_in(**given).already
    assert load(export_id).loaded["customers"] == 2


@pytest.mark.django_db
def test_an_export_that_was_loaded_stays_loaded(tmp_path: Path) -> None:
    export_id = intake.take_in(**asked(tmp_path)).export_id
    load(export_id)

    with pytest.raises(IntegrityError, match="est chargée, et le reste"), connection.cursor() as cursor:
        cursor.execute("UPDATE takeover_export SET state = 'EXAMINED', loaded_by = '', loaded_on = NULL")


@pytest.mark.django_db
def test_a_load_that_is_interrupted_leaves_nothing_and_may_begin_again(tmp_path: Path) -> None:
    export_id = intake.take_in(**asked(tmp_path)).export_id
    before = facts.flaw_counts(export_id)

    def interrupted(title: str) -> None:
        if title == "soldes repris":
            assert loaded() != NOTHING
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(export_id, told=interrupted)

    assert (loaded(), facts.exports()[0].state, facts.flaw_counts(export_id)) == (NOTHING, "EXAMINED", before)
    assert {it.loaded for it in facts.files(export_id)} == {0}
    assert load(export_id).loaded["customers"] == 2


@pytest.mark.parametrize("same", [True, False], ids=["the same export", "another export"])
def test_two_loads_at_once_are_refused(own_database: None, tmp_path: Path, same: bool) -> None:
    first = intake.take_in(**asked(tmp_path / "a")).export_id
    second = first if same else intake.take_in(**asked(tmp_path / "b", "100009")).export_id

    made, refused = while_another(lambda: load(first), lambda: load(second))

    assert made.loaded["customers"] == 2
    assert isinstance(refused, Refused)
    assert "attendre qu’elle finisse" in str(refused)
    assert load(second).loaded["customers"] == (0 if same else 1)


def refusal_of(act: Callable[..., Any], **asked: Any) -> str:
    try:
        act(by="luc", on=ON, **asked)
    except Refused as refused:
        return str(refused)
    return ""


def test_nobody_decides_nor_merges_while_an_export_is_loaded(own_database: None, tmp_path: Path) -> None:
    export = intake.take_in(**asked(tmp_path, "100008", "100009")).export_id
    merge = merging.propose_merge(export_id=export, kept="100008", merged="100009", reasons=[], by="marie", on=ON)
    row = {"flaw_id": 1, "load": False, "reason": "doublon"}
    acts: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (merging.propose_merge, {"export_id": export, "kept": "100001", "merged": "100002", "reasons": []}),
        (merging.confirm_merge, {"merge_id": merge}),
        (merging.undo_merge, {"merge_id": merge}),
        (decisions.decide, row),
        (decisions.decide_alike, {"flaw_ids": [1], "load": False, "reason": "doublon"}),
        (decisions.make_rule, row),
        (decisions.end_rule, {"rule_id": 1}),
    ]

    made, refused = while_another(lambda: load(export), lambda: [refusal_of(act, **given) for act, given in acts])

    assert made.loaded["customers"] == 4
    assert [it for it in refused if "attendre qu’elle finisse" not in it] == []
    with pytest.raises(Refused, match="est chargé depuis"):
        merging.confirm_merge(merge_id=merge, by="luc", on=ON)
