"""Addresses of schools."""

app_name = "schools"
urlpatterns: list = []
