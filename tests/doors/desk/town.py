"""The small town of the desk's tests: how large, since when, and which day it is there."""

from datetime import date

TODAY = date(2026, 11, 16)
POINTS, MONTHS = 60, 14
