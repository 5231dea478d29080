"""The importer: preview changes nothing, good rows go in alone, the same file twice changes nothing, an import can be undone."""

import io
from collections.abc import Hashable, Sequence
from typing import Any

import pytest
from django.db import models
from django.utils import timezone
from django.utils.translation import override

from schools.models import Guardian, Programme, School, Student, StudentImport
from stagematch import imports
from stagematch.columns import Column, Row, several, text
from stagematch.imports import AlreadyUndone, Importer, wrong_rows_csv
from stagematch.models import ImportState, TableImport
from stagematch.tabular import TableRefused
from stagematch.upsert import Kept, Saved, revert, upsert
from tests.factories import ProgrammeFactory, SchoolFactory, SchoolMembershipFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


class Students(Importer):
    """A small importer of students, as an app would write it."""

    model = StudentImport
    columns = (
        Column("number", "Number", "The school's number.", text(20)),
        Column("name", "Name", "First and last name.", text(80)),
        Column("crebo", "Crebo", "A crebo of your school."),
    )

    def __init__(self, school: School) -> None:
        self.school = school
        self.programmes = {programme.qualification.crebo: programme.pk for programme in school.programmes.select_related("qualification")}

    def scope(self) -> dict[str, models.Model]:
        return {"school": self.school}

    def forbid(self, heading: str, values: Sequence[str]) -> str | None:
        return "We never keep it." if heading == "BSN" else None

    def natural_key(self, row: Row) -> Hashable:
        return row.values["number"]

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if int(row.values["crebo"]) not in self.programmes:
                row.wrong(self.column("crebo"), "Your school has no such programme.")

    def save(self, rows: Sequence[Row]) -> list[Saved]:
        wanted = {
            row.number: (
                row.values["number"],
                {"first_name": row.values["name"].split()[0], "programme_id": self.programmes[int(row.values["crebo"])]},
            )
            for row in rows
        }
        found = Student.objects.filter(school=self.school, number__in=[key for key, _fields in wanted.values()])
        existing = {student.number: student for student in found}
        rest = {number: (key, {**fields, "number": key, "email": f"{key}@example.nl"}) for number, (key, fields) in wanted.items()}
        return upsert(Student, rows=rest, existing=existing, on_create={"school_id": self.school.pk, "last_name": "X", "postcode": "6511AB"})

    def undo(self, saved: Sequence[Saved]) -> list[Kept]:
        return revert(Student.objects.filter(school=self.school), saved, in_use=self.in_use)

    def in_use(self, students: Sequence[Student]) -> dict[int, str]:
        return {student.pk: "Has a parent." for student in students if student.guardians.exists()}


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory()


@pytest.fixture
def school(programme: Programme) -> School:
    return programme.school


def table(programme: Programme, *lines: str, name: str = "class.csv") -> io.BytesIO:
    rows = [f"{line},{programme.qualification.crebo}" for line in lines or ("1,Anna A", "2,Bob B", "3,Carla C")]
    file = io.BytesIO("\n".join(["number,name,crebo", *rows]).encode())
    file.name = name
    return file


def preview(school: School, file: io.BytesIO) -> TableImport:
    return imports.preview(importer=Students(school), file=file, by=None)


def apply(school: School, batch: TableImport) -> TableImport:
    return imports.apply(importer=Students(school), batch=batch)


def undo(school: School, batch: TableImport) -> TableImport:
    return imports.undo(importer=Students(school), batch=batch)


def names(school: School) -> dict[str, str]:
    return dict(Student.objects.filter(school=school).order_by("number").values_list("number", "first_name"))


def test_a_preview_says_what_would_happen_and_changes_nothing(school: School, programme: Programme) -> None:
    StudentFactory(school=school, programme=programme, number="1", first_name="Anne", email="1@example.nl")
    StudentFactory(school=school, programme=programme, number="2", first_name="Bob", email="2@example.nl")
    batch = preview(school, table(programme, "1,Anna A", "2,Bob B", "3,Carla C", ",Nobody"))
    assert [row["outcome"] for row in batch.rows] == ["updated", "unchanged", "created", "wrong"]
    assert (batch.rows_total, batch.rows_created, batch.rows_updated, batch.rows_unchanged, batch.rows_wrong) == (4, 1, 1, 1, 1)
    assert names(school) == {"1": "Anne", "2": "Bob"}


