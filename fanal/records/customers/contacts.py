"""What a merge gives the customer kept: the ways to reach the one merged, with their consents, until it is undone."""

from typing import Any

# Of each merge that stands, what the kept customer lacks; what a clerk took off since is not given again.
GAINED = """
WITH gained AS (
    INSERT INTO customers_gainedcontact (merge_id, kind, value, consented_on, known)
    SELECT merge.id, way.kind, way.value, way.consented_on, own.id IS NOT NULL
    FROM customers_merge merge JOIN customers_contact way ON way.customer_id = merge.merged_id
    LEFT JOIN customers_contact own ON (own.customer_id, own.kind, own.value) = (merge.kept_id, way.kind, way.value)
    WHERE merge.confirmed_on IS NOT NULL AND merge.undone_on IS NULL
        AND (own.id IS NULL OR own.consented_on IS NULL AND way.consented_on IS NOT NULL)
        AND NOT EXISTS (SELECT FROM customers_gainedcontact before
            WHERE (before.merge_id, before.kind, before.value) = (merge.id, way.kind, way.value))
    ORDER BY merge.id, way.id RETURNING merge_id, kind, value, consented_on, known
), given AS (
    INSERT INTO customers_contact (customer_id, kind, value, consented_on)
    SELECT merge.kept_id, gained.kind, gained.value, gained.consented_on
    FROM gained JOIN customers_merge merge ON merge.id = gained.merge_id WHERE NOT gained.known
    ON CONFLICT DO NOTHING
), consented AS (
    UPDATE customers_contact own SET consented_on = gained.consented_on
    FROM gained JOIN customers_merge merge ON merge.id = gained.merge_id
    WHERE gained.known AND (own.customer_id, own.kind, own.value) = (merge.kept_id, gained.kind, gained.value)
)
SELECT count(*) FROM gained
"""
OF_GAINED = """merge.id = %(merge)s AND gained.merge_id = merge.id
    AND (own.customer_id, own.kind, own.value) = (merge.kept_id, gained.kind, gained.value)
    AND own.consented_on IS NOT DISTINCT FROM gained.consented_on"""
TAKEN_BACK = f"""
DELETE FROM customers_contact own USING customers_gainedcontact gained, customers_merge merge
WHERE NOT gained.known AND {OF_GAINED}
"""
CONSENT_TAKEN_BACK = f"""
UPDATE customers_contact own SET consented_on = NULL FROM customers_gainedcontact gained, customers_merge merge
WHERE gained.known AND {OF_GAINED}
"""
# A way to reach a customer that came from a merge: what another system says of the customer alone does not take it off.
FROM_A_MERGE = """
SELECT FROM customers_gainedcontact gained JOIN customers_merge merge ON merge.id = gained.merge_id
WHERE merge.undone_on IS NULL AND NOT gained.known
    AND (merge.kept_id, gained.kind, gained.value) = (c.customer_id, c.kind, c.value)
"""


def gain(cursor: Any) -> None:
    """Give each customer kept what the merged ones have; again, as long as one of them was kept before."""
    cursor.execute(GAINED)
    while cursor.fetchone()[0]:
        cursor.execute(GAINED)


def take_back(cursor: Any, merge_id: int) -> None:
    """Take back what a merge gave, but what a clerk changed since."""
    for query in (TAKEN_BACK, CONSENT_TAKEN_BACK):
        cursor.execute(query, {"merge": merge_id})
