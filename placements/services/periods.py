"""What changes the periods that everybody chooses from."""

from django.db import transaction

from placements.models import Period, Place, PlacementRequest


def in_use(period: Period) -> bool:
    """Whether places or requests hang on this period."""
    return Place.objects.filter(period=period).exists() or PlacementRequest.objects.filter(period=period).exists()


@transaction.atomic
def save_period(*, period: Period) -> Period:
    """Add a period, or change one; whoever fills in a form next can choose it."""
    period.save()
    return period
