"""Customers who may be the same person as one of them: what both records say alike, or found by what was typed."""

import re
from dataclasses import dataclass

from django.db import connection

from fanal.reports.who import NAME

SHOWN = 20
ALIKE = 0.55  # share of trigrams from which one name may be another, spelt otherwise
TYPED = 0.4  # share of the trigrams of what was typed that must be found in a name
PLAIN = "journal_plain_text({it}.given_name || ' ' || {it}.name)"
WORDS = "(SELECT array_agg(word ORDER BY word) FROM regexp_split_to_table(btrim({plain}), '[^[:alnum:]]+') word)"
DIGITS = "regexp_replace({it}.value, '[^0-9]', '', 'g')"
# Each way finds its candidates by its own index; the signs are then told of those alone.
CANDIDATES = f"""
WITH one AS (
    SELECT c.id, c.kind, {PLAIN.format(it="c")} AS plain FROM customers_customer c WHERE c.id = %(id)s
), mine AS (
    SELECT kind, value FROM customers_contact WHERE customer_id = %(id)s
), near AS (
    SELECT c.id, false AS answers FROM customers_customer c, one WHERE {PLAIN.format(it="c")} %% one.plain
    UNION SELECT t.customer_id, false FROM mine JOIN customers_contact t ON t.kind = 'PHONE' AND mine.kind = 'PHONE'
        AND {DIGITS.format(it="t")} = {DIGITS.format(it="mine")}
    UNION SELECT t.customer_id, false FROM mine JOIN customers_contact t ON t.kind = 'EMAIL' AND mine.kind = 'EMAIL'
        AND lower(t.value) = lower(mine.value)
    UNION SELECT c.id, true FROM customers_customer c WHERE %(typed)s <> ''
        AND journal_plain_text(%(typed)s) <%% {PLAIN.format(it="c")}
    UNION SELECT h.customer_id, true FROM ledger_account a JOIN subscriptions_subscription s ON s.account_id = a.id
        JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id WHERE a.number = %(number)s
), told AS (
    SELECT c.id, {NAME} AS name, near.answers, similarity({PLAIN.format(it="c")}, one.plain) AS likeness,
        {WORDS.format(plain=PLAIN.format(it="c"))} = {WORDS.format(plain="one.plain")} AS same_name,
        EXISTS (SELECT FROM mine, customers_contact t WHERE t.customer_id = c.id AND mine.kind = 'PHONE'
            AND t.kind = 'PHONE' AND {DIGITS.format(it="t")} = {DIGITS.format(it="mine")}) AS same_phone,
        EXISTS (SELECT FROM mine, customers_contact t WHERE t.customer_id = c.id AND mine.kind = 'EMAIL'
            AND t.kind = 'EMAIL' AND lower(t.value) = lower(mine.value)) AS same_email,
        EXISTS (SELECT FROM mine, customers_contact t WHERE t.customer_id = c.id AND mine.kind = 'POST'
            AND t.kind = 'POST' AND journal_plain_text(t.value) = journal_plain_text(mine.value)) AS same_address
    FROM (SELECT id, bool_or(answers) AS answers FROM near GROUP BY id) near
    JOIN customers_customer c ON c.id = near.id JOIN one ON one.kind = c.kind AND one.id <> c.id
    WHERE NOT EXISTS (SELECT FROM customers_merge merge WHERE merge.undone_on IS NULL AND merge.merged_id = c.id)
), signed AS (
    SELECT *, array_remove(ARRAY[CASE WHEN same_name THEN 'name' WHEN likeness > {ALIKE} THEN 'spelling' END,
        CASE WHEN same_email THEN 'email' END, CASE WHEN same_phone THEN 'phone' END,
        CASE WHEN same_address THEN 'address' END], NULL) AS signs FROM told
)
SELECT s.id, s.name, s.signs,
    coalesce((SELECT json_agg(json_build_array(t.kind, t.value) ORDER BY t.kind, t.gained, t.id)
        FROM customers_contact t WHERE t.customer_id = s.id), '[]'),
    (SELECT count(*) FROM subscriptions_subscriptionholder h WHERE h.customer_id = s.id)
FROM signed s WHERE s.answers OR s.same_name OR s.same_email OR s.same_phone OR s.same_address
ORDER BY s.answers DESC, cardinality(s.signs) DESC, s.likeness DESC, s.id LIMIT {SHOWN}
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """A customer who may be the same person, with what both records say alike."""

    id: int
    name: str
    signs: list[str]
    contacts: list[tuple[str, str]]
    subscriptions: int


def alike(customer_id: int, typed: str = "") -> list[Alike]:
    """Those who may be that customer, the most alike first; also those found by a name or an account number typed."""
    number = re.sub(r"[\s\u00a0-]", "", typed)
    asked = {"id": customer_id, "typed": typed.strip(), "number": number.zfill(10) if number.isdecimal() else ""}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(TYPED)])
        cursor.execute(CANDIDATES, asked)
        return [Alike(*row) for row in cursor.fetchall()]
