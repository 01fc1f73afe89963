"""The strangest book: every kind of charge there is, and every way to say them."""

from collections.abc import Callable

from fanal.law.tariffs.book import Book

STRANGE = """
[[version]]
from = 2010-04-01
to = 2012-02-15
confidence = "invented"
source = "Essai"
billing_demand = { power_factor_percent = "90", lookback = { percent = "100", periods = 6, months = [1, 12] } }
charges = [
  { code = "access", kind = "fixed", per = "month", times = "households", price = "17.36" },
  { code = "once", kind = "fixed", per = "bill", price = "25.01" },
  { code = "off", kind = "fixed", per_days = 1, season = "summer", price = "0.011", credit = true, taxable = false },
  { code = "energy", kind = "blocks", per = "month", times = "households", less = ["event", "night"], steps = [
    { upto = "50", price = "0.05" }, { upto = "100.5", price = "0.07" }, { price = "0.123456" } ] },
  { code = "event", kind = "flat", of = "event", price = "0.55132" },
  { code = "night", kind = "flat", of = "night", season = "heating", price = "0.0333" },
  { code = "cold", kind = "flat", of = "night", season = "summer", price = "0.0111" },
  { code = "hours", kind = "blocks", per = "month", times = "kw", steps = [
    { upto = "100", price = "0.01" }, { price = "0.005" } ] },
  { code = "kvarh", kind = "flat", of = "kvarh", over_percent = "40", price = "0.0123" },
  { code = "minimum", kind = "minimum", per = "month", single_phase = "30.03", three_phase = "61.5" },
  { code = "reactive", kind = "power_factor", target = "0.9", on = ["energy", "event"], steps = [
    { cos = "0.89", percent = "1.12" }, { cos = "0.6", percent = "3.45" }, { percent = "52.54" } ] },
  { code = "rider", kind = "percent", percent = "-1.5" },
  { code = "rebate", kind = "percent", percent = "-23.5", taxable = false },
  { code = "bank", kind = "bank", price = "0.0473" },
]
[[version]]
from = 2012-02-15
confidence = "invented"
source = "Essai"
billing_demand = { power_factor_percent = "95", winter_ratchet_percent = "65", quantum = "0.1" }
charges = [
  { code = "energy", kind = "blocks", per_days = 1, season = "winter", times = "multiplier", less = ["event"], steps = [
    { upto = "40", price = "0.04774" }, { price = "0.08699" } ] },
  { code = "cold", kind = "flat", season = "summer", price = "0.06905" },
  { code = "event", kind = "flat", of = "event", price = "0.45088" },
  { code = "hours", kind = "demand", per = "month", over = "10", upto = "50.5", price = "1.25" },
  { code = "demand", kind = "demand", per_days = 1, of = "power_factor_excess", season = "heating", price = "0.4317" },
  { code = "peak", kind = "demand", per_days = 30, of = "peak", price = "10.5" },
  { code = "supply", kind = "demand", per_days = 30, price = "0.7131", credit = true },
  { code = "minimum", kind = "minimum", per_days = 30, three_phase = "44.4" },
  { code = "rider", kind = "percent", percent = "13", on = ["hours", "energy.1"] },
]
"""
NAMES = ("access", "once", "off", "event", "night", "cold", "hours", "kvarh", "minimum", "reactive", "rider",
         "rebate", "bank", "demand", "peak", "supply")  # fmt: skip
STRANGE_HEAD = """
net_metering = "injected"
seasons = { heating = { from = "10-01", to = "05-01" } }
[registers]
event = { fr = "Pointe", en = "Event", season = "winter" }
night = { fr = "Nuit", en = "Night" }
injected = { fr = "Injecté", en = "Injected" }
peak = { fr = "Pointe", en = "Peak", unit = "kW" }
[titles]
""" + "\n".join(f'{code} = {{ fr = "x", en = "x" }}' for code in NAMES)


def strange(write: Callable[..., Book], *changes: tuple[str, str]) -> Book:
    """A book with every kind of charge there is, and every way to say them."""
    needs = ('needs = ["kwh"]', 'needs = ["kwh", "kw", "kvarh", "phases"]')
    return write(needs, ("[titles]", STRANGE_HEAD), *changes, versions=STRANGE)
