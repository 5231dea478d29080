"""Target groups: pupils without a crebo by kind of school, mbo students by level and pathway."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reference.models import QualificationKind


class TargetGroup(models.TextChoices):
    """The groups in which shortages are counted."""

    PRO = "pro", _("practical education")
    VSO = "vso", _("special secondary education")
    VMBO = "vmbo", _("vmbo work-study track")
    MBO1_BOL = "mbo1bol", _("mbo level 1, BOL")
    MBO1_BBL = "mbo1bbl", _("mbo level 1, BBL")
    MBO2_BOL = "mbo2bol", _("mbo level 2, BOL")
    MBO2_BBL = "mbo2bbl", _("mbo level 2, BBL")
    MBO3_BOL = "mbo3bol", _("mbo level 3, BOL")
    MBO3_BBL = "mbo3bbl", _("mbo level 3, BBL")
    MBO4_BOL = "mbo4bol", _("mbo level 4, BOL")
    MBO4_BBL = "mbo4bbl", _("mbo level 4, BBL")


_PUPILS = {QualificationKind.PRO: TargetGroup.PRO, QualificationKind.VSO: TargetGroup.VSO, QualificationKind.VMBO_LWT: TargetGroup.VMBO}


def group_of(kind: str, level: int, pathway: str) -> TargetGroup:
    """The group of a student by the kind and level of the qualification and the pathway followed."""
    pupils = _PUPILS.get(QualificationKind(kind))
    return pupils or TargetGroup(f"mbo{level}{pathway.lower()}")
