"""`fanal subscription`: what a book asks of a subscription is said, shown, ended; what is wrong is a sentence."""

import pytest
from factories import LONG_AGO, make_place, make_subscription

from fanal.records.metering import facts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.records.subscriptions import facts

pytestmark = pytest.mark.django_db
SINCE = ("--from", "2025-12-01", "--by", "rose")


@pytest.fixture
def point() -> str:
    place = make_place(RegisterKind.KWH, starts_on=LONG_AGO)
    make_subscription(point=place.point, book="hydro_quebec/Flex_D")
    return place.number


def of(point: str) -> int:
    from fanal.records.premises import facts as premises

    known = premises.delivery_point_numbered(point)
    subscription = facts.subscription_at(known.id, LONG_AGO) if known else None
    assert subscription is not None
    return subscription.id


def test_households_exemptions_and_a_bank_are_said_shown_and_ended(fanal, point):
    assert fanal("subscription", "households", point, "--count", 6, *SINCE)[0] == 0
    assert fanal("subscription", "exempt", point, "--tax", "canada/gst", "--certificate", "G 44", *SINCE)[0] == 0
    assert fanal("subscription", "bank", point, "--opening", "12,5", *SINCE)[0] == 0
    ended = ("--from", "2026-01-01", "--by", "rose")
    assert fanal("subscription", "end-exemption", point, "--tax", "canada/gst", *ended)[0] == 0
    assert fanal("subscription", "end-bank", point, *ended)[0] == 0

    status, out, _ = fanal("subscription", "show", point)

    out = out.replace("\u00a0", " ")
    assert status == 0
    assert "ménages : 6 depuis le 1er décembre 2025" in out
    assert "exonéré de canada/gst, certificat G 44, du 1er décembre 2025 au 1er janvier 2026 exclu" in out
    assert "banque de kWh, du 1er décembre 2025 au 1er janvier 2026 exclu" in out
    assert facts.banks_of(of(point))[0].opening_kwh == 12_500


def test_a_register_is_added_with_what_it_shows(fanal, point):
    status, out, _ = fanal("subscription", "register", point, "--register", "kWh-event", "--index", "120", *SINCE)

    assert status == 0
    assert "registre kWh-event : kWh, événements de pointe, 5 chiffres" in out
    [reading] = [it for it in metering.readings_of(facts.subscriptions([of(point)])[of(point)].delivery_point_id)
                 if it.name == "event"]  # fmt: skip
    assert reading.value == 120_000


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("households", "POINT", "--count", 0, *SINCE), 1, "se tient entre 1 et"),
        (("households", "POINT", "--count", "beaucoup", *SINCE), 2, "beaucoup"),
        (("exempt", "POINT", "--tax", "x/y", "--certificate", "1", *SINCE), 1, "est inconnue"),
        (("exempt", "POINT", "--tax", "canada/gst", "--certificate", " ", *SINCE), 2, "Il faut un texte"),
        (("end-exemption", "POINT", "--tax", "canada/gst", *SINCE), 1, "n’a pas d’exonération"),
        (("end-bank", "POINT", *SINCE), 1, "n’a pas de banque"),
        (("bank", "POINT", "--opening", "-4", *SINCE), 2, "n’est pas une quantité"),
        (("register", "POINT", "--register", "kWh-", *SINCE), 2, "n’est pas un registre"),
        (("register", "POINT", "--register", "kWh", *SINCE), 1, "a déjà un registre kWh"),
        (("show", "PL-999999"), 1, "est inconnu"),
        (("end", "POINT", "--received", "2999-01-01", "--by", "rose"), 1, "ne peut être reçue après aujourd’hui"),
        (("end", "POINT", "--received", "2026-01-05", "--escapes", "--by", "rose"), 1, "éviter une modalité"),
        (("end", "POINT", "--received", "2026-01-05", "--rate", "gratuit", "--by", "rose"), 2, "gratuit"),
        (("households", "POINT", "--count", 2, "--from", "1999-01-01", "--by", "rose"), 1, "Aucun abonnement"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_written(fanal, point, arguments, status, said):
    answer, _, err = fanal("subscription", *(point if it == "POINT" else it for it in arguments))

    assert (answer, said in err) == (status, True), err
    assert facts.households_of(of(point)) == []
    assert facts.exemptions_of(of(point)) == []


def test_the_end_is_said_with_its_day_and_why(fanal, point):
    subscription = of(point)
    status, out, _ = fanal("subscription", "end", point, "--received", "2026-01-05", "--by", "rose")

    assert status == 0
    assert out.splitlines()[0].replace("\N{NO-BREAK SPACE}", " ") == "Premier jour sans l’abonnement : 5 janvier 2026."
    assert "sans préavis" in out or "demande du 5" in out
    assert str(facts.subscriptions([subscription])[subscription].ends_on) == "2026-01-05"
