"""Where the map and the records disagree: every case by name, with what each of them says.

Of the records, at any time. Before a load, `takeover/checks/` ONLY_ON_MAP and OTHER_TRANSFORMER tell the same of staged
rows, on which a person decides; a test holds that both agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from fanal.values.wording import Lang

# In the order in which a person looks at them.
TITLES: Mapping[str, Mapping[Lang, str]] = {
    "only_on_map": {
        "fr": "Sur la carte seulement, jamais inscrit ni facturé",
        "en": "On the map only, never registered nor billed",
    },
    "not_on_map": {"fr": "Inscrit, mais absent de la carte", "en": "Registered, but absent from the map"},
    "other_transformer": {
        "fr": "Transformateur différent de celui de la facturation ; la carte a raison",
        "en": "Another transformer than billing says; the map is right",
    },
    "three_phases_on_fewer": {
        "fr": "Point triphasé derrière un transformateur qui ne l’est pas",
        "en": "Three-phase point behind a transformer that is not",
    },
    "other_drop": {
        "fr": "Le point et son branchement ne nomment pas le même transformateur ou le même départ",
        "en": "The point and its service drop do not name the same transformer or feeder",
    },
    "unfed": {"fr": "Aucun transformateur n’y mène", "en": "No transformer leads to it"},
}
FOUND = """
WITH fed AS MATERIALIZED (
    SELECT c.number, coalesce(c.address, '') AS address, c.transformer_id AS own_transformer, c.feeder_id AS own_feeder,
        t.number AS transformer, t.phases, t.feeder_id AS feeder
    FROM network_connection c LEFT JOIN network_servicedrop d ON d.number = c.service_drop_id
    LEFT JOIN network_transformer t ON t.number = coalesce(d.transformer_id, c.transformer_id)
    WHERE c.removed_on IS NULL
), stated AS (
    SELECT DISTINCT ON (point) point, transformer, source FROM network_statedtransformer ORDER BY point, id DESC
), found AS (
    SELECT 'only_on_map' AS code, number, address, '' AS said, coalesce(transformer, '') AS mapped FROM fed
    WHERE NOT EXISTS (SELECT FROM premises_deliverypoint p WHERE p.number = fed.number)
        AND EXISTS (SELECT FROM premises_deliverypoint)
    UNION ALL
    SELECT 'not_on_map', p.number, concat_ws(' ', nullif(l.civic_number, ''), l.street), '', ''
    FROM premises_deliverypoint p JOIN premises_premises l ON l.id = p.premises_id
    WHERE NOT EXISTS (SELECT FROM fed WHERE fed.number = p.number) AND EXISTS (SELECT FROM fed)
    UNION ALL
    SELECT 'other_transformer', f.number, f.address, s.transformer, f.transformer
    FROM fed f JOIN stated s ON s.point = f.number WHERE s.transformer <> f.transformer
    UNION ALL
    SELECT 'three_phases_on_fewer', f.number, f.address, '3', f.transformer || ' · ' || f.phases
    FROM fed f JOIN premises_deliverypoint p ON p.number = f.number WHERE p.phases = 3 AND length(f.phases) < 3
    UNION ALL
    SELECT 'other_drop', number, address, concat_ws(' · ', own_transformer, own_feeder),
        concat_ws(' · ', transformer, feeder)
    FROM fed WHERE own_transformer <> transformer OR own_feeder <> feeder
    UNION ALL
    SELECT 'unfed', number, address, '', '' FROM fed WHERE transformer IS NULL
)
"""
COUNTED = FOUND + "SELECT code, count(*) FROM found GROUP BY code"
LISTED = (
    FOUND
    + """
SELECT code, number, address, said, mapped
FROM (SELECT *, row_number() OVER (PARTITION BY code ORDER BY number) AS rank FROM found) ranked
WHERE rank <= %(most)s AND (%(code)s = '' OR code = %(code)s) ORDER BY array_position(%(codes)s, code), number
"""
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One case: of which kind, which point, what the records say, what the map says."""

    code: str
    number: str
    address: str
    said: str
    mapped: str


def counted() -> dict[str, int]:
    """How many cases of each kind there are, of those that have any."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        found = dict(cursor.fetchall())
    return {code: found[code] for code in TITLES if code in found}


def disagreements(code: str = "", most: int = 1_000_000) -> list[Disagreement]:
    """The cases of a kind, or of all, at most so many of each."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED, {"code": code, "most": most, "codes": list(TITLES)})
        return [Disagreement(*row) for row in cursor.fetchall()]
