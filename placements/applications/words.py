"""Where an application stands, in the words of the student ("je"), of the company ("u") and of the school."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.applications.workflow import A
from placements.models import Application
from placements.workflow import S

Words = str | Promise
CRITERIA: dict[str, Words] = {"goals": gettext_lazy("Learning goals"), "days": gettext_lazy("Days")}


@dataclass(frozen=True)
class Standing:
    """A badge (kind as in parts/badge.html, label) and what it means, with what comes next."""

    kind: str
    label: Words
    next: Words


def for_student(application: Application) -> Standing:
    """What the student reads; a no only once the student has been told. Needs place and placement loaded."""
    due = date_format(application.due_at.date())
    match application.state:
        case A.ACCEPTED if application.placement:
            return _placed(application.placement.state, told=application.placement.told_at is not None)
        case A.DECLINED if application.told_at:
            text = _("The reason is about the place, not about you: %(ground)s. Look for another place.") % {
                "ground": application.get_ground_display()
            }
            return Standing("neutral", _("not possible"), text)
        case A.SENT:
            return Standing(
                "info", _("sent"), _("The company answers before %(day)s. We remind it twice. You do not have to do anything.") % {"day": due}
            )
        case A.WITHDRAWN if application.placement_id:
            return Standing("neutral", _("did not go on"), _("This place did not go on. Your school knows why and helps you further."))
        case A.WITHDRAWN:
            return Standing("neutral", _("taken back"), _("You took this application back."))
        case A.EXPIRED:
            return Standing("warning", _("no answer"), _("The company did not answer in time. That says nothing about you. Apply somewhere else."))
        case A.SUPERSEDED:
            return Standing("neutral", _("no longer needed"), _("You have another place. We told the company so."))
    return Standing("info", _("seen"), _("The company has read your profile and answers before %(day)s.") % {"day": due})


def _placed(state: str, *, told: bool) -> Standing:
    if state == S.PROPOSED or not told:
        return Standing(
            "success", _("the company says yes"), _("Your school looks at it now. As soon as it agrees, you get a mail and say yes or no.")
        )
    if state == S.APPROVED:
        return Standing("success", _("your turn"), _("The company and your school say yes. Do you want this place?"))
    if state in (S.OBJECTED, S.REFUSAL_CLAIMED):
        return Standing("info", _("your school is busy with it"), _("You do not have to do anything now."))
    return Standing("success", _("definitive"), _("This is your place. The company knows who you are."))


def for_company(application: Application, *, held: bool = False) -> Standing:
    """What the company reads; never who it is. Needs placement loaded; held: as `Application.objects.with_hold()` says."""
    match application.state:
        case A.ACCEPTED if application.placement and application.placement.confirmed_at:
            return Standing("success", _("definitive"), _("The student has agreed: you read who comes."))
        case A.ACCEPTED if application.placement and application.placement.told_at:
            return Standing("success", _("the school says yes"), _("The student is asked whether this is the place. Then you read who comes."))
        case A.ACCEPTED:
            return Standing("success", _("you said yes"), _("The school looks at it, then the student agrees. Then you read who comes."))
        case A.DECLINED:
            return Standing("neutral", _("you said no"), application.get_ground_display())
        case A.WITHDRAWN | A.SUPERSEDED:
            return Standing("neutral", _("no longer needed"), _("The student looks elsewhere or has found a place. You do not have to do anything."))
        case A.EXPIRED:
            return Standing("warning", _("not answered in time"), _("Your places stand lower in the search as long as answers are missing."))
    if held:
        text = _("The student is being given another place. You do not have to answer now: the time stands still.")
        return Standing("neutral", _("no answer needed now"), text)
    left = application.due_at.date()
    return Standing("info", _("the student waits for your answer"), _("Answer before %(day)s.") % {"day": date_format(left)})


def undo_until(application: Application) -> Words:
    """Until when an answer can be taken back, in words."""
    if application.state == A.DECLINED:
        until = application.state_since + timedelta(minutes=settings.APPLICATION_UNDO_MINUTES)
        from django.utils.timezone import localtime

        return _("until %(time)s") % {"time": date_format(localtime(until), "H:i")}
    return _("until the school has decided")
