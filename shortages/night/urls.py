"""Addresses of the nights."""

from django.urls import URLPattern, path

from shortages.views import nights

urlpatterns: list[URLPattern] = [
    path("beheer/nachten/", nights.overview, name="nights"),
    path("beheer/nachten/voortgang/", nights.progress, name="night_progress"),
    path("beheer/nachten/<int:pk>/opnieuw/", nights.retry, name="night_retry"),
    path("health/nightly", nights.health, name="health_nightly"),
]
