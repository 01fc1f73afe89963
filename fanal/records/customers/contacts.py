"""The ways to reach customers: as another system says them, and, of a merge, those of the one merged until undone."""

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
    INSERT INTO customers_contact (customer_id, kind, value, consented_on, gained)
    SELECT merge.kept_id, gained.kind, gained.value, gained.consented_on, true
    FROM gained JOIN customers_merge merge ON merge.id = gained.merge_id WHERE NOT gained.known
    ON CONFLICT DO NOTHING
), consented AS (
    UPDATE customers_contact own SET consented_on = gained.consented_on
    FROM gained JOIN customers_merge merge ON merge.id = gained.merge_id
    WHERE gained.known AND (own.customer_id, own.kind, own.value) = (merge.kept_id, gained.kind, gained.value)
)
SELECT count(*) FROM gained
"""
OF_GAINED = """merge.id = %(merge)s AND gave.merge_id = merge.id
    AND (c.customer_id, c.kind, c.value) = (merge.kept_id, gave.kind, gave.value)
    AND c.consented_on IS NOT DISTINCT FROM gave.consented_on"""
# A way to reach a customer that a merge which stands gave, or consented to.
STANDS = """SELECT FROM customers_gainedcontact other JOIN customers_merge merge ON merge.id = other.merge_id
    WHERE merge.undone_on IS NULL AND (merge.kept_id, other.kind, other.value) = (c.customer_id, c.kind, c.value)"""
TAKEN_BACK = f"""
DELETE FROM customers_contact c USING customers_gainedcontact gave, customers_merge merge
WHERE c.gained AND {OF_GAINED} AND NOT EXISTS ({STANDS})
"""
CONSENT_TAKEN_BACK = f"""
UPDATE customers_contact c SET consented_on = NULL FROM customers_gainedcontact gave, customers_merge merge
WHERE {OF_GAINED}
"""
# What a clerk changed since stays, as the customer’s own.
LEFT_AS_OWN = f"""
UPDATE customers_contact c SET gained = false FROM customers_merge undone
WHERE undone.id = %(merge)s AND c.customer_id = undone.kept_id AND c.gained AND NOT EXISTS ({STANDS})
"""
TOLD = """SELECT FROM ({contacts}) way
    WHERE (way.customer_id, way.kind, way.value) = (c.customer_id, c.kind, c.value)"""
# What another system says no more of the customer, but a merge that stands said too, is the customer’s by the merge.
LEFT_TO_A_MERGE = f"""
UPDATE customers_contact c SET gained = true FROM ({{customers}}) told
WHERE c.customer_id = told.id AND NOT c.gained AND NOT EXISTS ({TOLD}) AND EXISTS ({STANDS})
"""
# What changed takes the place of what it was: the first telephone stays the first.
CHANGED = f"""
UPDATE customers_contact c SET value = come.value, consented_on = NULL
FROM (SELECT c.id, c.customer_id, c.kind, row_number() OVER (PARTITION BY c.customer_id, c.kind ORDER BY c.id) AS nth
    FROM customers_contact c JOIN ({{customers}}) told ON told.id = c.customer_id
    WHERE NOT c.gained AND NOT EXISTS ({TOLD})) gone
JOIN (SELECT way.*, row_number() OVER (PARTITION BY way.customer_id, way.kind ORDER BY way.place) AS nth
    FROM ({{contacts}}) way WHERE NOT EXISTS (SELECT FROM customers_contact c
        WHERE (c.customer_id, c.kind, c.value) = (way.customer_id, way.kind, way.value))) come
    USING (customer_id, kind, nth)
WHERE c.id = gone.id
"""
NOT_TOLD = f"""
DELETE FROM customers_contact c USING ({{customers}}) told
WHERE c.customer_id = told.id AND NOT c.gained AND NOT EXISTS ({TOLD})
"""
# What a merge gave, and the other system says of the customer itself now, is its own: it outlasts the merge.
NEW = """
INSERT INTO customers_contact (customer_id, kind, value)
SELECT customer_id, kind, value FROM ({contacts}) way ORDER BY customer_id, place
ON CONFLICT (customer_id, kind, value) DO UPDATE SET gained = false WHERE customers_contact.gained
"""
# What a merge gave, and nobody who was merged is reached by any more; a consent that a clerk wrote keeps it.
NOT_GIVEN = """
DELETE FROM customers_contact c USING customers_gainedcontact gave, customers_merge of
WHERE of.id = gave.merge_id AND of.undone_on IS NULL AND c.gained
    AND (c.customer_id, c.kind, c.value) = (of.kept_id, gave.kind, gave.value)
    AND c.consented_on IS NOT DISTINCT FROM gave.consented_on
    AND NOT EXISTS (SELECT FROM customers_merge merge JOIN customers_contact way ON way.customer_id = merge.merged_id
        WHERE merge.confirmed_on IS NOT NULL AND merge.undone_on IS NULL
            AND (merge.kept_id, way.kind, way.value) = (c.customer_id, c.kind, c.value))
"""


def follow(cursor: Any, customers: str, contacts: str) -> None:
    """Say the ways to reach customers as another system says them now: queries, as of `acts.follow`."""
    for query in (LEFT_TO_A_MERGE, CHANGED, NOT_TOLD, NEW):
        cursor.execute(query.format(customers=customers, contacts=contacts))
    cursor.execute(NOT_GIVEN)
    while cursor.rowcount:
        cursor.execute(NOT_GIVEN)


def gain(cursor: Any) -> None:
    """Give each customer kept what the merged ones have; again, as long as one of them was kept before."""
    cursor.execute(GAINED)
    while cursor.fetchone()[0]:
        cursor.execute(GAINED)


def take_back(cursor: Any, merge_id: int) -> None:
    """Take back what a merge gave, but what a clerk changed since, or is the customer’s own since."""
    for query in (TAKEN_BACK, CONSENT_TAKEN_BACK, LEFT_AS_OWN):
        cursor.execute(query, {"merge": merge_id})
