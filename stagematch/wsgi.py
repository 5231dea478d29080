"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stagematch.settings.production")
application = get_wsgi_application()
# Every page is loaded once, before gunicorn divides itself, not by each worker at its first visitor.
resolve("/health/live")
