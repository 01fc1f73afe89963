"""The screens speak English as wholly as they speak French, and the compiled catalogue is that of its sources."""

import ast
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog

from docs.messages import COMPILED, DESK, KEYWORDS, compiled, made, sections, sentences, untranslated


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


def said_alone_and_with_a_plural(said: Iterable[str | tuple[str, str]]) -> set[str]:
    """Sentences whose English is found in one of the two only: gettext keeps them apart."""
    every = list(said)
    return {it for it in every if isinstance(it, str)} & {it[0] for it in every if isinstance(it, tuple)}


def test_no_sentence_is_said_alone_and_with_a_plural() -> None:
    every = (said for files in sections().values() for path in files for said in sentences(path))

    assert said_alone_and_with_a_plural(every) == set()
    assert said_alone_and_with_a_plural(["Un lot", ("Un lot", "Des lots"), "Lot"]) == {"Un lot"}


def hidden_words(source: str) -> list[str]:
    """Sentences said inside an f-string, where the gathering of `make messages` does not look."""
    calls = (it for text in ast.walk(ast.parse(source)) if isinstance(text, ast.JoinedStr) for it in ast.walk(text))
    return [
        str(it.args[0].value) for it in calls
        if isinstance(it, ast.Call) and isinstance(it.func, ast.Name) and it.func.id in KEYWORDS
        and it.args and isinstance(it.args[0], ast.Constant)
    ]  # fmt: skip


def test_no_sentence_hides_from_its_translation() -> None:
    found = {it.name: hidden for it in DESK.rglob("*.py") if (hidden := hidden_words(it.read_text(encoding="utf-8")))}

    assert found == {}
    assert hidden_words("f\"{far}, {_('fin vers midi')}\"") == ["fin vers midi"]
