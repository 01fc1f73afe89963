"""A municipality's server: what is its own comes from the environment, and its absence stops the start."""

import os

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_BYLAW, FANAL_HOME, FANAL_UTILITY, PARAMETERS, UTILITY, database

OWN = {
    "FANAL_SECRET_KEY": "une longue valeur secrète",
    "FANAL_UTILITY": "le fichier du nom, des adresses et des numéros de taxes du distributeur",
    "FANAL_BYLAW": "le règlement de la municipalité, un dossier de fanal/law/parameters",
}

if missing := [f"{name} ({what})" for name, what in OWN.items() if not os.environ.get(name)]:
    raise SystemExit(f"En production, il faut donner {', '.join(missing)}.")
if not (PARAMETERS / FANAL_BYLAW).is_dir():
    raise SystemExit(f"FANAL_BYLAW : aucun règlement « {FANAL_BYLAW} » dans fanal/law/parameters.")
# A bill without true tax numbers is not a bill: the demo town's are zeros.
for tax, number in FANAL_UTILITY.get("registrations", {}).items():
    if not any(digit in number.split()[0] for digit in "123456789"):
        raise SystemExit(f"FANAL_UTILITY : {UTILITY} n’a pas de vrai numéro pour {tax} (« {number} »).")
SECRET_KEY = os.environ["FANAL_SECRET_KEY"]
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
