"""Databases for tests: `db` (rolled back), and `own_database` (a clone, for what must really commit)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import clone, point_to
from django.db import connection
from hypothesis import settings

from fanal.values import wording

settings.register_profile("fanal", deadline=None)  # a busy machine is no fault of an example
settings.load_profile("fanal")


@pytest.fixture
def in_dong() -> Iterator[None]:
    """A distributor that keeps its accounts in đồng, whose smallest coin has no decimals."""
    ours = wording.house_currency()
    wording.keep_accounts_in("VND")
    yield
    wording.keep_accounts_in(ours)


@pytest.fixture
def example_map() -> Path:
    """The map of the example town, where it is."""
    shared = Path(os.environ.get("FANAL_SHARED") or Path(__file__).parents[2] / "shared")
    path = shared / "town" / "reseau.gpkg"
    if not path.exists():
        pytest.skip("la carte de la ville d’exemple n’est pas là : FANAL_SHARED doit désigner son dossier")
    return path


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A clone of the test database, dropped afterwards: append-only tables cannot be emptied."""
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), clone(name, f"{name}_clone") as cloned:
        point_to(cloned)
        try:
            yield cloned
        finally:
            point_to(name)
