"""Why a student cannot apply for a place, by the engine's rule, in the student's own words, and the step of the preparation that mends it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.journey import STEP_SLUGS
from placements.models import Adjustment, Place, PlacementRequest, PreparationStep, Requirement
from placements.models.place import AGES

# One may apply further away than one planned to travel.
FAR = "distance"
# In a list, where there is room for a few words.
SHORT: dict[str, Promise] = {
    "qualification": gettext_lazy("for another course than yours"),
    FAR: gettext_lazy("further than you want to travel"),
    "level": gettext_lazy("for another level than yours"),
    "pathway": gettext_lazy("for the other pathway"),
    "period": gettext_lazy("too few of your weeks"),
    "days": gettext_lazy("too few of your days"),
    "needs": gettext_lazy("does not offer all you need"),
    "demands": gettext_lazy("asks something you do not have"),
}


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way, in sentences, and where the student changes it; no address where nothing can be changed."""

    text: str
    url: str = ""


def explain(rule: str, request: PlacementRequest, place: Place) -> Obstacle:
    """The engine's rule that this place fails for this student, in full. Needs the student loaded."""
    match rule:
        case "demands":
            missing = [one for one in place.requirements if one not in request.meets]
            words = {"what": ", ".join(str(Requirement(one).label) for one in missing)}
            if set(missing) <= set(AGES) and request.student.adult_on:
                return Obstacle(_("You cannot apply here. This place asks: %(what)s.") % words)
            text = _("This place asks: %(what)s. Do you have that, or will you have it when you start? Then tick it in your preparation.") % words
            return Obstacle(text, _step(PreparationStep.NEEDS))
        case "needs":
            missing = [one for one in request.needs if one not in place.offers]
            words = {"what": ", ".join(str(Adjustment(one).label) for one in missing)}
            text = _("You said what you need. This place does not offer: %(what)s. The company does not read this.") % words
            return Obstacle(text, _step(PreparationStep.NEEDS))
        case "days":
            text = _(
                "This place has fewer than %(n)s of the days on which you can come. Can you come on other days, too? Then change your preparation."
            )
            return Obstacle(text % {"n": request.days_needed}, _step(PreparationStep.DAYS))
        case "period":
            return Obstacle(_("You cannot apply here. Your placement takes %(n)s weeks; this place has fewer of them.") % {"n": request.weeks})
        case "level":
            return Obstacle(_("You cannot apply here. This place is for another level than yours."))
        case "pathway":
            return Obstacle(_("You cannot apply here. This place is for the other pathway (BOL or BBL)."))
    return Obstacle(_("You cannot apply here. This place is for another course than yours."))


def _step(step: PreparationStep) -> str:
    return reverse("placements:preparation_step", args=[STEP_SLUGS[step]])
