"""Tariffs: books of dated prices (`shelf`, `book`), the kernel that rates bills (`rate`), their wording (`lines`)."""

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import winter_peak
from fanal.law.tariffs.inputs import Quantities, Refusal
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.shelf import BookError, UnknownBook, catalogue, load
from fanal.law.tariffs.taxes import taxes_on

__all__ = [
    "Book",
    "BookError",
    "Charge",
    "Quantities",
    "Rated",
    "Refusal",
    "UnknownBook",
    "catalogue",
    "load",
    "rate",
    "taxes_on",
    "winter_peak",
]
