"""Texts of an old system as the house writes them: each distinct one is read once, beside its raw form."""

from collections.abc import Callable

from django.db import connection

from fanal.records.takeover import facts
from fanal.records.takeover.loading.steps import Load
from fanal.values import address, contact
from fanal.values.refusal import Fault

AREA = """
SELECT substr(digits, 1, 3)
FROM (SELECT regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g') AS digits FROM ({customers}) c) told
WHERE length(digits) = 10 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""
TOLD = "(TABLE new_customers UNION ALL TABLE changed_customers) c"
PLACES = "(TABLE new_premises UNION ALL TABLE changed_premises) p"
STREETS = "SELECT coalesce(type, ''), name FROM network_street WHERE removed_on IS NULL"


def write_contacts(load: Load) -> None:
    """Make `written_phone`, `written_email`, `written_name` and `written_firm` of the new and changed customers."""
    area = load.rows(AREA.format(customers=facts.ready("customers", load.export_id)))
    local = area[0][0] if area else ""  # seven digits alone are a number of the town
    phones = f"SELECT phone FROM {TOLD} UNION SELECT other_phone FROM {TOLD}"
    _write(load, "phone", phones, lambda it: str(contact.phone(it, area=local)))
    _write(load, "email", f"SELECT email FROM {TOLD}", lambda it: contact.email(it).lower())
    _write(load, "name", f"SELECT name FROM {TOLD} UNION SELECT given_name FROM {TOLD}", contact.name)
    _write(load, "firm", f"SELECT name FROM {TOLD} WHERE kind <> 'PERSON'", contact.organisation)


def write_places(load: Load) -> None:
    """Make `written_street` and `written_code` of the new and changed premises: as on the map, else as best spelt."""
    _write(load, "code", f"SELECT postal_code FROM {PLACES}", contact.postal_code)
    best: dict[str, str] = {}
    streets = facts.ready("premises", load.export_id)
    for (raw,) in load.rows(f"SELECT DISTINCT street FROM ({streets}) p WHERE street IS NOT NULL"):
        if known := _street(raw):
            best[contact.folded(known)] = max(best.get(contact.folded(known), ""), known, key=_accents)
    for kind, name in load.rows(STREETS):
        if known := _street(f"{kind} {name}"):
            best[contact.folded(known)] = known
    _write(load, "street", f"SELECT street FROM {PLACES}", lambda it: best.get(contact.folded(_street(it)), it))


def _write(load: Load, name: str, query: str, read: Callable[[str], str]) -> None:
    """Make `written_<name>` of raw and value; a text that cannot be read is not in it."""
    load.run(f"DROP TABLE IF EXISTS pg_temp.written_{name}")
    load.run(f"CREATE TEMP TABLE written_{name} (raw text PRIMARY KEY, value text) ON COMMIT DROP")
    found = load.rows(f"SELECT DISTINCT raw FROM ({query}) told (raw) WHERE btrim(raw) <> ''")
    with connection.cursor() as cursor, cursor.copy(f"COPY written_{name} FROM STDIN") as copy:
        for (raw,) in found:
            try:
                copy.write_row((raw, read(raw)))
            except Fault:
                continue
    load.run(f"ANALYZE written_{name}")


def _street(text: str) -> str:
    try:
        return str(address.street(text))
    except Fault:
        return ""


def _accents(text: str) -> tuple[int, str]:
    """How well a street is spelt: its letters beyond ASCII, « Saint » rather than « St »."""
    return sum(not it.isascii() for it in text) * 10 + len(text), text
