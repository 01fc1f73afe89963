"""What the charges of a book may say (composantes tarifaires): one small shape a kind, made of the same few words.

A quantity (`of`, `less`), a condition (`season`), blocks (`steps`, `over`, `upto`), a length (`per_days` or `per`),
what multiplies (`times`), a sign (`credit`). A tariff is a list of these, never a class of its own.
"""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, DoesNotFit, scaled
from fanal.values.refusal import Fault

Confidence = Literal["two_sources", "seen", "derived", "background", "invented"]
FIGURE_MAX = 1_000_000  # a price or a limit: the kernel's sums stay within 63 bits
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
NAME = r"^[a-z][a-z0-9_]*$"


def exact(value: object) -> Decimal:
    """Read a figure written as text or as a TOML number; nothing passes through binary floats."""
    text = str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise Fault("« {value} » n’est pas un nombre décimal simple", value=str(value))
    return Decimal(text)


def fitting(scale: int, least: int = 0, most: int = FIGURE_MAX) -> BeforeValidator:
    """Refuse at the door a figure that its scale cannot hold."""

    def check(value: object) -> Decimal:
        figure = exact(value)
        if not least <= figure <= most:
            raise Fault(
                "« {value} » doit être entre {least} et {most}", value=str(value), least=str(least), most=str(most)
            )
        try:
            scaled(figure, scale)
        except DoesNotFit:
            places = len(str(scale)) - 1
            raise Fault("« {value} » a trop de décimales : {places} au plus", value=str(value), places=places) from None
        return figure

    return BeforeValidator(check)


def plain(value: Decimal) -> str:
    """Write a figure in its one canonical form, for the digest."""
    return format(value.normalize(), "f")


def later(default: Any) -> Any:
    """A key that books did not have at first: while it says nothing new it stays out of the digest of a book."""
    return Field(default=default, exclude_if=lambda value: value == default)


