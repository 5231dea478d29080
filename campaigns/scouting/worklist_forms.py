"""Narrowing the work list; what is none of the choices counts as no choice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.scouting.programmes import Need
from reference.models import LabourMarketRegion, SectorChamber
from stagematch.forms import FilterForm, offer


class WorkFilter(FilterForm):
    """A form read from the address: a wrong value in it is left out, never an error."""

    def chosen(self) -> dict[str, str]:
        """What was chosen; empty where nothing was, or nothing that can be."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class ProgrammesFilter(WorkFilter):
    """Which programmes to show."""

    regio = forms.ChoiceField(label=_("Region"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    q = forms.CharField(label=_("Qualification or crebo"), required=False, max_length=100)

    def __init__(self, *args: Any, regions: list[LabourMarketRegion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "regio", [("", _("All of my regions")), *((region.pk, region.name) for region in regions)])
        offer(self, "sector", [("", _("All")), *SectorChamber.objects.order_by("name").values_list("pk", "name")])
        if len(regions) < 2:
            del self.fields["regio"]

    def chosen(self) -> dict[str, str]:
        return {"regio": "", **super().chosen()}


class ProgrammeFilter(WorkFilter):
    """Which companies to show, in which region."""

    regio = forms.ChoiceField(label=_("Region"), required=False)
    plekken = forms.ChoiceField(
        label=_("Places for this now"), required=False, choices=[("", _("all companies")), ("zonder", _("only companies without a free place"))]
    )
    stap = forms.ChoiceField(label=_("Next step"), required=False, choices=[("", _("all")), ("nu", _("only where something can be done now"))])

    def __init__(self, *args: Any, needs: list[Need], regions: list[LabourMarketRegion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {region.pk: region.name for region in regions}
        offer(self, "regio", [(need.region, f"{names[need.region]} ({need.without})") for need in needs])
        if len(needs) < 2:
            del self.fields["regio"]

    def chosen(self) -> dict[str, str]:
        return {"regio": "", **super().chosen()}
