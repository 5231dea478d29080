"""The few dozen people of the demo whom a visitor can be with one click."""

from allauth.account.models import EmailAddress

from accounts.hats import HatKind
from accounts.models import Post, User
from companies.models import Company, CompanyMembership, CompanyRole, Recognition, RecognitionState
from matching.demo.draw import Draw
from matching.demo.plan import HOME_REGION
from matching.demo.schools import user
from placements.models import Placement, PlacementRequest
from placements.workflow import PlacementState as S
from reference.models import LabourMarketRegion
from schools.models import Guardian


def make_posts(draw: Draw) -> None:
    """An administrator, two advisors and a scout for the region."""
    notes = {
        HatKind.ADMINISTRATOR: "Beheerder van het platform",
        HatKind.ADVISOR_PRACTICE: "Adviseur praktijkleren, Rijk van Nijmegen",
        HatKind.ADVISOR_TARGET_GROUPS: "Adviseur doelgroepen, Rijk van Nijmegen",
        HatKind.SCOUT: "Stagejager, Rijk van Nijmegen",
    }
    region = LabourMarketRegion.objects.filter(name=HOME_REGION)
    for kind, note in notes.items():
        post = Post.objects.create(user=user(draw, kind.value.replace("_", "."), note=note), kind=kind)
        if kind != HatKind.ADMINISTRATOR:
            post.regions.set(region)


def name_people(draw: Draw) -> None:
    """Give one-click logins to students, parents and companies in each interesting situation."""
    students = {
        "Student met een definitieve plek": Placement.objects.filter(state=S.INTRODUCED),
        "Student die nog moet antwoorden": Placement.objects.filter(state=S.APPROVED, told_at__isnull=False),
        "Student die bezwaar maakte": Placement.objects.filter(state=S.OBJECTED),
    }
    for note, placements in students.items():
        give_login(placements.select_related("request__student__user").order_by("pk")[0].request.student.user, note)
    taken = set(User.objects.filter(is_demo=True).values_list("pk", flat=True))
    unready = PlacementRequest.objects.filter(ready_at=None, placements=None, student__user__isnull=False).exclude(student__user__in=taken)
    give_login(unready.select_related("student__user").order_by("pk")[0].student.user, "Student die zich nog moet voorbereiden")
    minor = Placement.objects.filter(state=S.APPROVED, told_at__isnull=False, request__student__adult_on__isnull=False).exclude(
        request__student__user__in=User.objects.filter(is_demo=True)
    )
    _guardian(draw, minor.select_related("request__student").order_by("pk").first())
    _company(Placement.objects.filter(state=S.INTRODUCED), "Bedrijf dat weet wie er komt")
    _company(Placement.objects.filter(state=S.PROPOSED), "Bedrijf waar een voorstel ligt")
    _company(Placement.objects.filter(state=S.REFUSAL_CLAIMED), "Bedrijf dat een weigering vraagt")
    asked = Recognition.objects.filter(state=RecognitionState.SUBMITTED).order_by("pk")
    give_login(asked[0].company.memberships.order_by("pk")[0].user, "Bedrijf dat op erkenning wacht")
    _trainer(draw)
    _verify_addresses()


def give_login(person: User | None, words: str) -> None:
    """Give somebody a one-click login, and say who it is; once."""
    if person and not person.is_demo:
        person.is_demo, person.demo_note = True, words
        person.save(update_fields=["is_demo", "demo_note"])


def _guardian(draw: Draw, placement: Placement | None) -> None:
    guardian = Guardian.objects.filter(student=placement.request.student if placement else None).first() or Guardian.objects.order_by("pk")[0]
    guardian.user = user(draw, "ouder", name=guardian.name, note="Ouder van een minderjarige student")
    guardian.save(update_fields=["user"])


def _company(placements: object, note: str) -> None:
    known = User.objects.filter(is_demo=True, company_memberships__isnull=False).values("company_memberships__company")
    chosen = placements.exclude(place__company__in=known).select_related("place__company").order_by("pk").first()  # type: ignore[attr-defined]
    if chosen:
        give_login(chosen.place.company.memberships.filter(role=CompanyRole.CONTACT).select_related("user").order_by("pk")[0].user, note)


def _trainer(draw: Draw) -> None:
    company = Company.objects.filter(memberships__user__demo_note="Bedrijf dat weet wie er komt").first()
    if company:
        CompanyMembership.objects.create(
            user=user(draw, "praktijkopleider", note="Praktijkopleider bij dat bedrijf"), company=company, role=CompanyRole.TRAINER
        )


def _verify_addresses() -> None:
    people = User.objects.filter(is_demo=True)
    EmailAddress.objects.bulk_create([EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people])
