"""DATABASE_URL, read whole: nothing that it asks (an encrypted link above all) is dropped in silence."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

# What libpq knows and an installation may ask; `host` is a socket's folder.
OPTIONS = (
    "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name", "target_session_attrs",
)  # fmt: skip
ENGINES = ("postgres", "postgresql")


def connection(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Django's HOST, PORT, USER, PASSWORD and NAME, and libpq's options. Raises SystemExit with a French sentence."""
    parts = urlsplit(url)
    if parts.scheme not in ENGINES:
        raise SystemExit(f"DATABASE_URL commence par « {parts.scheme}: » ; Fanal ne connaît que postgresql://.")
    if parts.fragment or "#" in url:
        raise SystemExit("DATABASE_URL contient « # » : dans un mot de passe, l’écrire %23.")
    options = _options(parts.query)
    folder = options.pop("host", "")
    if folder and (parts.hostname or not folder.startswith("/")):
        raise SystemExit(f"DATABASE_URL : « host={folder} » nomme le dossier d’un socket, ou rien : /run/postgresql.")
    if not (name := unquote(parts.path.lstrip("/"))):
        raise SystemExit("DATABASE_URL ne nomme pas de base : postgresql://utilisateur@serveur/base.")
    return {
        "HOST": folder or parts.hostname or "",
        "PORT": _port(parts),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "NAME": name,
    }, options


def _port(parts: SplitResult) -> str:
    try:
        return str(parts.port or "")
    except ValueError:
        raise SystemExit("DATABASE_URL : le port est un nombre de 1 à 65535.") from None


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in (*OPTIONS, "host"):
            raise SystemExit(f"DATABASE_URL demande « {key} », que Fanal ne connaît pas ; il connaît {_known()}.")
        if not value or key in options:
            raise SystemExit(f"DATABASE_URL : « {key} » est donné sans valeur, ou deux fois.")
        options[key] = value
    return options


def _known() -> str:
    return ", ".join(("host", *OPTIONS))
