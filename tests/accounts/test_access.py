"""Second factor for staff, demo logins, production settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.hats import STAFF_HATS, HatKind
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    PostFactory,
    SchoolAdminFactory,
    StudentFactory,
    SupervisorFactory,
    UserFactory,
    login_as,
)

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "stagematch.settings.production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "stagematch.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_HOST": "127.0.0.1",
    "SITE_URL": "https://stagematch.example",
    "DEFAULT_FROM_EMAIL": "noreply@stagematch.example",
}
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.urls import get_resolver
names = [str(name) for name in get_resolver().reverse_dict if isinstance(name, str)]
from django.core.management import call_command
try:
    call_command("demo_logins")
    command = "runs"
except Exception as error:
    command = str(error)
print(json.dumps({"names": names, "mfa": settings.MFA_REQUIRED_FOR_STAFF, "demo": settings.DEMO_LOGINS, "debug": settings.DEBUG, "command": command}))
"""


def production(script: str = ASK, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, **PRODUCTION, **changes}
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def built() -> dict[str, object]:
    done = production()
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_demo_logins_have_no_address_in_production(built: dict[str, object]) -> None:
    names = built["names"]
    assert "home" in names  # type: ignore[operator]
    assert not [name for name in names if name.startswith("demo")]  # type: ignore[attr-defined]
    assert built["demo"] is False


def test_the_command_of_demo_logins_refuses_in_production(built: dict[str, object]) -> None:
    assert "do not exist" in str(built["command"])


def test_production_requires_a_second_factor_of_staff(built: dict[str, object]) -> None:
    assert built["mfa"] is True
    assert built["debug"] is False


def test_demo_logins_cannot_be_switched_on_from_outside(built: dict[str, object]) -> None:
    script = "import django; django.setup(); from django.conf import settings; print(settings.DEMO_LOGINS)"
    assert production(script, DEMO_LOGINS="1", DEBUG="1").stdout.strip() == "False"


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_HOST"])
def test_production_does_not_start_without_its_settings(name: str) -> None:
    done = production("import django; django.setup()", **{name: ""})
    assert done.returncode != 0
    assert name in done.stderr


# -- second factor


@pytest.fixture
def strict(settings: object) -> None:
    settings.MFA_REQUIRED_FOR_STAFF = True  # type: ignore[attr-defined]


STAFF = {
    HatKind.COORDINATOR: CoordinatorFactory,
    HatKind.SUPERVISOR: SupervisorFactory,
    HatKind.SCHOOL_ADMIN: SchoolAdminFactory,
    **{kind: (lambda kind=kind: PostFactory(kind=kind)) for kind in STAFF_HATS if kind.startswith(("advisor", "scout", "administrator"))},
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(STAFF_HATS))
def test_staff_without_a_second_factor_are_sent_to_set_one_up(client: Client, strict: None, kind: HatKind) -> None:
    login_as(client, STAFF[kind]())
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == reverse("mfa_index")


@pytest.mark.django_db
def test_staff_without_a_second_factor_change_nothing(client: Client, strict: None) -> None:
    member = SchoolAdminFactory()
    login_as(client, member)
    client.post(reverse("schools:staff_invite"), {"name": "A", "email": "a@example.org", "role": "coordinator"})
    assert not member.user.invitations_sent.exists()


@pytest.mark.django_db
def test_staff_with_a_second_factor_go_on(client: Client, strict: None) -> None:
    member = SchoolAdminFactory()
    Authenticator.objects.create(user=member.user, type=Authenticator.Type.TOTP, data={"secret": "made-up-for-this-test"})
    login_as(client, member)
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_the_pages_to_set_it_up_and_to_sign_out_stay_open(client: Client, strict: None) -> None:
    login_as(client, CoordinatorFactory())
    assert client.get(reverse("account_settings")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code in (200, 302)
    assert client.get(reverse("mfa_index")).get("Location", "") != reverse("mfa_index")


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [StudentFactory, ContactFactory])
def test_students_and_companies_need_no_second_factor(client: Client, strict: None, factory: type) -> None:
    login_as(client, factory())
    assert client.get("/").status_code == 200


# -- demo logins


@pytest.mark.django_db
def test_opening_a_demo_login_signs_nobody_in(client: Client) -> None:
    person = UserFactory(is_demo=True, demo_note="Coördinator")
    assert client.get(reverse("demo_person", args=[person.public_id])).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_one_click_signs_the_demo_person_in_instead_of_whoever_was(client: Client) -> None:
    client.force_login(UserFactory())
    person = UserFactory(is_demo=True)
    client.post(reverse("demo_person", args=[person.public_id]))
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.django_db
def test_a_real_person_has_no_demo_login(client: Client) -> None:
    assert client.post(reverse("demo_person", args=[UserFactory().public_id])).status_code == 404


@pytest.mark.django_db
def test_the_table_of_demo_logins_names_each_person_with_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    person = UserFactory(is_demo=True, demo_note="Coördinator, ROC Nijmegen")
    call_command("demo_logins")
    out = capsys.readouterr().out
    assert str(person.public_id) in out
    assert "Coördinator, ROC Nijmegen" in out


@pytest.mark.django_db
def test_the_table_refuses_where_demo_logins_do_not_exist(settings: object) -> None:
    settings.DEMO_LOGINS = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("demo_logins")


@pytest.mark.django_db
def test_nobody_signs_up_without_invitation_or_registration(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "zomaar@example.org", "password1": "vier losse gewone woorden"})
    assert "_auth_user_id" not in client.session
