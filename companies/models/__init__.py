"""Companies, their people, the qualifications for which they are recognised, and the visits on which that rests."""

from companies.models.company import Company, CompanyGroup, CompanyKind, CompanyMembership, CompanyQuerySet, CompanyRole
from companies.models.recognition import Recognition, RecognitionQuerySet, RecognitionTransition
from companies.models.visit import Assessment, Finding, Visit
from companies.workflow import RecognitionState

__all__ = [
    "Assessment",
    "Company",
    "CompanyGroup",
    "CompanyKind",
    "CompanyMembership",
    "CompanyQuerySet",
    "CompanyRole",
    "Finding",
    "Recognition",
    "RecognitionQuerySet",
    "RecognitionState",
    "RecognitionTransition",
    "Visit",
]
