"""Periods, places, requests and placements."""

from placements.models.application import Application, ApplicationQuestion, ApplicationTransition
from placements.models.message import Message
from placements.models.place import Adjustment, Period, Place, PlaceImport, PlaceSearchRow, PlaceState, Requirement, Weekday
from placements.models.placement import Introduction, Placement, PlacementTransition, Refusal
from placements.models.request import PlacementRequest, PreparationStep
from placements.models.saved import Alerts, Favourite, PlaceAsk, SavedSearch

__all__ = [
    "Adjustment",
    "Alerts",
    "Application",
    "ApplicationQuestion",
    "ApplicationTransition",
    "Favourite",
    "Introduction",
    "Message",
    "Period",
    "Place",
    "PlaceAsk",
    "PlaceImport",
    "PlaceSearchRow",
    "PlaceState",
    "Placement",
    "PlacementRequest",
    "PlacementTransition",
    "PreparationStep",
    "Refusal",
    "Requirement",
    "SavedSearch",
    "Weekday",
]
