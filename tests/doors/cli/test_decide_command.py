"""`fanal decide` answers each case, and tells the schema of each rule."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from fanal.doors import json_lines
from fanal.doors.cli import decide, main

VAL_DOREE = Path(__file__).parents[2] / "law" / "parameters" / "val_doree"
LATE = (
    '{"id": "w", "rule": "ch04.late_bill", "on": "2026-01-12", "parameters": "alma", "facts": {"measured": "ENERGY", '
    '"power_billed": false, "started_on": "2025-10-01", "amount_cents": 1001}}'
)


def run(*lines: str) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    status = json_lines.answer(io.BytesIO("\n".join(lines).encode()), out, decide.replies)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_has_its_answer_with_all_its_grounds_in_both_languages() -> None:
    status, (reply,) = run(LATE)

    assert (status, reply["id"]) == (0, "w")
    assert [it["amount_cents"] for it in reply["outcome"]] == [500, 501]
    assert all(it["article"] and it["text"]["fr"] and it["text"]["en"] for it in reply["grounds"])
    assert reply["grounds"][0]["figures"][0]["since"] == "2019-04-01"


def test_a_case_that_cannot_be_read_does_not_stop_the_others() -> None:
    status, replies = run(LATE.replace("1001", "1.5"), LATE.replace('"id": "w"', '"id": "w", "id": "x"'), LATE)

    assert status == 0
    assert [it.get("error", {}).get("field") for it in replies] == ["facts.amount_cents", "id", None]


def test_a_fact_said_twice_is_refused_however_deep() -> None:
    _, (reply,) = run(LATE.replace('"power_billed": false', '"power_billed": false, "power_billed": true'))

    assert reply["error"]["message"] == "Le champ « power_billed » est répété."


def test_what_is_not_json_ends_the_answers_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    status, replies = run(LATE, "nope")

    assert (status, len(replies)) == (2, 1)
    assert "Ligne 2" in capsys.readouterr().err


def test_the_schema_of_one_rule_and_of_all_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--schema", "ch04.late_bill"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert main(["decide", "--schema"]) == 0
    every = json.loads(capsys.readouterr().out)

    assert one.keys() == {"ch04.late_bill"}
    assert one["ch04.late_bill"]["facts"]["required"] == ["measured", "power_billed", "started_on"]
    assert one["ch04.late_bill"] == every["ch04.late_bill"]
    assert len(every) > 5


def test_the_schema_of_a_rule_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--schema", "ch99.nothing"]) == 1
    assert "ch99.nothing" in capsys.readouterr().err


def test_the_bylaw_is_that_of_the_house_unless_the_case_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANAL_BYLAW", str(VAL_DOREE))
    case = {"rule": "ch04.due_date", "on": "2026-01-12"}
    _, replies = run(json.dumps(case), json.dumps(case | {"parameters": "alma"}))

    assert [it["outcome"] for it in replies] == ["2026-02-11", "2026-02-02"]
