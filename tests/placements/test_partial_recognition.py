"""A recognition for a part limits what a place can offer: at the form, in files, in the search and in the engine."""

import pytest

from companies.models import Company, Recognition
from companies.workflow import R
from matching.columnar import read
from matching.engine import Criteria
from matching.instances import offer_rows
from placements.forms.places import PlaceForm
from placements.models import Place, PlacementRequest, PlaceSearchRow
from placements.models.place import teachable
from placements.search.rows import unpack
from reference.models import LearningGoal, Qualification, QualificationGoal
from tests.factories import LearningGoalFactory, PlaceFactory, QualificationFactory, RecognitionFactory

pytestmark = pytest.mark.django_db


def course(*goals: LearningGoal) -> Qualification:
    qualification = QualificationFactory()
    QualificationGoal.objects.bulk_create(
        [QualificationGoal(qualification=qualification, goal=goal, position=n, essential=True, origin="dossier") for n, goal in enumerate(goals)]
    )
    return qualification


def engine_goals(place: Place) -> set[str]:
    """Codes that the engine gets of a place, by row and by column."""
    asked, offered = PlacementRequest.objects.filter(pk=0), Place.objects.filter(pk=place.pk)
    instance = read(asked, offered, Criteria())
    found = {instance.words.goals.words[code] for code in instance.places.goals.of(0).tolist()}
    assert found == set(offer_rows(offered)[0]["goals"].split())
    return found


def search_goals(place: Place) -> list[int]:
    """Positions of the goals in the search rows of a place, as bits."""
    return [int(unpack(bytes(row.packed), None).goals[0]) for row in PlaceSearchRow.objects.filter(place=place).order_by("qualification")]


def test_what_is_outside_the_part_is_offered_nowhere_and_counts_nowhere() -> None:
    one, two, three = (LearningGoalFactory() for _ in range(3))
    whole = course(one, two, three)
    place = PlaceFactory(qualifications=[whole], goals=[one, two, three])
    recognition = Recognition.objects.get()
    assert (search_goals(place), engine_goals(place)) == ([0b111], {one.code, two.code, three.code})
    recognition.goals.set([one, three])
    assert set(teachable(place.company)) == {one, three}
    assert (search_goals(place), engine_goals(place)) == ([0b101], {one.code, three.code})
    recognition.goals.clear()
    assert search_goals(place) == [0b111]


def test_another_valid_recognition_that_covers_it_gives_it_back() -> None:
    one, two = LearningGoalFactory(), LearningGoalFactory()
    part, other = course(one, two), course(two)
    place = PlaceFactory(qualifications=[part], goals=[one, two])
    Recognition.objects.get().goals.set([one])
    assert engine_goals(place) == {one.code}
    covers = RecognitionFactory(company=place.company, qualification=other)
    assert (engine_goals(place), search_goals(place)) == ({one.code, two.code}, [0b11])
    Recognition.objects.filter(pk=covers.pk).update(state=R.SUSPENDED)
    assert (engine_goals(place), search_goals(place)) == ({one.code}, [0b01])


def form_of(company: Company) -> PlaceForm:
    return PlaceForm(None, instance=Place(company=company), company=company)


def test_the_form_offers_the_part_only_and_says_why() -> None:
    one, two = LearningGoalFactory(), LearningGoalFactory()
    recognition = RecognitionFactory(qualification=course(one, two))
    assert str(recognition.qualification) not in str(form_of(recognition.company).fields["goals"].help_text)
    recognition.goals.set([one])
    form = form_of(recognition.company)
    assert list(form.fields["goals"].queryset) == [one]
    assert str(recognition.qualification) in str(form.fields["goals"].help_text)
