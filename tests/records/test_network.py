"""The network is what the last map says, every change is kept, and the database holds what leans on what."""

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import maps
import pytest
from django.db import DatabaseError, connection, transaction
from factories import make_delivery_point

from fanal.doors.network import Imported, import_network
from fanal.records.network import acts, facts
from fanal.records.network.models import Change, Connection, Span, StatedTransformer, Survey, Transformer
from fanal.reports import network as report
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
FIRST, LATER = date(2026, 11, 1), date(2026, 11, 20)
Layers = dict[str, list[maps.Feature]]


@pytest.fixture
def survey(tmp_path: Path) -> Callable[..., Imported]:
    """Read those layers as a map."""

    def read(layers: Layers, on: date = FIRST, **told: Any) -> Imported:
        return import_network(maps.write(tmp_path / "carte.gpkg", layers), by="géomatique", on=on, **told)

    return read


def changed(layer: str, place: int, **values: Any) -> Layers:
    """The small town, one feature of it told otherwise."""
    layers = copy.deepcopy(maps.town())
    layers[layer][place] |= values
    return layers


def without(layer: str, place: int) -> Layers:
    layers = copy.deepcopy(maps.town())
    del layers[layer][place]
    return layers


def done(imported: Imported) -> dict[str, tuple[int, int, int]]:
    """What happened to each kind of element: added, changed, removed; those that did not move left out."""
    told = {kind: (it.added, it.changed, it.removed) for kind, it in imported.surveyed.counts.items()}
    return {kind: it for kind, it in told.items() if any(it)}


def said(*facts: str) -> str:
    """A query of what billing says: « 1001 T1 » is a point and its transformer."""
    rows = ", ".join("('{}', '{}')".format(*it.split()) for it in facts)
    return f"SELECT point, transformer FROM (VALUES {rows}) said (point, transformer)"


