"""The letter about a suspension or withdrawal, as a PDF that screen readers can read too (PDF/UA), laid out by letter.typ."""

from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from companies.models import RecognitionTransition
from companies.workflow import R
from stagematch.pdf import drawn

LAYOUT = Path(__file__).with_name("letter.typ")
# General Administrative Law Act (Awb), article 6:7: six weeks, from the day after the decision was sent.
OBJECTION_TERM = timedelta(weeks=6)


def letter_pdf(step: RecognitionTransition) -> bytes:
    """The PDF of one decision, drawn from its row in the trail, which never changes."""
    return drawn(LAYOUT, content(step), at=step.at)


def objection_until(step: RecognitionTransition) -> date:
    """The day before which one can object to a decision."""
    return timezone.localdate(step.at) + OBJECTION_TERM


def content(step: RecognitionTransition) -> dict[str, object]:
    """What stands in the letter: whom it goes to, what was decided, why, and until when one can object."""
    recognition, day = step.recognition, timezone.localdate(step.at)
    company, suspended = recognition.company, step.to_state == R.SUSPENDED
    names = {"company": company.name, "qualification": str(recognition.qualification)}
    until = date_format(objection_until(step), "j F Y")
    if suspended:
        title, decision = _("Suspension of your recognition"), _("We suspend the recognition of %(company)s for %(qualification)s.") % names
        after = _(
            "Until the suspension is lifted no new students can start. Tell us as soon as what is named here has been solved; we then look again."
        )
    else:
        title, decision = _("Withdrawal of your recognition"), _("We withdraw the recognition of %(company)s for %(qualification)s.") % names
        after = _("You can ask for recognition again when what is named here has changed.")
    students = _(
        "Students who are placed with you lose nothing by this: their school finds a replacement with them, and tells you what happens meanwhile."
    )
    objection = _(
        "Do you not agree? Send a letter of objection to SBB before %(day)s, six weeks after this decision. "
        "Say who you are, which decision it is about and why you do not agree."
    )
    return {
        "language": translation.get_language() or "nl",
        "title": title,
        "to": [company.name, company.street, f"{company.postcode[:4]} {company.postcode[4:]} {company.place}"],
        "date": date_format(day, "j F Y"),
        "reference": f"{_('Reference')}: {str(recognition.public_id)[:8].upper()}-{step.pk}",
        "opening": _("Dear Sir or Madam,"),
        "decision": decision,
        "from": _("This holds from %(day)s.") % {"day": date_format(day, "j F Y")},
        "why_title": _("Why"),
        "why": f"{step.get_reason_code_display()[:1].upper()}{step.get_reason_code_display()[1:]}.",
        "explanation": step.reason.splitlines(),
        "after_title": _("What this means"),
        "after": [after, students],
        "objection_title": _("If you do not agree"),
        "objection": objection % {"day": until},
        "closing": _("Yours faithfully,"),
        "signed": [step.by.name if step.by else "", _("advisor practice learning, SBB")],
    }
