"""Addresses of: reports of shortages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
