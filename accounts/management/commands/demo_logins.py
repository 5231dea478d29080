"""Prints who one can be in the demo, with a one-click address for each."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.selectors import demo_people


class Command(BaseCommand):
    """`manage.py demo_logins`: a table for the terminal; refuses where demo logins do not exist."""

    help = "Print the demo people with their one-click logins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table, or say that there is nobody yet."""
        if not settings.DEMO_LOGINS:
            raise CommandError("Demo logins do not exist under these settings.")
        people = list(demo_people())
        if not people:
            self.stdout.write("No demo people yet: manage.py seed_demo makes them.")
            return
        site = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        who = max(len(person.demo_note) for person in people)
        name = max(len(person.name) for person in people)
        for person in people:
            address = site + reverse("demo_person", args=[person.public_id])
            self.stdout.write(f"{person.demo_note:<{who}}  {person.name:<{name}}  {address}")
