"""Addresses of accounts: home per hat, switching hats, invitations."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("rol/", views.switch_hat, name="switch_hat"),
]
