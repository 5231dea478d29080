"""Links in mails to people without an account: one that confirms the address, one that follows a report. Signed; nothing is stored."""

from django.conf import settings

from shortages.models import ShortageReport
from shortages.reports.workflow import S
from stagematch.ids import uuids
from stagematch.links import opened, signed

_CONFIRM, _FOLLOW = "shortages.reports.confirm", "shortages.reports.follow"


class LinkDead(Exception):
    """The link is not ours, too old, or of a report that is gone."""


def confirm_token(report: ShortageReport) -> str:
    """The last part of the address that confirms a report."""
    return signed(report.public_id.hex, salt=_CONFIRM)


def follow_token(report: ShortageReport) -> str:
    """The last part of the address that shows a report to whoever sent it."""
    return signed(report.public_id.hex, salt=_FOLLOW)


def to_confirm(token: str) -> ShortageReport:
    """The report that a link confirms. Raises LinkDead."""
    return _read(token, _CONFIRM, settings.REPORT_CONFIRM_DAYS)


def to_follow(token: str) -> ShortageReport:
    """The report that a link follows. Raises LinkDead; one that was never confirmed is not followed."""
    report = _read(token, _FOLLOW, settings.REPORT_LINK_DAYS)
    if report.state == S.UNCONFIRMED:
        raise LinkDead
    return report


def _read(token: str, salt: str, days: int) -> ShortageReport:
    found = ShortageReport.objects.with_total().select_related("qualification", "region", "area", "school", "joined_to")
    report = found.filter(public_id__in=uuids([str(opened(token, salt=salt, days=days))])).first()
    if report is None:
        raise LinkDead
    return report
