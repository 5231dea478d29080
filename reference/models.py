"""Public facts about the Netherlands that everything else points at; nothing here is about a person."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reference.fields import BrinField, PostcodeField
from stagematch.retention import Retention


class Pathway(models.TextChoices):
    """BOL: school with an internship; BBL: a job with school."""

    BOL = "BOL", _("BOL (school with an internship)")
    BBL = "BBL", _("BBL (job with school)")


class SchoolKind(models.TextChoices):
    """Kinds of school whose students go on placement."""

    MBO = "mbo", pgettext_lazy("kind of school", "Vocational education (mbo)")
    PRO = "pro", pgettext_lazy("kind of school", "Practical education (pro)")
    VSO = "vso", pgettext_lazy("kind of school", "Special secondary education (vso)")
    VMBO = "vmbo", pgettext_lazy("kind of school", "Prevocational education (vmbo), work-study track")


class QualificationKind(models.TextChoices):
    """A national qualification, or the reserved code of pupils who have no crebo."""

    MBO = "mbo", pgettext_lazy("kind of qualification", "mbo")
    PRO = "pro", pgettext_lazy("kind of qualification", "practical education")
    VSO = "vso", pgettext_lazy("kind of qualification", "special secondary education")
    VMBO_LWT = "vmbo-lwt", pgettext_lazy("kind of qualification", "vmbo work-study track")


# 90000 + 100 · group + number of the sector chamber (DESIGN.md, "Rules").
RESERVED_GROUPS = {QualificationKind.PRO: 1, QualificationKind.VSO: 2, QualificationKind.VMBO_LWT: 3}
RESERVED_FROM = 90_000


class GoalScheme(models.TextChoices):
    """Where a learning goal comes from."""

    WORK_PROCESS = "work-process", _("work process of the qualification file")
    COMPETENT_NL = "competentnl", _("CompetentNL skill")
    SCHOOL = "school", _("added by a school")


class GoalOrigin(models.TextChoices):
    """How a goal came to a qualification: officially mapped, or borrowed from its nearest kin."""

    DIRECT = "direct", _("mapped to this qualification")
    VERSION = "version", _("mapped to another version of this qualification")
    DOSSIER = "dossier", _("frequent in the same qualification file")
    CHAMBER = "chamber", _("frequent in the same sector")
    LEVEL = "level", _("frequent at the same level")
    SCHOOL = "school", _("added by a school")


class EstablishmentSector(models.TextChoices):
    """Groups of SBI 2008 sections in which Statistics Netherlands counts establishments."""

    AGRICULTURE = "A", _("Agriculture, forestry and fishing")
    INDUSTRY = "BF", _("Industry, construction and energy")
    TRADE = "GI", _("Trade, hotels and restaurants")
    TRANSPORT = "HJ", _("Transport, information and communication")
    FINANCE = "KL", _("Financial services and real estate")
    BUSINESS = "MN", _("Business services")
    PUBLIC = "OQ", _("Government, education and care")
    CULTURE = "RU", _("Culture, recreation and other services")


class Province(models.Model):
    """One of the twelve provinces; code of Statistics Netherlands, e.g. PV25."""

    retention = Retention.REFERENCE
    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LabourMarketRegion(models.Model):
    """One of the 35 arbeidsmarktregio's; code of Statistics Netherlands, e.g. AM08."""

    retention = Retention.REFERENCE
    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """One of the 342 municipalities since 2023; code e.g. GM0268."""

    retention = Retention.REFERENCE
    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=60)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="municipalities")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, related_name="municipalities")
    inhabitants = models.PositiveIntegerField(help_text="1 January 2021")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "municipalities"

    def __str__(self) -> str:
        return self.name


