"""What can go wrong with a placement, each with a sentence that may be shown to whoever tried."""


class PlacementError(Exception):
    """Something about a placement cannot be done now; `str()` says to a person why."""


class InvalidTransition(PlacementError):
    """The placement has moved on, or never allowed this step."""


class NotAllowed(InvalidTransition):
    """Somebody else has to do this."""


class ReasonMissing(PlacementError):
    """This step needs a coded reason, and with "something else" a text."""


class PlaceFull(PlacementError):
    """No slot of the place is free, or it is no longer offered."""


class AlreadyPlaced(PlacementError):
    """The request has an open placement already."""
