"""Columns go into PostgreSQL and come back the same, or are refused."""

from datetime import date

import numpy as np
import pytest
from django.db import connection

from fanal.records import columns

pytestmark = pytest.mark.django_db
KINDS = {"a": "int64", "b": "int32", "c": "int16", "d": "bool", "e": "datetime64[D]"}
EXTREMES = {
    "a": np.array([-(2**63), 0, 2**63 - 1], np.int64),
    "b": np.array([-(2**31), 0, 2**31 - 1], np.int32),
    "c": np.array([-(2**15), 0, 2**15 - 1], np.int16),
    "d": np.array([True, False, True]),
    "e": np.array(["1900-01-01", "2000-01-01", "9999-12-31"], "datetime64[D]"),
}


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE every_kind (a bigint, b integer, c smallint, d boolean, e date) ON COMMIT DROP"
        )
        yield cursor


def test_what_is_written_is_read_back_to_the_last_bit(table):
    columns.write(table, "every_kind", EXTREMES)
    back = columns.read(table, "SELECT a, b, c, d, e FROM every_kind ORDER BY a", KINDS)
    for name, column in EXTREMES.items():
        assert back[name].dtype == column.dtype
        assert (back[name] == column).all()


def test_no_row_is_a_table_too(table):
    columns.write(table, "every_kind", {name: column[:0] for name, column in EXTREMES.items()})
    assert len(columns.read(table, "SELECT a FROM every_kind", {"a": "int64"})["a"]) == 0


def test_a_query_takes_parameters(table):
    columns.write(table, "every_kind", EXTREMES)
    found = columns.read(
        table, "SELECT c FROM every_kind WHERE e < %(before)s AND a = ANY(%(of)s)", {"c": "int16"},
        {"before": date(1999, 1, 1), "of": [-(2**63), 0]},
    )  # fmt: skip
    assert found["c"].tolist() == [-(2**15)]


def test_a_null_is_refused_rather_than_read_as_zero(table):
    table.execute("INSERT INTO every_kind (a, b) VALUES (1, NULL)")
    with pytest.raises(ValueError, match="null"):
        columns.read(table, "SELECT a, b FROM every_kind", {"a": "int64", "b": "int32"})


def test_another_width_is_refused_rather_than_misread(table):
    table.execute("INSERT INTO every_kind (a, b) VALUES (1, 2)")
    with pytest.raises(ValueError, match="not"):
        columns.read(table, "SELECT a, b FROM every_kind", {"a": "int32", "b": "int64"})


def test_a_binary_float_has_no_way_in():
    with pytest.raises(KeyError):
        columns.encode({"amount": np.array([1.5])})
