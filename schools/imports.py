"""The table of students that a school uploads: its columns, what is checked, what is saved and how it is taken back."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.hats import HatKind
from accounts.models import Invitation
from reference.formats import has_bsn, is_bsn_heading, normalise_postcode
from reference.models import Pathway
from reference.selectors import postcode_point
from schools.enrolment import adult_on, is_students_age
from schools.forms import NUMBER
from schools.models import Guardian, Programme, School, Student, StudentImport
from stagematch.columns import Column, Row, day, fold, one_of, text, yes_or_no
from stagematch.imports import Importer
from stagematch.upsert import Kept, Outcome, Saved, revert, upsert

PATHWAYS = {"BOL": Pathway.BOL.value, "BBL": Pathway.BBL.value}
# Key in `Saved.before` under which the parents stand whom an import added to a student.
PARENTS = "+guardians"


def _number(cell: str) -> str:
    NUMBER(cell)
    return cell


def _email(cell: str) -> str:
    validate_email(cell)
    address: str = text(254)(cell.lower())
    return address


COLUMNS = (
    Column(
        "number",
        gettext_lazy("Student number"),
        gettext_lazy("The number by which your school knows the student; never a BSN."),
        parse=_number,
        aliases=("studentnummer", "leerlingnummer", "nummer", "stamnummer", "studentid", "nr"),
        example="0123456",
    ),
    Column(
        "first_name",
        gettext_lazy("First name"),
        gettext_lazy("The name by which the student is called."),
        parse=text(80),
        aliases=("voornaam", "roepnaam", "firstname"),
        example="Samira",
    ),
    Column(
        "last_name",
        gettext_lazy("Last name"),
        gettext_lazy("The last name with its prefix."),
        parse=text(120),
        aliases=("achternaam", "naam", "lastname", "surname"),
        example="de Wit",
    ),
    Column(
        "email",
        gettext_lazy("E-mail address"),
        gettext_lazy("An address that the student reads, for example 0123456@student.school.nl."),
        parse=_email,
        aliases=("e-mail", "mail", "mailadres", "emailadres", "e-mailadres"),
        example="0123456@student.school.nl",
    ),
    Column(
        "postcode",
        gettext_lazy("Postcode"),
        gettext_lazy("The postcode where the student lives, for example 6511 AB."),
        parse=normalise_postcode,
        aliases=("postcode woonadres", "pc", "zip"),
        example="6511 AB",
    ),
    Column(
        "crebo",
        gettext_lazy("Crebo"),
        gettext_lazy("The crebo of the programme, or its name at your school; empty if your school has one programme."),
        parse=text(200),
        aliases=("crebonummer", "crebocode", "opleiding", "opleidingscode", "programme", "kwalificatie"),
        required=False,
        example="25655",
    ),
    Column(
        "pathway",
        gettext_lazy("Pathway"),
        gettext_lazy("BOL or BBL; empty if your school teaches the programme along one pathway."),
        parse=one_of(PATHWAYS),
        aliases=("leerweg",),
        required=False,
        example="BOL",
    ),
    Column(
        "group",
        gettext_lazy("Class"),
        gettext_lazy("The class or group, at most 40 characters."),
        parse=text(40),
        aliases=("klas", "groep", "lesgroep", "group"),
        required=False,
        example="ZV1A",
    ),
    Column(
        "born",
        gettext_lazy("Date of birth"),
        gettext_lazy("A date like 21-11-2009. Only to know until when somebody is a minor."),
        parse=day,
        aliases=("geboortedatum", "birthdate", "dateofbirth"),
        required=False,
        example="21-11-2009",
    ),
    Column(
        "exit_phase",
        gettext_lazy("In the exit phase"),
        gettext_lazy("Yes or no, for pro and vso."),
        parse=yes_or_no,
        aliases=("uitstroomfase", "exitphase"),
        required=False,
        example="nee",
    ),
    Column(
        "guardian_name",
        gettext_lazy("Name of the parent"),
        gettext_lazy("First and last name of a parent of a minor."),
        parse=text(150),
        aliases=("ouder", "naam ouder", "ouder naam", "verzorger", "naam verzorger", "guardian", "parent"),
        required=False,
        example="Karim de Wit",
    ),
    Column(
        "guardian_email",
        gettext_lazy("E-mail address of the parent"),
        gettext_lazy("An address that the parent reads."),
        parse=_email,
        aliases=("ouder e-mail", "e-mail ouder", "emailadres ouder", "e-mailadres ouder", "mail ouder", "e-mail verzorger", "parentemail"),
        required=False,
        example="k.dewit@example.nl",
    ),
)
# An empty cell of these changes nothing of a student who is known already.
KEPT_WHEN_EMPTY = {"group": "group", "born": "adult_on", "exit_phase": "exit_phase"}


class StudentImporter(Importer):
    """Students of one school, brought by somebody to whom some of its programmes belong."""

    model = StudentImport
    columns = COLUMNS

    def __init__(self, school: School, programmes: QuerySet[Programme]) -> None:
        self.school = school
        self.programmes = list(programmes)

    def scope(self) -> dict[str, Any]:
        """Whose import it is."""
        return {"school": self.school}

    def forbid(self, heading: str, values: Sequence[str]) -> str | None:
        """Citizen service numbers are never stored."""
        if is_bsn_heading(heading) or has_bsn(values):
            return _("It holds citizen service numbers (BSN), which we may not keep. Remove this column and upload the file again.")
        return None

    def natural_key(self, row: Row) -> Hashable:
        """A student number is unique at a school."""
        key: Hashable = row.values["number"]
        return key

    def check(self, rows: Sequence[Row]) -> None:
        """Programme, postcode, addresses and parents, each for all rows at once."""
        known = {student.number: student for student in self._existing(rows)}
        owners = self._owners(rows)
        own = {programme.pk for programme in self.programmes}
        seen: dict[str, int] = {}
        for row in rows:
            self._check_programme(row)
            self._check_people(row)
            if postcode_point(row.values["postcode"]) is None:
                row.wrong(self.column("postcode"), _("We know no postcode that begins with these four digits."))
            student = known.get(row.values["number"])
            if student is not None and student.programme_id not in own:
                row.wrong(self.column("number"), _("This student is in a programme that is not yours. Ask the administrator of your school."))
            email = row.values["email"]
            if owners.get(email, row.values["number"]) != row.values["number"]:
                row.wrong(self.column("email"), _("Another student of your school has this address. Change that one first."))
            elif seen.setdefault(email, row.number) != row.number:
                row.wrong(self.column("email"), _("The student in row %(row)d has the same address.") % {"row": seen[email]})

    def _existing(self, rows: Iterable[Row]) -> QuerySet[Student]:
        return Student.objects.filter(school=self.school, number__in=[row.values["number"] for row in rows])

    def _owners(self, rows: Iterable[Row]) -> dict[str, str]:
        """Address → number of the student who has it now; two cannot swap in one file, for it goes in row by row."""
        found = Student.objects.filter(school=self.school, email__in=[row.values["email"] for row in rows])
        return {email.lower(): number for email, number in found.values_list("email", "number")}

    def _check_programme(self, row: Row) -> None:
        asked, pathway = fold(row.values["crebo"] or ""), row.values["pathway"]
        fit = [programme for programme in self.programmes if not asked or asked in (str(programme.qualification_id), fold(programme.name))]
        if pathway:
            fit = [programme for programme in fit if programme.pathway == pathway] if fit else fit
        if len(fit) == 1:
            row.values["programme_id"] = fit[0].pk
        elif fit and asked:
            row.wrong(self.column("pathway"), _("You teach this along two pathways: say BOL or BBL."))
        elif asked:
            row.wrong(self.column("crebo"), _("You have no such programme. Yours are: %(programmes)s.") % {"programmes": self._programmes_text()})
        else:
            reason = _("You have several programmes: say which. Yours are: %(programmes)s.") % {"programmes": self._programmes_text()}
            row.wrong(self.column("crebo"), reason)

    def _programmes_text(self) -> str:
        shown = [f"{programme.qualification_id} {programme.name} {programme.pathway}" for programme in self.programmes[:5]]
        return "; ".join([*shown, "…"] if len(self.programmes) > len(shown) else shown) or _("none yet")

    def _check_people(self, row: Row) -> None:
        born = row.values["born"]
        if born is not None and not is_students_age(born):
            row.wrong(self.column("born"), _("A student is between 10 and 90 years old."))
        elif born is not None and adult_on(born) is None:
            row.cells.pop("born")  # an adult's date of birth is not even kept until the import is done
        if bool(row.values["guardian_name"]) != bool(row.values["guardian_email"]):
            missing = "guardian_email" if row.values["guardian_name"] else "guardian_name"
            row.wrong(self.column(missing), _("A parent has a name and an e-mail address. Fill in both, or neither."))

    def save(self, rows: Sequence[Row]) -> list[Saved]:
        """Create or update students by number; somebody who had left comes back; parents are added, never removed."""
        existing = {student.number: student for student in self._existing(rows)}
        fields = {row.number: (row.values["number"], self._fields(row, existing.get(row.values["number"]))) for row in rows}
        saved = upsert(Student, rows=fields, existing=existing, on_create={"school_id": self.school.pk})
        return self._save_parents(rows, saved)

    def _fields(self, row: Row, known: Student | None) -> dict[str, Any]:
        values = row.values
        fields = {
            **{name: values[name] for name in ("number", "first_name", "last_name", "email", "postcode", "programme_id")},
            "group": values["group"] or "",
            "adult_on": adult_on(values["born"]),
            "exit_phase": bool(values["exit_phase"]),
            "left_at": None,
        }
        for column, name in KEPT_WHEN_EMPTY.items():
            if known is not None and column not in row.cells:
                fields[name] = getattr(known, name)
        return fields

    def _save_parents(self, rows: Sequence[Row], saved: list[Saved]) -> list[Saved]:
        named = {row.number: (row.values["guardian_name"], row.values["guardian_email"]) for row in rows if row.values["guardian_email"]}
        students = [entry.id for entry in saved if entry.id is not None]
        known = {(g.student_id, g.email.lower()) for g in Guardian.objects.filter(student_id__in=students)}
        new: dict[int, Guardian] = {}
        for entry in saved:
            name, email = named.get(entry.number, ("", ""))
            if email and entry.id is not None and (entry.id, email) not in known:
                new[entry.number] = Guardian(student_id=entry.id, name=name, email=email)
        Guardian.objects.bulk_create(new.values(), batch_size=500)
        return [_with_parent(entry, new.get(entry.number)) for entry in saved]

    def undo(self, saved: Sequence[Saved]) -> list[Kept]:
        """Remove students whom this import created and who have no account or request yet; give back what it changed."""
        parents = [pk for entry in saved for pk in entry.before.get(PARENTS, [])]
        Guardian.objects.filter(pk__in=parents, user=None, student__school=self.school).delete()
        plain = [replace(entry, before={name: value for name, value in entry.before.items() if name != PARENTS}) for entry in saved]
        created = [entry.id for entry in plain if entry.outcome == Outcome.CREATED and entry.id is not None]
        kept = revert(Student.objects.filter(school=self.school), plain, in_use=_in_use)
        staying = set(Student.objects.filter(pk__in=created).values_list("pk", flat=True))
        gone = [pk for pk in created if pk not in staying]
        waiting = Invitation.objects.waiting().filter(kind__in=[HatKind.STUDENT, HatKind.GUARDIAN], organisation_id__in=gone)
        waiting.update(withdrawn_at=timezone.now())
        return kept


def _with_parent(entry: Saved, parent: Guardian | None) -> Saved:
    """A row that added a parent to a known student changed something, and undo must know what."""
    if parent is None or entry.outcome == Outcome.CREATED:
        return entry
    return replace(entry, outcome=Outcome.UPDATED, before={**entry.before, PARENTS: [parent.pk]})


def _in_use(students: Sequence[Any]) -> Mapping[int, str]:
    reason = _("The student has an account already, so the record stays. Mark the student as left instead.")
    return {student.pk: reason for student in students if student.user_id is not None}
