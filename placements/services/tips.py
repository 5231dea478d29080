"""What changes tip cards."""

from django.db import transaction

from accounts.models import User
from placements.models import Moment, TipCard


@transaction.atomic
def save_tip_card(*, card: TipCard, by: User | None) -> TipCard:
    """Save the administrators' own words of a card; two who write at once leave one card, the last one's."""
    card.pk = TipCard.objects.select_for_update(of=("self",)).filter(moment=card.moment).values_list("pk", flat=True).first()
    card.changed_by = by
    card.save()
    return card


@transaction.atomic
def reset_tip_card(*, moment: Moment) -> None:
    """Forget the own words of a card; the standard ones are read again. Safe to call twice."""
    TipCard.objects.filter(moment=moment).delete()
