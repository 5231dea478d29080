"""The dashboard: whose numbers, that they add up, that no address fails, and that exports say the same."""

import csv
import io
import itertools
import json
import random
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.hats import HatKind
from reference.models import LabourMarketRegion, Qualification
from shortages.board import chart, export, figures, pdf, totals
from shortages.board import page as page_module
from shortages.board.measures import EMPTY, MEASURES
from shortages.board.query import PARAMETERS, View
from shortages.board.regions import PHONE, WIDE, roomy
from shortages.board.shapes import shapes
from shortages.board.source import EXACT, PUBLISHED, Reach
from shortages.groups import TargetGroup
from shortages.models import Night, PublicFigure, RegionFigure
from shortages.models.figure import COUNTS
from shortages.models.forecast import Forecast
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    MunicipalityFactory,
    NightFactory,
    PostcodeAreaFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
    RegionFactory,
    RequestFactory,
    SchoolAdminFactory,
    SectorChamberFactory,
    ShortageReportFactory,
    StudentFactory,
    login_as,
)
from tests.shortages.acts import advice

pytestmark = pytest.mark.django_db
FILES = ("board_csv", "board_xlsx", "board_json", "board_pdf")
OURS, ELSEWHERE = "AM15", "AM21"
# Counts that no other number of the page can be: whoever finds one has seen the exact table.
PLANTED = range(61_001, 61_005)
SHARDS = ((OURS, "Rijk van Nijmegen"), (ELSEWHERE, "Groot Amsterdam"), ("AM14", "Rivierenland"))


