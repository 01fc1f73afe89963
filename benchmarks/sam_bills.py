"""Run by the peer's own Python: the twelve bills of a year by SAM's UtilityRate5, from a request on standard input."""

import json
import sys

import PySAM.Utilityrate5 as utility_rate
from PySAM.UtilityRateTools import URDBv8_to_ElectricityRates

OPEN = 1e38


def main() -> None:
    """Print the energy, the flat demand and the time-of-use demand charges of each month, then the fixed ones."""
    asked = json.load(sys.stdin)
    model = utility_rate.new()
    given = _year(asked) | (URDBv8_to_ElectricityRates(asked["urdb"]) if "urdb" in asked else _prices(asked))
    given.pop("en_electricity_rates", None)  # of the module that holds all the others
    for name, value in given.items():
        model.value(name, value)
    model.execute(0)
    names = ("charge_wo_sys_ec_ym", "charge_wo_sys_dc_fixed_ym", "charge_wo_sys_dc_tou_ym", "charge_wo_sys_fixed_ym")
    print(json.dumps([model.value(name)[1] for name in names]))


def _year(asked: dict) -> dict:
    """What every year needs besides its prices."""
    return {
        "analysis_period": 1, "system_use_lifetime_output": 0, "inflation_rate": 0, "degradation": [0],
        "rate_escalation": [0], "TOU_demand_single_peak": 0,
        "gen": [0] * len(asked["load_kw"]), "load": asked["load_kw"], "load_escalation": [0],
        "ur_metering_option": 2, "ur_monthly_fixed_charge": 0, "ur_monthly_min_charge": 0, "ur_annual_min_charge": 0,
        "ur_en_ts_sell_rate": 0, "ur_en_ts_buy_rate": 0, "ur_ts_sell_rate": [0], "ur_ts_buy_rate": [0],
        "ur_sell_eq_buy": 0, "ur_nm_yearend_sell_rate": 0, "ur_nm_credit_month": 0, "ur_nm_credit_rollover": 0,
    }  # fmt: skip


def _prices(asked: dict) -> dict:
    """Prices given as such, without URDB."""
    return {
        "ur_ec_sched_weekday": asked["energy_weekday"], "ur_ec_sched_weekend": asked["energy_weekend"],
        "ur_ec_tou_mat": [[period, 1, OPEN, 0, price, 0] for period, price in enumerate(asked["energy_prices"], 1)],
        "ur_dc_enable": 1, "ur_enable_billing_demand": 0,
        "ur_dc_sched_weekday": asked["demand_weekday"], "ur_dc_sched_weekend": asked["demand_weekend"],
        "ur_dc_tou_mat": [[period, 1, OPEN, price] for period, price in enumerate(asked["demand_prices"], 1)],
        "ur_dc_flat_mat": [[month, 1, OPEN, asked["flat_demand"]] for month in range(12)],
    }  # fmt: skip


main()
