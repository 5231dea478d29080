"""The project as an app: jobs, outbox, imports and what every page shares."""

from django.apps import AppConfig


class StageMatchConfig(AppConfig):
    name = "stagematch"
    label = "stagematch"
    verbose_name = "StageMatch"
