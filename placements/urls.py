"""Addresses of placements."""

app_name = "placements"
urlpatterns: list = []
