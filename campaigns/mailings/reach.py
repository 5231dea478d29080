"""Who of an audience may be mailed, and why others may not: asked when it is counted, when addresses are written down, and before each mail.

Only contacts of recognised companies, about the places of that recognition (docs/campaigns.md says why that is allowed).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import hats_of
from campaigns.mailings.workflow import Reason
from campaigns.models import Mailing, MailingRecipient
from companies.models import Company, CompanyMembership, CompanyRole, Recognition
from placements.models import wants_no_place_mails
from stagematch.outbox import bounces


def contacts(asked: QuerySet[Company]) -> QuerySet[CompanyMembership]:
    """The contacts of an audience's companies who act for them now."""
    return CompanyMembership.objects.filter(_acts(), company__in=asked.values("pk"))


def _acts(path: str = "") -> Q:
    return Q(**{f"{path}role": CompanyRole.CONTACT, f"{path}ended_at": None, f"{path}user__is_active": True})


def why_not(mailing: Mailing | None, path: str = "") -> Case:
    """The reason why a contact is not mailed, empty for who is; path: from the rows to their membership, such as `membership__`."""
    now = timezone.now()
    bounced = bounces(since=now - timedelta(days=settings.PLACE_REMIND_BOUNCED_DAYS)).filter(to=OuterRef(f"{path}user__email"))
    return Case(
        When(wants_no_place_mails(f"{path}user"), then=Value(Reason.STOPPED.value)),
        When(Exists(bounced), then=Value(Reason.BOUNCED.value)),
        When(Exists(_lately(mailing, now).filter(address=Lower(OuterRef(f"{path}user__email")))), then=Value(Reason.RECENT.value)),
        default=Value(""),
    )


def why_no_longer(mailing: Mailing) -> Case:
    """The same of a mailing's recipients: somebody may have left, and a company lost its recognition, since they were written down."""
    recognised = Recognition.objects.valid().filter(company=OuterRef("membership__company"))
    gone = ~Q(_acts("membership__")) | ~Q(Exists(recognised)) | ~Q(address=Lower("membership__user__email"))
    return Case(When(gone, then=Value(Reason.GONE.value)), default=why_not(mailing, "membership__"))


def _lately(mailing: Mailing | None, now: datetime) -> QuerySet[MailingRecipient]:
    """Addresses to which another mailing has gone or is going, so that nobody gets two within so many weeks."""
    found = MailingRecipient.objects.filter(mailed_at__gte=now - timedelta(weeks=settings.MAILING_AGAIN_WEEKS))
    return found.exclude(mailing=mailing) if mailing else found


@dataclass(frozen=True)
class Reach:
    """An audience in numbers: companies, those without anybody to mail, addresses that are mailed, and those that are not by reason.

    shared: contacts who stand for a second company under the same address, which is mailed once.
    """

    companies: int
    silent: int
    mailed: int
    shared: int
    left_out: dict[str, int]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why addresses are left out, in words, with how many."""
        return [(str(Reason(reason).label), count) for reason, count in self.left_out.items() if count]


def sender_of(mailing: Mailing) -> Actor | None:
    """Under whose hat a mailing goes out, which says whose companies it may reach; None when nobody wears it any more."""
    post = mailing.post
    hats = tuple(hats_of(post.user)) if post and not post.is_vacant else ()
    hat = next((hat for hat in hats if post and hat.kind == post.kind and hat.object_id == post.pk), None)
    return Actor(user=post.user, hat=hat, hats=hats) if post and hat else None


def reach(mailing: Mailing, asked: QuerySet[Company]) -> Reach:
    """Count who gets a mailing and who does not, of the companies that it asks. Two queries."""
    found = contacts(asked).annotate(why=why_not(mailing)).order_by().values("why")
    rows = {row["why"]: row for row in found.annotate(people=Count("user", distinct=True), all=Count("pk"))}
    has_contact = Exists(CompanyMembership.objects.filter(_acts(), company=OuterRef("pk")))
    counted = asked.aggregate(all=Count("pk"), known=Count("pk", filter=has_contact))
    mailed = rows.pop("", {"people": 0, "all": 0})
    return Reach(
        companies=counted["all"],
        silent=counted["all"] - counted["known"],
        mailed=mailed["people"],
        shared=mailed["all"] - mailed["people"],
        left_out={reason.value: rows[reason]["people"] for reason in Reason if reason in rows},
    )


def example(asked: QuerySet[Company], skip: int = 0) -> CompanyMembership | None:
    """A contact of these companies whose data a preview shows: the first, or one further on. None when nobody can be mailed."""
    found = contacts(asked).annotate(why=why_not(None)).filter(why="").select_related("user", "company").order_by("company", "pk")
    return found[skip : skip + 1].first() or found.first()
