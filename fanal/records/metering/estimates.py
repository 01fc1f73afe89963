"""Keep the estimates that a bill run makes by method a of article 4.1.2."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from fanal.records.metering.models import Estimate

BY_THE_RUN = "lot de facturation"


def keep_estimates(*, estimates: Sequence[Any]) -> list[int]:
    """Keep estimates made from the history of places; the ids, in order. The same one is kept once.

    Each has the fields of `Estimate`. To compute a run again with the same facts adds nothing; the same quantity found
    from another basis is another estimate, with its own inputs.
    """
    if not estimates:
        return []
    Estimate.objects.bulk_create(
        (
            Estimate(
                delivery_point_id=it.delivery_point_id, kind=it.kind, name=it.name, from_on=it.from_on, to_on=it.to_on,
                method=it.method, quantity=it.quantity, inputs=it.inputs, by=BY_THE_RUN,
            )
            for it in estimates
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    columns = [[getattr(it, name) for it in estimates] for name in
               ("delivery_point_id", "kind", "name", "from_on", "to_on", "quantity")]  # fmt: skip
    columns.append([json.dumps(it.inputs) for it in estimates])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::date[], %s::date[], %s::bigint[], "
            "%s::jsonb[]) WITH ORDINALITY AS made(delivery_point_id, kind, name, from_on, to_on, quantity, "
            "inputs, place) "
            "JOIN metering_estimate e USING (delivery_point_id, kind, name, from_on, to_on, quantity, inputs) "
            "WHERE e.method = 'a' ORDER BY made.place",
            columns,
        )
        return [row[0] for row in cursor.fetchall()]
