"""Forms of the coordinator: opening a round, deciding with a reason, trying what if."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from matching import words
from matching.engine import CRITERIA, Criteria
from matching.models import Policy, Round
from matching.services.what_if import Change
from placements.models import Period, Place
from placements.workflow import TRANSITIONS, ReasonCode, S
from schools.models import Programme


class RoundForm(forms.ModelForm):
    """Name, programmes of one's own, period and deadline of a new round."""

    class Meta:
        model = Round
        fields = ["name", "programmes", "period", "deadline", "policy"]
        widgets = {"programmes": forms.CheckboxSelectMultiple, "policy": forms.RadioSelect}
        help_texts = {
            "name": _("For example: Nursing year 2, spring."),
            "period": _("Only places of this period take part."),
            "deadline": _("Students have to finish their preparation before this day."),
            "policy": _("You can compare the ways with your own students once they are ready, and choose another one until the run."),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: QuerySet[Programme] = Programme.objects.visible_to(actor).select_related("qualification")
        self.fields["programmes"].queryset = own  # type: ignore[attr-defined]
        self.fields["programmes"].label_from_instance = _programme_label  # type: ignore[attr-defined]
        self.fields["period"].queryset = Period.objects.filter(ends_on__gt=timezone.localdate())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The deadline lies ahead, and before the period ends."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        deadline, period = cleaned.get("deadline"), cleaned.get("period")
        if deadline and deadline < timezone.localdate():
            self.add_error("deadline", _("This day is over. Choose a day from today on."))
        elif deadline and period and deadline >= period.ends_on:
            self.add_error("deadline", _("This is after the period has ended. Choose an earlier day."))
        return cleaned


class PolicyForm(forms.Form):
    """How the next run of a round matches."""

    policy = forms.ChoiceField(choices=Policy)


def _programme_label(programme: Programme) -> str:
    return f"{programme.name or programme.qualification.name} ({programme.qualification_id}, {programme.pathway})"


class ReasonForm(forms.Form):
    """A coded reason, and a text that explains it; `something else` needs the text."""

    reason_code = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        """Something else says what."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason_code") == ReasonCode.OTHER and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Explain what the reason is."))
        return cleaned


class DeclineForm(ReasonForm):
    """Why a proposal is declined."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = _labels(TRANSITIONS[S.PROPOSED, S.DECLINED].reasons)  # type: ignore[attr-defined]


class VerdictForm(ReasonForm):
    """A verdict (true: the claim holds) with a reason that the table of transitions allows for it."""

    verdict = forms.TypedChoiceField(label=_("Your verdict"), widget=forms.RadioSelect, coerce=lambda value: value == "yes")
    field_order = ["verdict", "reason_code", "reason"]
    yes: ClassVar[Promise]
    no: ClassVar[Promise]
    # The same verdicts in a few words, above the reasons that belong to each.
    if_yes: ClassVar[Promise]
    if_no: ClassVar[Promise]
    reasons: ClassVar[dict[bool, tuple[ReasonCode, ...]]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [("yes", self.yes), ("no", self.no)]  # type: ignore[attr-defined]
        yes, no = self.reasons[True], self.reasons[False]
        groups = [
            (self.if_yes, [code for code in yes if code not in no]),
            (self.if_no, [code for code in no if code not in yes]),
            (_("In both cases"), [code for code in yes if code in no]),
        ]
        # A verdict with one possible reason says it already.
        choices = [(group, _labels(codes)) for group, codes in groups if codes and codes != [self._only(True)]]
        self.fields["reason_code"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason_code"].required = self._only(True) is None

    def _only(self, verdict: bool) -> ReasonCode | None:
        """The reason of a verdict that has one."""
        return self.reasons[verdict][0] if len(self.reasons[verdict]) == 1 else None

    def clean(self) -> dict[str, Any]:
        """The reason fits the verdict."""
        cleaned = super().clean()
        verdict, code = cleaned.get("verdict"), cleaned.get("reason_code")
        if not isinstance(verdict, bool):
            return cleaned
        if only := self._only(verdict):
            cleaned["reason_code"] = only.value
        elif code and code not in self.reasons[verdict]:
            self.add_error("reason_code", _("This reason does not fit your verdict. Choose another one."))
        elif not code and "reason_code" not in self.errors:
            self.add_error("reason_code", _("Choose a reason."))
        return cleaned


class ObjectionForm(VerdictForm):
    """Whether the student's objection holds."""

    yes = _("The objection is justified: the student does not have to go here, and the place is free again.")
    no = _("The match stays: the student is asked again, and reads your explanation.")
    if_yes, if_no = _("If the objection is justified"), _("If the match stays")
    reasons = {True: TRANSITIONS[S.OBJECTED, S.DECLINED].reasons, False: TRANSITIONS[S.OBJECTED, S.APPROVED].reasons}

    def clean(self) -> dict[str, Any]:
        """Who is asked to look once more reads why."""
        cleaned = super().clean()
        if cleaned.get("verdict") is False and not cleaned.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Explain to the student why the match stays. The student reads this."))
        return cleaned


class RefusalForm(VerdictForm):
    """Whether the company's ground holds."""

    yes = _("The ground is valid: the placement ends, and the student comes first in the next round.")
    no = _("The ground is not valid: the placement goes on.")
    if_yes, if_no = _("If the ground is valid"), _("If the ground is not valid")
    reasons = {True: TRANSITIONS[S.REFUSAL_CLAIMED, S.REFUSED].reasons, False: TRANSITIONS[S.REFUSAL_CLAIMED, S.CONFIRMED].reasons}


def _labels(codes: Iterable[ReasonCode]) -> list[tuple[str, Any]]:
    return [(code.value, code.label) for code in codes]


FULL_MARKS = 1000
PLACE_ROWS = (1, 2)


class WhatIfForm(forms.Form):
    """Other weights, travel limits and slots than a run had; what is left empty stays as it was."""

    mark_optional = False
    percent = forms.IntegerField(
        label=_("Travel limit of every student, per cent of what it is"), min_value=10, max_value=1000, required=False,
        help_text=_("For example 120: everybody can travel a fifth further."),
    )  # fmt: skip
    road_km = forms.IntegerField(
        label=_("Or: so many kilometres by road further"), min_value=1, max_value=200, required=False, help_text=_("For example 5.")
    )

    def __init__(self, *args: Any, criteria: Criteria, places: list[tuple[Place, int]], **kwargs: Any) -> None:
        """criteria: the run's own; places: those that can be chosen, each with its slots in the run."""
        super().__init__(*args, **kwargs)
        self.criteria, self.slots_now = criteria, {str(place.public_id): (place.pk, slots) for place, slots in places}
        names = {name: words.CRITERION[name] for name in CRITERIA} | words.CRITERION_MORE
        for name, now in criteria.as_dict().items():
            part = forms.NumberInput(attrs={"data-part": now} if name in CRITERIA else {})
            self.fields[name] = forms.IntegerField(label=names[name], min_value=0, max_value=FULL_MARKS, required=False, initial=now, widget=part)
        choices = [("", _("no place")), *((str(place.public_id), _place_label(place, slots)) for place, slots in places)]
        for n in PLACE_ROWS:
            self.fields[f"place{n}"] = forms.ChoiceField(label=_("Place"), choices=choices, required=False)
            self.fields[f"slots{n}"] = forms.IntegerField(label=_("Students who can come there"), min_value=0, max_value=500, required=False)

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        """The six weights that add up to 1000."""
        return [self[name] for name in CRITERIA]

    @property
    def finer_fields(self) -> list[forms.BoundField]:
        """The two numbers inside a criterion."""
        return [self[name] for name in words.CRITERION_MORE]

    @property
    def finer_errors(self) -> bool:
        """Whether one of those needs attention, so that they must not stay folded."""
        return any(field.errors for field in self.finer_fields)

    @property
    def place_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Place and slots, side by side."""
        return [(self[f"place{n}"], self[f"slots{n}"]) for n in PLACE_ROWS]

    @property
    def total(self) -> int:
        """What the weights add up to, as they stand in the form."""
        values = [self[name].value() for name in CRITERIA]
        given = [self.criteria.as_dict()[name] if value in (None, "") else value for name, value in zip(CRITERIA, values, strict=True)]
        return sum(int(value) for value in given if re.fullmatch(r"-?[0-9]{1,6}", str(value).strip()))

    def clean(self) -> dict[str, Any]:
        """Weights add up, one way to change the limit, slots with their place, and at least one thing is different."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._clean_weights(cleaned)
        if cleaned.get("percent") and cleaned.get("road_km"):
            self.add_error("road_km", _("Change the limit in one way: per cent or kilometres."))
        for n in PLACE_ROWS:
            self._clean_slots(cleaned, n)
        if not self.errors and not self.changed():
            raise forms.ValidationError(_("These are the numbers of the run itself. Change at least one."))
        return cleaned

    def _clean_weights(self, cleaned: dict[str, Any]) -> None:
        now = self.criteria.as_dict()
        if any(name in self.errors for name in now):
            return
        cleaned |= {name: weight for name, weight in now.items() if cleaned[name] is None}
        # Read before add_error, which takes a value out.
        total, first_wish, second = sum(cleaned[name] for name in CRITERIA), cleaned["kind"], cleaned["kind_second"]
        if total != FULL_MARKS:
            off = (
                _("Together the weights are %(total)s. Take %(n)s off.")
                if total > FULL_MARKS
                else _("Together the weights are %(total)s. Add %(n)s.")
            )
            first = next((name for name in CRITERIA if cleaned[name] != now[name]), CRITERIA[0])
            self.add_error(first, off % {"total": total, "n": abs(total - FULL_MARKS)})
        if second > first_wish:
            self.add_error("kind_second", _("At most as many points as for the first wish: %(n)s.") % {"n": first_wish})

    def _clean_slots(self, cleaned: dict[str, Any], n: int) -> None:
        place, slots = cleaned.get(f"place{n}"), cleaned.get(f"slots{n}")
        if place and slots is None and f"slots{n}" not in self.errors:
            now = self.slots_now[place][1]
            self.add_error(f"slots{n}", _("Fill in how many students can come there; now %(n)s.") % {"n": now})
        elif slots is not None and not place and f"place{n}" not in self.errors:
            self.add_error(f"place{n}", _("Choose the place that this is about."))
        elif place and n > 1 and any(place == cleaned.get(f"place{m}") for m in range(1, n)):
            self.add_error(f"place{n}", _("You chose this place above. Choose another one."))

    def changed(self) -> dict[str, Any]:
        """Fields and values that differ from the run: the query of the address that can be shared."""
        cleaned, now = self.cleaned_data, self.criteria.as_dict()
        found = {name: cleaned[name] for name in now if cleaned[name] != now[name]}
        found |= {name: cleaned[name] for name in ("percent", "road_km") if cleaned.get(name) and (name, cleaned[name]) != ("percent", 100)}
        for n in PLACE_ROWS:
            place, slots = cleaned.get(f"place{n}"), cleaned.get(f"slots{n}")
            if place and slots != self.slots_now[place][1]:
                found |= {f"place{n}": place, f"slots{n}": slots}
        return found

    def change(self) -> Change:
        """What the service tries; only of a valid form."""
        found, now = self.changed(), self.criteria.as_dict()
        return Change(
            weights={name: self.cleaned_data[name] for name in now} if found.keys() & now.keys() else None,
            percent=found.get("percent"),
            road_km=found.get("road_km"),
            slots={self.slots_now[found[f"place{n}"]][0]: found[f"slots{n}"] for n in PLACE_ROWS if f"place{n}" in found},
        )


def _place_label(place: Place, slots: int) -> str:
    return _("%(company)s, %(town)s: %(title)s (now %(n)s)") % {
        "company": place.company.name, "town": place.company.place, "title": place.title, "n": slots,
    }  # fmt: skip
