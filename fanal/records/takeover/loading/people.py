"""Customers and owners: who they are, how to reach them, what they own."""

from fanal.records.customers import acts as customers
from fanal.records.customers.facts import KEPT
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.takeover.loading.steps import Load
from fanal.records.takeover.loading.writing import write_contacts

CUSTOMERS = """
SELECT {id} AS id, kind,
    coalesce(CASE WHEN kind = 'PERSON' THEN said.value ELSE firm.value END, name) AS name,
    CASE WHEN kind = 'PERSON' THEN coalesce(given.value, given_name, '') ELSE '' END AS given_name,
    coalesce(language, 'fr') AS language
FROM {table} LEFT JOIN written_name said ON said.raw = name LEFT JOIN written_name given ON given.raw = given_name
LEFT JOIN written_firm firm ON firm.raw = name
"""
# A way to reach somebody as the house writes it, in the order of a card; what is not one stays in the row as it came.
CONTACTS = """
SELECT {id} AS customer_id, told.kind, told.value, min(told.place) AS place FROM {table}
CROSS JOIN LATERAL (VALUES
    (1, 'POST', concat_ws(E'\\n', address, nullif(concat_ws('  ', concat_ws(' ', city, province), postal_code), ''))),
    (2, 'PHONE', (SELECT value FROM written_phone w WHERE w.raw = phone)),
    (3, 'PHONE', (SELECT value FROM written_phone w WHERE w.raw = other_phone)),
    (4, 'EMAIL', (SELECT value FROM written_email w WHERE w.raw = email))
) told (place, kind, value)
WHERE btrim(told.value) <> '' AND length(told.value) <= 400 GROUP BY 1, 2, 3 ORDER BY 1, place
"""
MOVES = """name given_name address city province postal_code phone other_phone email language business_number status
    created_on note"""
OWNERS = """
SELECT place.premises_id, customer.own_id AS customer_id, new.declared_on AS starts_on, new.ends_on
FROM new_owners new
JOIN premises_deliverypoint place ON place.id = new.point
JOIN customer_of customer ON customer.number = new.customer
"""
OWNERS_END = """
SELECT o.id, new.ends_on FROM changed_owners new
JOIN takeover_known place ON place.kind = 'premises' AND place.key = new.premises
JOIN customer_of customer ON customer.number = new.customer
JOIN premises_deliverypoint d ON d.id = place.our_id
JOIN subscriptions_owneragreement o ON (o.premises_id, o.customer_id, o.starts_on)
    = (d.premises_id, customer.customer_id, new.declared_on)
WHERE new.ends_on IS NOT NULL
"""
# Who a customer of the old system is here, and, since two were merged, who is kept.
CUSTOMER_OF = f"""
SELECT known.key AS number, known.our_id AS own_id, coalesce(kept.kept_id, known.our_id) AS customer_id
FROM takeover_known known LEFT JOIN ({KEPT}) kept ON kept.merged_id = known.our_id WHERE known.kind = 'customers'
"""
OWNED = """d.id = new.point AND daterange(o.starts_on, o.ends_on) && daterange(new.declared_on, new.ends_on)"""
OVERLAPPED = """(SELECT file_id, line, max(coalesce(ends_on, 'infinity'::date)) OVER (PARTITION BY premises
    ORDER BY declared_on, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS upto FROM new_owners) before"""


NEW = {"id": "our_id", "table": "new_customers"}
CHANGED = {"id": "known_id", "table": "changed_customers"}
# Somebody changed the customer here: what the old system says of it no longer decides.
REVISED = "SELECT FROM journal_event e WHERE e.about = 'customer:' || new.known_id AND e.act = 'customers.revise'"


def load_customers(load: Load) -> None:
    """Inscrire les clients with the ways to reach them; nobody merges customers until the load ends."""
    load.run("LOCK TABLE customers_merge IN SHARE MODE")
    load.take("customers", ", nextval(pg_get_serial_sequence('customers_customer', 'id')) AS our_id", moves=MOVES)
    load.aside("customers", f"EXISTS ({REVISED})", "CHANGED_HERE", of="changed")
    for of in ("new", "changed"):
        load.aside("customers", "btrim(new.name) = ''", "EMPTY_CELL",
                   """'{"column": "name", "said": "vide"}'::jsonb""", of=of)  # fmt: skip
    write_contacts(load)
    customers.take_over(customers=CUSTOMERS.format(**NEW), contacts=CONTACTS.format(**NEW))
    customers.follow(customers=CUSTOMERS.format(**CHANGED), contacts=CONTACTS.format(**CHANGED))
    load.know("customers", "new.our_id")
    load.table("customer_of", CUSTOMER_OF)


def load_owners(load: Load) -> None:
    """Mettre les propriétaires au dossier; where two are for one day, the later waits for a person."""
    load.take("owners", ", NULL::bigint AS point", moves="keeps_service ends_on note")
    load.aside("owners", "was.key = new.key AND was.ends_on IS NOT NULL AND new.ends_on IS DISTINCT FROM was.ends_on",
               "CHANGED_SINCE", """'{"columns": "ends_on"}'::jsonb""", "was_owners was", "changed")  # fmt: skip
    load.aside("owners", "new.ends_on <= new.declared_on", "ENDS_BEFORE_IT_STARTS", of="changed")
    subscriptions.end_owners_taken_over(endings=OWNERS_END)
    load.missing("owners", "customer", "customers")
    load.missing("owners", "premises", "premises")
    load.run("""UPDATE new_owners new SET point = k.our_id FROM takeover_known k
        WHERE k.kind = 'premises' AND k.key = new.premises""")
    load.aside("owners", "new.declared_on IS NULL", "EMPTY_CELL",
               """'{"column": "declared_on", "said": "date inconnue"}'::jsonb""")  # fmt: skip
    load.aside("owners", "new.ends_on <= new.declared_on", "ENDS_BEFORE_IT_STARTS")
    load.aside("owners", "(before.file_id, before.line) = (new.file_id, new.line) AND before.upto > new.declared_on",
               "OWNED_TWICE", using=OVERLAPPED)  # fmt: skip
    load.aside("owners", OWNED, "OWNED_TWICE", using="subscriptions_owneragreement o"
               " JOIN premises_deliverypoint d ON d.premises_id = o.premises_id")  # fmt: skip
    subscriptions.take_over_owners(owners=OWNERS)
    load.know("owners")
