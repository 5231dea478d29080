"""What the sources page names; the long story is in reference/data/SOURCES.md."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Source:
    """One publisher: what we use of it, of when, under which licence."""

    publisher: str
    what: Promise
    year: str
    licence: Promise
    url: str


SOURCES = (
    Source(
        "CBS",
        _("Postcode areas, municipalities, labour market regions, inhabitants and numbers of establishments"),
        "2021–2026",
        _("CC BY 4.0"),
        "https://www.cbs.nl/",
    ),
    Source("Kadaster", _("Addresses of school sites (BAG)"), "2024", _("Public domain"), "https://www.kadaster.nl/"),
    Source("GeoNames", _("The points of nine postcode areas"), "2024", _("CC BY 4.0"), "https://www.geonames.org/"),
    Source(
        "DUO",
        _("Schools and their addresses, the table of qualifications (crebo)"),
        "2024–2026",
        _("Open data, CC0 or CC BY"),
        "https://duo.nl/open_onderwijsdata/",
    ),
    Source(
        "Staatscourant",
        _("Older qualifications: Regeling vaststelling kwalificatiedossiers 2015, annex 1"),
        "2017",
        _("Public domain (article 11 of the Copyright Act)"),
        "https://wetten.overheid.nl/BWBR0036352/",
    ),
    Source(
        "CompetentNL",
        _("Learning goals: skills by UWV, SBB, TNO and CBS, with their links to qualifications"),
        "2026",
        _("Published as open linked data; we could not read the exact licence, so ask before you publish it further"),
        "https://www.competentnl.nl/",
    ),
    Source(
        "ESCO, European Commission",
        _("Other names of occupations, used only to find a qualification"),
        "2022",
        _("Reuse with acknowledgement (Decision 2011/833/EU)"),
        "https://esco.ec.europa.eu/",
    ),
)
