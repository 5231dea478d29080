"""The forecast: silent on too little history, right on a series that repeats itself, published in fives, with its error beside it."""

from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shortages import forecast
from shortages.board import totals
from shortages.models import Forecast, PublicForecast
from tests.factories import NightFactory, PublicFigureFactory, QualificationFactory, RegionFactory, RegionFigureFactory


def seasons(weeks: int, *, noise: float = 0) -> np.ndarray:
    """Students without a place who come back every year, a few more each year."""
    at = np.arange(weeks)
    return 200 + 60 * np.sin(2 * np.pi * at / 52) + at / 5 + np.random.default_rng(3).normal(0, noise, weeks)


def test_fewer_than_sixteen_weeks_say_nothing() -> None:
    told = forecast.ahead(seasons(15))
    assert (told.history, told.season, told.values) == (15, 0, ())


def test_a_season_of_two_years_is_found_again() -> None:
    told, comes = forecast.ahead(seasons(125, noise=2)), seasons(133)[-8:]
    assert told.season == 52
    assert np.abs(np.array(told.values) - comes).max() < 15
    assert told.error_last is not None
    assert told.error_last < 10
    inside = (np.array(told.low) <= comes) & (comes <= np.array(told.high))
    assert inside.sum() >= 6


def test_the_error_is_that_on_weeks_the_model_had_not_seen() -> None:
    broken = np.concatenate([np.full(40, 100.0), np.full(8, 180.0)])
    assert forecast.ahead(broken).error_last == pytest.approx(80)


def test_a_forecast_never_falls_below_nothing() -> None:
    told = forecast.ahead(np.maximum(0, 60 - 2.0 * np.arange(40)))
    assert min(told.low) >= 0


@pytest.mark.django_db
def test_a_night_gets_forecasts_and_published_ones_come_from_published_numbers() -> None:
    today, course, region = timezone.localdate(), QualificationFactory(), RegionFactory()
    nights = [NightFactory(date=today - timedelta(weeks=16 - week)) for week in range(17)]
    for week, night in enumerate(nights):
        RegionFigureFactory(night=night, region=region, qualification=course, ready=41 + week % 3)
        PublicFigureFactory(night=night, region=region, qualification=course, ready=40 + 5 * (week % 2))
        totals.make(night)
    assert forecast.make(nights[-1]) == forecast.make(nights[-1]), "made again it is the same"
    exact = Forecast.objects.get(region=region, chamber=None, group="", measure="ready")
    assert (exact.history, len(exact.values)) == (17, 8)
    assert 38 < np.mean(exact.values) < 46
    published = PublicForecast.objects.get(region=region, chamber=None, group="", measure="ready")
    assert all(value % 5 == 0 for value in [*published.values, *published.low, *published.high, published.error_last])
    page = Client().get(reverse("shortages:board"), {"regio": region.pk}).content.decode()
    assert "zat hetzelfde model er gemiddeld" in page
    assert "Toon de verwachting als tabel" in page
    early = Client().get(reverse("shortages:board"), {"regio": region.pk, "tot": f"{nights[3].date}"}).content.decode()
    assert "Te weinig verleden voor een verwachting" in early
