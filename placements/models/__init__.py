"""Periods, places, requests and placements."""

from placements.models.application import Application, ApplicationQuestion, ApplicationTransition
from placements.models.message import Message
from placements.models.place import Adjustment, Period, Place, PlaceImport, PlaceSearchRow, PlaceState, Requirement, Weekday
from placements.models.placement import Introduction, Placement, PlacementTransition, Refusal
from placements.models.request import PlacementRequest, PreparationStep

__all__ = [
    "Adjustment",
    "Application",
    "ApplicationQuestion",
    "ApplicationTransition",
    "Introduction",
    "Message",
    "Period",
    "Place",
    "PlaceImport",
    "PlaceSearchRow",
    "PlaceState",
    "Placement",
    "PlacementRequest",
    "PlacementTransition",
    "PreparationStep",
    "Refusal",
    "Requirement",
    "Weekday",
]
