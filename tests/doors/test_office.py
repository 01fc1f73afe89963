"""The office opens on tables of its own version, and only `fanal migrate` (and the demo) make them so."""

import pytest
from django.db import connection

from fanal.doors import office
from fanal.doors.cli import main


@pytest.fixture
def an_older_database(db: None) -> None:
    """A database that lacks the last change of a room."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0003_never_over_allocated'")


@pytest.mark.django_db
def test_an_office_whose_tables_are_up_to_date_opens():
    office.open_office()


def test_a_command_that_asks_alters_nothing_and_says_what_to_do(an_older_database, capsys):
    with pytest.raises(SystemExit) as refused:
        main(["close-period", "--through", "2026-01-31", "--by", "luc"])
    assert str(refused.value.code) == (
        "La base n’est pas à jour, un changement de tables attend : « fanal migrate » met les tables à jour."
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE name = '0003_never_over_allocated'")
        assert cursor.fetchone() == (0,)


def test_migrate_applies_what_waits_and_says_how_much(an_older_database, capsys):
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION payments_check_allocations CASCADE")
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "Les tables sont à jour : un changement appliqué.\nLes tables étaient à jour.\n"
    office.open_office()
