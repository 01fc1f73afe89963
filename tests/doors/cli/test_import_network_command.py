"""`fanal import-network`: a map is read whole or not at all, and what it disagrees about is told."""

from collections.abc import Callable
from pathlib import Path

import maps
import pytest
from factories import make_delivery_point

pytestmark = pytest.mark.django_db
Fanal = Callable[..., tuple[int, str, str]]


def test_it_says_what_it_did_and_which_points_only_the_map_has(fanal: Fanal, tmp_path: Path) -> None:
    make_delivery_point(number="1001")
    path = maps.write(tmp_path / "carte.gpkg", maps.town() | {"aqueduc": [{"no": "1", "geom": maps.at(0, 0)}]})

    status, out, said = fanal("import-network", path)

    assert (status, said) == (0, "")
    assert "Points de livraison : 3 ajoutés, 0 changé, 0 retiré, 0 inchangé." in out
    assert "Couches laissées de côté : aqueduc." in out
    assert "Sur la carte seulement, jamais inscrit ni facturé : 2" in out
    assert "  1003 : 20 rue du Quai, carte T2" in out
    assert "carte.gpkg est la dernière carte lue : rien n’a changé." in fanal("import-network", path)[1]


def test_a_fault_stops_it_all_unless_the_good_is_kept(fanal: Fanal, tmp_path: Path) -> None:
    layers = maps.town()
    layers["transformateurs"][0] |= {"phases": "?"}
    path = maps.write(tmp_path / "carte.gpkg", layers)

    status, out, said = fanal("import-network", path)

    assert (status, out) == (1, "")
    assert said.startswith("Couche transformateurs, entité 1 (T1), champ phases : « ? » ne dit pas des phases")
    assert "Rien n’est inscrit." in said

    status, out, said = fanal("import-network", path, "--keep-good")

    assert status == 1
    assert "Transformateurs : 1 ajouté, 0 changé, 0 retiré, 0 inchangé." in out
    assert "Couche branchements, BR1 : le transformateur « T1 » n’est pas sur la carte." in said


def test_of_a_map_that_is_not_there_nothing_good_is_promised(fanal: Fanal, tmp_path: Path) -> None:
    status, out, said = fanal("import-network", tmp_path / "absente.gpkg")

    assert (status, out) == (1, "")
    assert said.splitlines() == ["absente.gpkg ne se lit pas.", "Rien n’est inscrit."]
