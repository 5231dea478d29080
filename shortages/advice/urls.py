"""Addresses of: the acts that place most students."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
