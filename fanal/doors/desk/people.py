"""Who signs in: passwords, and the accounts of the demo town, refused anywhere else."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import Group, User
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Q, Value

from fanal.doors.demo.standing import standing
from fanal.doors.desk.roles import DEMO, DEMO_PASSWORD, DEMO_PEOPLE, Role


class Argon2id(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1


class Backend(AuthenticationBackend):
    """Passwords and keys as allauth checks them; a demo account is nobody outside the demo town."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and not _is_a_stray_demo_account(user)

    def get_user(self, user_id: Any) -> Any:
        """Who is signed in, and the names of their groups in the same question."""
        names = ArrayAgg("groups__name", filter=Q(groups__isnull=False), default=Value([]))
        user = User.objects.annotate(group_names=names).filter(pk=user_id).first()
        if user is None:
            return None
        user._group_names = frozenset(user.group_names)
        return user if self.user_can_authenticate(user) else None


def groups_of(user: Any) -> frozenset[str]:
    """Names of the groups of a person, asked once a request."""
    if not hasattr(user, "_group_names"):
        user._group_names = frozenset(user.groups.values_list("name", flat=True))
    return user._group_names


def roles_of(user: Any) -> frozenset[Role]:
    """The roles that a person holds."""
    return frozenset(role for role in Role if role.value in groups_of(user))


def _is_a_stray_demo_account(user: Any) -> bool:
    return DEMO in groups_of(user) and not (settings.FANAL_DEMO_LOGINS and _demo_stands())


_STANDING: set[str] = set()  # databases where the demo town was seen standing


def _demo_stands() -> bool:
    name = str(connection.settings_dict["NAME"])
    if name not in _STANDING and standing():
        _STANDING.add(name)
    return name in _STANDING


def register_demo_people() -> list[tuple[Role, str]]:
    """The log-in of each role in the demo town, made or made again: their password is DEMO_PASSWORD."""
    demo = Group.objects.get(name=DEMO)
    made = []
    for role, (username, given_name, name) in DEMO_PEOPLE.items():
        user, _ = User.objects.get_or_create(username=username, defaults={"first_name": given_name, "last_name": name})
        if not user.check_password(DEMO_PASSWORD):
            user.set_password(DEMO_PASSWORD)
            user.save()
        user.groups.set([demo, Group.objects.get(name=role.value)])
        made.append((role, username))
    return made
