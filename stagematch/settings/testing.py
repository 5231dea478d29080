"""Tests: the same servers as development, a database of their own, nothing faked inside the machine."""

import os

from stagematch.settings.development import *  # noqa: F403
from stagematch.settings.development import DATABASES, TEMPLATES

# Parallel checkouts and helpers name their own, so that they do not drop each other's.
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE_NAME", "test_stagematch")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# An undefined variable in a template fails the test that renders it (tests/conftest.py reads this mark).
UNDEFINED = "!!undefined:%s!!"
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UNDEFINED
