"""The map of the directory is taken over with its town: counted, compared, its disagreements among the flaws."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from towns import Town, small_town

from fanal.doors.migration import intake
from fanal.records.network import facts as network
from fanal.records.takeover import facts
from fanal.records.takeover.loading import whole
from fanal.reports import reconciliation
from fanal.reports.network import disagreements
from fanal.reports.reconciliation import Verdict
from fanal.values.refusal import Refused
from tests import maps
from tests.doors.migration.conftest import ON
from tests.doors.migration.test_reconciling import control

pytestmark = pytest.mark.django_db
LAYERS = {f"reseau.gpkg:{name}": len(features) for name, features in maps.town().items()}


def drawn() -> dict[str, list[Any]]:
    """The map of the small town: its two premises, the second behind another transformer, and a point of nobody."""
    layers = {name: [dict(it) for it in features] for name, features in maps.town().items()}
    for feature, (number, drop, transformer) in zip(
        layers["points_livraison"], (("200001", "BR1", "T1"), ("200002", "BR2", "T2"), ("299999", "BR2", "T2")),
        strict=True,
    ):  # fmt: skip
        feature |= {"no_lieu": number, "no_branchement": drop, "no_transfo": transformer}
    layers["luminaires"][0] |= {"no_lieu": "200001"}
    return layers


def town(**files: int) -> Town:
    made = small_town()
    made.control = control(files=LAYERS | files)
    return made


def received(folder: Path, layers: dict[str, list[Any]], of: Town | None = None, name: str = "reseau.gpkg") -> int:
    (of or town()).write(folder)
    maps.write(folder / name, layers)
    return intake.take_in(folder=folder, mapping=intake.read_mapping(), by="marie", on=ON).export_id


def loaded(export_id: int) -> dict[str, int]:
    books = intake.read_mapping().books
    return whole.load_export(export_id=export_id, books=books, by="marie", on=ON).loaded


def codes(export_id: int, *wanted: str) -> dict[str, list[str]]:
    return {code: [it.key.split("|")[-1] for it in facts.flaws(export_id, code=code)] for code in wanted}


def test_one_command_takes_the_map_with_the_town_and_its_counts_are_the_old_systems(tmp_path: Path) -> None:
    export = received(tmp_path / "a", drawn())
    assert {it.name: it.rows for it in facts.files(export) if ".gpkg:" in it.name} == LAYERS
    assert network.last_survey() is None

    assert loaded(export)["map_elements"] == sum(LAYERS.values())

    found = reconciliation.reconcile(export)
    assert {it.label for it in found.checks if it.verdict != Verdict.SAME} == set()
    assert found.is_green
    assert network.counts_by_layer()["points_livraison"] == 3


def test_what_the_map_and_billing_say_otherwise_is_named_before_the_load(tmp_path: Path) -> None:
    export = received(tmp_path / "a", drawn())

    assert codes(export, "OTHER_TRANSFORMER", "ONLY_ON_MAP") == {
        "OTHER_TRANSFORMER": ["200002"], "ONLY_ON_MAP": ["299999"],
    }  # fmt: skip
    [flaw] = facts.flaws(export, code="OTHER_TRANSFORMER")
    assert (flaw.evidence["said"], flaw.evidence["mapped"]) == ("T1", "T2")


def test_what_was_named_before_the_load_is_what_the_network_tells_after_it(tmp_path: Path) -> None:
    export = received(tmp_path / "a", drawn())
    before = codes(export, "OTHER_TRANSFORMER", "ONLY_ON_MAP")
    said = [(it.evidence["said"], it.evidence["mapped"]) for it in facts.flaws(export, code="OTHER_TRANSFORMER")]

    loaded(export)

    told = {code: disagreements(code.lower()) for code in before}
    assert {code: [it.number for it in found] for code, found in told.items()} == before
    assert [(it.said, it.mapped) for it in told["OTHER_TRANSFORMER"]] == said
    assert all(before.values())


def test_the_same_map_again_changes_nothing_and_another_only_what_changed(tmp_path: Path) -> None:
    loaded(received(tmp_path / "a", drawn()))
    survey = network.last_survey()
    later = town()
    later.rows["customers"][0]["phone"] = "418 555-0123"
    loaded(received(tmp_path / "b", drawn(), later))
    assert network.last_survey() == survey

    layers = drawn()
    layers["poteaux"][1]["hauteur_m"] = 13.7
    layers["luminaires"][0]["watts"] = 60
    export = received(tmp_path / "c", layers, later)
    books = intake.read_mapping().books
    done = whole.load_export(export_id=export, books=books, by="marie", on=ON)
    assert (done.loaded["map_elements"], done.changed["map_elements"]) == (0, 2)
    assert reconciliation.reconcile(export).is_green


def test_an_element_that_cannot_be_read_or_kept_goes_aside_and_explains_its_count(tmp_path: Path) -> None:
    layers = drawn()
    layers["transformateurs"].append(layers["transformateurs"][0] | {"no_transfo": "T3", "phases": "?"})
    layers["branchements"].append(layers["branchements"][0] | {"no_branchement": "BR9", "no_transfo": "T3"})
    files = {"reseau.gpkg:transformateurs": 3, "reseau.gpkg:branchements": 3}
    export = received(tmp_path / "a", layers, town(**files))

    loaded(export)

    assert codes(export, "NOT_ON_NETWORK") == {"NOT_ON_NETWORK": ["BR9"]}
    found = {it.label: it.verdict for it in reconciliation.reconcile(export).checks}
    assert {found[name] for name in files} == {Verdict.EXPLAINED}
    assert Verdict.RED not in found.values()
    assert {(it.name, it.loaded, it.aside + it.refused) for it in facts.files(export) if it.name in files} == {
        (name, 2, 1) for name in files
    }


def test_elements_that_cannot_be_kept_go_aside_together(tmp_path: Path) -> None:
    layers = drawn()
    for number in ("BR7", "BR8", "BR9"):
        layers["branchements"].append(layers["branchements"][0] | {"no_branchement": number, "no_transfo": "T9"})
    export = received(tmp_path / "a", layers)

    with CaptureQueriesContext(connection) as asked:
        loaded(export)

    assert codes(export, "NOT_ON_NETWORK") == {"NOT_ON_NETWORK": ["BR7", "BR8", "BR9"]}
    assert sum("INSERT INTO refused_elements" in it["sql"] for it in asked.captured_queries) == 1


def test_a_layer_that_lost_an_element_is_red(tmp_path: Path) -> None:
    export = received(tmp_path / "a", drawn(), town(**{"reseau.gpkg:poteaux": 4}))
    loaded(export)

    found = reconciliation.reconcile(export)

    assert [it.label for it in found.checks if it.verdict == Verdict.RED] == ["reseau.gpkg:poteaux"]


def test_two_maps_or_a_file_that_is_no_map_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    maps.write(tmp_path / "a" / "autre.gpkg", drawn())
    with pytest.raises(Refused, match="plusieurs cartes"):
        received(tmp_path / "a", drawn())

    town().write(tmp_path / "b")
    (tmp_path / "b" / "reseau.gpkg").write_text("rien")
    with pytest.raises(Refused, match="n’est pas un GeoPackage"):
        intake.take_in(folder=tmp_path / "b", mapping=intake.read_mapping(), by="marie", on=ON)
    assert facts.exports() == []
