"""What can go wrong with a lead, each with a sentence that may be shown to whoever tried."""

from campaigns.models import Lead


class LeadError(Exception):
    """Something about a lead cannot be done now; `str()` says why."""


class InvalidMove(LeadError):
    """The lead has moved on, or never allowed this."""


class NotYours(InvalidMove):
    """A colleague works on it."""


class ReasonMissing(LeadError):
    """This move needs a coded reason."""


class NeedMissing(LeadError):
    """Something must be there first: an e-mail address, a company."""


class LeadExists(LeadError):
    """Somebody works on the same company already."""

    def __init__(self, text: str, lead: Lead) -> None:
        super().__init__(text)
        self.lead = lead
