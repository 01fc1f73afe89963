"""Every article that the product cites, anywhere, opens on its text: it has its entry in articles.toml."""

import re
from collections.abc import Iterator
from pathlib import Path

from fanal.law import articles
from fanal.law.in_force import PARAMETERS, figures_in_force
from fanal.values.dates import from_days

PRODUCT = PARAMETERS.parents[1]
MUNICIPALITY = "alma"
READ = {".py", ".toml", ".html", ".po", ".sql", ".typ"}
# What speaks of another text (Hydro-Québec's rates, tax laws), and the page of samples.
OTHER_TEXTS = {PRODUCT / "law" / "tariffs", PRODUCT / "doors" / "desk" / "templates" / "desk" / "styles"}
OTHER_LAWS = ("GEN-30 ", "A-2.1 ")  # their text is not told by the product
IN_TEXT = re.compile(
    r"(?:\bart\.|\barticles?|\bs\.) (\d+(?:\.\d+)+)|\"(\d+(?:\.\d+){2})(?: [a-h]\))?\"|\b(Partie VIII)\b"
)


def cited_in(text: str) -> Iterator[str]:
    """The articles of the bylaw that a file names: « art. 4.1.2 », "4.3.1"."""
    for found in IN_TEXT.finditer(text):
        yield next(filter(None, found.groups()))


def files() -> Iterator[Path]:
    for path in sorted(PRODUCT.rglob("*")):
        elsewhere = any(it in path.parents for it in OTHER_TEXTS)
        prices = path.parent.parent == PARAMETERS and path.parent.name != MUNICIPALITY
        if path.suffix in READ and not elsewhere and not prices:
            yield path


def cited() -> dict[str, str]:
    """Each article with one place where it is cited: by a figure, by a rule, in a sentence or on a page."""
    found = {number: path.name for path in files() for number in cited_in(path.read_text("utf-8"))}
    last_day = from_days(2**20)
    figures = [it for it in figures_in_force(MUNICIPALITY, last_day) if not it.article.startswith(OTHER_LAWS)]
    found |= {articles.number_in(it.article): it.name for it in figures}
    return found | {number: rules[0] for number, rules in articles.rules_by_article().items()}


def test_every_article_that_is_cited_has_its_entry() -> None:
    missing = {number: where for number, where in cited().items() if number not in articles.numbers(MUNICIPALITY)}

    assert missing == {}


def test_enough_is_looked_at() -> None:
    assert {"4.1", "4.1.1", "4.1.2", "4.2.2", "4.3.1", "4.3.5", "5.2.1", "18.1", "Partie VIII"} <= cited().keys()


def test_a_missing_entry_would_be_seen() -> None:
    planted = 'ground("9.9.9", "planted", True)  # art. 7.7 and “s. 8.8”; 84.5 kW'

    assert set(cited_in(planted)) == {"9.9.9", "7.7", "8.8"}
