"""The screens speak English as wholly as they speak French, and the compiled catalogue is that of its sources."""

import ast
import re
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog
from django.db import connection
from django.utils import translation
from tree import ROOMS

from docs.messages import (
    COMPILED,
    DESK,
    FRENCH,
    KEYWORDS,
    REFUSALS,
    compiled,
    filled,
    made,
    plurals,
    refusals,
    sections,
    sentences,
    untranslated,
)
from fanal.records.journal.refusals import RAISED


def test_every_sentence_of_the_screens_has_its_english() -> None:
    assert {section: found for section, some in made().items() if (found := untranslated(some))} == {}


def test_the_compiled_catalogues_are_those_of_their_sources() -> None:
    assert COMPILED.read_bytes() == compiled(list(made().values())), "run « make messages »"
    assert FRENCH.read_bytes() == plurals(list(made().values())), "run « make messages »"


@pytest.mark.parametrize(("lang", "none"), [("fr", "0 facture"), ("en", "0 bills")])
def test_nothing_is_one_in_french_and_several_in_english(lang: str, none: str) -> None:
    with translation.override(lang):
        said = [translation.ngettext("%(shown)s facture", "%(shown)s factures", it) for it in (0, 1, 2)]

    assert said[0] % {"shown": 0} == none
    assert said[1] != said[2]


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


def test_no_refusal_has_its_facts_in_its_french_already() -> None:
    files = sections()[REFUSALS]
    found = {it.name: said for it in files if (said := filled(ast.parse(it.read_text(encoding="utf-8"))))}

    assert found == {}
    planted = (
        'refuse(f"Le lot {run} manque."); Problem(1, "run", str(fault)); refuse("Le lot {run} manque.", run=str(it))'
    )
    assert filled(ast.parse(planted)) == ["f'Le lot {run} manque.'", "str(fault)"]


def test_a_refusal_that_ends_with_a_fact_is_gathered_by_the_name_of_its_constant() -> None:
    planted = 'BROKEN = "Rien ne part : {codes}. {then}"\nrefuse(BROKEN, field="codes", then=Phrase("Recommencer."))'

    assert set(refusals(ast.parse(planted))) == {"Rien ne part : {codes}. {then}", "Recommencer."}


# What a template says through its translation, and what it says to who reads it.
TRANSLATED = re.compile(r"{#.*?#}|{% blocktranslate.*?endblocktranslate %}|{% translate .*?%}", re.DOTALL)
FRENCH_MARKS = re.compile(r"[«»]|[ \N{NO-BREAK SPACE}][:;](?=[ <\"])")


def french_marks(template: str) -> list[str]:
    """Quotation marks and spaced colons that an English page would show as the French one does."""
    return FRENCH_MARKS.findall(TRANSLATED.sub("", template))


def test_no_template_writes_the_marks_of_french_around_what_it_shows() -> None:
    templates = (it for it in DESK.rglob("*.html") if "styles" not in it.parts)
    found = {it.name: marks for it in templates if (marks := french_marks(it.read_text(encoding="utf-8")))}

    assert found == {}
    assert french_marks("{{ day }} : « {{ reason }} » {% translate ' : ' %}") == [" :", "«", "»"]


def other_facts(catalogue: Catalog) -> list[str]:
    """Sentences whose English asks for other facts than their French."""
    asked = re.compile(r"\{(\w+)\}")
    return [str(it.id) for it in catalogue if it.id and set(asked.findall(it.id)) != set(asked.findall(it.string))]


def test_the_english_of_a_refusal_asks_for_the_same_facts() -> None:
    planted = Catalog(locale="en")
    planted.add("Le lot {run} manque.", "Run {lot} is missing.")

    assert other_facts(made()[REFUSALS]) == []
    assert other_facts(planted) == ["Le lot {run} manque."]


# What a function of a trigger raises: its sentence, which may go on over several strings.
RAISES = re.compile(r"RAISE EXCEPTION ((?:'[^']*'\s*)+)")


@pytest.mark.django_db
def test_what_triggers_say_is_what_the_desk_can_say_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE split_part(proname, '_', 1) = ANY(%s)", [list(ROOMS)])
        sources = "".join(source for (source,) in cursor.fetchall())

    raised = {"".join(re.findall("'([^']*)'", it)) for it in RAISES.findall(sources)}
    assert raised == {re.sub(r"\{\w+\}", "%", it) for it in RAISED}
