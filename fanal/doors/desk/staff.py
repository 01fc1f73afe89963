"""The people of the office: registered, given another password, closed, reopened. One act, one journal line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fanal.doors.desk.roles import DEMO, Role
from fanal.doors.desk.routes import routes
from fanal.records.journal.acts import record
from fanal.records.journal.refusals import saying
from fanal.values.refusal import refuse

ALONE = "« {username} » est seul à l’administration : en inscrire une autre personne d’abord."
MAY_NOT = "« {by} » n’est pas inscrit pour cela. Le peuvent : {known}."
NOBODY = "Personne ne s’appelle « {username} » : « fanal person list » dit qui est inscrit."
NO_USERNAME = "« {username} » : un nom d’utilisateur a de 3 à 60 lettres sans accent, chiffres, points ou traits."
USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,58}[a-z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the office, as a list shows them."""

    username: str
    name: str
    roles: tuple[Role, ...]
    is_open: bool
    is_demo: bool


def everybody() -> list[Person]:
    """Who may sign in or could once, by user name."""
    found = []
    for user in User.objects.order_by("username").prefetch_related("groups"):
        groups = {it.name for it in user.groups.all()}
        roles = tuple(role for role in Role if role.value in groups)
        found.append(Person(username=user.username, name=user.get_full_name(), roles=roles, is_open=user.is_active,
                            is_demo=DEMO in groups))  # fmt: skip
    return found


def require_may(route: str, by: str) -> None:
    """Raise Refused unless `by` is the user name of somebody whose role opens that route of the desk.

    Who types a command says who acts: the second person of an approval is one that the office registered. While it
    registered nobody who may, and in the demo town, any name is taken.
    """
    known = [it.username for it in everybody() if it.is_open and not it.is_demo and routes()[route].admits(it.roles)]
    if known and by not in known:
        raise refuse(MAY_NOT, field="by", by=by, known=", ".join(known))


def register_person(
    *, username: str, given_name: str, name: str, roles: Sequence[Role], password: str, by: str, on: date
) -> None:
    """Inscrire une personne with its roles. Raises Refused: a name taken or unfit, no role, a weak password."""
    if not USERNAME.fullmatch(username):
        raise refuse(NO_USERNAME, username=username)
    if not roles:
        raise refuse("Il faut au moins un rôle.")
    user = User(username=username, first_name=given_name, last_name=name)
    _set_password(user, password)
    with transaction.atomic():
        with saying({"auth_user_username_key": "« {username} » existe déjà."}, username=username):
            user.save()
        user.groups.set(Group.objects.filter(name__in=[it.value for it in roles]))
        _record("register_person", user, by=by, on=on, roles=[it.value for it in roles])


def change_password(*, username: str, password: str, by: str, on: date) -> None:
    """Donner un autre mot de passe: whoever was signed in is out. Raises Refused."""
    with transaction.atomic():
        user = _known(username)
        _set_password(user, password)
        user.save()
        _record("change_password", user, by=by, on=on)


def close_person(*, username: str, by: str, on: date) -> None:
    """Fermer le compte d’une personne: out at once, its past acts keep its name. Raises Refused for the last one."""
    with transaction.atomic():
        Group.objects.select_for_update().get(name=Role.ADMINISTRATOR.value)  # two closed at once would leave none
        user = _known(username)
        others = User.objects.filter(groups__name=Role.ADMINISTRATOR.value, is_active=True).exclude(pk=user.pk)
        others = others.exclude(groups__name=DEMO)
        if not user.is_active:
            raise refuse("Le compte de « {username} » est déjà fermé.", username=username)
        if user.groups.filter(name=Role.ADMINISTRATOR.value).exists() and not others.exists():
            raise refuse(ALONE, username=username)
        user.is_active = False
        user.save()
        _record("close_person", user, by=by, on=on)


def reopen_person(*, username: str, by: str, on: date) -> None:
    """Rouvrir le compte d’une personne, with the roles that it had. Raises Refused."""
    with transaction.atomic():
        user = _known(username)
        if user.is_active:
            raise refuse("Le compte de « {username} » n’est pas fermé.", username=username)
        user.is_active = True
        user.save()
        _record("reopen_person", user, by=by, on=on)


def _known(username: str) -> User:
    try:
        return User.objects.select_for_update().get(username=username)
    except User.DoesNotExist:
        raise refuse(NOBODY, username=username) from None


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise refuse(" ".join(weak.messages)) from None
    user.set_password(password)


def _record(act: str, user: User, *, by: str, on: date, **grounds: object) -> None:
    record(act, about=f"person:{user.pk}", by=by, on=on, grounds={"username": user.username, **grounds})
