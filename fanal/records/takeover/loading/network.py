"""Load the map of a network with its town: what is new, changed or gone of it, by the survey of the network's room."""

import json
from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby
from typing import Any

from fanal.records.network import acts as network
from fanal.records.network.acts import Layer
from fanal.records.takeover import facts
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.loading.steps import Load
from fanal.values.refusal import Problem

KIND = "map_elements"
READY = """
SELECT DISTINCT ON (element, layer, number) layer, element, number, content, epsg, digest::text
FROM ({ready}) ready ORDER BY element, layer, number, file_id, line
"""
# Elements that are on the map and are not to be kept: they have not left it.
HELD = """
SELECT split_part(file.name, ':', 2), coalesce(row.fields[3], row.raw), file.name
FROM takeover_stagedrow row JOIN takeover_exportfile file ON file.id = row.file_id
WHERE file.export_id = %(export)s AND file.kind = %(kind)s AND (row.fields = '{}' OR EXISTS (
    SELECT FROM takeover_flaw flaw WHERE flaw.file_id = row.file_id AND flaw.line = row.line
        AND flaw.standing IN ('ASIDE', 'REFUSED')))
"""
REFUSED = "(SELECT layer, number, min(why) AS why FROM refused_elements GROUP BY layer, number) no"
NAME = "SELECT split_part(name, ':', 1) FROM takeover_exportfile WHERE export_id = %(export)s AND kind = %(kind)s"


def load_network(load: Load, *, by: str) -> None:
    """Relever le réseau par la carte de l’exportation, if it has one; an element that cannot be kept goes aside."""
    names = load.rows(NAME, kind=KIND)
    if not names:
        return
    rows = load.rows(READY.format(ready=facts.ready(KIND, load.export_id)))
    load.take(KIND, moves=" ".join(it.name for it in KINDS[KIND].columns if it.name not in KINDS[KIND].key))
    if rows:
        digest = sha256("".join(row[-1] for row in rows).encode()).digest()
        surveyed = network.survey_network(
            layers=list(_layers(rows, load.rows(HELD, kind=KIND))), epsg=rows[0][4], digest=digest, name=names[0][0],
            by=by, on=load.as_of, keep_good=True,
        )  # fmt: skip
        _put_aside(load, surveyed.refused)
    load.know(KIND)


def _layers(rows: Iterable[tuple[Any, ...]], held: Iterable[tuple[str, str, str]]) -> Iterable[Layer]:
    spared = [(layer, number) for layer, number, _file in held]
    for (element, name), of in groupby(rows, key=lambda it: (it[1], it[0])):
        contents = [json.loads(it[3]) for it in of]
        yield Layer(
            name=name, kind=element, names=list(contents[0]), rows=[tuple(it.values()) for it in contents],
            spared=[number for layer, number in spared if layer == name],
        )  # fmt: skip


def _put_aside(load: Load, refused: Iterable[Problem]) -> None:
    """Put aside the elements that the survey could not keep, each with why."""
    why = {(it.facts["layer"], str(it.facts.get("number", "")), it.reason) for it in refused}
    layers, numbers, reasons = ([it[column] for it in why] for column in range(3))
    load.table("refused_elements", "SELECT '' AS layer, '' AS number, '' AS why WHERE false")
    load.run(
        """INSERT INTO refused_elements
        SELECT * FROM unnest(%(layers)s::text[], %(numbers)s::text[], %(reasons)s::text[])""",
        layers=layers, numbers=numbers, reasons=reasons,
    )  # fmt: skip
    for of in ("new", "changed"):
        load.aside(KIND, "no.layer = new.layer AND no.number = new.number", "NOT_ON_NETWORK",
                   "jsonb_build_object('number', new.number, 'layer', new.layer, 'why', no.why)",
                   using=REFUSED, of=of)  # fmt: skip
