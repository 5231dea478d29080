"""A new password: the mail with the link, the page, and the mail that says so; all in our own words."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from stagematch.models import OutboxMail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = "vier losse gewone woorden"


def ask(client: Client, email: str) -> OutboxMail:
    client.post(reverse("account_reset_password"), {"email": email}, headers={"accept-language": "nl"})
    return OutboxMail.objects.latest("pk")


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"http://testserver(/\S+/key/\S+)", mail.body)
    assert found
    return found[1]


def test_the_mail_names_us_and_says_until_when_the_link_works(client: Client, settings) -> None:
    settings.SITE_URL = "https://stagematch.example"
    mail = ask(client, UserFactory().email)
    assert mail.subject == "Een nieuw wachtwoord voor StageMatch"
    assert "https://stagematch.example" in mail.body
    assert re.search(r"tot \d+ \w+ \d{4}, \d\d:\d\d", mail.body)
    assert not re.search(r"\b(example\.com|je|jij|jou|u|uw)\b", mail.body)


def test_who_has_no_account_reads_that_in_dutch_too(client: Client) -> None:
    mail = ask(client, "onbekend@example.org")
    assert "onbekend@example.org" in mail.body
    assert "is geen account" in mail.body


def test_choosing_a_new_password_is_told_by_mail_and_said_once(client: Client) -> None:
    user = UserFactory()
    page = client.get(link_in(ask(client, user.email)), follow=True)
    done = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)
    assert list(done.context["messages"]) == []
    assert OutboxMail.objects.latest("pk").to == user.email
    assert OutboxMail.objects.count() == 2
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("password", ["12345678901234", "kort"])
def test_a_weak_password_is_refused_beside_the_field(client: Client, password: str) -> None:
    page = client.get(link_in(ask(client, UserFactory().email)), follow=True)
    with translation.override("nl"):
        again = client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
    assert again.context["form"].errors["password1"]
