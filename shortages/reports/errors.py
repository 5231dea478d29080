"""What can go wrong with a report, each with a sentence that may be shown to whoever tried."""


class ReportError(Exception):
    """Something cannot be done with a report now; `str()` says to a person why."""


class ReportMoved(ReportError):
    """The report has moved on, or never allowed this."""


class NotYours(ReportError):
    """Somebody else has to do this."""


class CodeMissing(ReportError):
    """This act needs a code from its list, or words."""


class NotJoinable(ReportError):
    """These two reports cannot be joined."""


class PlaceGone(ReportError):
    """The place is not free any more."""
