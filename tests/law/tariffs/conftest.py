"""Small books written for one test, and the way to the oracle."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import PARAMETERS, read

sys.path.insert(0, str(Path(__file__).parents[3]))

HEAD = """
kind = "tariff"
code = "essai/E"
title = { fr = "Essai", en = "Trial" }
utility = "Essai"
currency = "CAD"
cent = "0.01"
proration = "days"
rounding = "half_up"
power_metered = false
flat_rate = false
needs = ["kwh"]
taxes = ["canada/gst", "quebec/qst"]
winter = { from = "12-01", to = "04-01" }
[titles]
energy = { fr = "Énergie", en = "Energy" }
"""
VERSIONS = """
[[version]]
from = 2010-04-01
to = 2012-04-01
confidence = "invented"
source = "Essai"
charges = [ { code = "energy", kind = "flat", price = "0.10" } ]
[[version]]
from = 2012-04-01
to = 2015-04-01
confidence = "invented"
source = "Essai"
charges = [ { code = "energy", kind = "flat", price = "0.20" } ]
"""


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    """A folder of parameters with the real taxes."""
    for folder in ("canada", "quebec", "essai"):
        (tmp_path / folder).mkdir()
    for tax in ("canada/gst.toml", "quebec/qst.toml"):
        (tmp_path / tax).write_text((PARAMETERS / tax).read_text("utf-8"), "utf-8")
    return tmp_path


@pytest.fixture
def write(parameters: Path) -> Callable[..., Book]:
    """Write a book from its head and versions, with replacements, and read it."""

    def written(*changes: tuple[str, str], head: str = HEAD, versions: str = VERSIONS) -> Book:
        text = head + versions
        for old, new in changes:
            assert old in text, f"nothing to change: {old}"
            text = text.replace(old, new, 1)
        path = parameters / "essai" / "E.toml"
        path.write_text(text, "utf-8")
        return read(path, parameters)

    return written
