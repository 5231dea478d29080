"""How long each kind of data is kept, and why; every model names its category (`retention = Retention.STUDENT`)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

YEAR = timedelta(days=365)


class Retention(StrEnum):
    """The category of a model; `Retention.STUDENT.rule` says how long it is kept, from when, and why."""

    REFERENCE = "reference"
    ACCOUNT = "account"
    STUDENT = "student"
    COMPANY = "company"
    PLACEMENT = "placement"
    MATCHING = "matching"
    FIGURES = "figures"
    AUDIT = "audit"
    OPERATION = "operation"
    LEAD = "lead"

    @property
    def rule(self) -> "Rule":
        return RULES[self]


@dataclass(frozen=True)
class Rule:
    """`keep` counts from `since`; None means as long as it is current."""

    keep: timedelta | None
    since: Promise
    why: Promise


# The periods are our proposal to the schools, who decide as controllers; change them here and nowhere else.
RULES = {
    Retention.REFERENCE: Rule(None, _("publication"), _("Public facts about nobody: postcodes, regions, qualifications.")),
    Retention.ACCOUNT: Rule(2 * YEAR, _("last sign-in"), _("A way in that nobody used for two years is a risk and serves no one.")),
    Retention.STUDENT: Rule(2 * YEAR, _("leaving the school"), _("Schools keep a student's file for two years after leaving.")),
    Retention.COMPANY: Rule(5 * YEAR, _("end of the last recognition"), _("A company that returns is re-assessed on its history.")),
    Retention.PLACEMENT: Rule(2 * YEAR, _("end of the placement"), _("It belongs to the student's file.")),
    Retention.MATCHING: Rule(2 * YEAR, _("end of the round"), _("A student can ask how a match was made while the file exists.")),
    Retention.FIGURES: Rule(None, _("the night"), _("Counts of groups, never of a person; only years of them show where shortages go.")),
    Retention.AUDIT: Rule(5 * YEAR, _("the event"), _("Who decided what about a person, and why, must outlive the decision.")),
    Retention.OPERATION: Rule(timedelta(days=90), _("its end"), _("Jobs, mails, uploads: long enough to find out what went wrong.")),
    Retention.LEAD: Rule(YEAR, _("the last step"), _("A company that said no, or nothing, is not kept on a list; its contact is deleted sooner.")),
}
