"""The ground floor: postcodes, regions, qualifications, learning goals, travel."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "reference"
    default_auto_field = "django.db.models.BigAutoField"