Price = Annotated[Decimal, fitting(PRICE_SCALE), PlainSerializer(plain)]
Amount = Annotated[Decimal, fitting(QUANTITY_SCALE), PlainSerializer(plain)]
Percent = Annotated[Decimal, fitting(PRICE_SCALE // 100, -100, 100), PlainSerializer(plain)]
PowerFactor = Annotated[Decimal, fitting(100, 0, 1), PlainSerializer(plain)]
PerDays = Literal[1, 30]
Per = Literal["month", "bill"]
Name = Annotated[str, Field(pattern=NAME)]


class Page(BaseModel):
    """Anything read from a book: unknown keys refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Page):
    """A wording in both languages."""

    fr: str
    en: str


class ChargeRule(Page):
    """What all charges share; a source or a confidence here overrides that of the version."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
    article: str | None = None
    source: str | None = None
    confidence: Confidence | None = None
    taxable: bool = True


class Timed(ChargeRule):
    """A price, or a limit, for a length of time: per day, per 30 days, per calendar month, or once a bill."""

    per_days: PerDays | None = later(None)
    per: Per | None = later(None)

    @model_validator(mode="after")
    def one_length(self) -> Self:
        """Refuse two lengths, and none."""
        if (self.per_days is None) == (self.per is None):
            raise Fault("il faut « per_days » (1 ou 30) ou « per » (month, bill), et un seul des deux")
        return self


class Energy(ChargeRule):
    """A quantity that flows: the kWh of the bill, reactive energy, or a register of the book, less other registers."""

    of: Name = later("kwh")
    less: tuple[Name, ...] = later(())
    over_percent: Amount | None = later(None)
    season: Name | None = later(None)
    credit: bool = later(False)


class Fixed(Timed):
    """A price for a length of time, times nothing, the dwellings, the households or the boxes (redevance, forfait)."""

    kind: Literal["fixed"]
    price: Price
    times: Literal["multiplier", "units", "households"] | None = None
    season: Name | None = later(None)
    credit: bool = later(False)


class Flat(Energy):
    """One price for every kWh."""

    kind: Literal["flat"]
    price: Price


class Step(Page):
    """One block: its price, and the cumulated width it goes up to (the last one is open)."""

    upto: Amount | None = None
    price: Price


class Blocks(Timed, Energy):
    """Progressive blocks (tranches); their limits follow the days or the months, and what multiplies them."""

    kind: Literal["blocks"]
    times: Literal["multiplier", "households", "kw"] | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def limits_increase(self) -> Self:
        """Refuse limits that do not grow, and a last block that is closed."""
        limits = [step.upto for step in self.steps]
        if limits[-1] is not None:
            raise Fault("la dernière tranche doit être sans limite (pas de « upto »)")
        closed = [limit for limit in limits[:-1] if limit is not None and limit > 0]
        if len(closed) != len(limits) - 1 or any(after <= before for before, after in pairwise(closed)):
            raise Fault("les limites des tranches (« upto ») ne sont pas croissantes")
        return self


class Demand(Timed):
    """A price per kW above a base and up to a limit, in one season or all year (prime de puissance).

    Of the billing demand; or of what kVA count for beyond the real kW (`power_factor_excess`); or of a register in kW.
    """

    kind: Literal["demand"]
    price: Price
    of: Name = later("billing_kw")
    over: Amount = Decimal(0)
    over_per_multiplier: Amount = Decimal(0)
    upto: Amount | None = later(None)
    season: Name | None = None
    credit: bool = later(False)

    @model_validator(mode="after")
    def limit_above_base(self) -> Self:
        """Refuse a limit that leaves nothing to bill."""
        if self.upto is not None and self.upto <= self.over:
            raise Fault("« upto » doit dépasser « over »")
        return self


class Minimum(Timed):
    """What the lines before it must reach, by number of phases (facture minimale); nothing for phases not named."""

    kind: Literal["minimum"]
    single_phase: Price | None = later(None)
    three_phase: Price | None = later(None)

    @model_validator(mode="after")
    def of_some_phases(self) -> Self:
        """Refuse a minimum that is asked of nobody."""
        if self.single_phase is None and self.three_phase is None:
            raise Fault("il faut « single_phase », « three_phase », ou les deux")
        return self


class Share(ChargeRule):
    """A percentage, that may be negative, of the lines named `on`, or of all those before it (majoration, rabais)."""

    kind: Literal["percent"]
    percent: Percent
    on: tuple[str, ...] = ()


class PowerFactorStep(Page):
    """The percentage from this cos φ up to that of the step before; the last one has none and takes the rest."""

    cos: PowerFactor | None = None
    percent: Percent


class PowerFactorShare(ChargeRule):
    """A percentage of lines that follows the power factor, below a target (énergie réactive)."""

    kind: Literal["power_factor"]
    target: PowerFactor
    steps: Annotated[tuple[PowerFactorStep, ...], Field(min_length=1)]
    on: tuple[str, ...] = ()

    @model_validator(mode="after")
    def steps_decrease(self) -> Self:
        """Refuse steps that do not go down from the target to an open one."""
        bounds = [self.target] + [step.cos for step in self.steps[:-1] if step.cos is not None]
        if self.steps[-1].cos is not None or len(bounds) != len(self.steps):
            raise Fault("le dernier palier, et lui seul, doit être sans « cos »")
        if any(lower >= upper for upper, lower in pairwise(bounds)) or bounds[-1] <= 0:
            raise Fault("les « cos » des paliers ne décroissent pas depuis la cible (« target »)")
        return self


class Bank(ChargeRule):
    """What a kWh left in the bank of net metering is worth when the bank ends (mesurage net)."""

    kind: Literal["bank"]
    price: Price


Rule = Annotated[
    Fixed | Flat | Blocks | Demand | Minimum | Share | PowerFactorShare | Bank, Field(discriminator="kind")
]


class Lookback(Page):
    """Which past periods a least demand is a share of: the last so many, in a season, or of some months."""

    percent: Amount
    periods: Annotated[int, Field(ge=1, le=60)] = 11
    season: Name | None = None
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()


class BillingDemand(Page):
    """How billing demand is found: the percent of kVA that counts as kW, and of a past demand that remains.

    Each of them is rounded to the `quantum`: a tenth of a kW, say.
    """

    power_factor_percent: Amount | None = None
    winter_ratchet_percent: Amount | None = None
    lookback: Lookback | None = later(None)
    quantum: Amount = later(Decimal("0.001"))
    article: str | None = None

    @property
    def ratchet(self) -> Lookback | None:
        """The look-back in force; `winter_ratchet_percent` is the winter's, over this period and eleven past ones."""
        if self.winter_ratchet_percent is None:
            return self.lookback
        return Lookback(percent=self.winter_ratchet_percent, season="winter")
