"""The office opens on tables of its own version, and only `fanal migrate` (and the demo) make them so."""

from datetime import date

import pytest
from django.db import connection

from fanal.doors import office
from fanal.doors.cli import main
from fanal.doors.demo.standing import ABOUT, FINISHED
from fanal.records.journal import acts as journal


@pytest.fixture
def an_older_database(db: None) -> None:
    """A database that lacks the last change of a room."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0011_settled_once'")


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
        cursor.execute("SELECT count(*) FROM django_migrations WHERE name = '0011_settled_once'")
        assert cursor.fetchone() == (0,)


def test_migrate_applies_what_waits_and_says_how_much(an_older_database, capsys):
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "Les tables sont à jour : un changement appliqué.\nLes tables étaient à jour.\n"
    office.open_office()


def finish_the_demo(on: date) -> None:
    journal.record(FINISHED, about=ABOUT, by="démonstration", on=on, grounds={"today": on.isoformat()})


@pytest.mark.django_db
def test_where_the_demo_stands_every_command_lives_on_its_day(settings):
    settings.FANAL_TODAY = None
    office.open_office()
    assert settings.FANAL_TODAY is None
    finish_the_demo(date(2026, 11, 16))

    office.open_office()

    assert office.today() == date(2026, 11, 16)


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "demo_logins"), [(date(2026, 11, 30), True), (None, False)])
def test_a_given_day_and_a_real_office_do_not_follow_the_demo(settings, given, demo_logins):
    settings.FANAL_TODAY, settings.FANAL_DEMO_LOGINS = given, demo_logins
    finish_the_demo(date(2026, 11, 16))

    office.open_office()

    assert given == settings.FANAL_TODAY
