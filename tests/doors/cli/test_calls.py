"""A call that is off is said in French, and what is refused at once shows no progress."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fanal.doors.cli import main

Fanal = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["reconcile", "--pdf"], "--pdf : il faut une valeur"),
        (["parallel-run", "--show", "x"], "--show : « x » n’est pas un nombre entier"),
        (["import-legacy"], "il manque : DOSSIER"),
        (["reconcile", "--zut"], "de trop : --zut"),
        (["zut"], "« zut » n’est pas l’un de :"),
    ],
)
def test_a_call_that_is_off_is_said_in_french(call: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(call)

    told = capsys.readouterr().err
    assert stopped.value.code == 2
    assert said in told
    assert told.startswith("usage : fanal")
    assert "error" not in told
    assert "argument" not in told


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["import-archive", "export-all", "import-legacy"])
def test_what_is_refused_at_once_shows_no_progress(fanal: Fanal, tmp_path: Path, command: str) -> None:
    status, out, said = fanal(command, tmp_path / "absent" / "rien")

    assert (status, out) == (1, "")
    assert len(said.strip().splitlines()) == 1
    assert "%" not in said
    assert "|" not in said
