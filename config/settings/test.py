"""Tests: fast hashes, tasks run at once, and a database from TEST_DATABASE_URL."""

from config import environment
from config.settings.base import *
from config.settings.base import DATABASES

SECRET_KEY = "only-for-tests"
DATABASES["default"] = environment.database(
    "TEST_DATABASE_URL", f"sqlite:///{environment.ROOT / 'var' / 'test.sqlite3'}"
)
# A file even on SQLite: several processes must be able to meet at it.
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"]["NAME"] = DATABASES["default"]["NAME"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STYLEGUIDE = True
