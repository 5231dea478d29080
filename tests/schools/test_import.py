"""A list of students from a file: preview, good rows, cancel, the same again, undo, and files that are no lists."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import Workbook

from schools.imports import COLUMNS
from schools.models import Guardian, Student, StudentImport
from stagematch.models import ImportState
from tests.factories import CoordinatorFactory, ProgrammeFactory, RequestFactory, StudentFactory, UserFactory, login_as
from tests.schools.conftest import House

pytestmark = pytest.mark.django_db
HEAD = "Studentnummer;Voornaam;Achternaam;E-mail;Postcode;Crebo;Leerweg;Klas;Geboortedatum;Ouder;E-mail ouder"


def line(house: House, index: int, **changes: str) -> str:
    cells = {
        "number": f"{1000 + index}",
        "first": "Sam",
        "last": f"Achternaam{index}",
        "email": f"s{index}@leerling.example.org",
        "postcode": "6511 AB",
        "crebo": str(house.programme.qualification_id),
        "pathway": "BOL",
        "group": "ZV1A",
        "born": "",
        "parent": "",
        "parent_email": "",
    }
    return ";".join({**cells, **changes}.values())


def send(client: Client, *lines: str, head: str = HEAD, name: str = "lijst.csv") -> object:
    return send_bytes(client, "\r\n".join([head, *lines]).encode(), name)


def send_bytes(client: Client, content: bytes, name: str = "lijst.csv") -> object:
    return client.post(reverse("schools:import"), {"file": SimpleUploadedFile(name, content)})


def page(client: Client) -> str:
    return client.get(reverse("schools:import_batch", args=[StudentImport.objects.latest("pk").uuid])).content.decode()


def press(client: Client, what: str) -> object:
    return client.post(reverse(f"schools:import_{what}", args=[StudentImport.objects.latest("pk").uuid]))


def errors(client: Client) -> list[tuple[int, str]]:
    batch = StudentImport.objects.latest("pk")
    return [(row["number"], error["column"]) for row in batch.rows for error in row["errors"]]


def refused(response: object) -> str:
    assert response.status_code == 200  # type: ignore[attr-defined]
    return " ".join(response.context["form"].errors["file"])  # type: ignore[attr-defined]


def test_a_preview_saves_no_student(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    assert not Student.objects.exists()
    assert "Achternaam1" in page(client)


def test_the_good_rows_go_in(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1), line(coordinator, 2))
    press(client, "apply")
    student = Student.objects.get(number="1001")
    assert (student.programme, student.group, student.postcode) == (coordinator.programme, "ZV1A", "6511AB")
    assert Student.objects.count() == 2


def test_each_wrong_row_has_number_column_value_reason_and_what_is_expected(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1), line(coordinator, 2, postcode="65 AB"), line(coordinator, 3, email="geen adres"))
    assert [number for number, _ in errors(client)] == [3, 4]
    error = StudentImport.objects.get().rows[1]["errors"][0]
    assert error["value"] == "65 AB"
    assert all(error[part] for part in ("column", "reason", "expects"))
    text = page(client)
    assert "65 AB" in text
    assert error["reason"] in text


def test_wrong_rows_do_not_hold_up_the_good_ones(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1), line(coordinator, 2, postcode="65 AB"))
    press(client, "apply")
    assert Student.objects.count() == 1


def test_wrong_rows_can_be_downloaded_to_mend(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1), line(coordinator, 2, postcode="65 AB"))
    content = client.get(reverse("schools:import_wrong", args=[StudentImport.objects.get().uuid])).content.decode("utf-8-sig")
    assert "1002" in content
    assert "1001" not in content


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"crebo": "99999"}, "crebo"),
        ({"postcode": "9999 ZZ"}, "postcode"),
        ({"born": "31-02-2010"}, "born"),
        ({"born": "01-01-1900"}, "born"),
        ({"parent": "Kim"}, "guardian_email"),
        ({"number": "!!"}, "number"),
        ({"last": ""}, "last_name"),
        ({"pathway": "VWO"}, "pathway"),
    ],
)
def test_a_wrong_cell_is_named(client: Client, coordinator: House, changes: dict[str, str], column: str) -> None:
    send(client, line(coordinator, 1, **changes))
    label = next(each.label for each in COLUMNS if each.name == column)
    with override("nl"):  # the language of the page
        assert errors(client) == [(2, str(label))]


def test_two_rows_about_the_same_student_are_one_too_many(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1), line(coordinator, 1, email="ander@example.org"))
    assert [number for number, _ in errors(client)] == [3]


def test_two_students_cannot_share_an_address(client: Client, coordinator: House) -> None:
    StudentFactory(programme=coordinator.programme, email="s2@leerling.example.org")
    send(client, line(coordinator, 1), line(coordinator, 2), line(coordinator, 3, email="S1@leerling.example.org"))
    assert [number for number, _ in errors(client)] == [3, 4]


def test_a_student_of_a_programme_that_is_not_yours_is_left_alone(client: Client, coordinator: House) -> None:
    other = StudentFactory(programme=ProgrammeFactory(school=coordinator.school), number="1001")
    send(client, line(coordinator, 1))
    assert [number for number, _ in errors(client)] == [2]
    press(client, "apply")
    programme = other.programme
    other.refresh_from_db()
    assert other.programme == programme


def test_the_same_number_at_another_school_is_another_student(client: Client, coordinator: House) -> None:
    StudentFactory(number="1001")
    send(client, line(coordinator, 1))
    press(client, "apply")
    assert Student.objects.filter(number="1001").count() == 2


def test_the_same_file_twice_changes_nothing(client: Client, coordinator: House) -> None:
    for _ in range(2):
        send(client, line(coordinator, 1), line(coordinator, 2))
        press(client, "apply")
    assert Student.objects.count() == 2
    assert StudentImport.objects.filter(state=ImportState.APPLIED).count() == 1


def test_a_double_click_imports_once(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    press(client, "apply")
    assert press(client, "apply").status_code == 302  # type: ignore[attr-defined]
    assert Student.objects.count() == 1


def test_a_known_number_is_changed_and_an_empty_optional_cell_changes_nothing(client: Client, coordinator: House) -> None:
    day = timezone.localdate() + timedelta(days=300)
    StudentFactory(programme=coordinator.programme, number="1001", group="OUD", adult_on=day, last_name="Oud")
    send(client, line(coordinator, 1, group=""))
    press(client, "apply")
    student = Student.objects.get()
    assert (student.last_name, student.group, student.adult_on) == ("Achternaam1", "OUD", day)


def test_who_had_left_comes_back(client: Client, coordinator: House) -> None:
    StudentFactory(programme=coordinator.programme, number="1001", left_at=timezone.now())
    send(client, line(coordinator, 1))
    press(client, "apply")
    assert Student.objects.get().left_at is None


def test_a_minor_comes_with_a_parent(client: Client, coordinator: House) -> None:
    born = timezone.localdate() - timedelta(days=16 * 365)
    send(client, line(coordinator, 1, born=f"{born:%d-%m-%Y}", parent="Kim de Wit", parent_email="kim@example.org"))
    press(client, "apply")
    student = Student.objects.get()
    assert student.is_minor()
    assert student.guardians.get().name == "Kim de Wit"


def test_the_date_of_birth_of_an_adult_is_kept_nowhere(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1, born="01-02-2000"))
    assert "2000" not in str(StudentImport.objects.get().rows)
    press(client, "apply")
    assert Student.objects.get().adult_on is None


def test_cancelling_forgets_the_file(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    press(client, "cancel")
    assert not StudentImport.objects.exists()
    assert not Student.objects.exists()


def test_undo_removes_what_was_created_and_restores_what_was_changed(client: Client, coordinator: House) -> None:
    known = StudentFactory(programme=coordinator.programme, number="1001", last_name="Oud")
    send(client, line(coordinator, 1, parent="Kim", parent_email="kim@example.org"), line(coordinator, 2))
    press(client, "apply")
    press(client, "undo")
    press(client, "undo")
    known.refresh_from_db()
    assert known.last_name == "Oud"
    assert Student.objects.get() == known
    assert not Guardian.objects.exists()


def test_the_same_file_twice_is_one_preview_whose_address_stays(client: Client, coordinator: House) -> None:
    first, second = send(client, line(coordinator, 1)), send(client, line(coordinator, 1))
    assert first.url == second.url  # type: ignore[attr-defined]
    assert client.get(first.url).status_code == 200  # type: ignore[attr-defined]


def test_students_who_swap_addresses_are_named_and_nothing_breaks(client: Client, coordinator: House) -> None:
    for index in (1, 2):
        StudentFactory(programme=coordinator.programme, number=f"100{index}", email=f"s{index}@leerling.example.org")
    send(client, line(coordinator, 1, email="s2@leerling.example.org"), line(coordinator, 2, email="s1@leerling.example.org"))
    assert [number for number, _ in errors(client)] == [2, 3]


def test_undo_keeps_a_student_whose_old_address_is_anothers_now(client: Client, coordinator: House) -> None:
    known = [
        StudentFactory(programme=coordinator.programme, number=f"100{n}", email=f"oud{n}@example.org", last_name="Oud", invited=True) for n in (1, 2)
    ]
    send(client, line(coordinator, 1), line(coordinator, 2))
    first = StudentImport.objects.get()
    press(client, "apply")
    StudentFactory(programme=coordinator.programme, email="oud1@example.org", invited=True)
    client.post(reverse("schools:import_undo", args=[first.uuid]))
    first.refresh_from_db()
    assert [entry["number"] for entry in first.kept] == [2]
    assert [type(student).objects.get(pk=student.pk).last_name for student in known] == ["Achternaam1", "Oud"]


def test_undo_of_a_parent_added_to_an_unchanged_student_takes_the_parent_back(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    press(client, "apply")
    send(client, line(coordinator, 1, parent="Kim", parent_email="kim@example.org"))
    press(client, "apply")
    assert Guardian.objects.exists()
    press(client, "undo")
    assert not Guardian.objects.exists()
    assert Student.objects.exists()


def test_undo_keeps_who_has_an_account_or_a_request_and_says_why(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1), line(coordinator, 2), line(coordinator, 3))
    press(client, "apply")
    first, second, _third = Student.objects.order_by("number")
    first.user = UserFactory(email=first.email)
    first.save()
    RequestFactory(student=second)
    press(client, "undo")
    assert set(Student.objects.all()) == {first, second}
    assert [kept["number"] for kept in StudentImport.objects.get().kept] == [2, 3]
    assert page(client).count("<li>") >= 2


def test_an_undone_import_is_not_applied_again(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    press(client, "apply")
    press(client, "undo")
    press(client, "apply")
    assert not Student.objects.exists()


def test_after_undo_the_same_file_can_go_in_again(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    press(client, "apply")
    press(client, "undo")
    send(client, line(coordinator, 1))
    press(client, "apply")
    assert Student.objects.count() == 1


def test_a_workbook_works_as_well(client: Client, coordinator: House) -> None:
    book = Workbook()
    for row in [HEAD, line(coordinator, 1)]:
        book.active.append(row.split(";"))
    out = io.BytesIO()
    book.save(out)
    send_bytes(client, out.getvalue(), "lijst.xlsx")
    press(client, "apply")
    assert Student.objects.count() == 1


def test_the_example_is_a_list_that_is_understood(client: Client, coordinator: House) -> None:
    coordinator.programme.qualification_id = 25655
    content = client.get(reverse("schools:import_sample")).content
    response = send_bytes(client, content)
    assert response.status_code == 302  # type: ignore[attr-defined]
    assert {column for _, column in errors(client)} <= {"Crebo"}


def test_a_column_of_citizen_service_numbers_is_refused_whatever_it_is_called(client: Client, coordinator: House) -> None:
    numbers = ["111222333", "123456782"]
    rows = [f"{line(coordinator, index)};{number}" for index, number in enumerate(numbers)]
    assert "BSN" in refused(send(client, *rows, head=HEAD + ";Kenmerk"))
    assert "BSN" in refused(send(client, *rows, head=HEAD + ";BSN"))
    assert not StudentImport.objects.exists()


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 not a table", b"\x89PNG\r\n\x1a\n0000", b"PK\x03\x04broken", b"just some words\nand more", b"\x00\x01\x02\x03" * 50]
)
def test_what_is_no_table_gets_a_clear_answer_at_the_field(client: Client, coordinator: House, content: bytes) -> None:
    assert refused(send_bytes(client, content))


def test_an_empty_file_gets_a_clear_answer(client: Client, coordinator: House) -> None:
    assert refused(send_bytes(client, b""))
    assert refused(client.post(reverse("schools:import"), {}))


def test_a_hundred_thousand_rows_are_refused(client: Client, coordinator: House) -> None:
    rows = "\n".join(f"{number};a;b;c{number}@x.nl;6511AB" for number in range(100_000))
    content = f"nummer;voornaam;achternaam;e-mail;postcode\n{rows}".encode()
    assert refused(send_bytes(client, content))
    assert not StudentImport.objects.exists()


def test_a_zip_bomb_is_refused(client: Client, coordinator: House) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b"0" * 100_000_000)
    assert refused(send_bytes(client, out.getvalue(), "lijst.xlsx"))


def test_a_missing_column_is_named(client: Client, coordinator: House) -> None:
    assert "Postcode" in refused(send(client, "1;a;b;c@x.nl", head="nummer;voornaam;achternaam;e-mail"))


def test_with_one_programme_the_crebo_may_stay_empty(client: Client, coordinator: House) -> None:
    send(client, "1001;Sam;de Wit;sam@x.nl;6511AB", head="nummer;voornaam;achternaam;e-mail;postcode")
    press(client, "apply")
    assert Student.objects.get().programme == coordinator.programme


def test_two_pathways_of_one_crebo_ask_which(client: Client, coordinator: House) -> None:
    other = ProgrammeFactory(school=coordinator.school, qualification=coordinator.programme.qualification, pathway="BBL")
    coordinator.coordinator.programmes.add(other)
    send(client, line(coordinator, 1, pathway=""), line(coordinator, 2, pathway="BBL"))
    assert [number for number, _ in errors(client)] == [2]


def test_an_import_of_somebody_else_does_not_exist(client: Client, coordinator: House) -> None:
    send(client, line(coordinator, 1))
    uuid = StudentImport.objects.get().uuid
    other = Client()
    login_as(other, CoordinatorFactory(school=coordinator.school))
    for name in ("import_batch", "import_wrong"):
        assert other.get(reverse(f"schools:{name}", args=[uuid])).status_code == 404
    for name in ("import_apply", "import_undo"):
        assert other.post(reverse(f"schools:{name}", args=[uuid])).status_code == 404
    other.post(reverse("schools:import_cancel", args=[uuid]))
    assert StudentImport.objects.exists()


def test_an_unverified_school_uploads_nothing(client: Client, unverified: object, house: House) -> None:
    assert send(client, line(house, 1)).status_code == 403  # type: ignore[attr-defined]
    assert not StudentImport.objects.exists()


def test_a_large_import_costs_no_query_per_row(client: Client, coordinator: House) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    send(client, *(line(coordinator, number) for number in range(10)))
    with CaptureQueriesContext(connection) as few:
        press(client, "apply")
    send(client, *(line(coordinator, number) for number in range(100, 300)))
    with CaptureQueriesContext(connection) as many:
        press(client, "apply")
    assert len(many) <= len(few) + 1
