"""An article is told as it stood on a day, with the figures of that day and the rules that apply it."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from fanal.law import articles
from fanal.law.explain import FIGURES, figure_named
from fanal.law.in_force import PARAMETERS, ParameterError, figures_in_force, read_toml

MUNICIPALITY = "alma"
TODAY, BEFORE = date(2026, 11, 16), date(2019, 3, 31)
FIELD = re.compile(r"\{(\w+)")


@pytest.fixture
def next_edition(tmp_path: Path) -> Path:
    """The same municipality, which gives 30 days to pay from 2027 and says so in other words."""
    shutil.copytree(PARAMETERS / MUNICIPALITY, tmp_path / MUNICIPALITY)
    figures, told = (tmp_path / MUNICIPALITY / name for name in ("ch04_billing.toml", articles.FILE))
    figures.write_text(figures.read_text("utf-8").replace("[payment_days]", "[payment_days]\n2027-01-01 = 30"))
    new = '["4.9"]\ntitle = { fr = "Neuf", en = "New" }\n2027-01-01.fr = "Ainsi."\n2027-01-01.en = "So."\n'
    told.write_text(f"{told.read_text('utf-8')}\n{new}")
    return tmp_path


def test_an_article_says_the_figures_of_its_day() -> None:
    told = articles.article(MUNICIPALITY, "4.3.1", TODAY)

    assert "au plus tard 21\u00a0jours après la date de facturation" in told.gist["fr"]
    assert "at the latest 21\u00a0days after the billing date" in told.gist["en"]
    assert [it.name for it in told.figures] == ["payment_days"]
    assert told.since == date(2019, 4, 1)


def test_a_later_edition_changes_what_is_said_from_its_date_only(next_edition: Path) -> None:
    said = [articles.article(MUNICIPALITY, "4.3.1", on, root=next_edition).gist["fr"] for on in
            (date(2026, 12, 31), date(2027, 1, 1))]  # fmt: skip

    assert ["21\u00a0jours" in it for it in said] == [True, False]
    assert "30\u00a0jours" in said[1]
    assert articles.article(MUNICIPALITY, "4.9", date(2026, 12, 31), root=next_edition).gist == {}
    assert articles.article(MUNICIPALITY, "4.9", date(2027, 1, 1), root=next_edition).gist["fr"] == "Ainsi."


def test_before_the_first_edition_nothing_is_invented() -> None:
    told = articles.article(MUNICIPALITY, "4.3.1", BEFORE)

    assert (told.gist, told.since, told.figures) == ({}, None, ())


def test_a_rule_is_found_by_the_article_that_opens_it_and_its_sentences_need_no_case() -> None:
    rules = {it.name: it.said for it in articles.article(MUNICIPALITY, "4.3.1", TODAY).rules}

    assert {"ch04.due_date", "ch04.payment_delay", "ch04.due_dates"} <= set(rules)
    assert rules["ch04.payment_delay"]["en"][0] == ("Billed on …, to be paid within 21\u00a0days: the delay leads to …")


@pytest.mark.parametrize(
    ("cited", "number", "chapter"),
    [
        ("4.2.1 a)", "4.2.1", "4"),
        ("18.1, tableau I-A, ligne 12", "18.1", "18"),
        ("Conditions de service, art. 4.3.1", "4.3.1", "4"),
        ("Part VIII", "Partie VIII", "VIII"),
        ("Annexe 3", "Annexe 3", "annexes"),
        ("9.1.2 e), annexe 3, ligne 11", "9.1.2", "9"),
        ("hydro_quebec/D", "", ""),
        ("GEN-30 4.3.2", "", ""),
        ("A-2.1 63.8", "", ""),
    ],
)
def test_a_citation_names_its_article(cited: str, number: str, chapter: str) -> None:
    assert articles.number_in(cited) == number
    assert articles.chapter_of(number) == chapter


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("une relève par année est due (art. 4.1.1).", ["art. 4.1.1"]),
        ("one read a year is due (s. 4.1.1).", ["s. 4.1.1"]),
        ("aux dates que donnent les articles 4.3.1 et 4.2.2", ["4.3.1", "4.2.2"]),
        ("84.5 kW and $4.50: 1,234.4 kWh.", []),
        ("Le délai, Partie VIII, art. 4.2.2 a)", ["Partie VIII", "art. 4.2.2 a)"]),
    ],
)
def test_a_sentence_gives_its_articles_and_never_takes_a_quantity_for_one(sentence: str, found: list[str]) -> None:
    assert articles.CITED.findall(sentence) == found


def test_a_chapter_gives_its_articles_in_order() -> None:
    told = articles.chapter(MUNICIPALITY, "7", TODAY)

    assert [it.number for it in told.articles][:4] == ["7.1", "7.1.1", "7.1.2", "7.1.3"]


def test_what_has_no_number_is_refused() -> None:
    with pytest.raises(articles.UnknownArticle, match=r"Aucun article ne porte le numéro 99\.9"):
        articles.article(MUNICIPALITY, "99.9", TODAY)
    with pytest.raises(articles.UnknownArticle, match="Aucun chapitre ne porte le numéro 99"):
        articles.chapter(MUNICIPALITY, "99", TODAY)


def test_a_misspelt_date_is_named(next_edition: Path) -> None:
    told = next_edition / MUNICIPALITY / articles.FILE
    told.write_text(told.read_text("utf-8").replace("2027-01-01.en", "2027-13-01.en"))

    with pytest.raises(ParameterError, match=r"l’article 4\.9 a une clé qui n’est pas une date"):
        articles.chapters(MUNICIPALITY, TODAY, root=next_edition)


def test_every_article_has_its_chapter_and_says_the_same_figures_in_both_languages() -> None:
    document = read_toml(PARAMETERS / MUNICIPALITY / articles.FILE)
    known = {it.name for it in figures_in_force(MUNICIPALITY, TODAY)}

    for number in articles.numbers(MUNICIPALITY):
        assert articles.chapter_of(number) in document["chapters"], number
        for day, texts in document[number].items():
            if day not in ("title", "source"):
                fields = [set(FIELD.findall(texts[lang])) for lang in ("fr", "en")]
                assert fields[0] == fields[1] <= known, (number, day)


def test_every_figure_has_a_name_and_a_value_that_people_read_and_no_name_is_an_orphan() -> None:
    figures = figures_in_force(MUNICIPALITY, TODAY)

    assert {it.name for it in figures} == read_toml(FIGURES).keys()
    assert all(all(figure_named(it, lang)) for it in figures for lang in ("fr", "en"))
    assert {figure_named(it)[1] for it in figures if it.name == "administration_fee_millionths"} == {"1,2\u00a0%"}
