"""How people are reached: whatever the way it was typed, one form; or a sentence that says why not."""

import contextlib
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values import contact
from fanal.values.contact import FIRST_LETTERS, NEVER_LETTERS, Phone
from fanal.values.refusal import Fault

AREAS = st.sampled_from(["418", "514", "581", "819", "873", "416", "902"])
WRITTEN = ["{a} {b}-{c}", "({a}) {b}-{c}", "{a}-{b}-{c}", "{a}{b}{c}", "1 {a} {b} {c}", "+1{a}{b}{c}", " {a}.{b}.{c} "]
BEHIND = [" poste {}", ", poste {}", " p. {}", " Ext. {}", " x{}", " #{}", " (poste {})", " POSTE : {}"]
LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
CODES = st.tuples(*[st.sampled_from(it) for it in ("GHJ", "0123456789", LETTERS, "0123456789", LETTERS, "0123456789")])
LABELS = st.text(ascii_lowercase + "0123456789", min_size=1, max_size=12)


def refusal(fault: pytest.ExceptionInfo[Fault]) -> str:
    return str(fault.value)


class TestATelephone:
    @given(AREAS, st.integers(220, 899), st.integers(0, 9999), st.sampled_from(WRITTEN))
    def test_is_one_number_however_it_is_typed(self, area: str, exchange: int, line: int, form: str) -> None:
        typed = form.format(a=area, b=exchange, c=f"{line:04d}")

        assert contact.phone(typed) == Phone(f"+1{area}{exchange}{line:04d}")

    @given(st.sampled_from(WRITTEN), st.sampled_from(BEHIND), st.integers(0, 99_999).map(str))
    def test_keeps_its_extension_apart(self, form: str, behind: str, extension: str) -> None:
        typed = form.format(a="418", b="555", c="0112") + behind.format(extension)

        assert contact.phone(typed) == Phone("+14185550112", extension)

    @given(st.integers(0, 9999), st.sampled_from(["", "47"]))
    def test_written_for_people_is_read_again_as_the_same(self, line: int, extension: str) -> None:
        known = Phone(f"+1418555{line:04d}", extension)

        assert contact.phone(str(known)) == known

    def test_from_elsewhere_is_kept_with_its_country(self) -> None:
        known = contact.phone("+33 1 42 68 53 00")

        assert (known, str(known)) == (Phone("+33142685300"), "+33 1 42 68 53 00")

    def test_of_seven_digits_needs_the_area_code_of_the_town(self) -> None:
        with pytest.raises(Fault) as refused:
            contact.phone("555-0136")

        assert refusal(refused) == "« 555-0136 » n’a que sept chiffres : l’indicatif régional manque."
        assert contact.phone("555-0136", area="418") == Phone("+14185550136")
        assert contact.phone("555-0136 poste 4", area="418") == Phone("+14185550136", "4")

    @pytest.mark.parametrize(("typed", "why"), [
        ("aucun", "n’a aucun chiffre"),
        ("", "n’a aucun chiffre"),
        ("418 555-O112", "contient « O »"),
        ("418 555-01123", "a 11 chiffres ; un numéro d’ici en a dix"),
        ("418 555-01", "a 8 chiffres ; un numéro d’ici en a dix"),
        ("118 555-0112", "n’existe dans aucun indicatif"),
        ("000 000-0000", "n’existe dans aucun indicatif"),
        ("418 555-0112 / 418 555-0113", "n’est pas un numéro"),
    ])  # fmt: skip
    def test_that_cannot_be_dialled_is_refused_with_its_reason(self, typed: str, why: str) -> None:
        with pytest.raises(Fault) as refused:
            contact.phone(typed)

        assert why in refusal(refused)

    @given(st.text(max_size=30))
    def test_or_anything_else_is_read_or_refused_and_never_breaks(self, typed: str) -> None:
        with contextlib.suppress(Fault):
            assert contact.phone(typed).number.startswith("+")


class TestAnAddressOfEMail:
    @given(st.lists(LABELS, min_size=1, max_size=3), st.lists(LABELS, min_size=1, max_size=3))
    def test_keeps_its_name_and_has_its_domain_in_small_letters(self, local: list[str], domain: list[str]) -> None:
        name, place = ".".join(local), ".".join([*domain, "example"])

        assert contact.email(f"  {name.title()}@{place.upper()} ") == f"{name.title()}@{place}"

    @pytest.mark.parametrize(("typed", "why", "meant"), [
        ("lise.guay @ormes.example", "contient une espace", "lise.guay@ormes.example"),
        ("lise.guay@@ormes.example", "a plus d’une arobase", "lise.guay@ormes.example"),
        ("lise.guay@ormes.example.", "a un point mal placé", "lise.guay@ormes.example"),
        ("lise..guay@ormes.example", "a un point mal placé", "lise.guay@ormes.example"),
        ("lise.guay.@ormes.example", "a un point mal placé", "lise.guay@ormes.example"),
        ("lise.guay@ormes,example", "contient « , »", "lise.guay@ormes.example"),
        ("lise.guayormes.example", "n’a pas la forme nom@domaine", ""),
        ("lise@ormes", "n’est pas un domaine", ""),
        ("lise@-ormes.example", "n’est pas un domaine", ""),
        ("lise@ormes.e", "n’est pas un domaine", ""),
        ("élise@ormes.example", "contient « é »", ""),
        ("lise@ormes.example, guy@ormes.example", "a plus d’une arobase", ""),
        ("l" * 65 + "@ormes.example", "est trop long", ""),
    ])  # fmt: skip
    def test_that_no_message_would_reach_is_refused_and_mended_only_if_its_meaning_is_plain(
        self, typed: str, why: str, meant: str
    ) -> None:
        with pytest.raises(Fault) as refused:
            contact.email(typed)

        assert why in refusal(refused)
        assert contact.mended_email(typed) == meant

    @given(st.text(max_size=40))
    def test_or_anything_else_is_read_or_refused_and_what_is_read_is_read_the_same_again(self, typed: str) -> None:
        try:
            read = contact.email(typed)
        except Fault:
            return
        assert contact.email(read) == read


