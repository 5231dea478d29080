"""Questions and answers of an application as a page shows them: one query."""

from dataclasses import dataclass

from placements.applications.questions import BY_CODE, Side, Words
from placements.applications.workflow import RUNNING_STATES
from placements.forms.applications import AnswerForm, AskForm
from placements.models import Application


@dataclass(frozen=True)
class Line:
    """One question in words with its answer; `form` where the reader has to answer."""

    code: str
    mine: bool
    text: Words
    answer: Words
    form: AnswerForm | None


@dataclass(frozen=True)
class Talk:
    """What was asked, and the form for the next question (None when the application is over or all was asked)."""

    lines: list[Line]
    ask: AskForm | None
    to_answer: int


def of(application: Application, side: Side) -> Talk:
    """The talk as one side reads it."""
    running = application.state in RUNNING_STATES
    lines = []
    asked = list(application.questions.all())
    for question in asked:
        mine = question.asked_by == side
        answer = dict(BY_CODE[question.code].answers).get(question.answer, "")
        form = AnswerForm(question=question) if running and not mine and not answer else None
        lines.append(Line(question.code, mine, BY_CODE[question.code].text, answer, form))
    ask = AskForm(side=side, asked={question.code for question in asked}) if running else None
    return Talk(lines, ask if ask and not ask.empty else None, sum(line.form is not None for line in lines))