def test_the_good_rows_go_in_alone_and_the_wrong_ones_stay_listed(school: School, programme: Programme) -> None:
    batch = apply(school, preview(school, table(programme, "1,Anna A", ",Nobody", "3,Carla C")))
    assert names(school) == {"1": "Anna", "3": "Carla"}
    assert batch.state == ImportState.APPLIED
    assert [row["number"] for row in batch.rows] == [3]
    assert batch.rows[0]["errors"] == [{"column": "Number", "value": "", "reason": "This cell is empty.", "expects": "The school's number."}]


def test_applying_twice_changes_nothing(school: School, programme: Programme) -> None:
    batch = preview(school, table(programme))
    apply(school, batch)
    Student.objects.update(first_name="Edited")
    again = apply(school, batch)
    assert again.rows_created == 3
    assert set(names(school).values()) == {"Edited"}


def test_the_same_file_twice_changes_nothing(school: School, programme: Programme) -> None:
    first = apply(school, preview(school, table(programme)))
    Student.objects.filter(number="1").update(first_name="Edited")
    assert preview(school, table(programme, name="other name.csv")) == first
    assert names(school)["1"] == "Edited"


def test_a_colleague_with_the_same_file_gets_a_preview_of_their_own(school: School, programme: Programme) -> None:
    mine = preview(school, table(programme))
    theirs = imports.preview(importer=Students(school), file=table(programme), by=UserFactory())
    assert theirs != mine
    assert StudentImport.objects.filter(pk=mine.pk).exists()


def test_the_same_rows_in_another_file_change_nothing(school: School, programme: Programme) -> None:
    apply(school, preview(school, table(programme)))
    batch = apply(school, preview(school, table(programme, "3,Carla C", "2,Bob B", "1,Anna A")))
    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (0, 0, 3)


def test_a_file_with_wrong_rows_can_be_uploaded_again_once_the_reason_is_gone(school: School, programme: Programme) -> None:
    other = ProgrammeFactory.build(school=school)
    crebo = programme.qualification.crebo + 1
    content = f"number,name,crebo\n1,Anna A,{programme.qualification.crebo}\n2,Bob B,{crebo}\n".encode()
    first = apply(school, preview(school, io.BytesIO(content)))
    assert first.rows_wrong == 1
    ProgrammeFactory(school=school, qualification__crebo=crebo, pathway=other.pathway)
    second = apply(school, preview(school, io.BytesIO(content)))
    assert (second.rows_created, second.rows_unchanged, second.rows_wrong) == (1, 1, 0)


def test_another_schools_import_of_the_same_file_is_its_own(school: School, programme: Programme) -> None:
    first = apply(school, preview(school, table(programme)))
    other = ProgrammeFactory(school=SchoolFactory(), qualification=programme.qualification)
    second = preview(other.school, table(programme))
    assert second != first
    with pytest.raises(StudentImport.DoesNotExist):
        apply(school, second)


def test_a_row_that_stands_there_twice_is_wrong_the_second_time(school: School, programme: Programme) -> None:
    batch = preview(school, table(programme, "1,Anna A", "1,Anna B"))
    assert [row["outcome"] for row in batch.rows] == ["created", "wrong"]
    assert "same as row 2" in batch.rows[1]["errors"][0]["reason"]


def test_rules_are_checked_again_when_a_preview_is_applied(school: School, programme: Programme) -> None:
    batch = preview(school, table(programme))
    programme.delete()
    batch = apply(school, batch)
    assert (batch.rows_created, batch.rows_wrong) == (0, 3)


def test_a_row_with_a_cell_too_many_stays_wrong_when_applied(school: School, programme: Programme) -> None:
    crebo = programme.qualification.crebo
    file = io.BytesIO(f"number,name,crebo\n1,Anna,{crebo}\n2,Bob,{crebo},surplus\n".encode())
    batch = apply(school, preview(school, file))
    assert names(school) == {"1": "Anna"}
    assert "more cells" in batch.rows[0]["errors"][0]["reason"]


def test_a_forbidden_column_refuses_the_file_and_leaves_nothing_behind(school: School) -> None:
    with pytest.raises(TableRefused, match="“BSN” cannot be uploaded"):
        preview(school, io.BytesIO(b"number,name,crebo,BSN\n1,Anna,25000,111222333\n"))
    assert not StudentImport.objects.exists()


