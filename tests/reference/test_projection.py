"""WGS84 to RD New against published points."""

from math import hypot

import pytest

from reference.projection import rd_new

# Latitude, longitude, x, y: the tower of Our Lady in Amersfoort (origin of the grid), the Westertoren in Amsterdam and the
# Martinitoren in Groningen, published with the formula (Schreutelkamp and Strang van Hees) and by Kadaster; and corners of the
# country by PROJ's EPSG:4326 to EPSG:28992: Vaals, Cadzand, Schiermonnikoog, Den Helder.
KNOWN = [
    (52.15517440, 5.38720621, 155000.000, 463000.000),
    (52.37453253, 4.88352559, 120700.723, 487525.502),
    (53.21938317, 6.56820053, 233883.131, 582065.168),
    (50.7687, 6.0096, 198910.150, 308938.035),
    (51.3690, 3.4080, 17187.098, 377404.215),
    (53.4790, 6.1530, 205843.825, 610583.460),
    (52.9563, 4.7606, 112891.006, 552323.991),
]


@pytest.mark.parametrize(("lat", "lon", "x", "y"), KNOWN)
def test_known_points_are_less_than_a_metre_and_a_half_off(lat: float, lon: float, x: float, y: float) -> None:
    point = rd_new(lat, lon)
    assert hypot(point.x - x, point.y - y) < 1.2


def test_points_are_whole_metres() -> None:
    assert rd_new(52.15517440, 5.38720621) == (155_000, 463_000)
    assert all(isinstance(value, int) for value in rd_new(51.8426, 5.8546))
