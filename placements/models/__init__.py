"""Periods, places, requests and placements."""

from placements.models.application import Application, ApplicationQuestion, ApplicationTransition
from placements.models.message import Message
from placements.models.place import Adjustment, Pause, Period, Place, PlaceImport, PlaceSearchRow, PlaceState, Requirement, Weekday
from placements.models.placement import Introduction, Placement, PlacementTransition, Refusal
from placements.models.request import PlacementRequest, PreparationStep
from placements.models.saved import Alerts, Favourite, PlaceAsk, SavedSearch
from placements.models.upkeep import Answer, Moment, PlaceAnswer, PlaceLooks, PlaceReminder, TakeOver, TipCard, wants_no_place_mails

__all__ = [
    "Adjustment",
    "Alerts",
    "Answer",
    "Application",
    "ApplicationQuestion",
    "ApplicationTransition",
    "Favourite",
    "Introduction",
    "Message",
    "Moment",
    "Pause",
    "Period",
    "Place",
    "PlaceAnswer",
    "PlaceAsk",
    "PlaceImport",
    "PlaceLooks",
    "PlaceReminder",
    "PlaceSearchRow",
    "PlaceState",
    "Placement",
    "PlacementRequest",
    "PlacementTransition",
    "PreparationStep",
    "Refusal",
    "Requirement",
    "SavedSearch",
    "TakeOver",
    "TipCard",
    "Weekday",
    "wants_no_place_mails",
]
