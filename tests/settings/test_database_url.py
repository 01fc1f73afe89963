"""DATABASE_URL: what it asks is done, or refused; never dropped."""

import pytest

from fanal.settings import base, database_url


def test_what_the_url_asks_of_the_link_reaches_the_driver(monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL",
        "postgresql://fanal:p%40ss%23@pg.ville.exemple:6432/fan%C3%A9"
        "?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=5&target_session_attrs=read-write",
    )
    found = base.database(base.FANAL_HOME)
    assert {name: found[name] for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")} == {
        "HOST": "pg.ville.exemple", "PORT": "6432", "USER": "fanal", "PASSWORD": "p@ss#", "NAME": "fané",
    }  # fmt: skip
    session = found["OPTIONS"].pop("options")
    assert "lock_timeout" in session
    assert found["OPTIONS"] == {
        "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "connect_timeout": "5",
        "target_session_attrs": "read-write",
    }  # fmt: skip


def test_a_socket_is_named_by_its_folder():
    where, asked = database_url.connection("postgresql://fanal@/fanal?host=/run/postgresql&application_name=fanal")
    assert (where["HOST"], where["PORT"], where["USER"]) == ("/run/postgresql", "", "fanal")
    assert asked == {"application_name": "fanal"}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://u@h/fanal", "ne connaît que postgresql://"),
        ("postgresql://u@h/fanal?sslmode=require&options=-c%20fsync", "demande « options », que Fanal ne connaît pas"),
        ("postgresql://u@h/fanal?ssl_mode=require", "demande « ssl_mode »"),
        ("postgresql://u@h/fanal?sslmode=", "sans valeur, ou deux fois"),
        ("postgresql://u@h/fanal?sslmode=require&sslmode=disable", "sans valeur, ou deux fois"),
        ("postgresql://u@h/fanal?host=/run/postgresql", "nomme le dossier d’un socket"),
        ("postgresql:///fanal?host=ailleurs", "nomme le dossier d’un socket"),
        ("postgresql://u:p#ss@h/fanal", "l’écrire %23"),
        ("postgresql://u@h:port/fanal", "le port est un nombre"),
        ("postgresql://u@h", "ne nomme pas de base"),
    ],
)
def test_what_is_not_understood_is_refused_in_a_sentence(url, sentence):
    with pytest.raises(SystemExit, match=sentence):
        database_url.connection(url)
