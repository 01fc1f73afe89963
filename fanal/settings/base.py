"""Settings that every way of running shares. A municipality overrides by environment variables only."""

import datetime
import os
import tomllib
from pathlib import Path

from fanal.doors.bylaw import municipality
from fanal.settings import database_url, embedded_postgres
from fanal.values import wording

BASE = Path(__file__).resolve().parents[2]
FANAL_HOME = Path(os.environ.get("FANAL_HOME") or BASE / "var")
SECRET_KEY = os.environ.get("FANAL_SECRET_KEY", "")

# The municipality whose bylaw and holidays apply (a folder of fanal/law/parameters).
PARAMETERS = BASE / "fanal" / "law" / "parameters"
FANAL_BYLAW = municipality()
# Who sends the bills: name, address, phones, tax registrations (utility.toml is the demo town's).
UTILITY = Path(os.environ.get("FANAL_UTILITY") or Path(__file__).with_name("utility.toml"))
if not UTILITY.is_file():
    raise SystemExit(f"FANAL_UTILITY : le fichier {UTILITY} n’existe pas.")
FANAL_UTILITY = tomllib.loads(UTILITY.read_text(encoding="utf-8"))
# The currency of every account; a book says its own prices in its own.
try:
    wording.keep_accounts_in(FANAL_UTILITY.get("currency", "CAD"))
except (ValueError, TypeError) as problem:
    raise SystemExit(f"FANAL_UTILITY : {UTILITY} : currency : {problem}") from None
# A day that replaces the clock, so that the demo never ages; empty in production.
try:
    FANAL_TODAY = datetime.date.fromisoformat(day) if (day := os.environ.get("FANAL_TODAY")) else None
except ValueError:
    raise SystemExit(f"FANAL_TODAY vaut « {day} » ; une date s’écrit AAAA-MM-JJ.") from None

ROOMS = (
    "journal", "customers", "premises", "ledger", "network", "notices", "elsewhere", "subscriptions", "metering",
    "billing", "payments", "takeover", "shadow",
)  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    *(f"fanal.records.{room}" for room in ROOMS),
    "fanal.doors.jobs",
    "fanal.doors.desk",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "fr-ca"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = "America/Toronto"
USE_TZ = True
LOCALE_PATHS = [BASE / "fanal" / "locale"]

ROOT_URLCONF = "fanal.doors.desk.urls"
WSGI_APPLICATION = "fanal.doors.desk.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fanal.doors.desk.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fanal.doors.desk.access.AccessMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "fanal" / "doors" / "desk" / "templates"],  # before allauth's own pages
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fanal.doors.desk.frame.frame",
            ],
            "builtins": ["template_partials.templatetags.partials", "fanal.doors.desk.templatetags.desk"],
        },
    }
]
STATIC_URL = "static/"
STATIC_ROOT = FANAL_HOME / "static"

# Signing in: people are registered by an administrator; no self-service, no third party.
AUTHENTICATION_BACKENDS = ["fanal.doors.desk.people.Backend"]
PASSWORD_HASHERS = ["fanal.doors.desk.people.Argon2id", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "fanal.doors.desk.keys.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "fanal.doors.desk.keys.LoginForm",
    "reauthenticate": "fanal.doors.desk.keys.PasswordForm",
    "change_password": "fanal.doors.desk.keys.ChangePasswordForm",
}
MFA_ADAPTER = "fanal.doors.desk.keys.KeyAdapter"
MFA_FORMS = {
    "authenticate": "fanal.doors.desk.keys.CodeForm",
    "reauthenticate": "fanal.doors.desk.keys.CodeAgainForm",
    "activate_totp": "fanal.doors.desk.keys.ActivateTOTPForm",
    "add_webauthn": "fanal.doors.desk.keys.AddKeyForm",
    "edit_webauthn": "fanal.doors.desk.keys.RenameKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Fanal"
# The attempts to sign in are counted for all the processes that serve together: what one refuses, the others do.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "desk_cache"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # what can be worked out again
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_PERMISSIONS = 0o400
# Where the folders of an old system's exports lie, those that a page sends too; and how much of one a page takes.
FANAL_EXPORTS = Path(os.environ.get("FANAL_EXPORTS") or FANAL_HOME / "exports")
FANAL_EXPORT_BYTES = 2 * 10**9
FILE_UPLOAD_TEMP_DIR = FANAL_EXPORTS / ".envois"  # customers' data does not lie in the temporary files of the machine
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "fanal.doors.desk.sending.AsideHandler",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: the QR code that an authenticator app scans
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],  # the bill's PDF, beside its lines
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
# Whether demo log-ins may sign in; even then, only where the demo town stands. Never in production.
FANAL_DEMO_LOGINS = False
# Whether the page of the components answers.
FANAL_SHOWS_STYLES = False


# Of every session. Compiling a statement (jit) costs more than it saves here.
SESSION = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=600s -c jit=off -c TimeZone=UTC"
# Of a page besides: nobody waits longer, and what is stuck lets go of the rest. Commands and the worker take the time
# that a bill run takes.
FANAL_PAGE_SESSION = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"


def database(home: Path, *, durable: bool = True) -> dict[str, object]:
    """Django's DATABASES entry: DATABASE_URL when it is given, else the embedded server of that home."""
    options = {"options": SESSION}
    common = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    if not (url := os.environ.get("DATABASE_URL")):
        return common | dict(embedded_postgres.start(home, durable=durable))
    where, asked = database_url.connection(url)
    return common | where | {"OPTIONS": options | asked}


CSRF_FAILURE_VIEW = "fanal.doors.desk.refusals.stale"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"incident": {"()": "fanal.doors.desk.incidents.Numbered"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["incident"]}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
