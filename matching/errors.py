"""What can go wrong with a round, each with a sentence that may be shown to whoever tried."""


class RoundError(Exception):
    """Something about a round cannot be done now; `str()` says to a person why and what to do."""


class NothingToMatch(RoundError):
    """No student of the round is ready and without a place."""


class RoundClosed(RoundError):
    """A run of this round has been taken over, or the round is finished: its result no longer changes."""


class NotFinished(RoundError):
    """The run has not been finished, or decisions are still open."""
