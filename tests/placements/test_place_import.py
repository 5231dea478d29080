"""A file of places: preview, the good rows, undo."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from placements.imports import PlaceImporter
from placements.models import Place, PlaceImport
from stagematch import imports
from tests.factories import ContactFactory, PeriodFactory, PlacementFactory, RecognitionFactory, login_as

pytestmark = pytest.mark.django_db
HEAD = "titel;crebo;leerweg;periode;dagen;aantal;vergoeding\n"


@pytest.fixture
def contact():  # type: ignore[no-untyped-def]
    PeriodFactory()
    return RecognitionFactory(company=ContactFactory().company, qualification__crebo=25182).company.memberships.get()


def table(*rows: str) -> BytesIO:
    return BytesIO((HEAD + "\n".join(rows)).encode())


def upload(client: Client, content: bytes, name: str = "plaatsen.csv"):  # type: ignore[no-untyped-def]
    return client.post(reverse("placements:import_places"), {"file": SimpleUploadedFile(name, content)})


def test_good_rows_go_in_alone_and_wrong_ones_say_what_to_do(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    rows = ["Brood bakken;25182;BOL;Voorjaar;ma, di;2;€ 300", "Taart;99999;BOL;Voorjaar;ma;1;", "Koek;25182;BOL;Herfst;ma;nul;"]
    answer = upload(client, table(*rows).getvalue())
    page = client.get(answer.url)
    batch = PlaceImport.objects.get()
    assert (batch.rows_created, batch.rows_wrong, Place.objects.count()) == (1, 2, 0)
    assert b"99999" in page.content
    client.post(reverse("placements:apply_place_import", args=[batch.uuid]))
    place = Place.objects.get()
    assert (place.title, place.days, place.capacity, place.allowance) == ("Brood bakken", ["mo", "tu"], 2, 300)
    assert place.search_rows.get().qualification_id == 25182


def test_the_same_file_twice_changes_nothing(contact) -> None:  # type: ignore[no-untyped-def]
    row = "Brood bakken;25182;BOL;Voorjaar;ma, di;2;300"
    for file in (table(row), table(row), table(row, "Koek;25182;BBL;Voorjaar;vr;1;0")):
        batch = imports.preview(importer=PlaceImporter(contact.company), file=file, by=contact.user)
        imports.apply(importer=PlaceImporter(contact.company), batch=batch)
    assert Place.objects.count() == 2


def test_undo_takes_places_back_but_not_one_that_a_student_holds(contact) -> None:  # type: ignore[no-untyped-def]
    file = table("Brood;25182;BOL;Voorjaar;ma;1;0", "Koek;25182;BOL;Voorjaar;ma;1;0")
    batch = imports.apply(
        importer=PlaceImporter(contact.company), batch=imports.preview(importer=PlaceImporter(contact.company), file=file, by=contact.user)
    )
    PlacementFactory(place=Place.objects.get(title="Brood"))
    batch = imports.undo(importer=PlaceImporter(contact.company), batch=batch)
    assert list(Place.objects.values_list("title", flat=True)) == ["Brood"]
    assert len(batch.kept) == 1


def test_undo_keeps_a_place_that_took_more_students_than_it_had_room_for_before(contact) -> None:  # type: ignore[no-untyped-def]
    for capacity in (1, 3):
        file = table(f"Brood;25182;BOL;Voorjaar;ma;{capacity};0", f"Koek;25182;BOL;Voorjaar;ma;{capacity};0")
        batch = imports.preview(importer=PlaceImporter(contact.company), file=file, by=contact.user)
        batch = imports.apply(importer=PlaceImporter(contact.company), batch=batch)
    for _ in range(2):
        PlacementFactory(place=Place.objects.get(title="Brood"))
    batch = imports.undo(importer=PlaceImporter(contact.company), batch=batch)
    assert len(batch.kept) == 1
    assert dict(Place.objects.values_list("title", "capacity")) == {"Brood": 3, "Koek": 1}


def test_a_cell_of_separators_is_empty(contact) -> None:  # type: ignore[no-untyped-def]
    rows = (",;BOL;Voorjaar;ma;1;0", "25182;/;Voorjaar;ma;1;0", "25182;BOL;Voorjaar;|;1;0")
    batch = imports.preview(importer=PlaceImporter(contact.company), file=table(*(f"Brood;{row}" for row in rows)), by=contact.user)
    assert (batch.rows_created, batch.rows_wrong) == (0, 3)


def test_a_period_may_be_named_by_its_number_and_the_place_stays_one(contact) -> None:  # type: ignore[no-untyped-def]
    for period, capacity in ((PeriodFactory().pk, 1), (PeriodFactory().pk, 2), ("voorjaar", 3)):
        file = table(f"Brood;25182;BOL;{period};ma;{capacity};0")
        batch = imports.preview(importer=PlaceImporter(contact.company), file=file, by=contact.user)
        imports.apply(importer=PlaceImporter(contact.company), batch=batch)
    assert Place.objects.get().capacity == 3


def test_the_example_can_be_uploaded_as_it_is(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    example = client.get(reverse("placements:place_import_example")).content
    page = client.get(upload(client, example).url)
    assert (PlaceImport.objects.get().rows_created, PlaceImport.objects.get().rows_wrong) == (1, 0)
    assert len(page.context["good"].rows) == 1


def test_a_wrong_word_is_answered_in_the_readers_language_and_a_period_that_is_over_is_none(contact) -> None:  # type: ignore[no-untyped-def]
    over = PeriodFactory(name="Vorig jaar", starts_on=timezone.localdate() - timedelta(days=200))
    file = table("Brood;25182;BOL;Voorjaar;maandig;1;0", f"Koek;25182;BOL;{over.name};ma;1;0")
    with override("nl"):
        batch = imports.preview(importer=PlaceImporter(contact.company), file=file, by=contact.user)
    days, period = (row["errors"][0]["reason"] for row in batch.rows)
    assert "maandig" in days
    assert "maandag" in days
    assert "Monday" not in days
    assert "Voorjaar" in period


@pytest.mark.parametrize("content", [b"%PDF-1.7 \x00\x01", b"", b"just words"])
def test_a_file_that_is_no_table_gets_an_answer_near_the_field(client: Client, contact, content: bytes) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    page = upload(client, content, "plaatsen.pdf")
    assert page.status_code == 200
    assert "file" in page.context["form"].errors


def test_a_column_of_citizen_service_numbers_is_refused_whole(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    content = HEAD.replace("vergoeding", "nummer") + "Brood;25182;BOL;Voorjaar;ma;1;111222333\nKoek;25182;BOL;Voorjaar;ma;1;123456782\n"
    page = upload(client, content.encode())
    assert "BSN" in str(page.context["form"].errors["file"])
    assert not PlaceImport.objects.exists()


def test_another_companys_import_is_not_found(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    batch = imports.preview(importer=PlaceImporter(contact.company), file=table("Brood;25182;BOL;Voorjaar;ma;1;0"), by=contact.user)
    login_as(client, ContactFactory())
    assert client.get(reverse("placements:place_import", args=[batch.uuid])).status_code == 404


@pytest.mark.queries(most=80, repeats=20)  # five hundred rows a query
def test_five_thousand_places_of_which_two_hundred_are_wrong(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    """Each wrong row says what to do, the rest is in, the mended rows follow, and undo takes back what nobody holds."""
    login_as(client, contact)
    wrong = {
        "Plek {n};99999;BOL;Voorjaar;ma;1;0": ("Crebo", "99999"),
        "Plek {n};25182;BOL;Herfst;ma;1;0": ("Periode", "Voorjaar"),
        "Plek {n};25182;BOL;Voorjaar;maandig;1;0": ("Dagen", "maandig"),
        "Plek {n};25182;BOL;Voorjaar;ma;nul;0": ("Aantal studenten", "1"),
        ";25182;BOL;Voorjaar;ma;1;0": ("Titel", ""),
    }
    good = "Plek {n};25182;BOL;Voorjaar;ma, di;2;300"
    lines = [(list(wrong)[n // 25 % 5] if n % 25 == 7 else good).format(n=n) for n in range(5000)]
    address = upload(client, table(*lines).getvalue()).url
    batch = PlaceImport.objects.get()
    assert (batch.rows_total, batch.rows_wrong, batch.rows_created, Place.objects.count()) == (5000, 200, 4800, 0)
    assert client.get(address).status_code == 200
    assert client.post(reverse("placements:apply_place_import", args=[batch.uuid])).status_code == 302
    assert Place.objects.filter(company=contact.company).count() == 4800
    assert contact.company.places.filter(search_rows__open=True).count() == 4800
    # Every wrong row by its number in the file (the heading is row 1), with the column and what is expected there.
    batch.refresh_from_db()
    assert [row["number"] for row in batch.rows] == [n + 2 for n in range(5000) if n % 25 == 7]
    for row, (column, says) in zip(batch.rows, list(wrong.values()) * 40, strict=True):
        [error] = row["errors"]
        assert error["column"] == column
        assert says in f"{error['value']} {error['reason']} {error['expects']}"
        assert error["reason"] or error["expects"]
    to_mend = client.get(reverse("placements:place_import_wrong_rows", args=[batch.uuid])).content.decode("utf-8-sig").splitlines()
    assert len(to_mend) == 201
    page = client.get(address).content.decode()
    assert all(f">Rij {n + 2}<" in page for n in range(5000) if n % 25 == 7)
    PlacementFactory(place=Place.objects.get(title="Plek 0"))
    client.post(reverse("placements:undo_place_import", args=[batch.uuid]))
    assert list(Place.objects.values_list("title", flat=True)) == ["Plek 0"]
    batch.refresh_from_db()
    assert [kept["number"] for kept in batch.kept] == [2]
