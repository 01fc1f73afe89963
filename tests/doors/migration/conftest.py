"""A small town, received and loaded."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from towns import Town

from fanal.doors.migration import intake
from fanal.links.legacy.mapping import MappingFile
from fanal.records.takeover.loading import whole

ON = date(2026, 11, 2)
HEADING = "HVILLE DE VAL-DES-PINS                  CONTROLE DE FIN DE PERIODE   2026-10-31"
Taken = Callable[..., dict[str, int]]


@pytest.fixture
def take_over(tmp_path: Path) -> Taken:
    """Receive a town and load it: how many rows of each kind. Unless `checked`, as if the checks had found nothing."""
    count = iter(range(1, 9))

    def taken(
        town: Town, *, checked: bool = True, mapping: MappingFile | None = None, **written: Any
    ) -> dict[str, int]:
        town.control = town.control or [HEADING]
        folder = town.write(tmp_path / f"export-{next(count)}", **written)
        mapping = mapping or intake.read_mapping()
        take_in = intake.take_in if checked else intake.receive
        export_id = take_in(folder=folder, mapping=mapping, by="marie", on=ON).export_id
        if not checked:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE takeover_export SET state = 'EXAMINED' WHERE id = %s", [export_id])
        return whole.load_export(export_id=export_id, books=mapping.books, by="marie", on=ON).loaded

    return taken
