"""Addresses of the scouts' work."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
