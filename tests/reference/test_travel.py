"""Minutes and means of travel to straight-line metres and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.travel import TravelMode, max_metres, minutes, road_metres, straight_metres


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (TravelMode.WALK, 1_923),  # 30 min × 5 km/h ÷ 1.3
        (TravelMode.BIKE, 5_769),
        (TravelMode.PUBLIC_TRANSPORT, 9_615),
        (TravelMode.CAR, 15_384),
    ],
)
def test_half_an_hour_reaches_as_far_as_the_mode_goes(mode: TravelMode, expected: int) -> None:
    assert max_metres(30, mode) == expected


def test_the_stored_value_of_a_mode_serves_as_well() -> None:
    assert max_metres(30, "bike") == max_metres(30, TravelMode.BIKE)


@given(asked=st.integers(0, 240), mode=st.sampled_from(TravelMode), share=st.floats(0, 1))
def test_a_place_within_reach_never_takes_longer_than_asked(asked: int, mode: TravelMode, share: float) -> None:
    assert minutes(int(max_metres(asked, mode) * share), mode) <= asked


@given(asked=st.integers(0, 240), mode=st.sampled_from(TravelMode))
def test_a_place_out_of_reach_takes_longer(asked: int, mode: TravelMode) -> None:
    assert minutes(max_metres(asked, mode) + 1, mode) > asked


def test_straight_metres_are_rounded_down_as_the_engine_does() -> None:
    assert straight_metres((0, 0), (3, 4)) == 5
    assert straight_metres((187_000, 428_000), (187_001, 428_001)) == 1
    assert straight_metres((187_000, 428_000), (187_000, 428_000)) == 0


def test_a_road_is_longer_than_the_straight_line() -> None:
    assert road_metres(1_000) == 1_300
