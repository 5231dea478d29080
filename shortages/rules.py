"""Who may do what with shortages: predicates for views, templates and tests."""

import rules

from accounts.actor import Actor
from shortages.models import ShortageReport
from shortages.reports.doing import advisor, reporter


@rules.predicate
def handles_report(actor: Actor, report: ShortageReport) -> bool:
    """An advisor for the report's region; scouts and administrators read."""
    return advisor(actor, report) is not None


@rules.predicate
def sent_report(actor: Actor, report: ShortageReport) -> bool:
    """Whoever sent it while signed in answers about places and may withdraw it."""
    return reporter(actor, report) is not None


rules.add_rule("shortages.handle_report", handles_report)
rules.add_rule("shortages.answer_report", sent_report)
