"""What a call is worth, by one statement: advice before figures, figures before unmet demand nearby, for recognised companies only."""

import pytest

from campaigns import prospects
from campaigns.models import Prospect
from companies.models import Recognition
from companies.workflow import R
from shortages.models import Night, RegionFigure
from tests.shortages.acts import advice
from tests.shortages.making import Country

pytestmark = pytest.mark.django_db


def test_each_company_gets_what_the_night_and_its_surroundings_say_and_one_best_row() -> None:
    country = Country()
    near = country.company(country.cook, country.baker)
    far = country.company(country.cook, area=country.south)
    for _number in range(3):
        country.request(country.cook)
    country.request(country.pupil)
    country.place(country.cook, company=near, capacity=2, taken=1)
    night = Night.objects.create(date=country.today, state="done")
    RegionFigure.objects.create(night=night, region=country.north.municipality.region, qualification=country.baker, group="mbo3bol", worth=0.4)
    advice(night=night, company=near, qualification=country.cook, students=2)
    prospects.refresh()
    found = {(row.company_id, row.qualification_id): (row.advised, row.worth, row.unmet, row.best) for row in Prospect.objects.all()}
    assert found[near.pk, country.cook.pk] == (True, 2.0, 2, True)  # three seek, one slot is free
    assert found[near.pk, country.baker.pk] == (False, 0.4, 0, False)
    assert found[near.pk, country.pupil.pk] == (False, 0.0, 1, False)  # a reserved code of its sector that somebody needs
    assert found[far.pk, country.cook.pk] == (False, 0.0, 0, True)
    assert prospects.refresh() == 0
    Recognition.objects.filter(company=far).update(state=R.WITHDRAWN)
    assert prospects.refresh() == 1
    assert not Prospect.objects.filter(company=far).exists()
