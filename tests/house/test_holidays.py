"""The dated holidays must be there before they are needed: a delay beyond them is refused."""

from datetime import date, timedelta

import pytest
from django.conf import settings

from fanal.law.delays import holidays, last_day
from fanal.values.dates import add_months

MONTHS_AHEAD = 18
# The one place of the suite that reads the clock: the file must be completed in time for the people who use it.
TODAY = date.today()  # noqa: TID251, DTZ011 - see above


def test_the_holidays_reach_eighteen_months_ahead() -> None:
    assert holidays(settings.FANAL_BYLAW).covers.contains(add_months(TODAY, MONTHS_AHEAD))


def test_a_day_beyond_the_known_holidays_is_refused_rather_than_guessed() -> None:
    known = holidays(settings.FANAL_BYLAW)

    with pytest.raises(ValueError, match="ne sont connus que"):
        last_day(known.covers.ends_on - timedelta(days=3), 21, known)
