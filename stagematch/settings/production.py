"""Production: refuses to start without its secrets, hosts and mail server; demo logins cannot exist here."""

import os

from django.core.exceptions import ImproperlyConfigured

from stagematch import logs
from stagematch.settings.base import *

for _name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST", "SITE_URL", "DEFAULT_FROM_EMAIL"):
    if not os.environ.get(_name):
        raise ImproperlyConfigured(f"{_name} is not set: production does not start without it (docs/operations.md).")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]

# How many proxies of ours stand in front: attempts to sign in are counted per visitor, whom only the last of them knows.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "1"))

LOGGING = logs.configure(json=True)
