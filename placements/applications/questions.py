"""Questions before anybody knows who the other is, and their answers: closed lists, so that no talk becomes a selection.

What may be asked is about work, days and practical things. Nothing asks who somebody is, where they live, or why.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Side(models.TextChoices):
    """The two who ask and write."""

    STUDENT = "student", _("student")
    COMPANY = "company", _("company")


@dataclass(frozen=True)
class Question:
    """A question of one side, and the answers from which the other chooses."""

    code: str
    asked_by: Side
    text: Words
    answers: tuple[tuple[str, Words], ...]


YES, NO = ("yes", _("yes")), ("no", _("no"))
SOMETIMES = ("sometimes", _("sometimes"))

QUESTIONS = (
    Question(
        "days_shift",
        Side.STUDENT,
        _("Which days can shift?"),
        (("none", _("none: these days are fixed")), ("one", _("one day can be another")), ("all", _("all days, in consultation"))),
    ),
    Question("canteen", Side.STUDENT, _("Is there a canteen?"), (YES, ("own_lunch", _("no, but a room to eat your own lunch")), NO)),
    Question(
        "start_time",
        Side.STUDENT,
        _("When does the working day begin?"),
        (
            ("before_8", _("before 8 o'clock")),
            ("8_to_9", _("between 8 and 9 o'clock")),
            ("after_9", _("after 9 o'clock")),
            ("varies", _("it varies")),
        ),
    ),
    Question(
        "work_clothes",
        Side.STUDENT,
        _("Do I get work clothes?"),
        (YES, ("deposit", _("yes, against a deposit")), ("own", _("no, own clothes are fine"))),
    ),
    Question("trainer_daily", Side.STUDENT, _("Is the trainer there every day?"), (YES, ("colleague", _("not always, then a colleague is")), NO)),
    Question("more_students", Side.STUDENT, _("Do more students work there?"), (YES, SOMETIMES, NO)),
    Question("school_tasks", Side.STUDENT, _("Is there time for school assignments?"), (YES, ("in_consultation", _("in consultation")), NO)),
    Question(
        "shift_days",
        Side.COMPANY,
        _("Can your days shift?"),
        (("fixed", _("no, these days are fixed")), ("one_day", _("one day can be another")), ("any_day", _("yes, in consultation"))),
    ),
    Question("early_start", Side.COMPANY, _("Can you begin at 7 o'clock?"), (YES, ("some_days", _("on some days")), NO)),
    Question("late_end", Side.COMPANY, _("Can you work until 8 in the evening?"), (YES, ("some_days", _("on some days")), NO)),
    Question(
        "whole_period",
        Side.COMPANY,
        _("Can you come the whole period?"),
        (YES, ("later", _("I can begin later")), ("earlier", _("I have to stop earlier"))),
    ),
    Question(
        "work_alone",
        Side.COMPANY,
        _("Which tasks would you like to do yourself?"),
        (("goals", _("those in my goals")), ("everything", _("everything I may learn"))),
    ),
)
BY_CODE = {question.code: question for question in QUESTIONS}
QUESTION_CHOICES = [(question.code, question.text) for question in QUESTIONS]
ANSWER_CHOICES = list({code: text for question in QUESTIONS for code, text in question.answers}.items())


def questions_of(side: Side) -> list[Question]:
    """What one side may ask."""
    return [question for question in QUESTIONS if question.asked_by == side]