class TestAPostalCode:
    @given(CODES, st.sampled_from(["{}{}", "{} {}", "{}-{}", " {}  {} "]), st.booleans())
    def test_has_one_form(self, signs: tuple[str, ...], form: str, small: bool) -> None:
        code = "".join(signs)
        typed = form.format(code[:3], code[3:])

        assert contact.postal_code(typed.lower() if small else typed, province="QC") == f"{code[:3]} {code[3:]}"

    @given(CODES, st.sampled_from([0, 2, 4]), st.sampled_from(sorted(NEVER_LETTERS)))
    def test_never_has_a_letter_that_looks_like_another(self, signs: tuple[str, ...], place: int, letter: str) -> None:
        spoilt = "".join(letter if at == place else it for at, it in enumerate(signs))

        with pytest.raises(Fault, match=f"la lettre {letter} ne sert pas"):
            contact.postal_code(spoilt)

    @pytest.mark.parametrize("province", sorted(FIRST_LETTERS))
    def test_begins_with_a_letter_of_its_province_only(self, province: str) -> None:
        taken = {it for it in "ABCEGHJKLMNPRSTVXY" if _is_taken(f"{it}1A 1A1", province)}

        assert taken == set(FIRST_LETTERS[province])

    @pytest.mark.parametrize(("typed", "why", "meant"), [
        ("G9Z 2X", "a 5 signes", ""),
        ("H0H 0H0X", "a 7 signes", ""),
        ("G0Z IA1", "n’a pas la forme", "G0Z 1A1"),
        ("G9Z 5HI", "n’a pas la forme", "G9Z 5H1"),
        ("GOZ 5H1", "n’a pas la forme", "G0Z 5H1"),
        ("G9O 5V1", "la lettre O ne sert pas", ""),
        ("W9Z 5V1", "la lettre W ne sert pas", ""),
        ("K1A 0B1", "ne commence pas par une lettre de la province (QC)", ""),
    ])  # fmt: skip
    def test_that_cannot_be_is_refused_and_mended_only_if_its_meaning_is_plain(
        self, typed: str, why: str, meant: str
    ) -> None:
        with pytest.raises(Fault) as refused:
            contact.postal_code(typed, province="QC")

        assert why in refusal(refused)
        assert contact.mended_postal_code(typed, province="QC") == meant


def _is_taken(code: str, province: str) -> bool:
    try:
        return bool(contact.postal_code(code, province=province))
    except Fault:
        return False


class TestAName:
    @pytest.mark.parametrize(("typed", "said"), [
        ("DE LAUNIERE   ", "De Launiere"), ("O'NEIL", "O'Neil"), ("D'AMOURS", "D'Amours"), ("ST-PIERRE", "St-Pierre"),
        ("JEAN-FRANÇOIS", "Jean-François"), ("MCNICOLL", "McNicoll"), ("Van der Meer", "Van der Meer"),
        ("N’DIAYE", "N’Diaye"),
    ])  # fmt: skip
    def test_of_a_person_in_capitals_is_put_in_small_letters(self, typed: str, said: str) -> None:
        assert contact.name(typed) == said

    @pytest.mark.parametrize(("typed", "said"), [
        ("9236-1980 QUEBEC INC.", "9236-1980 Québec inc."),
        ("CENTRE DE SERVICES SCOLAIRE DU PAYS-DES-BLEUETS", "Centre de Services Scolaire du Pays-des-Bleuets"),
        ("CIUSSS REGIONAL", "CIUSSS Regional"),
        ("LES CONSTRUCTIONS D'AILLEURS LTEE", "Les Constructions d’Ailleurs ltée"),
        ("PNEUS CLAVEAU & FILS ENR. ", "Pneus Claveau & Fils enr."),
        ("Garage Gilbert inc.", "Garage Gilbert inc."),
    ])  # fmt: skip
    def test_of_a_firm_keeps_its_acronyms_and_its_legal_form(self, typed: str, said: str) -> None:
        assert contact.organisation(typed) == said

    @given(st.text(max_size=40))
    def test_put_right_is_the_same_name_and_is_left_alone_afterwards(self, typed: str) -> None:
        for put in (contact.name, contact.organisation):
            said = put(typed)
            assert put(said) == said

    def test_is_compared_without_accent_case_or_sign(self) -> None:
        assert (
            contact.folded("Église-St-Sacrement")
            == contact.folded("EGLISE SAINT SACREMENT")
            == "EGLISE SAINT SACREMENT"
        )
        assert contact.folded("Sacré-Cœur") == "SACRE COEUR"
        assert contact.folded("Stéphane") != contact.folded("Saint-éphane")
