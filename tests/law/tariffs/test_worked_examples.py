"""Examples that others published, where these kinds of charge can express them."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fanal.law.tariffs.demand import billing_demand
from fanal.law.tariffs.shelf import load
from fanal.law.tariffs.taxes import taxes_on
from tests.law.tariffs.campaign import bill_of, kernel
from tests.law.tariffs.oracle import Case

SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).parents[4] / "shared")
EXAMPLES = SHARED / "data" / "tariffs" / "worked_examples.json"


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    if not EXAMPLES.is_file():
        pytest.skip("les exemples publiés ne sont pas là : FANAL_SHARED doit désigner leur dossier")
    return {row["id"]: row for row in json.loads(EXAMPLES.read_text("utf-8"), parse_float=Decimal)}


def test_revenu_quebec_taxes_a_hundred_dollars(examples: dict[str, Any]) -> None:
    example = examples["rq-100-2013"]
    day = np.array([(date.fromisoformat(example["inputs"]["date"]) - date(1970, 1, 1)).days])
    net = int(Decimal(example["inputs"]["price"]) * 100)
    cents, _ = taxes_on(load("hydro_quebec/D"), np.array([net]), day)
    expected = [int(Decimal(example["expected"][tax]) * 100) for tax in ("gst", "qst")]
    assert cents[0].tolist() == expected
    assert net + sum(expected) == int(Decimal(example["expected"]["total"]) * 100)


def test_hydro_quebec_first_block_over_sixty_two_days(examples: dict[str, Any]) -> None:
    example = examples["hq-D-threshold-62d"]
    case = Case(date(2024, 5, 1), date(2024, 7, 2), Decimal(9999))
    assert (case.end - case.start).days == example["inputs"]["days"]
    lines = {code: quantity for code, _, _, quantity, _ in bill_of(kernel(load("hydro_quebec/D"), [case]), 0).lines}
    assert lines["energy.1"] == example["expected"]["first_tier_kwh"]


def test_hydro_quebec_average_price_of_a_thousand_kwh_in_2018() -> None:
    """Published by Hydro-Québec: 7.13 ¢/kWh before taxes for 1,000 kWh a month, rates of 2018-04-01."""
    month = Case(date(2018, 5, 1), date(2018, 5, 31), Decimal(1000))
    net = bill_of(kernel(load("hydro_quebec/D"), [month]), 0).net
    assert (net / 10).quantize(Decimal("0.01")) == Decimal("7.13")


def test_a_percentage_of_past_demand_is_the_ratchet_of_others_too(examples: dict[str, Any]) -> None:
    # REopt, 75 % of the highest of the six previous months: given each month's peak, the same least demand.
    example = examples["reopt-lookback-range"]
    rule = (
        load("hydro_quebec/M")
        .versions[-1]
        .billing_demand.model_copy(update={"winter_ratchet_percent": example["inputs"]["lookback_percent"] * 100})
    )
    peaks = np.array([200, 100, 100, 400, 100, 500, 100, 100, 100, 100, 100, 300]) * 1000
    highest = np.array([max(np.roll(peaks, -place)[-6:]) for place in range(12)])
    found = billing_demand(rule, peaks, peaks * 0, highest) // 1000
    assert found.tolist() == example["expected"]["billing_kw_by_month"]
