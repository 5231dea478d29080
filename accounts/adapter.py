"""How allauth behaves here: nobody signs up without an invitation or a registration of ours, and mails are in our words."""

from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stagematch.links import address


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: accounts come from invitations and from registering a school or company.

    Students read "je" and companies "u", and a mail about an account knows neither: its texts address nobody.
    """

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right. Forgotten the password? Below is a link to choose a new one."),
        "enter_current_password": _("This is not the password of now. Type it again."),
        "too_many_login_attempts": _("That went wrong too often. Wait five minutes, or choose a new password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes a bare account."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """The subject alone, without the name of a site."""
        return subject

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Say until when the link works."""
        until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        super().send_password_reset_mail(user, email, {**context, "works_until": timezone.localtime(until)})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail can name our address and where a password is chosen."""
        own = {"site_url": settings.SITE_URL, "password_reset_url": address("account_reset_password")}
        super().send_mail(template_prefix, email, {**own, **context})