class Made:
    """Two nights of three regions × six courses: exact numbers from a seed, and published ones in fives."""

    def __init__(self) -> None:
        draw = random.Random(5)
        self.regions = [RegionFactory(code=code, name=name) for code, name in SHARDS]
        chambers = [SectorChamberFactory(), SectorChamberFactory(code="03", name="Mobiliteit")]
        self.qualifications = [
            QualificationFactory(crebo=25_000 + n, name=f"Opleiding {n}", level=1 + n % 4, sector_chamber=chambers[n % 2]) for n in range(6)
        ]
        today = timezone.localdate()
        self.nights = [NightFactory(date=today - timedelta(weeks=1)), NightFactory(date=today)]
        for night in self.nights:
            cells = [self.cell(draw, region, qualification) for region in self.regions for qualification in self.qualifications]
            exact = [{**cell, "night": night, **{name: draw.choice([0, 1, 2, 3, 4, 7, 12, *PLANTED]) for name in COUNTS}} for cell in cells]
            published = [{**row, **{name: 5 * (row[name] // 5) + draw.choice([0, 5]) * bool(row[name] % 5) for name in COUNTS}} for row in exact]
            RegionFigure.objects.bulk_create(RegionFigure(**row) for row in exact)
            PublicFigure.objects.bulk_create(PublicFigure(**row) for row in published)
            totals.make(night)

    def cell(self, draw: random.Random, region: LabourMarketRegion, qualification: Qualification) -> dict[str, Any]:
        group = f"mbo{qualification.level}{draw.choice(['bol', 'bbl'])}"
        return {"region": region, "qualification": qualification, "group": group, "chance": 5 * draw.randrange(21), "worth": 0.5, "median_km": 10.0}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Made]:
    """Made once and taken away again: these tests only read it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield Made()
        transaction.set_rollback(True)


def text_of(answer: Any) -> str:
    """Everything a file or page says."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in answer["Content-Type"]:
        book = load_workbook(io.BytesIO(body))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return body.decode(errors="replace")


def as_(who: str) -> Client:
    """A client of somebody who is not responsible for ELSEWHERE (or of a visitor)."""
    client = Client()
    if who == "advisor":
        post = PostFactory(kind=HatKind.ADVISOR_TARGET_GROUPS)
        post.regions.add(OURS)
        login_as(client, post)
    people = {"student": StudentFactory, "company": ContactFactory, "coordinator": CoordinatorFactory}
    if who in people:
        login_as(client, people[who]())
    return client


# -- whose numbers


@pytest.mark.parametrize("who", ["visitor", "company", "coordinator", "advisor"])
def test_whoever_is_not_responsible_reads_published_numbers_only(made: Made, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A PDF packs its text: what its layout is given says the same, and it is given nothing else.
    monkeypatch.setattr("stagematch.pdf.typst.compile", lambda _layout, *, sys_inputs, **_options: json.dumps(sys_inputs).encode())
    client, secret = as_(who), re.compile(r"61[.,]?00[1-4](?!\d)")
    views = [f"regio={ELSEWHERE}&opleiding=25001&toon=ongebruikt", f"regio=nl&kamer=03&naast={ELSEWHERE}"]
    for name in ("board", *FILES):
        for view in views if name == "board" else views[1:]:
            answer = client.get(f"{reverse(f'shortages:{name}')}?{view}")
            found = text_of(answer)
            assert answer.status_code == 200
            assert "61" in found
            assert not secret.search(found), f"{name}?{view}"


def test_an_advisor_reads_the_own_region_exactly_and_no_other(made: Made) -> None:
    client = as_("advisor")
    own = json.loads(client.get(reverse("shortages:board_json")).content)
    assert own["region"] == OURS, "the own region comes first"
    assert own["rounded_to"] is None
    exact = RegionFigure.objects.filter(night=made.nights[-1], region=OURS)
    assert own["total"]["seeking"] == sum(exact.values_list("seeking", flat=True))
    assert own["regions_rounded_to"] == 5
    assert all(region[name] % 5 == 0 for region in own["regions"] for name in COUNTS)
    assert client.get(reverse("shortages:board_municipalities") + f"?regio={ELSEWHERE}").status_code == 404


def test_every_published_number_is_a_sum_of_published_cells(made: Made) -> None:
    told = json.loads(Client().get(reverse("shortages:board_json") + "?kamer=03").content)
    cells = PublicFigure.objects.filter(night=made.nights[-1], qualification__sector_chamber="03")
    for name in COUNTS:
        assert told["total"][name] == sum(cells.values_list(name, flat=True))
    rows = list(csv.reader(io.StringIO(text_of(Client().get(reverse("shortages:board_csv") + "?kamer=03"))), delimiter=";"))
    seeking = rows[0].index(export.headings()[9])
    assert sum(int(row[seeking]) for row in rows[1:]) == told["total"]["seeking"]
    assert len(rows) == cells.count() + 1


FILTERS = st.builds(
    View,
    region=st.sampled_from(["nl", *(code for code, _name in SHARDS)]),
    chamber=st.sampled_from(["", "", "03", "08"]),
    crebo=st.sampled_from([0, 0, 25_001, 25_004]),
    level=st.sampled_from([0, 0, 1, 2, 3]),
    pathway=st.sampled_from(["", "BOL", "BBL"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=FILTERS, other=FILTERS, nights=st.tuples(st.integers(0, 1), st.integers(0, 1)))
def test_no_two_views_together_tell_a_small_number(made: Made, one: View, other: View, nights: tuple[int, int]) -> None:
    def numbers(view: View, night: Night) -> dict[str, float]:
        found = figures.sums(PUBLISHED, view, figures.Wanted((night.pk,), (view.place,)))
        return dict(found.get((night.pk, view.place), EMPTY).counts)

    first, second = numbers(one, made.nights[nights[0]]), numbers(other, made.nights[nights[1]])
    assert all((first[name] - second[name]) % 5 == 0 for name in COUNTS)


def test_sums_of_a_night_equal_its_cells_however_they_are_asked(made: Made) -> None:
    night = made.nights[-1]
    for view in (View(), View(region=OURS), View(chamber="03"), View(level=2), View(region=OURS, crebo=25_001), View(crebo=25_001, pathway="BOL")):
        cells = EXACT.cells._default_manager.filter(night=night)
        if view.place:
            cells = cells.filter(region=view.place)
        if view.chamber:
            cells = cells.filter(qualification__sector_chamber=view.chamber)
        if view.crebo:
            cells = cells.filter(qualification=view.crebo)
        if view.groups:
            cells = cells.filter(group__in=view.groups)
        rows = list(cells.values("ready", "unused", "chance"))
        found = figures.sums(EXACT, view, figures.Wanted((night.pk,), (view.place,))).get((night.pk, view.place), EMPTY)
        assert (found.get("ready"), found.get("unused")) == (sum(row["ready"] for row in rows), sum(row["unused"] for row in rows))
        ready = sum(row["ready"] for row in rows)
        assert found.get("chance") == pytest.approx(sum(row["chance"] * row["ready"] for row in rows) / ready if ready else None)


# -- the page


def test_a_corrected_night_takes_the_place_of_the_one_it_corrects(made: Made) -> None:
    again = NightFactory(date=made.nights[-1].date, version=2, reason="Een fout in de erkenningen")
    PublicFigure.objects.create(night=again, region_id=OURS, qualification_id=25_001, group=TargetGroup.MBO2_BOL, ready=55)
    totals.make(again)
    told = json.loads(Client().get(reverse("shortages:board_json")).content)
    assert (told["version"], told["total"]["ready"]) == (2, 55)


def test_without_any_figures_the_page_says_when_there_will_be() -> None:
    long_ago = {"tot": "01-01-2001"}
    answer = Client().get(reverse("shortages:board"), long_ago)
    assert "Er zijn voor deze dag nog geen cijfers" in answer.content.decode()
    assert all(Client().get(reverse(f"shortages:{name}"), long_ago).status_code == 200 for name in FILES)


SAID = ("nl", OURS, "25001", "99999", "3", "BOL", "pro", "kans", "2026-02-31", "31-12-1999", "0", "-1", "\x00", "9" * 40)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.dictionaries(
        st.sampled_from([one.name for one in PARAMETERS] + ["x", "alles"]),
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(["nl", OURS, "25001", "99999", "3", "BOL", "pro", "kans", "2026-02-31", "31-12-1999", "0", "-1", "\x00", "9" * 40]),
        ),
        max_size=6,
    ),
    name=st.sampled_from(["board", "board_csv", "board_json"]),
)
def test_no_address_fails(made: Made, asked: dict[str, str], name: str) -> None:
    answer = Client().get(reverse(f"shortages:{name}"), asked)
    # A byte that no text holds is refused before any view (stagematch.middleware).
    assert answer.status_code in {200, 400 if any("\x00" in value for value in asked.values()) else 200}


def test_what_an_address_says_that_does_not_exist_is_named(made: Made) -> None:
    page = Client().get(reverse("shortages:board"), {"regio": "AM99", "tot": "31-02-2026", "kamer": "77", "kleur": "rood"}).content.decode()
    assert all(f"“{value}”" in page for value in ("AM99", "31-02-2026", "77", "rood"))


def test_a_csv_of_everything_is_written_line_by_line() -> None:
    row = (timezone.localdate(), 1, OURS, "=cmd()", *range(len(export.COLUMNS) - 4))
    size = sum(len(line) for line in export.csv_lines(row for _n in range(6_000)))
    tracemalloc.start()
    lines = sum(1 for _line in export.csv_lines(row for _n in range(6_000)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 6_001
    assert peak < size / 3  # the writer has a buffer of 128 kB
    assert b";'=cmd();" in next(iter(list(export.csv_lines([row]))[1:]))


def test_the_pdf_is_one_that_screen_readers_can_read(made: Made) -> None:
    answer = Client().get(reverse("shortages:board_pdf"), {"regio": OURS, "naast": ELSEWHERE})
    assert answer.content.startswith(b"%PDF")
    assert b"pdfuaid" in answer.content


def test_the_own_region_is_exact_on_the_map_too_and_the_page_says_that_the_others_are_not(made: Made) -> None:
    client = as_("advisor")
    for region in (OURS, "nl"):
        answer = client.get(reverse("shortages:board"), {"regio": region})
        shown = {one.shape.code: one.value for one in answer.context["board"].regions}
        exact = RegionFigure.objects.filter(night=made.nights[-1], region=OURS)
        assert shown[OURS] == sum(exact.values_list("ready", flat=True))
        assert all(value % 5 == 0 for code, value in shown.items() if code != OURS)
        assert "eigen regio’s precies" in answer.content.decode()
    assert "eigen regio’s precies" not in Client().get(reverse("shortages:board")).content.decode()


def test_acts_and_open_reports_follow_the_filters_and_every_landmark_has_a_name_of_its_own(made: Made) -> None:
    cook, other = made.qualifications[1], made.qualifications[2]
    area = PostcodeAreaFactory(municipality__region=made.regions[0])
    reports = {one.pk: ShortageReportFactory(qualification=one, area=area, group=f"mbo{one.level}bol").number for one in (cook, other)}
    acts = {one.pk: advice(night=made.nights[-1], qualification=one) for one in (cook, other)}
    client = as_("advisor")
    whole = client.get(reverse("shortages:board")).content.decode()
    assert all(number in whole for number in reports.values())
    for filters in ({"opleiding": cook.pk}, {"niveau": cook.level, "leerweg": "BOL"}, {"kamer": cook.sector_chamber_id}):
        page = client.get(reverse("shortages:board"), filters).content.decode()
        assert (reports[cook.pk] in page, reports[other.pk] in page) == (True, False)
        assert (acts[cook.pk].company.name in page, acts[other.pk].company.name in page) == (True, False)
    earlier = client.get(reverse("shortages:board"), {"tot": made.nights[0].date.isoformat()}).content.decode()
    assert "Deze staan nu open" in earlier
    names = [re.sub(r"<[^>]+>", "", found[1]).strip() for found in re.finditer(r'id="(?:[a-z]+-title|table-[a-z-]+)"[^>]*>(.*?)</', whole)]
    assert len(names) == len(set(names)) > 5


def test_acts_of_the_own_kind_of_advisor_come_first_and_the_others_say_whose_they_are(made: Made) -> None:
    pupils = QualificationFactory(reserved=True)
    for number, qualification in enumerate((pupils, pupils, pupils, made.qualifications[2])):
        advice(night=made.nights[-1], qualification=qualification, rank=number + 1)
    practice = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    practice.regions.add(OURS)
    client = Client()
    login_as(client, practice)
    acts = client.get(reverse("shortages:board")).context["acts"]
    assert (acts[0].qualification, acts[0].colleague) == (made.qualifications[2], "")
    assert acts[1].colleague == "Voor uw collega doelgroepen"
    assert not any(act.colleague for act in as_("advisor").get(reverse("shortages:board")).context["acts"])


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("van=1900-01-01", "van voor 2000"),
        ("tot=2990-01-01", "moet nog komen"),
        ("regio=AM08&regio=AM21", "“AM08”: dit is meer dan eens gevraagd"),
        ("tot=31-02-2026", "geen datum zoals"),
    ],
)
def test_what_is_wrong_with_a_date_or_a_repeated_part_is_said(asked: str, why: str) -> None:
    assert why in Client().get(f"{reverse('shortages:board')}?{asked}").content.decode()


def test_a_file_is_named_after_what_is_in_it(made: Made) -> None:
    names = [
        Client().get(f"{reverse('shortages:board_csv')}?regio={OURS}{more}")["Content-Disposition"].split('"')[1]
        for more in ("", "&alles=1", "&opleiding=25001", "&kamer=03", "&niveau=2&leerweg=BOL")
    ]
    assert len(set(names)) == len(names)
    assert names[1].endswith("-alle-weken.csv")


def test_json_has_every_region_as_the_map_does(made: Made) -> None:
    told = json.loads(Client().get(reverse("shortages:board_json")).content)
    assert [region["code"] for region in told["regions"]] == sorted(shapes())
    assert all(region["ready"] >= 0 for region in told["regions"])


def test_the_pdf_speaks_dutch_and_says_how_far_the_forecast_was_off(made: Made) -> None:
    board = page_module.board_of(View(region=OURS), [], Reach(regions=(OURS,)))
    outlook = Forecast(history=21, season=4, values=[7.0], low=[5.0], high=[9.0], error_last=3.0)
    said = pdf._content(replace(board, outlook=outlook, ahead=[(timezone.localdate(), "7", "5", "9")]), [])
    assert said["forecast"][1].startswith("week van ")
    assert "3 naast" in said["forecast"][2]
    assert "21 weken" in said["forecast"][2]
    assert "eigen regio’s precies" in said["map_note"]
    assert [key[1] for key in said["keys"]] == ["none"]
    assert all(len(row) == 2 for table in said["tables"] if table["title"] == "Per regio" for row in table["rows"]), "no column of dashes"


def test_numbers_on_the_map_never_touch() -> None:
    texts = dict.fromkeys(shapes(), "1.465")
    said = roomy(texts, first="AM21")
    assert said["AM21"] == "all", "the chosen region keeps its number"
    for size, shown in ((WIDE, {"all", "wide"}), (PHONE, {"all"})):
        boxes = [(shapes()[code].x, shapes()[code].y) for code, room in said.items() if room in shown]
        wide = len("1.465") * size * 0.55
        assert len(boxes) > 8
        assert all(abs(a[0] - b[0]) >= wide or abs(a[1] - b[1]) >= size for a, b in itertools.combinations(boxes, 2))


def test_a_phone_has_several_months_under_the_trend() -> None:
    day = date(2026, 7, 5)
    drawn = chart.draw([chart.Line("x", "main", [(day, 1.0), (day + timedelta(weeks=29), 2.0)])], MEASURES["klaar"])
    assert drawn
    assert 3 <= sum(not tick.minor for tick in drawn.across) <= 4


# -- below the region, and a school's own side


def test_municipalities_are_counted_now_for_those_responsible(made: Made) -> None:
    PostcodeAreaFactory(municipality__region=made.regions[0])
    programme = ProgrammeFactory(qualification=made.qualifications[1])
    for ready in (True, True, False):
        RequestFactory(ready=ready, student__programme=programme)
    client = as_("advisor")
    page = client.get(reverse("shortages:board_municipalities")).content.decode()
    assert re.search(r"Nijmegen</a></th><td[^>]*>3</td><td[^>]*>2</td>", page)
    assert "Opleiding 1" in client.get(reverse("shortages:board_municipality", args=["GM0268"])).content.decode()
    foreign = MunicipalityFactory(code="GM0363", name="Amsterdam", region=made.regions[1])
    assert client.get(reverse("shortages:board_municipality", args=[foreign.pk])).status_code == 404


def test_a_coordinator_sees_who_has_nothing_yet_and_how_likely_a_place_is(made: Made) -> None:
    PostcodeAreaFactory(municipality__region=made.regions[0])
    cell = PublicFigure.objects.filter(night=made.nights[-1], region=OURS, qualification=25_001).get()
    programme = ProgrammeFactory(qualification=cell.qualification, pathway=cell.group[-3:].upper())
    request = RequestFactory(ready=True, student__programme=programme, student__last_name="Zonderplek")
    other = RequestFactory(ready=True, student__last_name="Vreemdeling")
    client = Client()
    login_as(client, CoordinatorFactory(school=programme.school, programmes=[programme]))
    page = client.get(reverse("shortages:school_shortages")).content.decode()
    assert "Zonderplek" in page
    assert f"{cell.chance}%" in page
    assert other.student.last_name not in page
    login_as(client, SchoolAdminFactory(school=request.student.school))
    told = client.get(reverse("shortages:stagepact")).content.decode()
    assert re.search(r"0 van 1\b", told)
