"""Invitations: one link, one address, one use, fourteen days."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.hats import HatKind
from accounts.models import Invitation, Post, User
from stagematch.models import OutboxMail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "vier losse gewone woorden"


def invite(email: str = "nieuw@example.org", **fields: object) -> Invitation:
    given = {"name": "Nadia Nieuw", "kind": HatKind.SCOUT, "organisation_id": None, "organisation_name": "SBB", "language": "nl"}
    return services.invite(email=email, by=UserFactory(), **{**given, **fields})  # type: ignore[arg-type]


def link(mail: OutboxMail | None = None) -> str:
    mail = mail or OutboxMail.objects.latest("pk")
    found = re.search(r"https?://[^/]+(/uitnodiging/\S+/)", mail.body)
    assert found
    return found[1]


def accept(client: Client, path: str) -> object:
    return client.post(path, {"name": "Nadia Nieuw", "password": PASSWORD, "password_again": PASSWORD})


def test_the_database_holds_no_token_of_an_invitation() -> None:
    invitation = invite()
    token = link().split("/")[2]
    assert invitation.token_digest == services.digest(token)
    assert token not in str(Invitation.objects.values().get())


def test_opening_an_invitation_accepts_nothing(client: Client) -> None:
    invite()
    assert client.get(link()).status_code == 200
    assert not User.objects.filter(email="nieuw@example.org").exists()


def test_accepting_makes_an_account_with_a_verified_address_and_the_hat(client: Client) -> None:
    invite()
    response = accept(client, link())
    assert response.status_code == 302  # type: ignore[attr-defined]
    user = User.objects.get(email="nieuw@example.org")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
    assert Post.objects.filter(user=user, kind=HatKind.SCOUT).exists()
    assert "Nadia" in client.get("/").content.decode()


def test_a_link_works_once(client: Client) -> None:
    invite()
    path = link()
    accept(client, path)
    response = Client().get(path)
    assert response.status_code == 410
    assert "sm-page" in response.content.decode()


def test_a_link_ends_after_fourteen_days(client: Client) -> None:
    invitation = invite()
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert invitation.sent_at + timedelta(days=14) == invitation.expires_at
    assert accept(client, link()).status_code == 410  # type: ignore[attr-defined]
    assert not User.objects.filter(email="nieuw@example.org").exists()


def test_a_withdrawn_invitation_says_so(client: Client) -> None:
    services.withdraw_invitation(invitation=invite())
    response = client.get(link())
    assert response.status_code == 410
    assert response.context["reason"] == "withdrawn"


def test_an_unknown_link_says_what_to_do(client: Client) -> None:
    assert client.get("/uitnodiging/bestaat-niet/").context["reason"] == "unknown"


def test_two_clicks_on_invite_send_one_mail() -> None:
    first, second = invite(), invite()
    assert first == second
    assert OutboxMail.objects.count() == 1


def test_inviting_again_later_sends_a_new_link_and_ends_the_old_one(client: Client) -> None:
    invitation = invite()
    old = link()
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert services.resend_invitation(invitation=invitation).pk == invitation.pk
    assert client.get(old).context["reason"] == "unknown"
    assert client.get(link()).status_code == 200


def test_an_accepted_invitation_cannot_be_sent_again(client: Client) -> None:
    invitation = invite()
    accept(client, link())
    with pytest.raises(services.InvitationClosed):
        services.resend_invitation(invitation=invitation)


def test_an_existing_account_is_asked_to_sign_in_first(client: Client) -> None:
    UserFactory(email="nieuw@example.org")
    invite()
    path = link()
    assert accept(client, path).status_code == 200  # type: ignore[attr-defined]
    assert not Post.objects.exists()
    assert "/account/login/" in client.get(path).content.decode()


def test_an_existing_account_accepts_with_one_button(client: Client) -> None:
    user = UserFactory(email="nieuw@example.org")
    invite()
    client.force_login(user)
    client.post(link())
    assert Post.objects.filter(user=user, kind=HatKind.SCOUT).exists()


def test_somebody_elses_session_cannot_accept(client: Client) -> None:
    UserFactory(email="nieuw@example.org")
    invite()
    client.force_login(UserFactory())
    client.post(link())
    assert not Post.objects.exists()


def test_a_weak_password_is_refused_at_its_field(client: Client) -> None:
    invite()
    response = client.post(link(), {"name": "Nadia", "password": "password1234", "password_again": "password1234"})
    assert response.context["form"].errors["password"]
    assert response.context["form"]["name"].value() == "Nadia"


def test_different_passwords_are_refused_at_the_second(client: Client) -> None:
    invite()
    response = client.post(link(), {"name": "Nadia", "password": PASSWORD, "password_again": PASSWORD + "x"})
    assert response.context["form"].errors["password_again"]


def test_a_hat_that_cannot_be_invited_fails_at_once() -> None:
    with pytest.raises(KeyError):
        invite(kind="visitor")


def test_the_command_line_invites_the_first_administrator(client: Client) -> None:
    from django.core.management import call_command

    call_command("add_post", "eerste@example.org", "Eerste Beheerder")
    accept(client, link())
    assert Post.objects.get().kind == HatKind.ADMINISTRATOR
