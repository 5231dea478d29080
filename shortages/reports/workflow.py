"""States of a report of a shortage, what can be done with it, and who may do it: one table, read by services, buttons, tests and docs."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Where a report stands."""

    UNCONFIRMED = "unconfirmed", _("waiting for the link in the mail")
    NEW = "new", _("new")
    IN_HAND = "in_hand", _("in hand")
    PROPOSED = "proposed", _("a place is proposed")
    SOLVED = "solved", _("solved")
    STARTS_LATER = "starts_later", _("starts later")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NOT_SOLVED = "not_solved", _("not solved")
    JOINED = "joined", _("joined with another report")


class ReportAct(models.TextChoices):
    """What is done with a report; each is a line in its log."""

    SEND = "send", _("The report was sent")
    TAKE = "take", _("An advisor has it in hand")
    LOG = "log", _("Something was done")
    PROPOSE = "propose", _("A place was proposed")
    DECLINE = "decline", _("The place does not fit")
    SOLVE = "solve", _("Solved")
    START_LATER = "start_later", _("The placement starts later")
    WITHDRAW = "withdraw", _("Withdrawn")
    GIVE_UP = "give_up", _("Closed without a solution")
    HAND_OVER = "hand_over", _("Handed over to another region")
    JOIN = "join", _("Joined with another report")
    SPLIT = "split", _("Made a report of its own again")
    REOPEN = "reopen", _("Opened again")


class ReportCode(models.TextChoices):
    """Coded words of an act; a text may explain them, never replace them."""

    # What an advisor did
    CALLED_COMPANY = "called_company", _("called a company")
    MAILED_COMPANY = "mailed_company", _("mailed a company")
    VISITED = "visited", _("visited a company")
    TALKED_SCHOOL = "talked_school", _("talked with the school")
    TALKED_REPORTER = "talked_reporter", _("talked with who reported it")
    # Why it is withdrawn
    FOUND = "found", _("a place was found")
    NOT_NEEDED = "not_needed", _("a place is not needed any more")
    # Why it is not solved
    NO_COMPANY = "no_company", _("there is no recognised company within reach")
    ALL_FULL = "all_full", _("all companies within reach are full")
    COMPANIES_SAY_NO = "companies_no", _("the companies do not want to or cannot")
    REQUIREMENT = "requirement", _("a requirement of the law is not met")
    NO_ANSWER = "no_answer", _("who reported it does not answer any more")
    OTHER = "other", _("something else (explain)")


class Who(StrEnum):
    """Who may do something with a report; `shortages.reports.doing` says which people these are."""

    REPORTER = "reporter"
    ADVISOR = "advisor"
    SYSTEM = "system"


S = ReportState
A = ReportAct
C = ReportCode
OPEN_STATES = (S.NEW, S.IN_HAND, S.PROPOSED)
CLOSED_STATES = (S.SOLVED, S.STARTS_LATER, S.WITHDRAWN, S.NOT_SOLVED)
LOG_CODES = (C.CALLED_COMPANY, C.MAILED_COMPANY, C.VISITED, C.TALKED_SCHOOL, C.TALKED_REPORTER, C.OTHER)
WITHDRAW_CODES = (C.FOUND, C.NOT_NEEDED, C.OTHER)
GIVE_UP_CODES = (C.NO_COMPANY, C.ALL_FULL, C.COMPANIES_SAY_NO, C.REQUIREMENT, C.NO_ANSWER, C.OTHER)


@dataclass(frozen=True)
class Move:
    """What an act makes of a report: its next state, who may do it, and the codes to choose from (empty: none is asked)."""

    to: ReportState
    who: frozenset[Who]
    codes: tuple[ReportCode, ...] = ()
    text: bool = False  # whether it must be explained in words


def _to(to: ReportState, *who: Who, codes: tuple[ReportCode, ...] = (), text: bool = False) -> Move:
    return Move(to, frozenset(who), codes, text)


_REPORTER, _ADVISOR, _SYSTEM = Who.REPORTER, Who.ADVISOR, Who.SYSTEM

TRANSITIONS: dict[tuple[ReportState, ReportAct], Move] = {
    # from            act                to               who
    (S.UNCONFIRMED, A.SEND): _to(S.NEW, _REPORTER),
    (S.UNCONFIRMED, A.JOIN): _to(S.JOINED, _SYSTEM),
    (S.NEW, A.TAKE): _to(S.IN_HAND, _ADVISOR),
    (S.NEW, A.LOG): _to(S.IN_HAND, _ADVISOR, codes=LOG_CODES),
    (S.IN_HAND, A.LOG): _to(S.IN_HAND, _ADVISOR, codes=LOG_CODES),
    (S.PROPOSED, A.LOG): _to(S.PROPOSED, _ADVISOR, codes=LOG_CODES),
    (S.PROPOSED, A.DECLINE): _to(S.IN_HAND, _REPORTER, _ADVISOR),
    **{(start, A.PROPOSE): _to(S.PROPOSED, _ADVISOR) for start in OPEN_STATES},
    **{(start, A.SOLVE): _to(S.SOLVED, _ADVISOR) for start in (S.NEW, S.IN_HAND)},
    (S.PROPOSED, A.SOLVE): _to(S.SOLVED, _ADVISOR, _REPORTER),  # "yes, this is the place"
    **{(start, A.START_LATER): _to(S.STARTS_LATER, _ADVISOR) for start in OPEN_STATES},
    **{(start, A.WITHDRAW): _to(S.WITHDRAWN, _REPORTER, _ADVISOR, codes=WITHDRAW_CODES) for start in OPEN_STATES},
    **{(start, A.GIVE_UP): _to(S.NOT_SOLVED, _ADVISOR, codes=GIVE_UP_CODES) for start in OPEN_STATES},
    **{(start, A.HAND_OVER): _to(S.NEW, _ADVISOR, text=True) for start in OPEN_STATES},  # stays open, in the other region
    **{(start, A.JOIN): _to(S.JOINED, _ADVISOR, _SYSTEM) for start in OPEN_STATES},
    (S.JOINED, A.SPLIT): _to(S.NEW, _ADVISOR, _SYSTEM),
    (S.JOINED, A.WITHDRAW): _to(S.WITHDRAWN, _REPORTER, codes=WITHDRAW_CODES),
    **{(start, A.REOPEN): _to(S.NEW, _REPORTER, _ADVISOR) for start in CLOSED_STATES},
}


def allowed(state: str, who: Who) -> list[ReportAct]:
    """What somebody may do with a report in this state, in the table's order."""
    return [act for (start, act), move in TRANSITIONS.items() if start == state and who in move.who]