class PostcodeArea(models.Model):
    """The area of one four-digit postcode, with a point in it: WGS84 degrees and RD New metres."""

    retention = Retention.REFERENCE
    pc4 = models.PositiveSmallIntegerField(primary_key=True)
    lat = models.FloatField()
    lon = models.FloatField()
    x = models.IntegerField(help_text="RD New (EPSG:28992), metres")
    y = models.IntegerField(help_text="RD New (EPSG:28992), metres")
    place = models.CharField(max_length=60)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="postcode_areas")
    inhabitants = models.PositiveIntegerField()
    youth = models.PositiveIntegerField(help_text="inhabitants of 15 to 24 years")

    class Meta:
        ordering = ["pc4"]
        constraints = [
            models.CheckConstraint(condition=Q(pc4__gte=1000, pc4__lte=9999), name="pc4_has_four_digits"),
            models.CheckConstraint(
                condition=Q(x__gte=-7_000, x__lte=300_000, y__gte=289_000, y__lte=629_000),
                name="postcode_point_within_rd_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pc4} {self.place}"


class SectorChamber(models.Model):
    """SBB's division of the qualifications; 99 holds those that belong to several."""

    retention = Retention.REFERENCE
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def current(self) -> "QualificationQuerySet":
        """Those a new programme or place may name."""
        return self.filter(current=True)

    def mbo(self) -> "QualificationQuerySet":
        return self.filter(kind=QualificationKind.MBO)

    def reserved(self) -> "QualificationQuerySet":
        return self.exclude(kind=QualificationKind.MBO)


class Qualification(models.Model):
    """A national qualification (crebo), or the reserved code of a group in a sector chamber."""

    retention = Retention.REFERENCE
    crebo = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=150)
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=QualificationKind, default=QualificationKind.MBO)
    dossier = models.CharField(max_length=150, blank=True, help_text="name of the qualification file")
    dossier_code = models.CharField(max_length=5, blank=True)
    sector_chamber = models.ForeignKey(SectorChamber, on_delete=models.PROTECT, null=True, blank=True, related_name="qualifications")
    pathways = ArrayField(models.CharField(max_length=3, choices=Pathway))
    current = models.BooleanField(default=True)
    search_text = models.TextField(editable=False, help_text="folded name, file, crebo and names of occupations")
    search_vector = models.GeneratedField(
        expression=SearchVector("name", config="dutch", weight="A")
        + SearchVector("dossier", config="dutch", weight="B")
        + SearchVector("search_text", config="dutch", weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    goals: "models.ManyToManyField[LearningGoal, QualificationGoal]" = models.ManyToManyField(
        "LearningGoal", through="QualificationGoal", related_name="qualifications"
    )

    objects = QualificationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "level", "-crebo"]
        constraints = [
            models.CheckConstraint(condition=Q(crebo__gte=10_000, crebo__lte=99_999), name="crebo_has_five_digits"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="qualification_level_1_to_4"),
            models.CheckConstraint(condition=Q(current=False) | Q(sector_chamber__isnull=False), name="current_qualification_has_chamber"),
            models.CheckConstraint(
                condition=Q(kind=QualificationKind.MBO, crebo__lt=RESERVED_FROM) | (~Q(kind=QualificationKind.MBO) & Q(crebo__gte=RESERVED_FROM)),
                name="reserved_codes_from_90000",
            ),
            models.CheckConstraint(condition=~Q(pathways=[]), name="qualification_has_a_pathway"),
        ]

    def __str__(self) -> str:
        return self.name if self.is_reserved else f"{self.name} ({self.crebo})"

    @property
    def is_reserved(self) -> bool:
        return self.kind != QualificationKind.MBO

    def along(self, pathway: str, name: str = "") -> str:
        """Its name, or the name that a school gives it, with the pathway: Kok (BOL); pupils of pro, vso and vmbo have no pathways."""
        return (name or self.name) if self.is_reserved else f"{name or self.name} ({pathway})"


class LearningGoal(models.Model):
    """What a student can practise on placement: a work process where those are known, else a skill."""

    retention = Retention.REFERENCE
    code = models.CharField(max_length=40, unique=True)
    text = models.CharField(max_length=200)
    scheme = models.CharField(max_length=12, choices=GoalScheme)

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class QualificationGoal(models.Model):
    """A goal of a qualification: its place in the list, whether officially essential, where it came from."""

    retention = Retention.REFERENCE
    qualification = models.ForeignKey(Qualification, on_delete=models.CASCADE, related_name="goal_links")
    goal = models.ForeignKey(LearningGoal, on_delete=models.PROTECT, related_name="qualification_links")
    position = models.PositiveSmallIntegerField()
    essential = models.BooleanField()
    origin = models.CharField(max_length=8, choices=GoalOrigin)

    class Meta:
        ordering = ["qualification", "position", "goal"]
        constraints = [
            models.UniqueConstraint(fields=["qualification", "goal"], name="goal_once_per_qualification"),
        ]

    def __str__(self) -> str:
        return f"{self.qualification_id}: {self.goal_id}"


class SchoolRecord(models.Model):
    """A real school site in the public register (DUO); a school registers as one of these."""

    retention = Retention.REFERENCE
    code = models.CharField(max_length=6, primary_key=True, help_text="BRIN, for a site plus two digits")
    brin = BrinField(db_index=True)
    name = models.CharField(max_length=150)
    kinds = ArrayField(models.CharField(max_length=4, choices=SchoolKind))
    street = models.CharField(max_length=80, blank=True)
    house_number = models.CharField(max_length=20, blank=True)
    postcode = PostcodeField(blank=True)
    place = models.CharField(max_length=60, blank=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="school_records")
    website = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(kinds=[]), name="school_record_has_a_kind"),
            models.CheckConstraint(condition=Q(code__startswith=F("brin")), name="school_record_code_starts_with_brin"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class EstablishmentCount(models.Model):
    """Business establishments in a municipality per group of sectors, rounded by its source to multiples of 5."""

    retention = Retention.REFERENCE
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="establishment_counts")
    sector = models.CharField(max_length=2, choices=EstablishmentSector)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["municipality", "sector"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "sector"], name="one_count_per_municipality_and_sector"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.sector}: {self.count}"
