"""Pages of accounts: home per hat, switching hats, one's own account, the administrator's pages."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from accounts.models import Post
from stagematch.models import Job, JobState, MailState, OutboxMail
from tests.factories import CoordinatorFactory, PostFactory, SchoolAdminFactory, UserFactory, login_as

pytestmark = pytest.mark.django_db


def administrator(client: Client) -> Post:
    post = PostFactory(kind=HatKind.ADMINISTRATOR)
    login_as(client, post)
    return post


def failed_job() -> Job:
    return Job.objects.create(kind="matching.run", key="round-1", state=JobState.FAILED, error="broken", finished_at=timezone.now())


def refused_mail() -> OutboxMail:
    return OutboxMail.objects.create(
        key="mail-1", to="a@example.org", language="nl", subject="S", message_id="<1@x>", state=MailState.FAILED, next_at=timezone.now()
    )


def test_a_visitor_is_asked_what_they_look_for(client: Client) -> None:
    text = client.get("/").content.decode()
    assert reverse("schools:register") in text
    assert reverse("account_login") in text


@pytest.mark.parametrize("kind", [HatKind.SCOUT, HatKind.ADMINISTRATOR])
def test_posts_have_a_home_with_a_next_step(client: Client, kind: HatKind) -> None:
    login_as(client, PostFactory(kind=kind))
    assert "sm-task" in client.get("/").content.decode()


def test_somebody_without_a_hat_reads_how_to_get_one(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/").templates[0].name == "accounts/no_hat.html"


def test_one_hat_at_a_time_is_worn_and_can_be_switched(client: Client) -> None:
    admin = SchoolAdminFactory()
    coordinator = CoordinatorFactory(user=admin.user, school=admin.school)
    login_as(client, admin)
    assert client.get(reverse("schools:staff")).status_code == 200
    client.post(reverse("switch_hat"), {"hat": f"coordinator:{coordinator.pk}"})
    assert client.get(reverse("schools:staff")).status_code == 404


def test_a_hat_of_somebody_else_cannot_be_worn(client: Client) -> None:
    other = SchoolAdminFactory()
    login_as(client, CoordinatorFactory())
    assert client.post(reverse("switch_hat"), {"hat": f"school_admin:{other.pk}"}).status_code == 404


def test_an_ended_role_is_no_hat(client: Client) -> None:
    login_as(client, SchoolAdminFactory(ended_at=timezone.now()).user)
    assert client.get(reverse("schools:staff")).status_code == 404


def test_language_of_the_account_holds_at_once(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    client.post(reverse("account_settings"), {"name": "Anne", "phone": "06 12345678", "language": "en"})
    user.refresh_from_db()
    assert (user.name, user.phone, user.language) == ("Anne", "06 12345678", "en")
    assert "Your account has been changed" in client.get(reverse("account_settings")).content.decode()


def test_a_wrong_phone_number_is_refused_at_its_field(client: Client) -> None:
    client.force_login(UserFactory())
    response = client.post(reverse("account_settings"), {"name": "Anne", "phone": "bel maar", "language": "nl"})
    assert response.context["form"].errors["phone"]


def test_a_failed_job_is_listed_and_started_again(client: Client) -> None:
    administrator(client)
    job = failed_job()
    assert "Berekening van een ronde" in client.get(reverse("accounts:operations")).content.decode()
    client.post(reverse("accounts:retry_job", args=[job.pk]))
    client.post(reverse("accounts:retry_job", args=[job.pk]))
    assert Job.objects.filter(kind="matching.run", state=JobState.QUEUED).count() == 1


def test_a_job_that_did_not_fail_is_not_started_again(client: Client) -> None:
    administrator(client)
    job = Job.objects.create(kind="k", key="done", state=JobState.DONE, finished_at=timezone.now(), share=1)
    client.post(reverse("accounts:retry_job", args=[job.pk]))
    assert Job.objects.count() == 1


def test_addresses_of_mails_are_not_shown(client: Client) -> None:
    administrator(client)
    refused_mail()
    assert "a@example.org" not in client.get(reverse("accounts:operations")).content.decode()


def test_failed_work_stands_first_at_the_administrators_home(client: Client) -> None:
    administrator(client)
    failed_job()
    refused_mail()
    context = client.get("/").context
    urls = [task.url for task in [*context["tasks"], *context["later"]]]
    assert urls.index(reverse("accounts:operations")) < urls.index(reverse("accounts:posts"))


def test_operations_are_for_administrators_only(client: Client) -> None:
    login_as(client, CoordinatorFactory())
    assert client.get(reverse("accounts:operations")).status_code == 404


def test_an_advisor_is_invited_with_regions_and_the_post_can_be_ended_and_given_back(client: Client) -> None:
    administrator(client)
    client.post(reverse("accounts:posts"), {"name": "Ad", "email": "ad@example.org", "kind": "advisor_practice"})
    assert "ad@example.org" in client.get(reverse("accounts:posts")).content.decode()
    post = PostFactory()
    client.post(reverse("accounts:post_end", args=[post.pk]))
    post.refresh_from_db()
    assert post.ended_at
    client.post(reverse("accounts:post_end", args=[post.pk]), {"undo": "1"})
    post.refresh_from_db()
    assert post.ended_at is None


def test_nobody_ends_their_own_post(client: Client) -> None:
    own = administrator(client)
    assert client.post(reverse("accounts:post_end", args=[own.pk])).status_code == 404


def test_the_audit_trail_names_who_changed_what_on_which_page(client: Client) -> None:
    own = administrator(client)
    post = PostFactory()
    client.post(reverse("accounts:post_end", args=[post.pk]))
    text = client.get(reverse("accounts:audit")).content.decode()
    assert own.user.name in text
    assert "beheer › functies" in text


@pytest.mark.parametrize("name", ["home", "accounts:operations", "accounts:posts", "accounts:audit", "account_settings", "schools:verifications"])
def test_ten_times_the_rows_cost_no_more_queries(client: Client, name: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    administrator(client)
    url = reverse(name)
    failed_job()
    PostFactory()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(10):
        PostFactory()
        Job.objects.create(kind="k", key=f"k{number}", state=JobState.FAILED, finished_at=timezone.now())
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)
