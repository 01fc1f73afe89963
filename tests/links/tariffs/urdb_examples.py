"""Small rates written as URDB writes them, for the tests."""

import copy
from typing import Any

SUMMER = (5, 6, 7, 8)  # June to September, from 0
LATE = range(14, 19)


def by_month(summer: int, winter: int) -> list[list[int]]:
    """Twelve months of 24 hours, the summer's period and that of the rest of the year."""
    return [[summer if month in SUMMER else winter] * 24 for month in range(12)]


def by_hour(late: int, other: int, winter: int) -> list[list[int]]:
    """Late hours of the summer apart."""
    return [
        [(late if hour in LATE else other) if month in SUMMER else winter for hour in range(24)] for month in range(12)
    ]


HOUSES: dict[str, Any] = {
    "label": "0123456789abcdef01234567",
    "uri": "https://apps.openei.org/USURDB/rate/view/0123456789abcdef01234567",
    "name": "Residential Service (RS-1)",
    "utility": "Cedar Falls Utilities",
    "eiaid": 99999,
    "country": "USA",
    "sector": "Residential",
    "approved": True,
    "startdate": 1704088800,
    "source": "https://example.org/rs1.pdf",
    "revisions": [1704088800],
    "description": "Single-family homes.",
    "fixedchargefirstmeter": 8.5,
    "fixedchargeunits": "$/month",
    "mincharge": 15,
    "minchargeunits": "$/month",
    "energyratestructure": [
        [{"max": 500, "rate": 0.08, "adj": 0.002, "unit": "kWh"}, {"rate": 0.11, "adj": 0.002, "unit": "kWh"}],
        [{"rate": 0.075, "adj": 0.0020000000000000018}],
    ],
    "energyweekdayschedule": by_month(0, 1),
    "energyweekendschedule": by_month(0, 1),
}

FACTORY: dict[str, Any] = {
    "label": "fedcba987654321001234567",
    "name": "Industrial Time of Use",
    "utility": "Cedar Falls Utilities",
    "country": "USA",
    "approved": True,
    "startdate": "2024-01-01",
    "fixedchargefirstmeter": 100,
    "fixedchargeunits": "$/month",
    "demandwindow": 15,
    "flatdemandunit": "kW",
    "flatdemandstructure": [[{"max": 50, "rate": 5}, {"rate": 4}]],
    "flatdemandmonths": [0] * 12,
    "demandrateunit": "kW",
    "demandratestructure": [[{"rate": 0}], [{"rate": 12}]],
    "demandweekdayschedule": by_hour(1, 0, 0),
    "demandweekendschedule": by_hour(0, 0, 0),
    "energyratestructure": [[{"rate": 0.07}], [{"rate": 0.09}], [{"rate": 0.24}]],
    "energyweekdayschedule": by_hour(2, 1, 0),
    "energyweekendschedule": by_hour(1, 1, 0),
}


def changed(rate: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The same rate with other fields; None takes one away."""
    found = copy.deepcopy(rate) | fields
    return {key: it for key, it in found.items() if it is not None}
