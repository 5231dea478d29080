"""Public pages about sources and qualifications."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
