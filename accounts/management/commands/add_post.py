"""Gives the first administrator a way in: mails an invitation to a post."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.forms import ValidationError

from accounts.hats import POST_HATS, HatKind
from accounts.services import invite


class Command(BaseCommand):
    """`manage.py add_post EMAIL NAME [--kind administrator]`: everybody after the first is invited on the page of posts."""

    help = "Mail somebody an invitation to a post (administrator unless --kind says otherwise)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """E-mail address, name, kind of post."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--kind", default=HatKind.ADMINISTRATOR.value, choices=sorted(kind.value for kind in POST_HATS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue the invitation."""
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no e-mail address.") from error
        invitation = invite(
            email=options["email"],
            name=options["name"],
            kind=options["kind"],
            organisation_id=None,
            organisation_name="SBB",
            by=None,
            language=settings.LANGUAGE_CODE,
        )
        self.stdout.write(f"An invitation goes to {invitation.email}; the link works until {invitation.expires_at:%d-%m-%Y}.")
