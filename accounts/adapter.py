"""How allauth behaves here: nobody signs up without an invitation or a registration of ours."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: accounts come from invitations and from registering a school or company."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes a bare account."""
        return False
