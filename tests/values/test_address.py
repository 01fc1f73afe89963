"""A civic address: its parts, whatever the way it is typed, and its lines on an envelope."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values import address
from fanal.values.address import CivicAddress, Street, civic_address, posted, street
from fanal.values.contact import folded
from fanal.values.refusal import Fault
from fanal.values.street_types import DIRECTIONS, TYPES, Spoken

PROPER = [
    "Saint-Jean-Baptiste",
    "Principale",
    "Mgr-Racine",
    "Grand-Duc",
    "Ouellet",
    "4",
    "Dame-en-Terre",
    "Sainte-Anne",
]
SAID = st.builds(lambda particle, name: f"{particle}{name}", st.sampled_from(["", "de la ", "du ", "des ", "de l’"]),
                 st.sampled_from([*PROPER, "Boulevard", "Ormes", "Église"]))  # fmt: skip
FRENCH = [it for it in TYPES if it.lang == "fr"]
ENGLISH = [it for it in TYPES if it.lang == "en"]
STREETS = st.builds(
    lambda kind, name, side: Street(kind.code, name, side, "fr"),
    st.sampled_from(FRENCH), SAID, st.sampled_from(["", *DIRECTIONS["fr"]]),
)  # fmt: skip
ORDINALS = st.builds(
    lambda kind, name, side: Street(kind.code, name, side, "fr"),
    st.sampled_from(FRENCH), st.sampled_from(["1re", "2e", "45e"]), st.sampled_from(["", *DIRECTIONS["fr"]]),
)  # fmt: skip
ENGLISH_STREETS = st.builds(
    lambda kind, name, side: Street(kind.code, name, side, "en"),
    st.sampled_from(ENGLISH), st.sampled_from(["Main", "Victoria", "12th", "King Edward"]),
    st.sampled_from(["", *DIRECTIONS["en"]]),
)  # fmt: skip
ADDRESSES = st.builds(
    CivicAddress,
    street=STREETS | ORDINALS | ENGLISH_STREETS,
    number=st.integers(1, 99_999).map(str),
    suffix=st.sampled_from(["", "A", "1/2"]),
    unit=st.sampled_from(["", "3", "101", "B", "204C"]),
    municipality=st.sampled_from(["Lac-aux-Ormes", "Québec", "Saint-Ludger-de-Milot", "Ville Marie"]),
    postal_code=st.just("G9Z 5H1"),
)


class TestAStreet:
    @given(STREETS | ORDINALS | ENGLISH_STREETS)
    def test_written_in_full_is_read_as_it_was(self, known: Street) -> None:
        assert street(str(known)) == known

    @given(STREETS | ORDINALS | ENGLISH_STREETS)
    def test_as_posted_is_the_same_street(self, known: Street) -> None:
        assert folded(str(street(known.posted()))) == folded(str(known))

    @given(STREETS)
    def test_in_capitals_without_accents_is_the_same_street(self, known: Street) -> None:
        typed = str(known).upper().translate(str.maketrans("ÉÈÊÔÎÇ’", "EEEOIC'"))

        assert folded(str(street(typed))) == folded(str(known))

    @pytest.mark.parametrize(("typed", "kind", "name", "side", "lang"), [
        ("RUE DE L'EGLISE", "RUE", "de l’Eglise", "", "fr"),
        ("AV MELANCON", "AV", "Melancon", "", "fr"),
        ("ch. des Îles", "CH", "des Îles", "", "fr"),
        ("RTE MELANCON OUEST", "RTE", "Melancon", "O", "fr"),
        ("Boul. St-Joseph O.", "BOUL", "St-Joseph", "O", "fr"),
        ("avenue du Parc N.-E.", "AV", "du Parc", "NE", "fr"),
        ("4e Rang", "RANG", "4e", "", "fr"),
        ("Rang 4", "RANG", "4", "", "fr"),
        ("1re Avenue Est", "AV", "1re", "E", "fr"),
        ("chemin du 5e Rang", "CH", "du 5e Rang", "", "fr"),
        # A type or a side in the name is the name.
        ("RUE DU BOULEVARD", "RUE", "du Boulevard", "", "fr"),
        ("avenue de l’Est", "AV", "de l’Est", "", "fr"),
        ("boulevard du Nord", "BOUL", "du Nord", "", "fr"),
        ("rue Nord", "RUE", "Nord", "", "fr"),
        ("Grande Allée Est", "", "Grande Allée", "E", "fr"),
        ("BOULEVARD DE L'HOTEL-DE-VILLE", "BOUL", "de l’Hotel-de-Ville", "", "fr"),
        ("Main St. W.", "ST", "Main", "W", "en"),
        ("Avenue Road", "RD", "Avenue", "", "en"),
        ("12TH AVENUE", "AVE", "12th", "", "en"),
        ("rue Saint-Jean W", "RUE", "Saint-Jean", "O", "fr"),
    ])  # fmt: skip
    def test_is_read_from_what_people_type(self, typed: str, kind: str, name: str, side: str, lang: Spoken) -> None:
        assert street(typed) == Street(kind, name, side, lang)

    @pytest.mark.parametrize("typed", ["", "  ,", "rue", "BOUL."])
    def test_without_a_name_is_refused(self, typed: str) -> None:
        with pytest.raises(Fault, match="n’a pas de nom de voie"):
            street(typed)


class TestAnAddress:
    @pytest.mark.parametrize(("typed", "civic", "unit", "way"), [
        ("336 rue des Frênes, app. A", "336", "A", "rue des Frênes"),
        ("12-345 rue Sainte-Catherine O", "345", "12", "rue Sainte-Catherine Ouest"),
        ("A-20, rue du Collège", "20", "A", "rue du Collège"),
        ("101-A rue du Quai", "101A", "", "rue du Quai"),
        ("345 ½ rue du Quai", "345 1/2", "", "rue du Quai"),
        ("123 Main St. W., Apt 4", "123", "4", "Main Street West"),
        ("Unit 4 - 123 Main St", "123", "4", "Main Street"),
        ("123, rue Notre-Dame Est, bureau 1200", "123", "1200", "rue Notre-Dame Est"),
        ("20 rue du Collège #4", "20", "4", "rue du Collège"),
        ("14 1re Avenue", "14", "", "1re Avenue"),
        ("1re Avenue", "", "", "1re Avenue"),
        ("rang 4, app 2", "", "2", "rang 4"),
        ("12 rue Ste Anne", "12", "", "rue Ste Anne"),
    ])  # fmt: skip
    def test_on_one_line_is_cut_in_its_parts(self, typed: str, civic: str, unit: str, way: str) -> None:
        known = civic_address(typed)

        assert (known.civic, known.unit, str(known.street)) == (civic, unit, way)

    @pytest.mark.parametrize(("typed", "french", "english"), [
        ("C.P. 120, succ. Centre-ville", "CP 120 SUCC CENTRE-VILLE", "PO BOX 120 STN CENTRE-VILLE"),
        ("succ. Centre-ville, case postale 120", "CP 120 SUCC CENTRE-VILLE", "PO BOX 120 STN CENTRE-VILLE"),
        ("P.O. Box 12 Stn Main", "CP 12 SUCC MAIN", "PO BOX 12 STN MAIN"),
        ("R.R. #2", "RR 2", "RR 2"),
        ("Poste restante", "PR", "GD"),
    ])  # fmt: skip
    def test_of_the_post_office_is_told_in_the_language_of_the_envelope(
        self, typed: str, french: str, english: str
    ) -> None:
        known = civic_address(typed, municipality="Alma", postal_code="G8B 1A1")

        assert posted(known) == (french, "ALMA QC  G8B 1A1")
        assert posted(known, "en") == (english, "ALMA QC  G8B 1A1")

    def test_may_have_a_street_and_a_box(self) -> None:
        known = civic_address("45 rue des Lilas, C.P. 12", municipality="Alma", postal_code="g8b1a1")

        assert posted(known) == ("45 RUE DES LILAS", "CP 12", "ALMA QC  G8B 1A1")

    @pytest.mark.parametrize(("typed", "code"), [("Québec", "QC"), ("P.Q.", "QC"), ("qc", "QC"), ("Ontario", "ON")])
    def test_names_its_province_in_two_letters(self, typed: str, code: str) -> None:
        assert address.province_code(typed) == code

    def test_of_nowhere_is_refused_with_its_reason(self) -> None:
        with pytest.raises(Fault, match="L’adresse est vide"):
            civic_address(" , ")
        with pytest.raises(Fault, match="« Texas » n’est pas une province du Canada"):
            civic_address("12 rue du Quai", province="Texas")
        with pytest.raises(Fault, match="a 4 signes ; un code postal en a six"):
            civic_address("12 rue du Quai", postal_code="G9Z5")
        with pytest.raises(Fault, match="« douze » n’est pas un numéro civique"):
            address.civic_number("douze")

    @given(st.text(max_size=60))
    def test_or_anything_else_is_read_or_refused_and_never_breaks(self, typed: str) -> None:
        with contextlib.suppress(Fault):
            assert max(map(len, posted(civic_address(typed, municipality="Alma")))) <= 40


class TestAnEnvelope:
    @given(ADDRESSES, st.sampled_from(["fr", "en"]))
    def test_has_lines_of_forty_signs_in_capitals_without_punctuation_and_the_code_last(
        self, known: CivicAddress, lang: Spoken
    ) -> None:
        lines = posted(known, lang)

        assert max(map(len, lines)) <= 40
        assert all(it == it.upper() for it in lines)
        assert not re.search(r"[.,;:#’]", " ".join(lines))
        assert lines[-1].endswith(" QC  G9Z 5H1")

    @given(ADDRESSES)
    def test_is_read_again_as_the_same_address(self, known: CivicAddress) -> None:
        first, *others = posted(known)
        read = civic_address(", ".join([*others[:-1], first]) if len(others) > 1 else first)

        assert (read.civic, read.unit) == (known.civic, known.unit)
        assert folded(read.street.posted()) == folded(known.street.posted())

    def test_spells_a_type_of_one_letter_which_would_pass_for_the_suffix_of_the_number(self) -> None:
        known = CivicAddress(Street("C", "Saint-Jean-Baptiste"), number="1", municipality="Alma")

        assert posted(known)[0] == "1 CENTRE SAINT-JEAN-BAPTISTE"
        assert civic_address(posted(known)[0]).civic == "1"
        assert civic_address("1 C rue du Quai").civic == "1C"

    def test_has_the_unit_before_the_number_or_apart_when_the_line_is_full(self) -> None:
        long = CivicAddress(Street("BOUL", "du Curé-Antoine-Labelle-Ouest"), number="12345", unit="1204B",
                            municipality="Alma", postal_code="G8B 1A1")  # fmt: skip

        assert posted(long)[:-1] == ("APP 1204B", "12345 BOUL DU CURÉ-ANTOINE-LABELLE-OUEST")
        assert posted(long, "en")[0] == "APT 1204B"

    def test_shortens_the_saints_of_a_full_line_then_refuses(self) -> None:
        saint = CivicAddress(Street("BOUL", "de la Sainte-Trinité-du-Mont-Royal"), number="12", municipality="Alma")
        endless = CivicAddress(Street("RUE", "A" * 40), number="12", municipality="Alma")

        assert posted(saint)[0] == "12 BOUL DE LA STE-TRINITÉ-DU-MONT-ROYAL"
        with pytest.raises(Fault, match="a 47 signes ; une ligne d’adresse en a au plus 40"):
            posted(endless)

    def test_puts_the_code_on_its_own_line_when_the_town_fills_its_own(self) -> None:
        known = CivicAddress(Street("RUE", "Un"), number="1", municipality="Saint-Louis-du-Ha! Ha! de la Grande",
                             postal_code="G0L 3S0")  # fmt: skip

        assert posted(known)[1:] == ("SAINT-LOUIS-DU-HA HA DE LA GRANDE QC", "G0L 3S0")


class TestAnAddressKeptInLines:
    @given(
        ADDRESSES.filter(lambda it: it.street.lang == "fr"),
        st.sampled_from(["{} (Québec)  {}", "{} QC  {}", "{}, Québec, {}"]),
    )
    def test_is_put_on_an_envelope_as_its_parts_would_be(self, known: CivicAddress, form: str) -> None:
        unit = f", app. {known.unit}" if known.unit else ""
        kept = (f"{known.civic}, {known.street}{unit}", form.format(known.municipality, known.postal_code))

        assert address.envelope(kept) == posted(known)

    def test_keeps_what_stands_above_the_street(self) -> None:
        kept = ("a/s Gestion Duchesne inc.", "bureau 200", "12, rue du Quai", "Alma (Québec)  G8B 1A1")

        assert address.envelope(kept) == (
            "A/S GESTION DUCHESNE INC",
            "BUREAU 200",
            "12 RUE DU QUAI",
            "ALMA QC  G8B 1A1",
        )

    def test_has_its_box_in_the_language_of_the_reader(self) -> None:
        kept = ("C.P. 120, succ. Centre-ville", "Alma (Québec)  G8B 1A1")

        assert address.envelope(kept, "en")[0] == "PO BOX 120 STN CENTRE-VILLE"

    @pytest.mark.parametrize("kept", [
        ("12 rue du Quai",), ("12 rue du Quai", "Alma"), ("12 rue du Quai", "Alma (Québec)  G8B 1O1"),
        ("12 Main Street", "Springfield (Texas)  G8B 1A1"), ("1, rue " + "a" * 50, "Alma (Québec)  G8B 1A1"), (),
    ])  # fmt: skip
    def test_that_cannot_be_read_is_left_as_it_was(self, kept: tuple[str, ...]) -> None:
        assert address.envelope(kept) == kept

    @given(st.lists(st.text(max_size=40), max_size=5))
    def test_or_anything_else_never_breaks(self, kept: list[str]) -> None:
        told = address.envelope(kept)

        assert told == tuple(kept) or max(map(len, told)) <= 40
