"""What an act, a constraint or a trigger refuses is said on the English desk in English, its facts worded as there."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from fanal.doors.desk.roles import Role
from tests.doors.desk.test_proposals_page import dearer_file, proposed
from tests.doors.desk.test_runs import opened

Clients = Callable[..., Client]


def proposing(client: Client) -> str:
    answer = client.post(reverse("proposal_new"), {"book": dearer_file(), "note": "Resolution 2026-12"})
    assert answer.status_code == 422
    return answer.content.decode()


@pytest.mark.parametrize(
    ("lang", "said"),
    [("fr", "est calculé ; il faudrait qu’il soit revu."), ("en", "is computed; it should be reviewed.")],
)
def test_an_act_says_its_sentence_with_its_facts(client_as: Clients, lang: str, said: str) -> None:
    run_id = opened(client_as(Role.BILLING))

    page = client_as(Role.TREASURER, lang=lang).post(reverse("run_approve", args=[run_id]), follow=True)

    assert f"{run_id} {said}" in page.content.decode().replace("\u202f", " ").replace("&nbsp;", " ")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("fr", "Une proposition de ce livre est déjà ouverte"), ("en", "A proposal of this book is already open")],
)
def test_a_constraint_says_its_sentence(client_as: Clients, lang: str, said: str) -> None:
    proposed()

    assert said in proposing(client_as(Role.BILLING, lang=lang))


@pytest.mark.parametrize(
    ("lang", "said"),
    [("fr", "La table billing_proposal ne se modifie pas"), ("en", "Table billing_proposal is never changed")],
)
def test_a_trigger_says_its_sentence_with_its_facts(client_as: Clients, lang: str, said: str) -> None:
    with connection.cursor() as cursor:  # planted: the acts refuse first whatever triggers refuse
        cursor.execute(
            "CREATE TRIGGER planted BEFORE INSERT ON billing_proposal EXECUTE FUNCTION journal_refuse_change()"
        )

    assert said in proposing(client_as(Role.BILLING, lang=lang))
