"""Figures are dated data; a file that lies is refused with its name and the key."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fanal.law.conditions import ch04_billing, ch18_fees
from fanal.law.in_force import DatedTerms, ParameterError, in_force
from fanal.law.metering import plausibility

HEAD = 'source = "Règlement"\n[delay_days]\narticle = "1.1"\n'
RATE = '[rate]\narticle = "1.2"\nsource = "Ailleurs"\n2019-04-01 = 0.0120\n'
ON = date(2026, 1, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    delay_days: int
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(DatedTerms):
    names: tuple[str, ...]
    rate: Decimal


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "ville").mkdir()
    (tmp_path / "ville" / "chapitre.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_figure_holds_from_its_date_until_the_next(tmp_path: Path) -> None:
    root = written(tmp_path, HEAD + "2019-04-01 = 21\n2026-01-12 = 30\n" + RATE)

    before = in_force(Terms, "ville", "chapitre", on=date(2026, 1, 11), root=root)
    after = in_force(Terms, "ville", "chapitre", on=ON, root=root)

    assert (before.delay_days, after.delay_days) == (21, 30)
    assert after.figure("delay_days").since == ON
    assert after.rate == Decimal("0.0120")
    assert after.figure("rate").source == "Ailleurs"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "2019-04-01 = 21\n", "« rate » manque"),
        (HEAD + "2019-04-01 = 21\n" + RATE + RATE.replace("rate", "rat"), "« rat » n’est attendue"),
        (HEAD + '2019-04-01 = "21"\n' + RATE, "« delay_days » vaut '21'; il faut un nombre entier"),
        (HEAD + "2019-04-01 = 21.5\n" + RATE, "il faut un nombre entier"),
        (HEAD + "2019-04-01 = true\n" + RATE, "il faut un nombre entier"),
        (HEAD + "2027-04-01 = 21\n" + RATE, "n’a pas de valeur au 2026-01-12"),
        (HEAD + "avril = 21\n" + RATE, r"« delay_days » a une clé qui n’est pas une date \(avril\)"),
        (HEAD + RATE, "« delay_days » n’a aucune valeur datée"),
        ("delay_days = 21\n" + RATE, "« delay_days » doit être une table"),
        ("[delay_days]\n2019-04-01 = 21\n" + RATE, "« delay_days » doit citer son article"),
        ("[delay_days", "ne se lit pas"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as refused:
        in_force(Terms, "ville", "chapitre", on=ON, root=written(tmp_path, text))

    assert str(refused.value).startswith("ville/chapitre.toml")


def test_a_list_is_read_as_it_is_and_a_whole_number_as_a_number(tmp_path: Path) -> None:
    root = written(
        tmp_path, '[names]\narticle = "1"\nsource = "s"\n2019-04-01 = ["a", "b"]\n' + RATE + "2020-01-01 = 2\n"
    )

    terms = in_force(Names, "ville", "chapitre", on=ON, root=root)

    assert (terms.names, terms.rate) == (("a", "b"), Decimal(2))


def test_a_list_of_other_things_is_refused(tmp_path: Path) -> None:
    root = written(tmp_path, '[names]\narticle = "1"\nsource = "s"\n2019-04-01 = ["a", 2]\n' + RATE)

    with pytest.raises(ParameterError, match="il faut une liste de textes"):
        in_force(Names, "ville", "chapitre", on=ON, root=root)


def test_an_unknown_municipality_is_named() -> None:
    with pytest.raises(ParameterError, match=r"nulle_part/ch04_billing.toml : ce fichier"):
        in_force(ch04_billing.Terms, "nulle_part", "ch04_billing", on=ON)


def test_every_file_of_alma_loads_on_the_first_day_of_its_edition() -> None:
    first_day = date(2019, 4, 1)

    assert in_force(ch04_billing.Terms, "alma", "ch04_billing", on=first_day).payment_days == 21
    assert in_force(ch18_fees.Terms, "alma", "ch18_fees", on=first_day).administration_fee_millionths == 12000
    assert in_force(plausibility.Terms, "alma", "plausibility", on=first_day).high_use_percent == 300
