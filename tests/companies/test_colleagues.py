"""Colleagues who were invited are seen, and their invitation can be sent again or withdrawn."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation
from tests.factories import ContactFactory, login_as

pytestmark = pytest.mark.django_db


def test_an_invited_colleague_is_shown_and_can_be_withdrawn(client: Client) -> None:
    login_as(client, ContactFactory())
    answers = {"name": "Kees Kok", "email": "kees@bedrijf.example.org", "role": "trainer"}
    assert client.post(reverse("companies:invite_colleague"), answers).status_code == 302
    assert "kees@bedrijf.example.org" in client.get(reverse("companies:detail")).content.decode()
    invitation = Invitation.objects.get()
    client.post(reverse("companies:invitation", args=[invitation.pk]), {"action": "withdraw"})
    assert "kees@bedrijf.example.org" not in client.get(reverse("companies:detail")).content.decode()


def test_another_companys_invitation_does_not_exist(client: Client) -> None:
    login_as(client, ContactFactory())
    client.post(reverse("companies:invite_colleague"), {"name": "Kees", "email": "kees@bedrijf.example.org", "role": "trainer"})
    login_as(client, ContactFactory())
    url = reverse("companies:invitation", args=[Invitation.objects.get().pk])
    assert client.post(url, {"action": "withdraw"}).status_code == 404
