"""What a new password must be, in words that we translate ourselves."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's own rule; its new wording has no Dutch yet (Django 5.2)."""

    def get_error_message(self) -> str:
        """How long it must be, and how to get there."""
        return _("This password is too short. Use at least %(length)d characters; three or four words in a row are easy to remember.") % {
            "length": self.min_length
        }
