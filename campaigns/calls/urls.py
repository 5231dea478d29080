"""Addresses of call rounds."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
