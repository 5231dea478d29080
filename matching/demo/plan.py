"""What the demo consists of: which schools, programmes and kinds of company, how many, and how scarce.

Schools, postcodes, qualifications and establishment counts are real (reference/data/SOURCES.md); the rest is invented.
"""

from dataclasses import dataclass

from companies.models import CompanyKind as K
from reference.models import Pathway

SEED = 20261122
COMPANIES = 900
# Rijk van Nijmegen and its neighbours: municipalities whose middle lies so near Nijmegen's, in metres.
NEAR = 24_000
CENTRE = "GM0268"
HOME_REGION = "Rijk van Nijmegen"


@dataclass(frozen=True)
class Plan:
    """One programme of the demo.

    supply: slots offered a student; below 1 there are too few. kinds: kinds of company that train for it.
    """

    crebo: int
    pathway: str
    students: int
    supply: float
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Team:
    """A coordinator's programmes, and what has happened to their round: finished, waiting or open."""

    name: str
    round: str
    programmes: tuple[Plan, ...]


BOL, BBL = Pathway.BOL.value, Pathway.BBL.value
ROC_NIJMEGEN = "25PN"
TEAMS = (
    Team(
        "welzijn en kinderopvang",
        "finished",
        (
            Plan(25696, BOL, 80, 1.2, (K.CHILDCARE,)),
            Plan(25698, BOL, 70, 0.9, (K.CHILDCARE,)),
            Plan(25780, BOL, 50, 1.1, (K.CARE,)),
        ),
    ),
    Team(
        "zorg, horeca en handel",
        "waiting",
        (
            Plan(25960, BOL, 80, 1.15, (K.CARE,)),
            Plan(25656, BOL, 95, 0.85, (K.CARE,)),
            Plan(25655, BOL, 105, 0.75, (K.CARE,)),
            Plan(25180, BOL, 45, 1.6, (K.HOSPITALITY,)),
            Plan(25182, BOL, 50, 1.4, (K.HOSPITALITY,)),
            Plan(25722, BOL, 25, 1.1, (K.HOSPITALITY,)),
            Plan(25808, BOL, 75, 1.3, (K.SHOP,)),
            Plan(25809, BOL, 55, 1.1, (K.SHOP,)),
        ),
    ),
    Team(
        "ict, techniek en groen",
        "open",
        (
            Plan(25998, BOL, 95, 0.6, (K.ICT, K.OFFICE)),
            Plan(25999, BOL, 50, 0.7, (K.ICT, K.OFFICE, K.GOVERNMENT)),
            Plan(25633, BOL, 45, 0.7, (K.ICT, K.CULTURE)),
            Plan(25725, BOL, 60, 0.9, (K.OFFICE,)),
            Plan(25829, BOL, 48, 1.5, (K.BUILDING,)),
            Plan(25828, BBL, 35, 1.3, (K.BUILDING,)),
            Plan(25736, BOL, 50, 1.2, (K.BUILDING,)),
            Plan(25774, BOL, 40, 1.4, (K.LOGISTICS, K.SHOP)),
            Plan(25621, BOL, 30, 1.3, (K.GREEN,)),
            Plan(25579, BOL, 45, 0.6, (K.GREEN,)),
            Plan(25690, BOL, 50, 0.8, (K.GOVERNMENT,)),
            Plan(25952, BOL, 30, 0.9, (K.FACTORY,)),
            Plan(25641, BOL, 40, 1.0, (K.PERSONAL,)),
        ),
    ),
)
# Pupils without a crebo: kind of school, students a school, how many schools, sector chambers of their reserved codes.
RESERVED = (("pro", 24, 3, ("03", "06", "04")), ("vso", 18, 2, ("06", "07")), ("vmbo", 22, 2, ("01", "03")))
RESERVED_SUPPLY = 0.8

# How many of the establishments of a group of sectors become a company of the demo, and which kinds they are:
# most establishments are one-person firms, which seldom train.
SECTOR_KINDS: dict[str, tuple[float, tuple[str, ...]]] = {
    "A": (0.8, (K.GREEN,)),
    "BF": (0.7, (K.BUILDING, K.BUILDING, K.FACTORY, K.WORKSHOP)),
    "GI": (1.0, (K.SHOP, K.SHOP, K.HOSPITALITY, K.HOSPITALITY, K.WORKSHOP)),
    "HJ": (0.6, (K.LOGISTICS, K.ICT, K.ICT)),
    "KL": (0.3, (K.OFFICE,)),
    "MN": (0.25, (K.OFFICE, K.ICT, K.GOVERNMENT)),
    "OQ": (1.6, (K.CARE, K.CARE, K.CHILDCARE, K.CHILDCARE, K.GOVERNMENT)),
    "RU": (0.5, (K.PERSONAL, K.PERSONAL, K.CULTURE)),
}
