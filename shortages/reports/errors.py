"""What can go wrong with a report, each with a sentence that may be shown to whoever tried."""

from django.utils.translation import gettext as _


class ReportError(Exception):
    """Something cannot be done with a report now; `str()` says to a person why."""


class ReportMoved(ReportError):
    """The report has moved on, or never allowed this."""

    def __init__(self, state: object) -> None:
        super().__init__(_("Nothing was changed. This report stands at: %(state)s.") % {"state": state})


class NotYours(ReportError):
    """Somebody else has to do this."""


class CodeMissing(ReportError):
    """This act needs a code from its list, or words."""


class NotJoinable(ReportError):
    """These two reports cannot be joined."""


class PlaceGone(ReportError):
    """The place is not free any more."""
