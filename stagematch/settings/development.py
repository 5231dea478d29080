"""A developer's machine and the demo: one-click logins, no TLS, embedded servers."""

from stagematch.launcher import endpoints
from stagematch.settings.base import *
from stagematch.settings.base import RUN_DIR, broker_from, cache_at, database_from

DEBUG = False
SECRET_KEY = "development-only-not-a-secret"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DEMO_LOGINS = True
MFA_REQUIRED_FOR_STAFF = False

_database_url, REDIS_URL = endpoints(RUN_DIR)
DATABASES = {"default": database_from(_database_url)}
CACHES = cache_at(REDIS_URL)
CELERY_BROKER_URL = broker_from(REDIS_URL)
