"""Privacy and accessibility: public, and true to what the code does."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.views.statements import CONTENTS, how_long
from stagematch.retention import RULES, YEAR, Retention


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_everybody_reads_it_and_knows_where_to_write(client: Client, settings: object, name: str) -> None:
    settings.CONTACT_EMAIL = "vragen@stagematch.example"  # type: ignore[attr-defined]
    assert "vragen@stagematch.example" in client.get(reverse(name)).content.decode()


def test_every_category_about_people_is_on_the_page() -> None:
    assert set(CONTENTS) == set(Retention) - {Retention.REFERENCE}


@pytest.mark.django_db
def test_the_periods_are_those_of_the_code(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[Retention.STUDENT]
    monkeypatch.setitem(RULES, Retention.STUDENT, type(rule)(7 * YEAR, rule.since, rule.why))
    assert how_long(7 * YEAR) in client.get(reverse("privacy")).content.decode()


@pytest.mark.django_db
def test_both_stand_at_the_foot_of_every_page(client: Client) -> None:
    text = client.get("/").content.decode()
    assert reverse("privacy") in text
    assert reverse("accessibility") in text
