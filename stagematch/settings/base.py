"""Settings that hold everywhere; the environment fills in what differs."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from stagematch import logs

BASE_DIR = Path(__file__).resolve().parent.parent.parent
RUN_DIR = Path(os.environ.get("STAGEMATCH_RUN_DIR", BASE_DIR / ".run"))


def database_from(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a libpq URL; a socket directory goes in ?host=."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {**query, "pool": False},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def cache_at(url: str, prefix: str = "") -> dict[str, Any]:
    """Django's CACHES for a Redis URL; a server that hangs is given up after two seconds, like one that is down."""
    options = {"socket_timeout": 2}
    return {"default": {"BACKEND": "stagematch.cache.Cache", "LOCATION": url, "KEY_PREFIX": prefix, "OPTIONS": options}}


def broker_from(redis_url: str) -> str:
    """Celery's address for a Redis URL: kombu has its own word for a unix socket."""
    if not redis_url.startswith("unix://"):
        return redis_url
    parts = urlsplit(redis_url)
    return f"redis+socket://{parts.path}?virtual_host={dict(parse_qsl(parts.query)).get('db', '0')}"


SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "localflavor",
    "pghistory",
    "pgtrigger",
    "rules",
    "stagematch",
    "reference",
    "accounts",
    "schools",
    "companies",
    "placements",
    "matching",
    "shortages",
    "campaigns",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "stagematch.middleware.CleanRequestMiddleware",
    "stagematch.middleware.FreshPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stagematch.middleware.NotAllowedPageMiddleware",
]

ROOT_URLCONF = "stagematch.urls"
WSGI_APPLICATION = "stagematch.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.actor",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "stagematch.templatetags.stagematch"],
        },
    }
]
FORM_RENDERER = "stagematch.forms.Renderer"

DATABASES = {"default": database_from(os.environ["DATABASE_URL"])} if "DATABASE_URL" in os.environ else {}
REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES = cache_at(REDIS_URL)
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password_from_key": "accounts.forms.NewPasswordForm", "change_password": "accounts.forms.OwnPasswordForm"}
# Whoever changes a password, an address or a second factor, the owner of the account hears of it.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
# On top of allauth's own limits. A whole school signs in from one address when the bell rings: per network we allow more
# than allauth does, per account as few wrong passwords. Registering sends mail to whatever address somebody types (accounts.limits).
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "100/m/ip,5/300s/key",
    "register": "60/h/ip",
    "report": "60/h/ip",
    "report_account": "60/h/key",
    "report_address": "5/d/key",
}
# A code counts half a minute longer on either side: clocks differ, and people type slowly (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Staff hats sign in with a second factor everywhere but on a developer's machine.
MFA_REQUIRED_FOR_STAFF = True
DEMO_LOGINS = False

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
FORMAT_MODULE_PATH = ["stagematch.formats"]
# Named here, our texts win over those that Django and allauth have for the same words.
OWN_APPS = ("stagematch", "reference", "accounts", "schools", "companies", "placements", "matching", "shortages", "campaigns")
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in OWN_APPS]

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", RUN_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", RUN_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# A list of as many students or places as a file may hold, each ticked, and some more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Mail goes into the outbox (stagematch.outbox); a Celery task hands it to this server.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 10
# Where people write about privacy and accessibility; shown on those pages.
CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL", "help@stagematch.example")
EMAIL_BACKEND = "stagematch.outbox.OutboxBackend"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "StageMatch <noreply@stagematch.example>")

