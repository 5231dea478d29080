"""Tip cards: short advice at the moment a company can use it. Standard words live here; administrators may write their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from placements.models import Moment, TipCard

STANDARD: Mapping[str, tuple[Promise, Promise]] = {
    Moment.OFFERING: (
        _("Say what a student will really do"),
        _(
            "Name three tasks of an ordinary day. A student who knows what to expect stays.\n\n"
            "Ask only what the work or the law asks; everything else a student can learn with you."
        ),
    ),
    Moment.ALLOWANCE: (
        _("What does a student get?"),
        _(
            "Students always pay for something: the journey, clothes, a lunch. Pay those expenses in any case.\n\n"
            "Does your collective agreement name an allowance? Then pay at least that. Every student gets the same, whatever the school."
        ),
    ),
    Moment.APPLICANTS: (
        _("Choose fairly"),
        _(
            "You read what students want to learn and can do, not who they are. That way everybody has the same chance.\n\n"
            "Answer within a week: a student who waits cannot look elsewhere. A no needs a ground that holds for everybody."
        ),
    ),
    Moment.FIRST_DAY: (
        _("Make the first day easy"),
        _(
            "Say beforehand where to come, at what time, what to wear, and whom to ask for.\n\n"
            "Show the student around, name one person for questions, and have one small task ready that can be finished the same day."
        ),
    ),
    Moment.GUIDANCE: (
        _("Ten minutes a week"),
        _(
            "Talk for ten minutes each week: what went well, what was hard, what comes next.\n\n"
            "Does somebody make remarks about where a student comes from, what they believe or whom they love? "
            "Say at once that this is not done here, and tell the school."
        ),
    ),
}


@dataclass(frozen=True)
class Tip:
    """A tip card in the reader's language."""

    title: str
    text: str


def standard(moment: str, language: str) -> Tip:
    """The words that come with StageMatch."""
    title, text = STANDARD[moment]
    with override(language):
        return Tip(str(title), str(text))


def own(card: TipCard, language: str) -> Tip:
    """The administrators' words."""
    return Tip(card.title_nl, card.text_nl) if language == "nl" else Tip(card.title_en, card.text_en)


def at(*moments: Moment) -> list[Tip]:
    """The cards to show at these moments, in this order. One query."""
    language = get_language() or "nl"
    cards = {card.moment: card for card in TipCard.objects.filter(moment__in=moments)}
    shown = [moment for moment in moments if moment not in cards or cards[moment].shown]
    return [own(cards[moment], language) if moment in cards else standard(moment, language) for moment in shown]


def written(moment: str) -> TipCard:
    """The card of a moment to edit: the administrators' own, else a new one with the standard words."""
    card = TipCard.objects.filter(moment=moment).first()
    if card:
        return card
    dutch, english = standard(moment, "nl"), standard(moment, "en")
    return TipCard(moment=moment, title_nl=dutch.title, text_nl=dutch.text, title_en=english.title, text_en=english.text)
