"""The registers that a book names (registres): what each one counts, and which quarter-hours fall in it."""

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, PlainSerializer

from fanal.law.tariffs.rules import Name, Page, Text, exact, plain

KindOfDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
EVERY_DAY: tuple[KindOfDay, ...] = get_args(KindOfDay)
QUARTER = r"^([01][0-9]|2[0-3]):(00|15|30|45)$|^24:00$"
MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"

Celsius = Annotated[Decimal, BeforeValidator(exact), PlainSerializer(plain)]


class Season(Page):
    """A stretch of every year, as month-day; `to` is excluded."""

    from_day: Annotated[str, Field(alias="from", pattern=MONTH_DAY)]
    to_day: Annotated[str, Field(alias="to", pattern=MONTH_DAY)]


class Hours(Page):
    """Hours of some days, in one season or all year; past midnight where `to` is not after `from`."""

    from_hour: Annotated[str, Field(alias="from", pattern=QUARTER)]
    to_hour: Annotated[str, Field(alias="to", pattern=QUARTER)]
    days: Annotated[tuple[KindOfDay, ...], Field(min_length=1)] = EVERY_DAY
    season: Name | None = None


class Register(Text):
    """One register: its wording, its unit, the season outside which it does not run, and its quarter-hours.

    A quarter-hour goes to the first register of the book whose conditions (`event`, `below`, `hours`) it meets; a
    register without any takes what the others leave.
    """

    unit: Literal["kWh", "kW"] = "kWh"
    season: Name | None = None
    event: bool = False
    below: Celsius | None = None
    hours: tuple[Hours, ...] = ()

    @property
    def conditional(self) -> bool:
        """Whether it takes some quarter-hours only."""
        return self.event or self.below is not None or bool(self.hours)
