"""`fanal serve`: the desk on this machine, with its worker; Ctrl-C or `fanal stop` ends both."""

import argparse
import os
import sys
from typing import Any


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from fanal.doors.desk.serving import PORT

    parser = subparsers.add_parser("serve", help="ouvrir le bureau sur cette machine, avec son ouvrier")
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=f"port ({PORT}) ; un autre s’il est pris")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop; 1 when a part of it fails."""
    from fanal.doors.office import open_office

    open_office()
    return serve(options.port)


def serve(port: int) -> int:
    """Serve the database of this home. The demo town lives on its own day, and its log-ins are said."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from fanal.doors import office
    from fanal.doors.demo.standing import standing
    from fanal.doors.desk import people, serving

    serving.stop(settings.FANAL_HOME)
    logins: list[Any] = []
    office.live_on_the_day_of_the_demo()
    if settings.FANAL_TODAY:
        os.environ.setdefault("FANAL_TODAY", settings.FANAL_TODAY.isoformat())  # of the children too
    if settings.FANAL_DEMO_LOGINS and standing():
        logins = people.register_demo_people()
    call_command("collectstatic", verbosity=0, interactive=False)
    connections.close_all()
    return serving.serve(settings.FANAL_HOME, serving.free_port(port), lambda address: _say(address, logins))


def _say(address: str, logins: list[Any]) -> None:
    from fanal.doors.desk.roles import DEMO_PASSWORD

    lines = ["", f"Le bureau est ouvert : {address}"]
    if logins:
        lines += [f"  {username:<24} {role.title_fr}" for role, username in logins]
        lines += [f"  mot de passe de tous : {DEMO_PASSWORD}   (comptes de démonstration, refusés ailleurs)"]
    print("\n".join([*lines, "Ctrl-C, ou « make stop », pour fermer."]), flush=True, file=sys.stdout)
