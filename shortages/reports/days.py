"""Which days somebody may fill in about a placement that is needed: one bound, for every form and every address."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

# Nobody knows today what is needed after that; a year that was mistyped is further away.
FURTHEST = timedelta(days=2 * 366)


def within_reach(day: date) -> None:
    """No more than two years away. Raises ValidationError."""
    if day > timezone.localdate() + FURTHEST:
        raise ValidationError(_("This is more than two years away. Look at the year once more."))


def to_come(day: date) -> None:
    """After today. Raises ValidationError."""
    if day <= timezone.localdate():
        raise ValidationError(_("This day is over. Fill in a day in the future."))