CELERY_BROKER_URL = broker_from(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "stagematch"
# A worker takes what it can work on and leaves the rest to others: a part of a run must not wait behind another one.
CELERY_WORKER_DISABLE_PREFETCH = True
# The database holds what must not be lost (stagematch.jobs, stagematch.outbox): beat only wakes those who look there.
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "stagematch.tasks.sweep_jobs", "schedule": 10.0, "options": {"expires": 10}},
    "send-mails": {"task": "stagematch.tasks.send_mails", "schedule": 10.0, "options": {"expires": 10}},
    # What became of the mails of a mailing, and whether it has ended.
    "settle-mailings": {"task": "campaigns.tasks.settle_mailings", "schedule": 10.0, "options": {"expires": 10}},
    "release-calls": {"task": "campaigns.tasks.release_calls", "schedule": 60.0, "options": {"expires": 60}},
    "tell-students": {"task": "placements.tasks.tell_students", "schedule": 10.0, "options": {"expires": 10}},
    "tell-applicants": {"task": "placements.tasks.tell_applicants", "schedule": 60.0, "options": {"expires": 60}},
    "end-applications": {"task": "placements.tasks.end_applications", "schedule": crontab(minute="20", hour="6-17")},
    # At night; hourly until the evening, because a night may be missed: it is done once a day.
    "alert-searches": {"task": "placements.tasks.alert_searches", "schedule": crontab(minute="0", hour="4-20")},
    # The figures of the night at half past one, UTC; then every half hour until noon, because a night may be missed or break off.
    "nightly": {"task": "shortages.tasks.nightly", "schedule": crontab(minute="30", hour="1")},
    "nightly-again": {"task": "shortages.tasks.nightly", "schedule": crontab(minute="0,30", hour="2-11")},
    # What changed, by mail, once the night is done.
    "digests": {"task": "shortages.tasks.send_digests", "schedule": crontab(minute="0", hour="4-12")},
    "forget-reports": {"task": "shortages.tasks.forget_reports", "schedule": crontab(minute="35", hour="1-8")},
    # Asked whether places are still right, on working days; what is closed until today is offered again; looks are counted into the database.
    "remind-of-places": {"task": "placements.tasks.remind_of_places", "schedule": crontab(minute="15", hour="7-15", day_of_week="1-5")},
    "open-places": {"task": "placements.tasks.open_places", "schedule": crontab(minute="2")},
    "write-looks": {"task": "placements.tasks.write_looks", "schedule": 300.0, "options": {"expires": 300}},
    # What time does to recognitions, after midnight; hourly until noon, because a night may be missed: each is done once.
    "watch-recognitions": {"task": "companies.tasks.watch_recognitions", "schedule": crontab(minute="10", hour="1-11")},
    # What a call is worth, once the night is done; rounds whose last day has passed.
    "prospects": {"task": "campaigns.tasks.refresh_prospects", "schedule": crontab(minute="50", hour="3-12")},
    "end-call-rounds": {"task": "campaigns.tasks.end_call_rounds", "schedule": crontab(minute="5", hour="0-6")},
    "forget-leads": {"task": "campaigns.tasks.forget_leads", "schedule": crontab(minute="40", hour="1-8")},
    # By day, because somebody is called or mailed; hourly, because a day's beat may be missed and each goes once.
    "remind-students": {"task": "placements.tasks.remind_students", "schedule": crontab(minute="5", hour="7-16")},
}
# The Trade Register (KvK API); empty: numbers are checked by format only (companies/trade_register.py).
TRADE_REGISTER_URL = os.environ.get("TRADE_REGISTER_URL", "").rstrip("/")
TRADE_REGISTER_KEY = os.environ.get("TRADE_REGISTER_KEY", "")
# The register of addresses (BAG, by PDOK's Locatieserver); empty: people type the street themselves (reference/addresses.py).
ADDRESS_REGISTER_URL = os.environ.get("ADDRESS_REGISTER_URL", "").rstrip("/")
# An approval can be undone for so long; then the student is told.
UNDO_WINDOW_SECONDS = int(os.environ.get("UNDO_WINDOW_SECONDS", "60"))
# A student who neither agrees nor objects: days to remind, and when the coordinator is asked to call.
SILENCE_REMINDER_DAYS = (3, 5)
SILENCE_CALL_DAYS = 7
# Applications: how many may wait at once (of a student; for each free slot of a place), days to remind the company and to give up,
# minutes in which a no can be taken back, and how many silences in a row pause a company's places.
APPLICATIONS_PER_STUDENT = 5
APPLICATIONS_PER_FREE_SLOT = 4
APPLICATION_REMINDER_DAYS = (7, 12)
APPLICATION_EXPIRY_DAYS = 14
APPLICATION_UNDO_MINUTES = 10
APPLICATION_PAUSE_AFTER = 3
# Saved searches a person may have, and mails a week to a company that a student nearby looks for a place.
SAVED_SEARCHES_MOST = 20
ASKS_A_WEEK = 3
ASKS_A_STUDENT_A_WEEK = 10
# A place that its company has not confirmed for so many weeks is marked in the search, then left out of it.
PLACE_STALE_WEEKS = int(os.environ.get("PLACE_STALE_WEEKS", "13"))
PLACE_HIDDEN_WEEKS = int(os.environ.get("PLACE_HIDDEN_WEEKS", "39"))
# "Still right?": asked on a company's home after so many weeks, by mail after more, and by mail again only after so many; never in these
# months, and not for a while to an address that the mail server refused. At most so many mails a day; days that a link in one works.
PLACE_ASK_WEEKS = int(os.environ.get("PLACE_ASK_WEEKS", "4"))
PLACE_REMIND_WEEKS = int(os.environ.get("PLACE_REMIND_WEEKS", "8"))
PLACE_REMIND_AGAIN_WEEKS = int(os.environ.get("PLACE_REMIND_AGAIN_WEEKS", "4"))
PLACE_REMIND_NEVER_IN = (8,)
PLACE_REMIND_BOUNCED_DAYS = 90
PLACE_REMINDERS_A_DAY = int(os.environ.get("PLACE_REMINDERS_A_DAY", "20000"))
PLACE_LINK_DAYS = 30
# Mailings: weeks in which no address gets a second one, and weeks in which places are counted as what one brought.
MAILING_AGAIN_WEEKS = int(os.environ.get("MAILING_AGAIN_WEEKS", "6"))
MAILING_COUNTS_WEEKS = 8
# Call rounds: minutes that a caller holds a company (a page that is open holds it longer), after which others make a call that was promised,
# and in which an outcome can be undone; hours until a company that did not answer comes back, and how often it is tried; days in which a
# company that was spoken to is called in no other round.
CALL_HOLD_MINUTES = int(os.environ.get("CALL_HOLD_MINUTES", "15"))
CALL_GRACE_MINUTES = 30
CALL_UNDO_MINUTES = 10
CALL_AGAIN_HOURS = int(os.environ.get("CALL_AGAIN_HOURS", "20"))
CALL_TRIES = int(os.environ.get("CALL_TRIES", "3"))
CALL_REST_DAYS = int(os.environ.get("CALL_REST_DAYS", "30"))
# How long a process keeps names of courses and periods for the search.
SEARCH_NAMES_SECONDS = 60
# Reports of a shortage: days until an advisor must do something, by state; days to confirm an address, and that a link follows a report.
REPORT_DUE_DAYS = {"new": 3, "in_hand": 14, "proposed": 7}
REPORT_CONFIRM_DAYS = 3
REPORT_LINK_DAYS = 400
# Days in which a task that came from the night's advice is to be done.
ADVICE_TASK_DAYS = 14
# Companies that scouts bring in: days that the link to register works, after which one of which nothing is heard is let go, and after
# which whom to ask for is deleted once it has ended; days after a scout's work at a company in which a new place there counts as found.
LEAD_LINK_DAYS = 30
LEAD_SILENT_DAYS = 180
LEAD_CONTACT_DAYS = 90
SCOUT_RESULT_DAYS = 60
# Where somebody who is treated unequally reads what they can do.
DISCRIMINATION_GUIDE = os.environ.get("DISCRIMINATION_GUIDE", "https://www.discriminatie.nl/")
JOB_LEASE_SECONDS = int(os.environ.get("JOB_LEASE_SECONDS", "30"))
# A run with at least so many students is divided into at most so many parts, for as many workers as are free.
DIVIDE_RUNS_FROM = int(os.environ.get("DIVIDE_RUNS_FROM", "50000"))
DIVIDE_RUNS_INTO = int(os.environ.get("DIVIDE_RUNS_INTO", "8"))

# A night of at most so many students is proven by the verifier, which shares nothing with the engine but the reading of files, and
# looks at every pair of student and place: with half a million students that takes longer than the night may.
NIGHT_VERIFY_UP_TO = int(os.environ.get("NIGHT_VERIFY_UP_TO", "100000"))
# From this hour, UTC, /health/nightly misses the figures of today.
NIGHT_DUE_HOUR = 6

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "stagematch.views.csrf_failure"

LOGGING = logs.configure(json=False)

PGHISTORY_APPEND_ONLY = True
SILENCED_SYSTEM_CHECKS: list[str] = []
