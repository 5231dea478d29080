"""What each hat finds in its menu: at most six entries; a phone's bottom bar has the first four."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind


@dataclass(frozen=True)
class Entry:
    """One entry of a menu: its words, the name of its address, its icon."""

    label: Promise
    url_name: str
    icon: str


SHORTAGES = Entry(_("Shortages"), "shortages:board", "chart")
VISITOR = (
    Entry(_("Home"), "home", "home"),
    Entry(_("Find a place"), "placements:search", "search"),
    Entry(_("How matching works"), "matching:how", "help"),
    SHORTAGES,
)
OWN_SHORTAGES = Entry(_("Shortages"), "shortages:school_shortages", "chart")
CALL_ROUNDS = Entry(_("Call rounds"), "campaigns:rounds", "person")
MAILINGS = Entry(_("Mailings"), "campaigns:mailings", "inbox")  # scouts get there from the call rounds: their menu is full
MENUS: dict[str, tuple[Entry, ...]] = {
    HatKind.STUDENT: (
        Entry(_("My placement"), "home", "path"),
        Entry(_("Find a place"), "placements:search", "search"),
        Entry(_("My applications"), "placements:applications", "inbox"),
        Entry(_("Preparation"), "placements:preparation", "check"),
        Entry(_("Saved"), "placements:saved", "list"),
    ),
    HatKind.GUARDIAN: (
        Entry(_("Placement"), "home", "path"),
        Entry(_("Report a shortage"), "shortages:report", "attention"),
        Entry(_("How matching works"), "matching:how", "help"),
    ),
    HatKind.COMPANY_CONTACT: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Places"), "placements:places", "list"),
        Entry(_("Applications"), "placements:applicants", "inbox"),
        Entry(_("Who comes"), "placements:who_comes", "people"),
    ),
    HatKind.TRAINER: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Applications"), "placements:applicants", "inbox"),
        Entry(_("Who comes"), "placements:who_comes", "people"),
    ),
    HatKind.COORDINATOR: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Students"), "schools:students", "people"),
        Entry(_("To judge"), "matching:judge", "inbox"),
        OWN_SHORTAGES,
        Entry(_("Rounds"), "matching:rounds", "list"),
        Entry(_("Applications"), "placements:school_applications", "check"),
    ),
    HatKind.SUPERVISOR: (Entry(_("Home"), "home", "home"), Entry(_("Students"), "schools:students", "people")),
    HatKind.SCHOOL_ADMIN: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Students"), "schools:students", "people"),
        Entry(_("Staff"), "schools:staff", "settings"),
        Entry(_("Programmes"), "schools:programmes", "list"),
        OWN_SHORTAGES,
    ),
    HatKind.ADVISOR_PRACTICE: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Visits"), "companies:visits", "calendar"),
        Entry(_("Recognitions"), "companies:recognitions", "check"),
        CALL_ROUNDS,
        MAILINGS,
        SHORTAGES,
    ),
    HatKind.ADVISOR_TARGET_GROUPS: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Recognitions"), "companies:recognitions", "check"),
        CALL_ROUNDS,
        MAILINGS,
        SHORTAGES,
    ),
    HatKind.SCOUT: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Work list"), "campaigns:worklist", "list"),
        CALL_ROUNDS,
        Entry(_("Leads"), "campaigns:leads", "building"),
        Entry(_("Results"), "campaigns:results", "check"),
        SHORTAGES,
    ),
    HatKind.ADMINISTRATOR: (
        Entry(_("Home"), "home", "home"),
        Entry(_("Verify schools"), "schools:verifications", "check"),
        Entry(_("Periods"), "placements:periods", "calendar"),
        Entry(_("Tip cards"), "placements:tip_cards", "document"),
        MAILINGS,
        Entry(_("Jobs and mail"), "accounts:operations", "settings"),
    ),
}


def menu(actor: Actor, path: str) -> list[dict[str, object]]:
    """The entries for an actor, as base.html wants them, the current one marked."""
    entries: list[dict[str, object]] = []
    for entry in MENUS.get(actor.kind, VISITOR):
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:  # an app that is switched off brings no entry
            continue
        entries.append({"label": entry.label, "url": url, "icon": entry.icon, "current": False})
    # The nearest address above the page is the current one: /bedrijf/plaatsen/ lies under /bedrijf/ as well.
    above = [entry for entry in entries if path == entry["url"] or (entry["url"] != "/" and path.startswith(str(entry["url"])))]
    if above:
        max(above, key=lambda entry: len(str(entry["url"])))["current"] = True
    return entries
