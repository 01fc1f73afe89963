"""The screens speak English as wholly as they speak French, and the compiled catalogue is that of its sources."""

import pytest
from babel.messages.catalog import Catalog

from docs.messages import COMPILED, compiled, made, untranslated


def test_every_sentence_of_the_screens_has_its_english() -> None:
    assert {section: found for section, some in made().items() if (found := untranslated(some))} == {}


def test_the_compiled_catalogue_is_that_of_its_sources() -> None:
    assert COMPILED.read_bytes() == compiled(list(made().values())), "run « make messages »"


def test_a_missing_translation_and_a_double_one_would_be_seen() -> None:
    silent, one, other = Catalog(locale="en"), Catalog(locale="en"), Catalog(locale="en")
    silent.add("Lot")
    one.add("Lot", "Run")
    other.add("Lot", "Batch")

    assert untranslated(silent) == ["Lot"]
    with pytest.raises(ValueError, match="deux traductions"):
        compiled([one, other])
