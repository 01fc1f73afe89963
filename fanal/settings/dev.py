"""A person's own machine, and the demo: the embedded server unless DATABASE_URL says otherwise."""

import os

from fanal.settings.base import *  # noqa: F403 - a settings module is its base plus what differs
from fanal.settings.base import FANAL_HOME, database

SECRET_KEY = "for development only"
DEBUG = os.environ.get("FANAL_DEBUG") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
DATABASES = {"default": database(FANAL_HOME) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
FANAL_DEMO_LOGINS = FANAL_SHOWS_STYLES = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # loopback has no certificate
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
