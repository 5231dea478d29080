"""What can go wrong with a recognition, each with a sentence that may be shown to whoever tried."""


class RecognitionError(Exception):
    """Something about a recognition cannot be done now; `str()` says to a person why."""


class InvalidTransition(RecognitionError):
    """The recognition has moved on, or never allowed this step."""


class NotAllowed(InvalidTransition):
    """Somebody else has to do this."""


class ReasonMissing(RecognitionError):
    """This step needs a coded reason."""


class NeedMissing(RecognitionError):
    """Something must be there before this step: a visit, findings, a second advisor, a letter."""
