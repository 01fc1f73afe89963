"""Two persons who merge, undo or open at once: one goes first, and the other sees it."""

from collections.abc import Callable
from typing import Any

from concurrency import while_another
from django.db import IntegrityError, connection
from factories import CLERK, TODAY, make_customer, make_delivery_point, make_subscription

from fanal.records.customers import facts as known
from fanal.records.subscriptions import facts, merging
from fanal.values.refusal import Refused

SECOND: dict[str, Any] = {"by": "seconde", "on": TODAY}


def proposed(kept: int, merged: int) -> int:
    return merging.propose_merge(kept_id=kept, merged_id=merged, reason="même date de naissance", **CLERK)


def holders(subscription: int) -> tuple[int, ...]:
    return facts.subscriptions([subscription])[subscription].holder_ids


def query(text: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def refusal_of(act: Callable[..., Any], *given: Any, **asked: Any) -> str:
    try:
        act(*given, **asked)
    except Refused as refused:
        return str(refused)
    return ""


def test_of_two_proposals_at_once_in_opposite_directions_one_stands(own_database: None):
    one, other = make_customer(), make_customer()

    merge, refused = while_another(lambda: proposed(one, other), lambda: refusal_of(proposed, other, one))

    assert "déjà d’une autre fusion" in refused
    assert [it.id for it in known.merges()] == [merge]


def test_the_database_lets_one_of_two_planted_at_once_in_opposite_directions_stand(own_database: None):
    one, other = make_customer(), make_customer()
    said = """INSERT INTO customers_merge (kept_id, merged_id, reason, signs, proposed_by, proposed_on, confirmed_by,
        undone_by, undone_because) VALUES (%s, %s, '?', '[]', 'luc', now(), '', '', '') RETURNING id"""

    (made,), refused = while_another(lambda: query(said, one, other), lambda: query(said, other, one))

    assert made
    assert isinstance(refused, IntegrityError)


def test_two_who_confirm_at_once_move_things_once(own_database: None):
    kept, merged = make_customer(), make_customer()
    hers = make_subscription(holder_ids=[merged])
    merge = proposed(kept, merged)

    _, refused = while_another(
        lambda: merging.confirm_merge(merge_id=merge, **SECOND),
        lambda: refusal_of(merging.confirm_merge, merge_id=merge, by="troisième", on=TODAY),
    )

    assert "n’attend pas" in refused
    assert holders(hers) == (kept,)


def test_a_subscription_opened_while_its_holder_is_merged_is_refused_with_a_sentence(own_database: None):
    kept, merged = make_customer(), make_customer()
    point = make_delivery_point()[0]
    merge = proposed(kept, merged)

    _, refused = while_another(
        lambda: merging.confirm_merge(merge_id=merge, **SECOND),
        lambda: refusal_of(make_subscription, point=point, holder_ids=[merged]),
    )

    assert "est réuni au client" in refused


def test_what_is_opened_while_somebody_waits_to_merge_moves_too(own_database: None):
    kept, merged = make_customer(), make_customer()
    point = make_delivery_point()[0]
    merge = proposed(kept, merged)

    late, problem = while_another(
        lambda: make_subscription(point=point, holder_ids=[merged]),
        lambda: merging.confirm_merge(merge_id=merge, **SECOND),
    )

    assert problem is None
    assert holders(late) == (kept,)


def test_while_an_export_is_loaded_nobody_confirms_nor_undoes(own_database: None):
    merge = proposed(make_customer(), make_customer())

    def loading() -> None:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE customers_merge IN SHARE MODE")

    _, refused = while_another(loading, lambda: [
        refusal_of(act, merge_id=merge, **SECOND) for act in (merging.confirm_merge, merging.undo_merge)
    ])  # fmt: skip

    assert ["attendre qu’elle finisse" in it for it in refused] == [True, True]
    merging.confirm_merge(merge_id=merge, **SECOND)
