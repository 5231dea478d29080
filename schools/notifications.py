"""What schools are told by mail, and what administrators are told about schools."""

from accounts.models import User
from accounts.selectors import administrators
from schools.models import School, SchoolState
from schools.selectors import administrators_of
from stagematch import outbox
from stagematch.links import address


def tell_administrators(school: School, *, name: str, email: str) -> None:
    """A school registered and waits for verification."""
    url = address("schools:verifications")
    for user in administrators():
        outbox.queue(
            to=user.email,
            template="schools/mail/registered.txt",
            context={"school": school, "name": name, "email": email, "url": url},
            language=user.language,
            key=f"school-{school.pk}-registered-{school.created_at:%Y%m%d%H%M%S}-{user.pk}",
        )


def tell_decision(school: School) -> None:
    """Verified or refused, with the reason, to everybody who runs the school's part here."""
    template = "schools/mail/verified.txt" if school.state == SchoolState.VERIFIED else "schools/mail/refused.txt"
    for user in administrators_of(school):
        outbox.queue(
            to=user.email,
            template=template,
            context={"school": school, "name": user.name, "url": address("home")},
            language=user.language,
            key=f"school-{school.pk}-{school.state}-{school.decided_at:%Y%m%d%H%M%S}-{user.pk}",
        )


def tell_wants_to_join(school: School, *, name: str, email: str, to: User, day: str) -> None:
    """Somebody tried to register a school that is here: its administrators may invite them."""
    outbox.queue(
        to=to.email,
        template="schools/mail/wants_to_join.txt",
        context={"school": school, "name": name, "email": email, "url": address("schools:staff")},
        language=to.language,
        key=f"school-{school.pk}-join-{email}-{day}-{to.pk}"[:200],
    )
