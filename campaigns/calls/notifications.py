"""What a company hears by mail of places that a caller offered in its name: one mail a call, to each of its contacts."""

from campaigns.models import CallResult
from companies.notifications import contacts_of
from stagematch import outbox
from stagematch.links import address
from stagematch.models import OutboxMail


def places_added(*, result: CallResult) -> None:
    """Tell the contacts what was added, by whom, and where they change or stop it."""
    _tell(result, "places_added")


def places_taken_back(*, result: CallResult) -> None:
    """A mail that waits is taken back with the places; whoever may have read it hears that they are gone."""
    _tell(result, "places_taken_back", known=_take_back(result))


def _key(result: CallResult, template: str) -> str:
    return f"call:{result.public_id}:{template}:"


def _take_back(result: CallResult) -> set[str]:
    """Addresses that the first mail has gone to."""
    mails = dict(OutboxMail.objects.filter(key__startswith=_key(result, "places_added")).values_list("pk", "to"))
    gone = outbox.take_back(mails)
    return {to for key, to in mails.items() if key not in gone}


def _tell(result: CallResult, template: str, known: set[str] | None = None) -> None:
    """Mail the contacts; known: only those addresses."""
    places = list(result.places.select_related("period").prefetch_related("qualifications").order_by("pk"))
    for user in contacts_of(result.company):
        if known is not None and user.email not in known:
            continue
        outbox.queue(
            to=user.email,
            template=f"campaigns/calls/mail/{template}.txt",
            context={"user": user, "result": result, "places": places, "url": address("placements:places")},
            language=user.language,
            key=f"{_key(result, template)}{user.pk}",
        )
