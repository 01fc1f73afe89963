"""`fanal rate` answers every line in order, refuses by name, and says which line is not JSON."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest

from fanal.doors import json_lines
from fanal.doors.cli import books, main
from fanal.doors.cli import rate as command
from fanal.law.tariffs.rules import BillingDemand
from fanal.law.tariffs.shelf import catalogue, load
from fanal.values import wording

GOOD = {"id": "a", "book": "hydro_quebec/D", "from": "2026-04-01", "to": "2026-05-31", "kwh": "1000", "multiplier": 1}
POWER = {"book": "hydro_quebec/M", "from": "2026-05-01", "to": "2026-05-31", "kwh": 1, "kw": 100, "phases": 3}


def run(*lines: Any, batch: int = 8192) -> tuple[int, list[dict[str, Any]]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    out = io.StringIO()
    status = json_lines.answer(io.BytesIO(text.encode()), out, command.replies, batch)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def error(**changes: Any) -> tuple[str, str | None]:
    status, (reply,) = run(GOOD | changes)
    assert status == 0
    assert reply["id"] == "a"
    assert reply["error"]["message"]
    return reply["error"]["code"], reply["error"]["field"]


def raw(value: str) -> dict[str, Any]:
    status, (reply,) = run(json.dumps(GOOD | {"kwh": 0}).replace('"kwh": 0', f'"kwh": {value}'))
    assert status == 0
    return reply


def test_the_documented_request_gets_the_documented_answer() -> None:
    status, (reply,) = run(GOOD)
    assert status == 0
    assert list(reply) == ["id", "lines", "net", "taxes", "total"]
    assert (reply["net"], reply["total"]) == ("98.34", "113.07")
    assert reply["taxes"] == [
        {"code": "TPS", "rate": "0.05", "amount": "4.92"},
        {"code": "TVQ", "rate": "0.09975", "amount": "9.81"},
    ]
    first, second = reply["lines"]
    expected = {"code": "access", "from": "2026-04-01", "to": "2026-05-31", "days": 60, "quantity": "60",
                "unit": "jour", "price": "0.46154", "amount": "27.69"}  # fmt: skip
    assert {key: first[key] for key in expected} == expected
    assert (second["code"], second["quantity"], second["price"], second["amount"]) == (
        "energy.1", "1000", "0.07065", "70.65")  # fmt: skip
    assert first["article"]
    assert first["source"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"from": "2011-01-01", "to": "2011-03-01"}, "no_price", "from"),
        ({"from": "2026-05-31"}, "bad_period", "to"),
        ({"from": "2026-06-30"}, "bad_period", "to"),
        ({"from": "1990-01-01"}, "too_long", "to"),
        ({"from": "2026-02-30"}, "bad_date", "from"),
        ({"from": "20260401"}, "bad_date", "from"),
        ({"from": 20260401}, "bad_date", "from"),
        ({"to": None}, "missing", "to"),
        ({"kwh": None}, "missing", "kwh"),
        ({"kwh": True}, "bad_value", "kwh"),
        ({"kwh": [1]}, "bad_value", "kwh"),
        ({"kwh": ""}, "bad_value", "kwh"),
        ({"kwh": " 1"}, "bad_value", "kwh"),
        ({"kwh": "1_0"}, "bad_value", "kwh"),
        ({"kwh": "١"}, "bad_value", "kwh"),
        ({"kwh": "1.0001"}, "bad_value", "kwh"),
        ({"kwh": "NaN"}, "bad_value", "kwh"),
        ({"kwh": "1e99999999"}, "bad_value", "kwh"),
        ({"kwh": "1e17"}, "too_large", "kwh"),
        ({"kwh": "1e14"}, "too_large", "kwh"),
        ({"multiplier": "1.5"}, "bad_value", "multiplier"),
        ({"multiplier": 0}, "bad_count", "multiplier"),
        ({"book": "hydro_quebec/ZZ"}, "unknown_book", "book"),
        ({"book": "../../etc/passwd"}, "unknown_book", "book"),
        ({"book": None}, "missing", "book"),
        ({"kWh": 1}, "unknown_field", "kWh"),
        ({"history_kw": {}}, "bad_value", "history_kw"),
        ({"history_kw": [{"from": "2026-03-01", "to": "2026-04-15", "kw": 1}]}, "bad_value", "history_kw"),
        ({"history_kw": [{"from": "2026-03-01", "to": "2026-04-01", "kw": -1}]}, "bad_value", "history_kw"),
    ],
)
def test_a_request_that_cannot_be_rated_is_answered_naming_the_field(
    changes: dict[str, Any], code: str, field: str
) -> None:
    assert error(**changes) == (code, field)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "9" * 60, "0." + "9" * 90])
def test_a_number_that_json_does_not_have_is_refused_by_name(value: str) -> None:
    assert raw(value)["error"]["field"] == "kwh"


@pytest.mark.parametrize(("value", "quantity"), [("0.1", "0.1"), ("123456789.123", "123456789.123"), ("1e3", "1000")])
def test_a_json_number_is_read_exactly(value: str, quantity: str) -> None:
    energy = [Decimal(line["quantity"]) for line in raw(value)["lines"] if line["unit"] == "kWh"]
    assert sum(energy) == Decimal(quantity)


def test_a_repeated_field_is_refused() -> None:
    status, (reply,) = run('{"id": "a", "kwh": 1, "kwh": 2}')
    assert (status, reply["id"], reply["error"]["code"]) == (0, "a", "repeated_field")


def test_the_history_raises_the_billing_demand() -> None:
    past = [
        {"from": "2026-01-01", "to": "2026-02-01", "kw": "200"},
        {"from": "2025-11-15", "to": "2025-12-15", "kw": 900},
    ]
    _, replies = run(POWER, POWER | {"history_kw": past})
    assert [reply["billing_kw"] for reply in replies] == ["100", "130"]


def test_an_answer_does_not_depend_on_the_requests_beside_it() -> None:
    """Each bill looks back as the version of its own last day says, whatever else is asked in the same batch."""
    m = load("hydro_quebec/M")
    *before, last = m.versions
    free = last.model_copy(update={"billing_demand": BillingDemand()})
    book = m.model_copy(update={"versions": (*before, free)})
    past = {"history_kw": [{"from": "2025-01-01", "to": "2025-02-01", "kw": "200"}]}
    old, new = POWER | {"from": "2025-05-01", "to": "2025-06-01"} | past, POWER | past
    alone, beside = (command.replies(asked, lambda _code: book) for asked in ([old], [old, new]))
    assert alone[0] == beside[0]
    assert [it["billing_kw"] for it in beside] == ["130", "100"]


def test_a_history_from_the_edges_of_the_calendar_is_only_old() -> None:
    ancient = {"from": "0001-01-01", "to": "0001-02-01", "kw": "900"}
    _, (reply, late) = run(POWER | {"history_kw": [ancient]}, POWER | {"from": "9999-01-01", "to": "9999-12-31"})
    assert reply["billing_kw"] == "100"
    assert late["error"]["code"] == "bad_period"


def test_answers_keep_the_order_of_the_requests_over_batches_and_books() -> None:
    requests = [(GOOD if n % 3 else POWER) | {"id": n} for n in range(11)]
    requests[5] = {"id": 5}
    status, replies = run(*requests, batch=4)
    assert status == 0
    assert [reply["id"] for reply in replies] == list(range(11))
    assert replies[1] == replies[4] | {"id": 1}


@pytest.mark.parametrize("bad", ["{", "nope", '{"id": 1} {"id": 2}', "[" * 100_000, '{"id": "\\'])
def test_what_is_not_json_stops_with_its_line_number_after_answering_what_came_before(
    bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, replies = run(GOOD, "", bad, GOOD)
    assert (status, len(replies)) == (2, 1)
    assert "Ligne 3" in capsys.readouterr().err


def test_bytes_that_are_not_utf8_are_not_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert json_lines.answer(io.BytesIO(b'{"id": "\xff"}\n'), io.StringIO(), command.replies) == 2
    assert "Ligne 1" in capsys.readouterr().err


def test_json_that_is_not_an_object_is_answered() -> None:
    status, replies = run("5", "[]", "null")
    assert status == 0
    assert [reply["error"]["code"] for reply in replies] == ["not_an_object"] * 3


def test_the_books_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["books"]) == 0
    assert "hydro_quebec/DP" in capsys.readouterr().out
    assert main(["books", "hydro_quebec/M"]) == 0
    shown = capsys.readouterr().out
    assert "DÉRIVÉ" in shown
    assert "CONNAISSANCE GÉNÉRALE" in shown
    assert main(["books", "hydro_quebec/none"]) == 2


FLEX = {"book": "hydro_quebec/Flex_D", "from": "2026-12-01", "to": "2026-12-31", "kwh": "1500"}


def amounts(request: dict[str, Any]) -> dict[str, str]:
    _, (reply,) = run(request)
    assert "error" not in reply, reply
    return {line["code"]: line["amount"] for line in reply["lines"]}


def test_registers_are_given_by_name() -> None:
    assert amounts(FLEX | {"registers": {"event": "20"}}) == {
        "access": "13.85", "winter.1": "58.63", "winter.2": "25.49", "event": "9.29"}  # fmt: skip


def test_households_widen_the_blocks_of_a_shared_meter() -> None:
    evn = {"book": "evn/residential", "from": "2025-06-01", "to": "2025-07-01", "kwh": 150}
    assert amounts(evn) == {"energy.1": "99200", "energy.2": "102500", "energy.3": "119000"}
    assert amounts(evn | {"households": 3}) == {"energy.1": "297600"}


def test_reactive_energy_costs_a_share_of_the_active_one() -> None:
    tou = {"book": "evn/production_22_110kv", "from": "2025-06-01", "to": "2025-07-01", "kwh": 1000, "kvarh": 750,
           "registers": {"peak": 100, "offpeak": 300, "normal": 600}}  # fmt: skip
    _, (reply,) = run(tou)
    *_, penalty = reply["lines"]
    assert (penalty["code"], penalty["unit"], penalty["price"]) == ("reactive.10", "VND", "0.125")
    assert penalty["quantity"] == "1796600"
    assert penalty["amount"] == "224575"


def test_the_bank_of_net_metering_is_given_back_each_time() -> None:
    net = {"book": "hydro_quebec/D_net_metering", "from": "2026-05-01", "to": "2026-05-31", "kwh": "300",
           "registers": {"injected": "500"}, "bank_kwh": "40.5"}  # fmt: skip
    _, (going_on, ending) = run(net, net | {"bank_ends": True})
    assert (going_on["bank_kwh"], going_on["net"]) == ("240.5", "13.85")
    assert (ending["bank_kwh"], ending["lines"][-1]["amount"]) == ("0", "-11.38")


def test_a_customer_may_be_exempt_of_a_tax() -> None:
    _, (reply,) = run(GOOD | {"exempt": ["TVQ"]})
    assert [(tax["code"], tax["amount"]) for tax in reply["taxes"]] == [("TPS", "4.92"), ("TVQ", "0.00")]


def test_quarter_hours_become_registers_by_the_hours_of_the_book() -> None:
    day = {"book": "evn/production_22_110kv", "from": "2025-06-02", "to": "2025-06-03", "kvarh": 0}
    hours = ["0.25"] * 96
    _, (reply,) = run(day | {"intervals": hours})
    assert {line["code"]: line["quantity"] for line in reply["lines"]} == {
        "normal": "13", "offpeak": "6", "peak": "5"}  # fmt: skip


def test_the_temperature_tells_the_two_registers_of_dual_energy() -> None:
    cold = {"book": "hydro_quebec/DT", "from": "2026-01-05", "to": "2026-01-06", "multiplier": 1,
            "intervals": ["0.5"] * 96, "temperature": ["-12"] * 60 + ["-12.001"] * 36}  # fmt: skip
    _, (reply,) = run(cold)
    assert {line["code"]: line["quantity"] for line in reply["lines"]} == {
        "access": "1", "mild": "30", "cold": "18"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({}, "missing", "registers.event"),
        ({"registers": {"peak": 1}}, "unknown_field", "registers.peak"),
        ({"registers": [1]}, "bad_value", "registers"),
        ({"registers": {"event": "x"}}, "bad_value", "registers.event"),
        ({"registers": {"event": 1}, "from": "2026-06-01", "to": "2026-07-01"}, "off_season", "registers.event"),
        ({"registers": {"event": 1}, "bank_ends": 1}, "bad_value", "bank_ends"),
        ({"registers": {"event": 1}, "exempt": ["TVH"]}, "bad_value", "exempt"),
        ({"registers": {"event": 1}, "households": 0}, "bad_count", "households"),
        ({"registers": {"event": 1}, "bank_kwh": -1}, "negative", "bank_kwh"),
        ({"intervals": [1]}, "bad_value", "intervals"),
        ({"intervals": ["0"] * 96 * 30}, "bad_value", "intervals"),
        ({"registers": {"event": 1}, "temperature": [1]}, "missing", "intervals"),
    ],
)
def test_an_input_that_cannot_be_used_is_named(changes: dict[str, Any], code: str, field: str) -> None:
    _, (reply,) = run(FLEX | changes)
    assert (reply["error"]["code"], reply["error"]["field"]) == (code, field)


def test_dual_energy_from_quarter_hours_wants_the_temperature() -> None:
    day = {"book": "hydro_quebec/DT", "from": "2026-01-05", "to": "2026-01-06", "multiplier": 1, "intervals": [0] * 96}
    _, replies = run(day, day | {"temperature": [0]})
    assert [(it["error"]["code"], it["error"]["field"]) for it in replies] == [
        ("missing", "temperature"), ("bad_value", "temperature")]  # fmt: skip


@pytest.mark.parametrize("code", catalogue())
def test_every_book_is_shown_with_its_sources_and_its_doubts(code: str) -> None:
    shown = books.page(load(code))
    for version in load(code).versions:
        assert wording.typography(version.source) in shown
        assert books.CONFIDENCE[version.confidence] in shown
