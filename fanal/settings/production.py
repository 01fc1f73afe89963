"""A municipality's server: secrets come from the environment, and their absence stops the start."""

import os

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

if not (SECRET_KEY := os.environ.get("FANAL_SECRET_KEY", "")):
    raise SystemExit("FANAL_SECRET_KEY manque : donner une longue valeur secrète.")
DEBUG = False
DATABASES = {"default": database(FANAL_HOME) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
ALLOWED_HOSTS = os.environ.get("FANAL_HOSTS", "").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Everything goes through HTTPS, ended by a proxy of the municipality that says so in this header.
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SESSION_COOKIE_NAME = "__Host-fanal"
CSRF_COOKIE_NAME = "__Host-fanal-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
