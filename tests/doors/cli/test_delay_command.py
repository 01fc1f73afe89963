"""`fanal delay` says the last day of a delay, one by options or many by lines."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from fanal.doors import json_lines
from fanal.doors.cli import delay, main

VAL_DOREE = Path(__file__).parents[2] / "law" / "parameters" / "val_doree"
GOOD = {"from": "2019-03-29", "days": 21}


def run(*lines: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    text = "\n".join(it if isinstance(it, str) else json.dumps(it) for it in lines)
    assert json_lines.answer(io.BytesIO(text.encode()), out, delay.replies) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("options", "last_day"),
    [
        (["--from", "2019-03-29", "--days", "21"], "2019-04-23"),
        (["--from", "2020-02-08", "--days", "21", "--parameters", "alma"], "2020-03-02"),
        (["--from", "2026-01-12", "--days", "7", "--clear"], "2026-01-20"),
    ],
)
def test_one_delay_is_said_alone(options: list[str], last_day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delay", *options]) == 0
    assert capsys.readouterr().out == f"{last_day}\n"


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--from", "2019-03-29"], 2, "ensemble"),
        (["--from", "2019-02-29", "--days", "21"], 1, "« from »"),
        (["--from", "2019-03-29", "--days", "-1"], 1, "« days »"),
        (["--from", "2041-12-30", "--days", "21"], 1, "ne sont connus que"),
        (["--from", "2019-03-29", "--days", "21", "--parameters", "nulle_part"], 1, "nulle_part/holidays.toml"),
    ],
)
def test_a_delay_that_cannot_be_counted_is_refused(
    options: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["delay", *options]) == status
    assert said in capsys.readouterr().err


def test_each_line_comes_back_with_its_last_day() -> None:
    assert run(GOOD, GOOD | {"clear": True}) == [
        GOOD | {"last_day": "2019-04-23"},
        GOOD | {"clear": True, "last_day": "2019-04-23"},
    ]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (GOOD | {"from": 20190329}, "from"),
        (GOOD | {"from": "9999-12-31"}, "from"),
        (GOOD | {"days": "21"}, "days"),
        (GOOD | {"days": True}, "days"),
        (GOOD | {"days": 36_501}, "days"),
        (GOOD | {"clear": 1}, "clear"),
        (GOOD | {"parameters": "../alma"}, "parameters"),
        (GOOD | {"color": 1}, "color"),
        ('{"from": "2019-03-29", "days": 1, "days": 2}', "days"),
        ("[]", ""),
    ],
)
def test_a_line_that_cannot_be_counted_is_answered_by_its_field(line: Any, field: str) -> None:
    (reply,) = run(line)

    assert reply["error"]["field"] == field
    assert reply["error"]["message"]


def test_the_holidays_are_those_of_the_house_unless_the_delay_names_another_town(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FANAL_BYLAW", str(VAL_DOREE))
    asked = {"from": "2026-07-13", "days": 21}  # the last day, the 3rd of August, is a holiday of Val-Dorée

    assert [it["last_day"] for it in run(asked, asked | {"parameters": "alma"})] == ["2026-08-04", "2026-08-03"]
    assert main(["delay", "--from", "2026-07-13", "--days", "21"]) == 0
    assert main(["delay", "--from", "2026-07-13", "--days", "21", "--parameters", "alma"]) == 0
    assert capsys.readouterr().out == "2026-08-04\n2026-08-03\n"
