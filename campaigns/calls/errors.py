"""What can go wrong with a call round, each with a sentence that may be shown to whoever tried."""


class CallError(Exception):
    """Something about a call cannot be done now; `str()` says to a person why."""


class RoundMoved(CallError):
    """The round no longer stands where this can be done."""


class NotHeld(CallError):
    """Somebody else has this company now, or it is done with."""


class TooLate(CallError):
    """It can no longer be undone."""
