"""Changing the order of turn of one student."""

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.models import PlacementRequest
from reference.formats import refuse_bsn

TIERS = (
    (0, _("first: exit phase, entree, or lost a place through no fault")),
    (1, _("second: diploma this year")),
    (2, _("third: everybody else")),
)


class TierForm(forms.Form):
    """Another turn, and why."""

    tier = forms.TypedChoiceField(choices=TIERS, coerce=int, widget=forms.RadioSelect, label=_("Turn"))
    reason = forms.CharField(
        max_length=PlacementRequest._meta.get_field("tier_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=_("Why does this student get another turn?"),
        help_text=_("The student may ask to read it. Write nothing about health or background."),
        validators=[refuse_bsn],
        error_messages={"required": _("Explain why this student gets another turn.")},
    )
