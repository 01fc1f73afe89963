"""The table of routes: every address of the desk, its view, who may open it and how. Nothing else answers."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fanal.doors.desk.roles import Role

TABLE = Path(__file__).with_name("routes.toml")
ANYONE, SIGNED_IN = "anyone", "signed_in"
METHODS = {"GET", "POST"}
KEYS = {"path", "view", "roles", "methods", "development", "most_bytes"}
FORM_BYTES = 2 * 2**20  # no form without files is as long


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address. `roles` is None when anyone may open it, signed in or not."""

    name: str
    path: str
    view: str
    roles: frozenset[Role] | None
    methods: frozenset[str]
    development: bool = False  # only where settings.DEBUG or tests
    most_bytes: int = FORM_BYTES  # of what is sent to it; more is not read

    def admits(self, roles: Iterable[str]) -> bool:
        """Whether somebody of these roles may open it."""
        return self.roles is None or not self.roles.isdisjoint(roles)


@cache
def routes() -> dict[str, Route]:
    """Every route by name. Raises ValueError that names the route at fault."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: _route(name, said) for name, said in table.items()}


def may_open(roles: Iterable[str], name: str) -> bool:
    """Whether somebody of those roles may open that route: no link and no button leads where one may not go."""
    return routes()[name].admits(roles)


def _route(name: str, said: dict[str, object]) -> Route:
    if unknown := said.keys() - KEYS:
        raise ValueError(f"routes.toml, [{name}] : {', '.join(sorted(unknown))} n’est pas attendu.")
    methods = frozenset(said.get("methods", ["GET"]))
    if not methods or methods - METHODS:
        raise ValueError(f"routes.toml, [{name}] : methods est une liste de GET et POST.")
    most_bytes = said.get("most_bytes", FORM_BYTES)
    if type(most_bytes) is not int or most_bytes < 1:
        raise ValueError(f"routes.toml, [{name}] : most_bytes est un nombre d’octets.")
    return Route(
        name=name, path=str(said["path"]), view=str(said["view"]), roles=_roles(name, said["roles"]), methods=methods,
        development=bool(said.get("development", False)), most_bytes=most_bytes,
    )  # fmt: skip


def _roles(name: str, said: object) -> frozenset[Role] | None:
    if said == ANYONE:
        return None
    if said == SIGNED_IN:
        return frozenset(Role)
    if not isinstance(said, list) or not said:
        raise ValueError(f"routes.toml, [{name}] : roles est « {ANYONE} », « {SIGNED_IN} » ou une liste de rôles.")
    return frozenset(Role(it) for it in said)
