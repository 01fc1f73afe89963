"""Annex 3: the grid agrees with the same sums made another way, and what a customer pays never jumps."""

from dataclasses import asdict, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law.conditions import ch08_service_drop
from fanal.law.conditions.ch08_service_drop import DropRoute, drop_beyond_base, drop_length
from fanal.law.conditions.ch09_works_cost import Cost, Estimate, Hours, Terms, works_cost
from fanal.law.conditions.part8_supply import Laying
from fanal.law.in_force import in_force

TODAY = date(2026, 6, 1)
ALMA = in_force(Terms, "alma", "ch09_works_cost", on=TODAY)
DATED = replace(
    ALMA,
    labour_administration_millionths=153_000,
    third_party_administration_millionths=98_765,
    material_administration_millionths=121_212,
)
DROP = in_force(ch08_service_drop.Terms, "alma", "ch08_service_drop", on=TODAY)
HALF_CENT = 25  # 26 % of it is 6.5 cents

cents = st.integers(min_value=0, max_value=10**9)
hours = st.lists(st.builds(Hours, minutes=st.integers(0, 10_000), hourly_cents=st.integers(0, 50_000)), max_size=4).map(
    tuple
)
estimates = st.builds(
    Estimate,
    laying=st.sampled_from(Laying),
    back_lot=st.booleans(),
    labour=hours,
    third_party_cents=cents,
    material_cents=cents,
    machinery=hours,
    easement_cents=cents,
)
lengths = st.integers(min_value=0, max_value=500_000)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def by_hand(case: Estimate, terms: Terms) -> list[Decimal]:
    """The thirteen lines of the grid in decimals, as one would with a pencil."""
    line = [Decimal(0)] * 14
    line[1] = rounded(sum((Decimal(it.minutes) * it.hourly_cents for it in case.labour), Decimal(0)) / 60)
    line[2] = rounded(line[1] * terms.labour_administration_millionths / 10**6)
    line[3] = Decimal(case.third_party_cents)
    line[4] = rounded(line[3] * terms.third_party_administration_millionths / 10**6)
    line[5] = sum(line[1:5])
    line[6] = Decimal(case.material_cents)
    line[7] = rounded(line[6] * terms.material_administration_millionths / 10**6)
    line[8] = line[6] + line[7]
    line[9] = rounded(sum((Decimal(it.minutes) * it.hourly_cents for it in case.machinery), Decimal(0)) / 60)
    line[10] = line[5] + line[8] + line[9]
    percent = {(Laying.UNDERGROUND, False): 26, (Laying.UNDERGROUND, True): 26, (Laying.OVERHEAD, True): 24}
    line[11] = rounded(line[10] * percent.get((case.laying, case.back_lot), 0) / 100)
    line[12] = Decimal(case.easement_cents)
    line[13] = sum(line[10:13])
    return line[1:]


@given(estimates, st.sampled_from([ALMA, DATED]))
def test_the_thirteen_lines_are_those_of_a_pencil(case: Estimate, terms: Terms) -> None:
    assert list(asdict(works_cost(case, terms).outcome).values()) == by_hand(case, terms)


@given(estimates)
def test_easements_bear_no_engineering(case: Estimate) -> None:
    free = works_cost(replace(case, easement_cents=0), ALMA).outcome

    assert works_cost(case, ALMA).outcome.total_cents == free.total_cents + case.easement_cents


@given(estimates)
def test_overhead_works_out_of_a_back_lot_bear_no_engineering_and_cost_the_least(case: Estimate) -> None:
    plain = works_cost(replace(case, laying=Laying.OVERHEAD, back_lot=False), ALMA).outcome

    assert plain.engineering_cents == 0
    assert plain.total_cents <= works_cost(case, ALMA).outcome.total_cents


@pytest.mark.parametrize(
    ("laying", "back_lot", "engineering"),
    [(Laying.UNDERGROUND, False, 7), (Laying.OVERHEAD, True, 6), (Laying.OVERHEAD, False, 0)],
)
def test_a_half_cent_goes_up(laying: Laying, back_lot: bool, engineering: int) -> None:
    cost: Cost = works_cost(Estimate(laying=laying, back_lot=back_lot, material_cents=HALF_CENT), ALMA).outcome

    assert cost.engineering_cents == engineering


@given(st.sampled_from(Laying), lengths, lengths)
def test_a_drop_is_billed_by_the_shorter_of_two_lengths_and_only_beyond_thirty_metres(
    laying: Laying, limit: int, branch_point: int
) -> None:
    route = DropRoute(laying=laying, from_limit_mm=limit, from_branch_point_mm=branch_point)
    length = drop_length(route).outcome

    assert length == sorted((limit, branch_point))[0]
    assert drop_beyond_base(route, DROP).outcome == (length - 30_000 if length > 30_000 else 0)


@given(lengths)
def test_a_medium_voltage_link_is_never_too_long(length: int) -> None:
    route = DropRoute(laying=Laying.UNDERGROUND, medium_voltage=True, from_limit_mm=length, from_branch_point_mm=length)

    assert drop_beyond_base(route, DROP).outcome == 0
