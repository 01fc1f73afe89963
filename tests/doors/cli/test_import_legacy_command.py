"""`fanal import-legacy`: who may load what was received."""

from datetime import date
from pathlib import Path

import pytest

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records.takeover import facts
from tests.doors.migration.towns import small_town

pytestmark = pytest.mark.django_db


def test_who_loads_is_registered_for_it_once_somebody_is_and_anybody_may_look(fanal, tmp_path: Path) -> None:
    town = small_town()
    town.control = ["HVILLE DE VAL-DES-PINS                  CONTROLE DE FIN DE PERIODE   2026-10-31"]
    folder = town.write(tmp_path / "export")
    who = {"given_name": "Marie", "name": "Roy", "roles": [Role.ADMINISTRATOR], "password": "lanterne-du-soir"}
    staff.register_person(username="marie.roy", by="la direction", on=date(2026, 11, 2), **who)

    status, _, said = fanal("import-legacy", folder, "--by", "ana")
    assert (status, "« ana » n’est pas inscrit pour cela. Le peuvent : marie.roy" in said) == (1, True), said
    assert facts.exports() == []
    assert fanal("import-legacy", folder, "--dry-run", "--by", "ana")[0] == 0
    assert fanal("import-legacy", folder, "--by", "marie.roy")[0] == 0
    assert facts.exports()[0].state == facts.STATES.LOADED
