"""Addresses of: the figures of every night."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
