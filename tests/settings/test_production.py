"""Production starts only with what is the municipality's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fanal.settings import base

OWN = {"FANAL_SECRET_KEY": "secret", "FANAL_BYLAW": "alma", "DATABASE_URL": "postgresql://u@h/fanal"}


@pytest.fixture
def utility(tmp_path: Path) -> Path:
    """A town's own file, with tax numbers that are not zeros."""
    file = tmp_path / "ville.toml"
    demo = Path(base.__file__).with_name("utility.toml").read_text(encoding="utf-8")
    file.write_text(
        demo.replace('"000000000 ', '"123456789 ').replace('"0000000000 ', '"1234567890 '), encoding="utf-8"
    )
    return file


def start(**told: object) -> tuple[int, str]:
    """Whether production settings load in a process of their own, and what it says."""
    inherited = {name: value for name, value in os.environ.items() if name not in (*OWN, "FANAL_UTILITY", "FANAL_HOME")}
    environment = inherited | {name: str(value) for name, value in told.items()}
    done = subprocess.run(
        [sys.executable, "-c", "import fanal.settings.production"], env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stderr


def test_it_starts_with_all_that_is_its_own(utility):
    assert start(**OWN, FANAL_UTILITY=utility) == (0, "")


@pytest.mark.parametrize("name", ["FANAL_SECRET_KEY", "FANAL_BYLAW", "FANAL_UTILITY"])
def test_it_does_not_start_without_one(utility, name):
    status, said = start(**{**OWN, "FANAL_UTILITY": utility, name: ""})
    assert status == 1
    assert said.startswith(f"En production, il faut donner {name} (")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"FANAL_UTILITY": "/nulle/part.toml"}, "n’existe pas"),
        ({"FANAL_UTILITY": Path(base.__file__).with_name("utility.toml")}, "n’a pas de vrai numéro pour canada/gst"),
        ({"FANAL_BYLAW": "atlantide"}, "aucun règlement « atlantide »"),
    ],
)
def test_it_does_not_start_with_another_s(utility, wrong, sentence):
    status, said = start(**{**OWN, "FANAL_UTILITY": utility, **wrong})
    assert status == 1
    assert sentence in said
    assert len(said.splitlines()) == 1
