"""Tests: the same servers as development, a database of their own, nothing faked inside the machine."""

import os
import sys

from stagematch.settings.development import *
from stagematch.settings.development import CELERY_BEAT_SCHEDULE, DATABASES, LOGGING, MIDDLEWARE, REDIS_URL, TEMPLATES, cache_at
from tests.guards import UndefinedVariable

# Parallel checkouts and helpers name their own, so that they do not drop each other's.
_test_database = os.environ.get("TEST_DATABASE_NAME", "test_stagematch")
DATABASES["default"]["TEST"] = {"NAME": _test_database}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A test's commits need not survive a power cut.
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"

# One Valkey, but keys and queues of their own for every test process and the Celery workers it starts.
NAMESPACE = f"{_test_database}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
CACHES = cache_at(REDIS_URL, NAMESPACE)
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{NAMESPACE}:"}
# A worker does within a second what it does within a minute elsewhere; what has an hour of the day is started by the test that wants it,
# and only pages say when it would be.
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": 1.0} if isinstance(entry["schedule"], float) else entry
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if isinstance(entry["schedule"], float) or "pytest" in sys.modules
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MIDDLEWARE = ["tests.guards.PageGuard", *MIDDLEWARE]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()
LOGGING["root"]["level"] = "DEBUG"
LOGGING["handlers"]["guard"] = {"class": "tests.guards.SecretGuard"}
# pytest shows what it captured; a worker that a test starts writes its own log file.
LOGGING["root"]["handlers"] = ["guard"] if "pytest" in sys.modules else ["guard", "stderr"]
# The student is told in the same transaction; the tests of undoing set a window.
UNDO_WINDOW_SECONDS = 0
# Every test has courses and periods of its own.
SEARCH_NAMES_SECONDS = 0
