"""Companies, their people, the qualifications for which they are recognised, and the visits on which that rests."""

from companies.models.claim import Claim
from companies.models.company import Company, CompanyGroup, CompanyKind, CompanyMembership, CompanyQuerySet, CompanyRole
from companies.models.merge import CompanyMerge, MergeState
from companies.models.reach import CompanyReach, may_be_called
from companies.models.recognition import Recognition, RecognitionQuerySet, RecognitionTransition, WithheldGoal
from companies.models.visit import Assessment, Finding, Visit, VisitFeed
from companies.workflow import RecognitionState

__all__ = [
    "Assessment",
    "Claim",
    "Company",
    "CompanyGroup",
    "CompanyKind",
    "CompanyMembership",
    "CompanyMerge",
    "CompanyQuerySet",
    "CompanyReach",
    "CompanyRole",
    "Finding",
    "MergeState",
    "Recognition",
    "RecognitionQuerySet",
    "RecognitionState",
    "RecognitionTransition",
    "Visit",
    "VisitFeed",
    "WithheldGoal",
    "may_be_called",
]
