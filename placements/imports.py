"""Reading a company's file of places; the importer itself is stagematch.imports."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from companies.models import Company
from placements.models import Adjustment, Place, PlaceImport, PlaceSearchRow, Requirement, Weekday
from placements.models.place import MOST_EUROS, recognised_for, teachable
from placements.selectors import periods_to_choose
from placements.services.places import key_of, write_search_rows_of
from reference.formats import CREBO, has_bsn, is_bsn_heading, refuse_bsn, refuse_contact
from reference.models import LearningGoal, Pathway
from stagematch.columns import Column, Parser, Row, day, one_of, several, text, whole_number
from stagematch.imports import Importer
from stagematch.upsert import Kept, Saved, revert, upsert


@lru_cache
def words_of(choices: type[models.TextChoices], **short: str) -> dict[str, str]:
    """Every way to write a choice: its code, and its label in Dutch and in English. Remembered: each cell of a file asks."""
    words: dict[str, str] = {}
    for language in ("nl", "en"):
        with override(language):
            words |= {str(choice.label): choice.value for choice in choices}
    return words | {choice.value: choice.value for choice in choices} | short


def listed(choices: type[models.TextChoices], **short: str) -> Parser:
    """Parser for several choices in one cell; their labels are looked up when a file is read, for translations load late.

    A wrong word is answered with the reader's own words; codes and the other language are read, not taught.
    """

    def parse(cell: str) -> list[str]:
        return several(one_of(words_of(choices, **short), told=choices.labels))(cell)

    return parse


def safe_text(longest: int) -> Parser:
    """Text without a citizen service number or a way to get in touch in it."""

    def parse(cell: str) -> str:
        refuse_bsn(cell)
        refuse_contact(cell)
        return text(longest)(cell)

    return parse


DAYS = {"ma": "mo", "di": "tu", "wo": "we", "do": "th", "vr": "fr", "za": "sa", "zo": "su"}
# What people write for a requirement besides its label.
ASKED = {
    "rijbewijs": "driving_b",
    "heftruck": "forklift",
    "haccp": "hygiene",
    "ehbo": "first_aid",
    "16 jaar": "age16",
    "16": "age16",
    "18 jaar": "age18",
    "18": "age18",
}
COLUMNS = (
    Column(
        "title",
        gettext_lazy("Title"),
        gettext_lazy("What the student will do, in at most 120 characters."),
        safe_text(120),
        ("titel", "omschrijving"),
        example="Brood bakken",
    ),
    Column(
        "tasks",
        gettext_lazy("Tasks"),
        gettext_lazy("What the work is."),
        safe_text(2000),
        ("taken", "werkzaamheden"),
        required=False,
        default="",
        example="Deeg maken, vormen, bakken",
    ),
    Column(
        "qualifications",
        gettext_lazy("Crebo"),
        gettext_lazy("One or more crebo numbers for which you are recognised; the page where you choose the file lists them."),
        several(lambda cell: int(CREBO.clean(cell))),
        ("crebos", "kwalificatie", "kwalificaties", "qualifications"),
        example="25182",
    ),
    Column(
        "pathways", gettext_lazy("Pathway"), gettext_lazy("BOL, BBL, or both."), listed(Pathway), ("leerweg", "leerwegen", "pathways"), example="BOL"
    ),
    Column(
        "period",
        gettext_lazy("Period"),
        gettext_lazy("The name of a period; the page where you choose the file lists them."),
        str,
        ("periode",),
        example="Voorjaar 2027",
    ),
    Column(
        "starts_on",
        gettext_lazy("First day"),
        gettext_lazy("A date within the period; empty for its first day."),
        day,
        ("begin", "startdatum", "van", "start"),
        required=False,
    ),
    Column(
        "ends_on",
        gettext_lazy("Last day"),
        gettext_lazy("A date within the period; empty for its last day."),
        day,
        ("einde", "einddatum", "tot", "end"),
        required=False,
    ),
    Column(
        "days",
        gettext_lazy("Days"),
        gettext_lazy("Days of the week, like ma, di, wo."),
        listed(Weekday, **DAYS),
        ("dagen",),
        example="ma, di, wo, do",
    ),
    Column(
        "capacity",
        gettext_lazy("Number of students"),
        gettext_lazy("A whole number from 1 to 500."),
        whole_number(1, 500),
        ("aantal", "plaatsen", "capaciteit"),
        example="2",
    ),
    Column(
        "goals",
        gettext_lazy("Goals"),
        gettext_lazy("Codes of learning goals; the page where you choose the file lists them."),
        several(str),
        ("leerdoelen", "doelen"),
        required=False,
        default=(),
    ),
    Column(
        "requirements",
        gettext_lazy("Requirements"),
        gettext_lazy("Words like VOG, VCA, driving licence B; the page where you choose the file lists all of them."),
        listed(Requirement, **ASKED),
        ("eisen", "vereisten"),
        required=False,
        default=(),
    ),
    Column(
        "offers",
        gettext_lazy("Adjustments"),
        gettext_lazy("Words like a quiet place to work; the page where you choose the file lists all of them."),
        listed(Adjustment),
        ("aanpassingen",),
        required=False,
        default=(),
    ),
    Column(
        "support",
        gettext_lazy("Guidance"),
        gettext_lazy("0 little, 1 normal, 2 much, 3 very much."),
        whole_number(0, 3),
        ("begeleiding",),
        required=False,
        default=1,
        example="1",
    ),
    Column(
        "allowance",
        gettext_lazy("Allowance"),
        gettext_lazy("Whole euros a month."),
        whole_number(0, MOST_EUROS),
        ("stagevergoeding", "vergoeding"),
        required=False,
        default=0,
        example="350",
    ),
    Column(
        "expenses",
        gettext_lazy("Expenses"),
        gettext_lazy("Whole euros a month."),
        whole_number(0, MOST_EUROS),
        ("onkostenvergoeding", "onkosten"),
        required=False,
        default=0,
        example="50",
    ),
)


class PlaceImporter(Importer):
    """Places of one company, known by title, period and qualifications."""

    model = PlaceImport
    columns = COLUMNS

    def __init__(self, company: Company) -> None:
        self.company = company
        self.allowed = {q.pk: q for q in recognised_for(company)}
        self.coming = periods_to_choose()
        self.periods = {name.casefold(): period for period in self.coming for name in (period.name, str(period.pk))}
        self.goals = {name.casefold(): goal.pk for goal in teachable(company) for name in (goal.code, goal.text)}

    def scope(self) -> dict[str, models.Model]:
        """The company whose file it is."""
        return {"company": self.company}

    def forbid(self, heading: str, values: Sequence[str]) -> str | None:
        """No column of citizen service numbers, whatever it is called."""
        if is_bsn_heading(heading) or has_bsn(values):
            return _("It holds citizen service numbers (BSN). Take the column out.")
        return None

    def natural_key(self, row: Row) -> Hashable:
        """Title, period and qualifications."""
        period = self.periods.get(str(row.values["period"]).casefold())
        return key_of(row.values["title"], period.pk if period else 0, row.values["qualifications"])

    def check(self, rows: Sequence[Row]) -> None:
        """Recognised for each qualification, a known period, dates within it, known goals."""
        for row in rows:
            self._check_row(row)

    def _check_row(self, row: Row) -> None:
        unknown = [crebo for crebo in row.values["qualifications"] if crebo not in self.allowed]
        if unknown:
            row.wrong(self.column("qualifications"), _("You are not recognised for %(crebos)s.") % {"crebos": ", ".join(map(str, unknown))})
        period = self.periods.get(str(row.values["period"]).casefold())
        if period is None:
            row.wrong(self.column("period"), _("There is no such period. There are: %(names)s.") % {"names": self._period_names()})
        else:
            first, last = row.values["starts_on"] or period.starts_on, row.values["ends_on"] or period.ends_on
            if last <= first:
                row.wrong(self.column("ends_on"), _("The last day must come after the first day."))
            elif first < period.starts_on or last > period.ends_on:
                row.wrong(self.column("starts_on"), _("These days lie outside the period."))
        missing = [word for word in row.values["goals"] if word.casefold() not in self.goals]
        if missing:
            row.wrong(self.column("goals"), _("These goals do not belong to what you are recognised for: %(goals)s.") % {"goals": ", ".join(missing)})

    def _period_names(self) -> str:
        return ", ".join(period.name for period in self.coming)

    def example(self) -> dict[str, str]:
        """Cells of the sample file that this company could upload as they are."""
        crebo = min(self.allowed, default=None)
        goals = LearningGoal.objects.filter(qualifications=crebo).order_by("code")[:2] if crebo else []
        return {
            "title": next((goal.text[:120] for goal in goals), str(self.allowed[crebo])[:120] if crebo else ""),
            "tasks": "",
            "qualifications": str(crebo or ""),
            "period": next((period.name for period in self.coming), ""),
            "goals": ", ".join(goal.code for goal in goals),
        }

    def save(self, rows: Sequence[Row]) -> list[Saved]:
        """Create or update the places, then their search rows."""
        known = Prefetch("search_rows", queryset=PlaceSearchRow.objects.only("place_id", "qualification_id"))
        places = list(self.company.places.prefetch_related(known).order_by("pk"))
        existing = {key_of(p.title, p.period_id, [row.qualification_id for row in p.search_rows.all()]): p for p in places}
        self._keep_taken(rows, existing)
        good = [row for row in rows if not row.errors]
        saved = upsert(
            Place,
            rows={row.number: (self.natural_key(row), self._fields(row)) for row in good},
            existing=existing,
            on_create={"company_id": self.company.pk},
        )
        crebos = {row.number: row.values["qualifications"] for row in good}
        write_search_rows_of({entry.id: crebos[entry.number] for entry in saved if entry.id}, company=self.company)
        return saved

    def _keep_taken(self, rows: Iterable[Row], existing: Mapping[Hashable, Place]) -> None:
        for row in rows:
            place = existing.get(self.natural_key(row))
            if place and row.values["capacity"] < place.taken:
                row.wrong(
                    self.column("capacity"), _("%(taken)s students hold this place already. Enter that number or more.") % {"taken": place.taken}
                )

    def _fields(self, row: Row) -> dict[str, Any]:
        values, period = row.values, self.periods[str(row.values["period"]).casefold()]
        return {
            "title": values["title"],
            "tasks": values["tasks"],
            "period_id": period.pk,
            "starts_on": values["starts_on"] or period.starts_on,
            "ends_on": values["ends_on"] or period.ends_on,
            "pathways": sorted(values["pathways"]),
            "days": [day.value for day in Weekday if day in values["days"]],
            "capacity": values["capacity"],
            "goals": [self.goals[word.casefold()] for word in values["goals"]],
            "requirements": sorted(values["requirements"]),
            "offers": sorted(values["offers"]),
            "support": values["support"],
            "allowance": values["allowance"],
            "expenses": values["expenses"],
        }

    def undo(self, saved: Sequence[Saved]) -> list[Kept]:
        """Take places back; one that a student holds or that a run proposed stays."""
        return revert(Place.objects.filter(company=self.company), saved)
