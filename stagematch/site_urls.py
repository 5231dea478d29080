"""Addresses that belong to no app: is the site alive, is it ready for work, and in which language."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from stagematch import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("taal", login_not_required(set_language), name="set_language"),
]
