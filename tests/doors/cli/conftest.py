"""A command as a person types it, in an office that is already open."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from factories import TODAY

from fanal.doors.cli import main

COMMANDS = (
    "person", "reads", "payments", "correct_bill", "estimate", "close_period", "bill_run", "rehearse", "photos",
    "subscription", "rate", "import_network", "switch", "gate", "give_book", "old_prices", "unbilled",
    "import_archive", "export_all", "import_legacy", "debits",
)  # fmt: skip
Answer = tuple[int, str, str]


@pytest.fixture
def fanal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """`fanal("reads", file)`: its status, what it printed, what it said on standard error."""
    for name in COMMANDS:
        module = import_module(f"fanal.doors.cli.{name}")
        monkeypatch.setattr(module, "open_office", lambda: None)
        if hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: TODAY)

    def call(*arguments: Any) -> Answer:
        try:
            status = main([str(it) for it in arguments])
        except SystemExit as left:
            status = int(left.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return status, said.out, said.err

    return call
