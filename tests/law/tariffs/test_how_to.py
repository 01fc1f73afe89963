"""The pages that tell how to change a price and how to write a tariff are followed to the letter."""

import json
import re
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import PARAMETERS, BookError, read
from tests.law.tariffs.campaign import bill_of, cases, disagreements, kernel
from tests.law.tariffs.oracle import Case

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of a page, in that language."""
    text = (HOW_TO / page).read_text("utf-8")
    return [
        textwrap.dedent(it) for it in re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    ]


@pytest.fixture
def taxes(tmp_path: Path) -> Path:
    """A folder of parameters with the real taxes alone."""
    for tax in ("canada/gst.toml", "quebec/qst.toml"):
        (tmp_path / tax).parent.mkdir()
        (tmp_path / tax).write_text((PARAMETERS / tax).read_text("utf-8"), "utf-8")
    return tmp_path


def kept(root: Path, code: str, text: str) -> Book:
    """Write a book where the page says, and read it as the command that checks does."""
    path = root / f"{code}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return read(path, root)


def test_a_price_changes_as_the_page_says(taxes: Path) -> None:
    end, version = blocks("change-a-price.md", "toml")
    text = (PARAMETERS / "hydro_quebec/D.toml").read_text("utf-8")
    head, last = text.rsplit("[[version]]\n", 1)
    with_end = re.sub(r"(from = .*\n)", rf"\1{end}", last, count=1)
    book = kept(taxes, "hydro_quebec/D", f"{head}[[version]]\n{with_end}\n{version}")

    changes_on = date.fromisoformat(end.split(" = ")[1].strip())
    assert book.versions[-1].from_on == changes_on
    straddling = Case(date(2027, 3, 1), date(2027, 5, 1), Decimal(2400))
    prices = {line[0:2] for line in bill_of(kernel(book, [straddling]), 0).lines}
    assert {start for _, start in prices} == {straddling.start, changes_on}
    assert disagreements(book, cases(book, 200, 1), taxes) == []


def test_a_version_added_without_ending_the_one_before_is_refused(taxes: Path) -> None:
    _, version = blocks("change-a-price.md", "toml")
    text = (PARAMETERS / "hydro_quebec/D.toml").read_text("utf-8")
    with pytest.raises(BookError, match="date de fin manquante"):
        kept(taxes, "hydro_quebec/D", f"{text}\n{version}")


def test_a_tariff_is_written_as_the_page_says(taxes: Path) -> None:
    (text,), (asked,) = blocks("write-a-tariff.md", "toml"), blocks("write-a-tariff.md", "json")
    request = json.loads(asked)
    book = kept(taxes, request["book"], text)
    registers = {name: Decimal(value) for name, value in request["registers"].items()}
    days = (date.fromisoformat(request[side]) for side in ("from", "to"))
    found = bill_of(kernel(book, [Case(*days, Decimal(request["kwh"]), registers=registers)]), 0)

    page = (HOW_TO / "write-a-tariff.md").read_text("utf-8")
    told = re.findall(r"\| `([\w.]+)` \| (\S+) \| (\S+) \|", page)
    assert [(code, quantity, amount) for code, _, _, quantity, amount in found.lines] == [
        (code, Decimal(quantity), Decimal(amount)) for code, quantity, amount in told
    ]
    assert disagreements(book, cases(book, 200, 1), taxes) == []


def test_the_page_that_explains_names_every_word_of_a_book() -> None:
    page = (HOW_TO.parent / "explanation" / "how-a-bill-is-priced.md").read_text("utf-8")
    words = {"of", "less", "season", "steps", "over", "upto", "over_percent", "per_days", "per", "times", "credit"}
    words |= {"taxable", "percent", "lookback", "net_metering", "bank_ends", "gap_before", "quantum", "below"}
    assert [word for word in sorted(words) if not re.search(rf"`[^`]*\b{word}\b[^`]*`", page)] == []


KINDS = (
    "Fixed charges, lump sums", "Blocks", "Multipliers and households", "Calendar months", "Seasonal prices",
    "Time of use and critical peak", "From quarter-hours to registers", "Temperature-driven dual energy", "Power",
    "Power factor", "Ratchets and look-backs", "Reactive energy", "Winter credit and other credits", "Net metering",
    "Percentage riders and rebates", "Minimum bill", "Wholesale", "Rounding", "Taxes",
)  # fmt: skip
BESIDES = ("Refusals", "Proration", "Where registers come from")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_charge_is_told_in_prose(kind: str) -> None:
    page = (HOW_TO.parent / "explanation" / "how-a-bill-is-priced.md").read_text("utf-8")
    (told,) = re.findall(rf"^\*\*{re.escape(kind)}\.\*\* (.*?)(?:\n\n|\Z)", page, re.DOTALL | re.MULTILINE)
    assert len(told.split()) > 12


def test_no_paragraph_tells_a_kind_that_the_list_forgot() -> None:
    page = (HOW_TO.parent / "explanation" / "how-a-bill-is-priced.md").read_text("utf-8")
    steps = page[page.index("## The steps") : page.index("### Negative kWh")]
    assert set(re.findall(r"^\*\*(.+?)\.\*\*", steps, re.MULTILINE)) == {*KINDS, *BESIDES}
