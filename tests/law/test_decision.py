"""A decision gives all its reasons, in both languages, and can be kept as JSON."""

import json
from datetime import date
from decimal import Decimal

import pytest

from fanal.law import explain
from fanal.law.conditions import ch04_billing as ch04
from fanal.law.decision import Decision, Figure, ground, permit
from fanal.law.delays import holidays
from fanal.law.in_force import in_force

YES = ground("4.2.1", "energy_alone_is_billed", True)
NO = ground("4.2.1", "meter_is_accessible", False)


def test_a_refusal_gives_all_its_reasons_and_all_its_grounds() -> None:
    decision = permit(when=[YES, NO], unless=[YES], besides=[NO])

    assert decision.outcome is False
    assert decision.obstacles == (NO, YES)
    assert len(decision.grounds) == 4


def test_what_merely_informs_never_refuses() -> None:
    assert permit(when=[YES], unless=[NO], besides=[NO]).outcome is True


def test_a_decision_is_kept_as_json_with_its_sentences_and_sources() -> None:
    terms = in_force(ch04.Terms, "alma", "ch04_billing", on=date(2026, 1, 12))
    decision = ch04.due_date(date(2026, 1, 12), terms, holidays("alma"))

    kept = json.loads(json.dumps(explain.as_dict(decision)))

    assert kept["outcome"] == "2026-02-02"
    assert kept["grounds"][0]["text"]["en"].startswith("Billed on January 12, 2026")
    assert kept["grounds"][0]["figures"][0] == {
        "name": "payment_days",
        "value": 21,
        "since": "2019-04-01",
        "article": "4.3.1",
        "source": "Règlement 336-2019 de la Ville d’Alma, édition du 1er avril 2019",
    }


def test_decimals_lists_and_records_become_plain_json() -> None:
    figure = Figure(name="rate", value=Decimal("0.0120"), since=date(2019, 4, 1), article="18.1", source="s")
    instalment = ch04.Instalment(due_on=date(2026, 2, 2), amount_cents=5)
    decision = Decision(outcome=(instalment,), grounds=(ground("4.2.2", "r", True, figure, on=None),))

    kept = decision.as_dict()

    assert kept["outcome"] == [{"due_on": "2026-02-02", "amount_cents": 5}]
    assert kept["grounds"][0]["figures"][0]["value"] == "0.0120"


@pytest.mark.parametrize(
    ("template", "value", "french", "english"),
    [
        ("{x:money}", -123456, "−1\u00a0234,56\u00a0$", "−$1,234.56"),
        ("{x:days}", 1, "1\u00a0jour", "1\u00a0day"),
        ("{x:day}", "2026-02-01", "1er février 2026", "February 1, 2026"),
        ("{x:percent}", Decimal("0.0120"), "1,2\u00a0%", "1.2%"),
        ("{x:kWh}", 2480000, "2\u00a0480\u00a0kWh", "2,480\u00a0kWh"),
        ("{x:day}", None, "inconnu", "unknown"),
    ],
)
def test_each_fact_is_worded_for_its_reader(template: str, value: object, french: str, english: str) -> None:
    assert explain.fill(template, {"x": value}, "fr") == french
    assert explain.fill(template, {"x": value}, "en") == english


@pytest.mark.parametrize(("kind", "value"), [("furlong", 1), ("money", date(2026, 1, 12))])
def test_a_kind_of_wording_that_does_not_exist_is_refused(kind: str, value: object) -> None:
    with pytest.raises(ValueError, match="no wording"):
        explain.fill(f"{{x:{kind}}}", {"x": value}, "fr")
