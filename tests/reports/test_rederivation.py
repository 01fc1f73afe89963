"""I24 in ranges of bill ids: none is left out, none is read twice, and each range is found by its index."""

from django.db import connection

from fanal.reports import rederivation


def test_ranges_of_bills_cover_each_bill_and_line_once(town, sql, monkeypatch):
    monkeypatch.setattr(rederivation, "CHUNK", 3)
    with connection.cursor() as cursor:
        chunks = list(rederivation._chunks(cursor))
    assert len(chunks) > 3
    assert [it for bills, _ in chunks for it in bills["id"].tolist()] == [
        id for (id,) in sql("SELECT id FROM billing_bill ORDER BY id")
    ]
    assert [(sum(len(lines["bill_id"]) for _, lines in chunks),)] == sql("SELECT count(*) FROM billing_line")
    assert rederivation.differences(20) == ([], 0)


def test_a_line_changed_in_any_range_is_found(town, sql, monkeypatch):
    monkeypatch.setattr(rederivation, "CHUNK", 3)
    sql("UPDATE billing_line SET amount_cents = amount_cents + 1 WHERE line = 1 AND bill_id & 1 = 0")
    [(count,)] = sql("SELECT count(*) FROM billing_line WHERE line = 1 AND bill_id & 1 = 0")
    assert rederivation.differences(2)[1] == count


def test_a_range_of_lines_is_found_by_the_key(town):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + rederivation.LINES, {"after": 0, "upto": 1})
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "Index Cond: ((bill_id > '0'" in plan or "Index Cond: ((bill_id > 0)" in plan
