"""The path of a student from preparing to finishing, and the one next step: read from request and placement, never stored."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from placements.models import Placement, PlacementRequest, PreparationStep
from placements.workflow import OPEN_STATES, S

STAGES = (
    gettext_lazy("Prepare"),
    gettext_lazy("Find a place"),
    gettext_lazy("Meet the company"),
    gettext_lazy("Sign the agreement"),
    gettext_lazy("Start"),
    gettext_lazy("Talk about how it goes"),
    gettext_lazy("Finish"),
)
PREPARE, MATCH, MEET, SIGN, START, TALK, DONE = range(7)
STAGE_OF = {
    S.APPROVED: MATCH,
    S.OBJECTED: MATCH,
    S.CONFIRMED: MEET,
    S.INTRODUCED: MEET,
    S.REFUSAL_CLAIMED: MEET,
    S.AGREED: START,
    S.ACTIVE: TALK,
    S.COMPLETED: DONE + 1,
    S.ENDED_EARLY: MATCH,
    S.DECLINED: MATCH,
    S.REFUSED: MATCH,
    S.WITHDRAWN: MATCH,
}
# Addresses of the five steps, in Dutch like all paths.
STEP_SLUGS = {
    PreparationStep.GOALS: "doelen",
    PreparationStep.TRAVEL: "reizen",
    PreparationStep.DAYS: "dagen",
    PreparationStep.KIND: "soort-bedrijf",
    PreparationStep.NEEDS: "wat-je-nodig-hebt",
}


@dataclass(frozen=True)
class NextStep:
    """What to do now: one sentence, what it means, and the one button (none while others are busy)."""

    title: str
    text: str = ""
    url: str = ""
    action: str = ""


def stage(request: PlacementRequest | None, placement: Placement | None) -> int:
    """Which of the STAGES is now; one past the last when all is done."""
    if placement:
        now = STAGE_OF[S(placement.state)]
        introduction = placement.first_meeting
        met = placement.state == S.INTRODUCED and introduction is not None and introduction.at < timezone.now()
        return SIGN if met else now
    return MATCH if request and request.ready_at else PREPARE


def path(request: PlacementRequest | None, placement: Placement | None) -> list[dict[str, object]]:
    """The stages as parts/path.html wants them."""
    now = stage(request, placement)
    return [{"title": title, "state": "done" if n < now else "now" if n == now else "todo"} for n, title in enumerate(STAGES)]


def wizard(request: PlacementRequest, current: PreparationStep | None = None) -> list[dict[str, object]]:
    """The five steps as parts/wizard.html wants them."""
    return [
        {
            "title": step.label,
            "url": reverse("placements:preparation_step", args=[STEP_SLUGS[step]]),
            "state": "now" if step == current else "done" if step in request.steps_done else "todo",
            "step": step,
        }
        for step in PreparationStep
    ]


def next_step(request: PlacementRequest | None, placement: Placement | None, *, lost: bool = False) -> NextStep:
    """What the student does now; lost: the company may not train any more, so the school looks for another place."""
    if request is None:
        return NextStep(
            _("Tell us what you are looking for"), _("Five short questions. They decide which place fits you."), *_to_preparation(_("Start"))
        )
    if placement and lost:
        text = _("Something has changed at %(company)s. Your school talks with you about it, and looks for another place if you need one.")
        return NextStep(_("You do not have to do anything now"), text % {"company": placement.place.company})
    if placement and placement.state in OPEN_STATES:
        return _with_placement(placement)
    if placement and placement.state == S.COMPLETED:
        return NextStep(_("You have finished your placement"), _("Well done!"))
    if request.ready_at is None:
        return _preparing(request)
    if placement:
        return NextStep(
            _("Your school looks for another place"),
            _("The place at %(company)s is off. You can still change your answers.") % {"company": placement.place.company},
            *_to_preparation(_("Look at my answers")),
        )
    return NextStep(
        _("Your school looks for a place for you"),
        _("You are ready. You get a mail as soon as there is a place. Until then you can change your answers."),
        *_to_preparation(_("Look at my answers")),
    )


def _to_preparation(action: str) -> tuple[str, str]:
    return reverse("placements:preparation"), action


def _preparing(request: PlacementRequest) -> NextStep:
    missing = request.missing_steps
    if not missing:
        return NextStep(
            _("Check your answers"), _("All five steps are done. Are they right? Then say that you are ready."), *_to_preparation(_("Check"))
        )
    done = len(request.steps_done)
    url = reverse("placements:preparation_step", args=[STEP_SLUGS[missing[0]]])
    if not done:
        return NextStep(_("Tell us what you are looking for"), _("Five short questions. They decide which place fits you."), url, _("Start"))
    text = ngettext("%(n)s of 5 steps is done.", "%(n)s of 5 steps are done.", done) % {"n": done}
    return NextStep(_("Go on with your preparation"), text, url, _("Continue"))


def _asked_again(placement: Placement) -> bool:
    """Whether the school let the match stand after an objection."""
    last = placement.transitions.last()
    return last is not None and last.from_state == S.OBJECTED


def _with_placement(placement: Placement) -> NextStep:
    company, url = placement.place.company, reverse("placements:match", args=[placement.public_id])
    words = {"company": company, "town": company.place, "place": placement.place.title, "start": date_format(placement.starts_on)}
    introduction = placement.first_meeting
    if introduction:
        words["at"] = date_format(timezone.localtime(introduction.at), "l j F, H:i")
        words["where"] = introduction.where
    look = _("Look at the place")
    match placement.state:
        case S.APPROVED if _asked_again(placement):
            return NextStep(
                _("Your school asks you to look once more"),
                _("You objected to %(place)s, at %(company)s. Read what your school says, and then agree or object.") % words,
                url,
                look,
            )
        case S.APPROVED if hasattr(placement, "application"):
            return NextStep(
                _("%(company)s said yes to your application") % words,
                _("Your school agrees, too. Look at %(place)s once more, and say whether you want it.") % words,
                url,
                look,
            )
        case S.APPROVED:
            return NextStep(
                _("There is a place for you"),
                _("%(place)s, at %(company)s in %(town)s. See why, and say whether you agree.") % words,
                url,
                look,
            )
        case S.OBJECTED:
            return NextStep(
                _("Your school looks at your objection"), _("You do not have to do anything now. We keep the place until it is decided."), url, look
            )
        case S.CONFIRMED:
            return NextStep(_("You go to %(company)s") % words, _("The company knows that you come. It proposes a day on which you meet."), url, look)
        case S.INTRODUCED if introduction:
            return NextStep(_("You meet %(company)s") % words, _("%(at)s. Where: %(where)s") % words, url, look)
        case S.REFUSAL_CLAIMED:
            return NextStep(
                _("Your school talks with the company"), _("There is a question about your place. You do not have to do anything now."), url, look
            )
        case S.ACTIVE:
            return NextStep(_("You are at %(company)s") % words, _("Is something wrong? Tell your school; the sooner the better."), url, look)
    return NextStep(_("You start at %(company)s on %(start)s") % words, "", url, look)