def settle() -> None:
    """Ask the database for what it would refuse at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestASurvey:
    def test_says_what_feeds_each_point_and_where_it_is(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())
        settle()

        known = facts.connections(["1001", "1003", "9999"])

        assert set(known) == {"1001", "1003"}
        one, three = known["1001"], known["1003"]
        assert (one.service_drop, one.support, one.transformer, one.kva, one.phases) == ("BR1", "P1", "T1", 167, "ABC")
        assert (one.feeder, one.feeder_name) == ("1", "Départ 1")
        assert (one.epsg, one.x_mm, one.y_mm) == (maps.EPSG, 389_045_000, 5_402_015_000)
        assert (three.transformer, three.phases, three.in_service) == ("T2", "B", True)
        assert facts.fed_by("T1") == ["1001", "1002"]
        assert facts.fed_by("T9") == []

    def test_draws_what_stands_around_a_point(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())
        place = facts.connections(["1001"])["1001"]

        near = {(it.kind, it.number) for it in facts.around(place, 30_000)}
        far = {(it.kind, it.number) for it in facts.around(place, 90_000)}

        assert near >= {("support", "P1"), ("transformer", "T1"), ("low", "BT1"), ("drop", "BR1"), ("point", "1002"),
                        ("medium", "MT1"), ("street", "1")}  # fmt: skip
        assert ("point", "1003") not in near
        assert far - near >= {("point", "1003"), ("substation", "POSTE"), ("transformer", "T2")}

    def test_of_the_same_map_does_nothing_and_of_the_same_town_changes_nothing(
        self, survey: Callable[..., Imported]
    ) -> None:
        first = survey(maps.town())
        again = survey(maps.town(), LATER)
        rewritten = copy.deepcopy(maps.town())
        rewritten["poteaux"].reverse()

        third = survey(rewritten, LATER)

        assert done(first)["support"] == (4, 0, 0)
        assert done(again) == done(third) == {}
        assert Change.objects.count() == 0
        assert {it.same for it in third.surveyed.counts.values()} == {it.added for it in first.surveyed.counts.values()}

    def test_changes_only_what_changed_and_the_database_keeps_what_it_was(
        self, survey: Callable[..., Imported]
    ) -> None:
        survey(maps.town())

        second = survey(changed("transformateurs", 1, kva=100, phases="C"), LATER)

        assert done(second) == {"transformer": (0, 1, 0)}
        [kept] = Change.objects.all()
        assert (kept.element, kept.number, kept.survey.surveyed_on) == ("network_transformer", "T2", LATER)
        assert (kept.before, kept.after) == ({"kva": 50, "phases": "B"}, {"kva": 100, "phases": "C"})
        assert facts.connections(["1003"])["1003"].kva == 100

    def test_dates_what_leaves_the_map_and_takes_it_back(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())

        assert done(survey(without("points_livraison", 2), LATER)) == {"connection": (0, 0, 1)}
        assert facts.connections(["1003"]) == {}
        assert Connection.objects.get(number="1003").removed_on == LATER
        assert facts.counts()["connection"] == (2, 1)
        assert done(survey(maps.town(), LATER)) == {"connection": (0, 1, 0)}
        assert facts.connections(["1003"])["1003"].transformer == "T2"
        assert [it.before["removed_on"] for it in Change.objects.order_by("id")] == [None, "2026-11-20"]

    def test_of_some_layers_leaves_the_others_as_they_are(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())
        poles = {"poteaux": maps.town()["poteaux"]}

        assert done(survey(poles, LATER)) == {}
        assert facts.counts()["support"] == (4, 0)  # the substation has a layer of its own
        assert facts.counts()["span"] == (4, 0)

    def test_refuses_all_when_something_leans_on_nothing_and_says_it(self, survey: Callable[..., Imported]) -> None:
        layers = changed("points_livraison", 2, no_branchement="BR9")
        layers["portees_mt"][2] |= {"a": "P9"}

        with pytest.raises(Refused) as refused:
            survey(layers)

        assert [it.reason for it in refused.value.problems] == [
            "Couche portees_mt, MT3 : l’appui d’arrivée « P9 » n’est pas sur la carte.",
            "Couche points_livraison, 1003 : le branchement « BR9 » n’est pas sur la carte.",
        ]
        assert Survey.objects.count() == 0

    def test_keeps_what_is_good_when_asked_and_what_is_refused_stays_as_known(
        self, survey: Callable[..., Imported]
    ) -> None:
        survey(maps.town())
        layers = changed("transformateurs", 1, phases="XYZ")
        layers["points_livraison"][0] |= {"adresse": "14 rue du Quai"}

        second = survey(layers, LATER, keep_good=True)

        assert done(second) == {"connection": (0, 1, 0)}
        assert [it.field for it in second.refused] == ["phases"]
        assert facts.connections(["1003"])["1003"].phases == "B"

    def test_never_takes_away_what_something_still_leans_on(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())
        layers = {"transformateurs": without("transformateurs", 1)["transformateurs"]}

        with pytest.raises(Refused, match="T2 n’y est plus, mais 1003 s’y relie encore"):
            survey(layers, LATER)
        kept = survey(layers, LATER, keep_good=True)

        assert (done(kept), len(kept.refused)) == ({}, 1)
        assert Transformer.objects.get(number="T2").removed_on is None

    def test_refuses_a_number_given_twice_and_a_span_that_nothing_feeds(self, survey: Callable[..., Imported]) -> None:
        layers = changed("poteaux", 2, no_poteau="P2")
        layers["portees_mt"][2] |= {"a": "P2", "depart": 0}
        layers["transformateurs"][1] |= {"kva": 0, "no_poteau": "P1"}

        with pytest.raises(Refused) as refused:
            survey(layers)

        said = [it.reason for it in refused.value.problems]
        assert "Couche poteaux : le numéro P2 s’y trouve 2 fois." in said
        assert "Couche portees_mt, MT3 : rien n’alimente cette portée." in said
        assert "Couche portees_mt, MT3 : la portée va d’un appui à lui-même." in said
        assert "Couche transformateurs, T2 : une puissance se compte en kVA à partir de 1." in said

    def test_takes_a_tie_that_is_normally_open_without_a_feeder(self, survey: Callable[..., Imported]) -> None:
        survey(changed("portees_mt", 2, depart=0, etat="LIAISON"))
        settle()

        tie = Span.objects.get(number="MT3")
        assert (tie.feeder_id, tie.state) == (None, "OPEN")

    def test_does_not_mix_two_systems_of_coordinates(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())

        assert done(survey(changed("poteaux", 0, annee=1991), LATER)) == {"support": (0, 1, 0)}
        with pytest.raises(Refused, match="inscrit en EPSG:32188 ; cette carte est en EPSG:3347"):
            survey(maps.town(), LATER, epsg=3347)


class TestTheDatabase:
    @pytest.mark.parametrize(("statement", "why"), [
        ("UPDATE network_transformer SET kva = 1", "ne change que par un nouveau relevé"),
        ("UPDATE network_transformer SET survey_id = survey_id + 1, number = 'T7'", "ne change que par un nouveau"),
        ("UPDATE network_transformer SET survey_id = survey_id + 1, phases = 'AX'", "transformer_has_phases"),
        ("UPDATE network_transformer SET survey_id = survey_id + 1, kva = 0", "transformer_has_power"),
        ("UPDATE network_span SET survey_id = survey_id + 1, feeder_id = NULL WHERE number = 'MT1'", "span_is_fed"),
        ("UPDATE network_span SET survey_id = survey_id + 1, to_support_id = from_support_id", "span_goes_somewhere"),
        ("UPDATE network_span SET survey_id = survey_id + 1, path = ARRAY[1, 2, 3]", "span_has_a_line"),
        ("UPDATE network_servicedrop SET survey_id = survey_id + 1, path = ARRAY[1, 2]", "servicedrop_has_a_line"),
        ("UPDATE network_transformer SET survey_id = survey_id + 1, support_id = 'P9'", "P9"),
        ("DELETE FROM network_transformer", "La table network_transformer ne se modifie pas"),
        ("UPDATE network_change SET number = ''", "La table network_change ne se modifie pas"),
    ])  # fmt: skip
    def test_refuses_what_must_not_be_whoever_writes(
        self, survey: Callable[..., Imported], statement: str, why: str
    ) -> None:
        survey(maps.town())
        Survey.objects.create(digest=b"x", name="autre.gpkg", epsg=maps.EPSG, surveyed_on=LATER, by="x")

        with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")


class TestADisagreement:
    def test_names_the_points_that_only_the_map_has_and_those_it_lacks(self, survey: Callable[..., Imported]) -> None:
        survey(maps.town())
        make_delivery_point(number="1001")
        make_delivery_point(number="1003", phases=3)
        make_delivery_point(number="7000")

        assert report.counted() == {"only_on_map": 1, "not_on_map": 1, "three_phases_on_fewer": 1}
        assert [(it.code, it.number, it.address) for it in report.disagreements()] == [
            ("only_on_map", "1002", "12 rue du Quai, app. 2"),
            ("not_on_map", "7000", "214 rue des Ormes-Blancs"),
            ("three_phases_on_fewer", "1003", "20 rue du Quai"),
        ]
        assert report.disagreements("only_on_map")[0].mapped == "T1"

    def test_with_billing_about_a_transformer_is_told_and_the_map_decides(
        self, survey: Callable[..., Imported]
    ) -> None:
        survey(maps.town())
        first, again = said("1001 T1", "1003 T1", "5555 T1"), said("1001 T1", "1003 T2", "5555 T1")

        assert acts.state_transformers(stated=first, source="lieux.txt", by="reprise", on=FIRST) == 3

        [one] = report.disagreements("other_transformer")
        assert (one.number, one.said, one.mapped) == ("1003", "T1", "T2")
        assert facts.connections(["1003"])["1003"].transformer == "T2"
        assert acts.state_transformers(stated=again, source="lieux.txt", by="reprise", on=LATER) == 1
        assert acts.state_transformers(stated=again, source="lieux.txt", by="reprise", on=LATER) == 0
        assert report.disagreements("other_transformer") == []
        assert StatedTransformer.objects.count() == 4

    def test_of_a_point_with_its_own_drop_is_told(self, survey: Callable[..., Imported]) -> None:
        survey(changed("points_livraison", 2, no_transfo="T1"))

        assert [(it.code, it.said, it.mapped) for it in report.disagreements()] == [("other_drop", "T1 · 1", "T2 · 1")]

    def test_before_any_place_is_registered_is_not_about_every_place(self, survey: Callable[..., Imported]) -> None:
        assert report.counted() == {}
        survey(maps.town())
        assert report.counted() == {}


def test_the_map_of_the_example_town_is_surveyed_and_its_two_unknown_points_are_named(example_map: Path) -> None:
    done = import_network(example_map, by="géomatique", on=FIRST)
    settle()

    assert done.refused == []
    assert done.surveyed.counts["connection"].added > 5_000
    listed = (example_map.parent / "lieux.txt").read_bytes().decode("cp1252").splitlines()
    place = listed[0].split(";").index("NO_LIEU")
    known = {it.split(";")[place] for it in listed[1:]}
    only_on_map = set(Connection.objects.values_list("number", flat=True)) - known
    assert only_on_map == {"218180", "240590"}
    assert {it.number for it in facts.connections(only_on_map).values() if it.transformer and it.feeder} == only_on_map
