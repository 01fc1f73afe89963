"""`fanal person create|password|close|reopen|list`: who may sign in. A password is typed, never an option."""

import argparse
import getpass
import sys

from fanal.doors.cli import text
from fanal.doors.desk.roles import Role
from fanal.doors.office import open_office, today
from fanal.values.refusal import refuse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "person", help="inscrire qui entre au bureau, fermer un compte, dire qui est inscrit"
    )
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="acte", help="create, password, close, reopen ou list"
    )
    create = _act(acts, "create", "inscrire une personne ; son mot de passe est demandé")
    create.add_argument("--given-name", type=text.words, required=True, metavar="PRÉNOM", help="son prénom")
    create.add_argument("--name", type=text.words, required=True, metavar="NOM", help="son nom")
    create.add_argument(
        "--role", type=_role, action="append", required=True, metavar="RÔLE",
        help="; ".join(f"{role} ({role.title_fr})" for role in Role) + ". Se répète.",
    )  # fmt: skip
    _act(acts, "password", "lui donner un autre mot de passe, demandé de même")
    _act(acts, "close", "fermer son compte : il n’ouvre plus rien, ses actes gardent son nom")
    _act(acts, "reopen", "rouvrir son compte, avec ses rôles")
    acts.add_parser("list", help="qui est inscrit, avec quels rôles").set_defaults(run=everybody)


def _act(acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, said: str) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=said)
    parser.add_argument("username", metavar="UTILISATEUR", help="son nom d’utilisateur, comme marie.tremblay")
    parser.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui le fait")
    parser.set_defaults(run=run)
    return parser


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do the act, and say it; 1 when it is refused."""
    open_office()
    from fanal.doors.desk import staff

    who = {"username": options.username, "by": options.by, "on": today()}
    match options.act:
        case "create":
            staff.register_person(
                **who, given_name=options.given_name, name=options.name, roles=options.role, password=_password()
            )
            print(f"{options.given_name} {options.name} peut entrer au bureau : {options.username}.")
        case "password":
            staff.change_password(**who, password=_password())
            print(f"Le mot de passe de {options.username} est changé.")
        case "close":
            staff.close_person(**who)
            print(f"Le compte de {options.username} est fermé.")
        case "reopen":
            staff.reopen_person(**who)
            print(f"Le compte de {options.username} est rouvert.")
    return 0


def everybody(options: argparse.Namespace) -> int:
    """Print who is registered."""
    open_office()
    from fanal.doors.desk import staff

    for it in staff.everybody():
        marks = [*([] if it.is_open else ["fermé"]), *(["démonstration"] if it.is_demo else [])]
        roles = ", ".join(role.title_fr for role in it.roles) or "aucun rôle"
        print(f"{it.username:<28} {it.name:<28} {roles}{' (' + ', '.join(marks) + ')' if marks else ''}")
    return 0


def _password() -> str:
    """The password, typed twice without being shown; or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass.getpass("Mot de passe (12 caractères ou plus) : ")
    if getpass.getpass("Le même, encore une fois : ") != typed:
        raise refuse("Les deux mots de passe diffèrent : rien n’est inscrit.")
    return typed


def _role(typed: str) -> Role:
    """The type of a role after an option."""
    try:
        return Role(typed)
    except ValueError:
        known = ", ".join(Role)
        raise argparse.ArgumentTypeError(f"« {text.shown(typed)} » n’est pas l’un de : {known}.") from None
