"""List what the outbox holds: counts by state, and each mail in doubt or failed, without its address."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from stagematch.models import MailState, OutboxMail


class Command(BaseCommand):
    help = "Counts mails by state and lists those that somebody should look at."

    def handle(self, *args: Any, **options: Any) -> None:
        for row in OutboxMail.objects.order_by("state").values("state").annotate(count=Count("pk")):
            self.stdout.write(f"{row['state']:<9} {row['count']}")
        for mail in OutboxMail.objects.filter(state__in=[MailState.IN_DOUBT, MailState.FAILED]).order_by("pk"):
            self.stdout.write(f"{mail.state} {mail.created_at:%Y-%m-%d %H:%M} {mail.key} {mail.message_id} {mail.last_error}")