def test_an_import_can_be_undone(school: School, programme: Programme) -> None:
    StudentFactory(school=school, programme=programme, number="1", first_name="Anne", email="1@example.nl")
    batch = undo(school, apply(school, preview(school, table(programme))))
    assert batch.state == ImportState.UNDONE
    assert names(school) == {"1": "Anne"}
    assert (batch.kept, batch.rows, batch.saved) == ([], [], [])


def test_an_undo_keeps_what_was_changed_or_used_since_and_says_so(school: School, programme: Programme) -> None:
    StudentFactory(school=school, programme=programme, number="1", first_name="Anne", email="1@example.nl")
    batch = apply(school, preview(school, table(programme)))
    Student.objects.filter(number="1").update(first_name="Annie")
    Guardian.objects.create(student=Student.objects.get(number="2"), name="Parent", email="p@example.nl")
    batch = undo(school, batch)
    assert names(school) == {"1": "Annie", "2": "Bob"}
    assert [(kept["number"], kept["reason"]) for kept in batch.kept] == [
        (2, "It was changed after the import, so it stays as it is now."),
        (3, "Has a parent."),
    ]


def test_undoing_twice_changes_nothing(school: School, programme: Programme) -> None:
    batch = undo(school, apply(school, preview(school, table(programme))))
    StudentFactory(school=school, programme=programme, number="1")
    undo(school, batch)
    assert list(names(school)) == ["1"]


def test_an_undone_import_is_not_applied_again_but_its_file_can_be(school: School, programme: Programme) -> None:
    batch = undo(school, apply(school, preview(school, table(programme))))
    with pytest.raises(AlreadyUndone):
        apply(school, batch)
    assert apply(school, preview(school, table(programme))).rows_created == 3


def test_no_copy_of_a_good_row_stays_in_the_import(school: School, programme: Programme) -> None:
    batch = apply(school, preview(school, table(programme)))
    assert "Anna" not in str(batch.rows) + str(batch.saved)


def test_5000_rows_take_few_queries(school: School, programme: Programme, django_assert_max_num_queries: Any) -> None:
    lines = [f"{number},Name{number} X" for number in range(5000)]
    with django_assert_max_num_queries(40):
        batch = apply(school, preview(school, table(programme, *lines)))
    assert batch.rows_created == 5000


def test_wrong_rows_can_be_mended_and_uploaded_again(school: School, programme: Programme) -> None:
    batch = apply(school, preview(school, table(programme, "1,Anna A", "2,")))
    file = wrong_rows_csv(Students(school), batch).decode("utf-8-sig")
    assert file.splitlines()[1].startswith(f"2;;{programme.qualification.crebo};3;Name: This cell is empty.")
    batch = apply(school, preview(school, io.BytesIO(file.replace("2;;", "2;Bob B;").encode())))
    assert (batch.rows_created, batch.unknown_columns) == (1, ["Row in your file", "What is wrong"])


def test_many_to_many_values_are_saved_compared_and_restored(school: School) -> None:
    first, second, third = ProgrammeFactory.create_batch(3, school=school)
    membership = SchoolMembershipFactory(school=school)
    membership.programmes.set([first, second])
    model = type(membership)

    def save(*programmes: Programme) -> list[Saved]:
        rows = {2: ("key", {"ended_at": None, "programmes": [programme.pk for programme in programmes]})}
        return upsert(model, rows=rows, existing={"key": model.objects.get(pk=membership.pk)})

    assert [entry.outcome for entry in save(second, first)] == ["unchanged"]
    saved = save(second, third)
    assert set(membership.programmes.all()) == {second, third}
    assert revert(model.objects.all(), saved) == []
    assert set(membership.programmes.all()) == {first, second}


def test_an_update_restores_dates_and_empty_values(school: School, programme: Programme) -> None:
    student = StudentFactory(school=school, programme=programme, adult_on=None)
    rows = {2: (student.number, {"adult_on": timezone.localdate(), "group": "1A"})}
    before = student.group
    saved = upsert(Student, rows=rows, existing={student.number: student})
    assert revert(Student.objects.all(), saved) == []
    student.refresh_from_db()
    assert (student.adult_on, student.group) == (None, before)


def test_a_list_in_a_cell_is_read_by_the_parser_of_its_parts() -> None:
    assert several(text(10))("a; b , a") == ["a", "b"]
