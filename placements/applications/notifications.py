"""Who is told what about applications: mails in the outbox. No mail to a company says anything of who the student is."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import override

from companies.models import Company, CompanyMembership
from placements.applications import links
from placements.applications.profile import read
from placements.models import Application, Message, Placement
from placements.search.cards import on_days
from placements.selectors import school_contacts
from placements.workflow import ReasonCode
from stagematch.links import address
from stagematch.outbox import queue


def received(application: Application) -> None:
    """The company hears of a new applicant, with the profile and a link of its own for each who may answer."""
    _to_company(application, "application_received", f"application-{application.pk}-sent", profile=read(application.profile))


def reminder(application: Application, day: int) -> None:
    """The company is reminded after so many days."""
    _to_company(application, "application_reminder", f"application-{application.pk}-day-{day}", day=day, profile=read(application.profile))


def taken_back(application: Application) -> None:
    """The company need not answer any more: the student looks elsewhere."""
    _to_company(application, "application_taken_back", f"application-{application.pk}-taken-back-{_stamp(application)}")


def superseded(application: Application) -> None:
    """Kindly, to both: the student has a place; the company is thanked for reading."""
    _to_company(application, "application_superseded", f"application-{application.pk}-superseded")
    _to_student(application, "application_ended_by_place", f"request-{application.request_id}-superseded")  # one for all of them


def accepted(application: Application, placement: Placement) -> None:
    """The coordinators decide about a yes of a company."""
    _to_coordinators(application, "application_accepted", f"application-{application.pk}-accepted-{placement.pk}")


def acceptance_undone(application: Application, placement: Placement) -> None:
    """The coordinators read that there is nothing to decide any more."""
    _to_coordinators(application, "application_undone", f"application-{application.pk}-undone-{placement.pk}")


def declined(application: Application) -> None:
    """The student hears of a no, on which ground, and what to do now."""
    ground = ReasonCode(application.ground).label
    _to_student(application, "application_declined", f"application-{application.pk}-declined-{_stamp(application)}", ground=ground)


def ended_by_school(application: Application) -> None:
    """The company hears that the school gives the place back; the student reads it on the own page."""
    _to_company(application, "application_given_back", f"application-{application.pk}-given-back-{_stamp(application)}")


def expired(application: Application) -> None:
    """The student hears that no answer came, and that this says nothing about them."""
    _to_student(application, "application_expired", f"application-{application.pk}-expired")


def no_answer(application: Application, silences: int) -> None:
    """The coordinators hear that nobody answers a student."""
    _to_coordinators(application, "application_no_answer", f"application-{application.pk}-no-answer", silences=silences)


def question(application: Application, code: str, *, to_company: bool) -> None:
    """Somebody asked; the mail names no question, the page does."""
    key = f"application-{application.pk}-question-{code}"
    if to_company:
        _to_company(application, "application_question", key)
    else:
        _to_student(application, "application_question_student", key)


def answer(application: Application, code: str, *, to_company: bool) -> None:
    """A question was answered."""
    key = f"application-{application.pk}-answer-{code}"
    if to_company:
        _to_company(application, "application_answer", key)
    else:
        _to_student(application, "application_answer_student", key)


def paused(company: int, places: int, since: datetime) -> None:
    """A company's places are paused, because applications got no answer; one click offers them again."""
    found = Company.objects.get(pk=company)
    key = f"company-{company}-paused-{int(since.timestamp())}"
    for member in _members(company):
        context = {"name": member.user.name, "company": found, "places": places, "link": address("placements:places")}
        _queue(member.user.email, "places_paused", context, member.user.language, key)


def message(sent: Message) -> None:
    """The other side has a message; its text stays on the platform."""
    placement, key = sent.placement, f"message-{sent.pk}"
    if sent.side == "company":
        student = placement.request.student
        language = student.user.language if student.user else settings.LANGUAGE_CODE
        link = address("placements:messages", placement.public_id)
        _queue(student.email, "message_student", {"student": student, "company": placement.place.company, "link": link}, language, key)
        return
    for member in _members(placement.place.company_id):
        context = {"name": member.user.name, "place": placement.place, "link": address("placements:company_messages", placement.public_id)}
        _queue(member.user.email, "message_company", context, member.user.language, key)


def message_reported(reported: Message) -> None:
    """The coordinators hear that somebody showed them a message."""
    student = reported.placement.request.student
    for user in school_contacts(student):
        link = address("placements:school_messages", reported.placement.public_id)
        _queue(
            user.email, "message_reported", {"name": user.name, "student": student, "link": link}, user.language, f"message-{reported.pk}-reported"
        )


def _stamp(application: Application) -> int:
    """Tells two declines of one application apart, one of which was taken back."""
    return int(application.state_since.timestamp() * 1000)


def _queue(to: str, template: str, context: dict[str, Any], language: str, key: str) -> None:
    queue(to=to, template=f"placements/mail/{template}.txt", context=context, language=language, key=f"{key}-{template}-{to.lower()}")


def _members(company: int) -> list[CompanyMembership]:
    """Whoever acts for the company now, each person once."""
    members = CompanyMembership.objects.filter(company=company, ended_at=None).select_related("user").order_by("pk")
    return list({member.user_id: member for member in members}.values())


def _to_company(application: Application, template: str, key: str, **more: Any) -> None:
    """Only the place, the profile and links: nothing of the request, the student or the school goes into the context.

    which: the place and its period, because a company may offer the same work twice.
    """
    place = application.place
    context = {
        "place": place,
        "which": f"{place.title} ({place.period})",
        "company": place.company,
        "due": application.due_at,
        "link": address("placements:applicant", application.public_id),
        **more,
    }
    for member in _members(place.company_id):
        answer_link = address("placements:answer_by_mail", links.make(application, member))
        with override(member.user.language):
            days = on_days(place.days)
        more_ = {"name": member.user.name, "answer_link": answer_link, "days": days}
        _queue(member.user.email, template, {**context, **more_}, member.user.language, key)


def _to_student(application: Application, template: str, key: str, **more: Any) -> None:
    student, place = application.request.student, application.place
    language = student.user.language if student.user else settings.LANGUAGE_CODE
    link = address("placements:application", application.public_id)
    _queue(student.email, template, {"student": student, "place": place, "company": place.company, "link": link, **more}, language, key)


def _to_coordinators(application: Application, template: str, key: str, **more: Any) -> None:
    student, place = application.request.student, application.place
    context = {"student": student, "place": place, "company": place.company, "link": address("placements:school_applications"), **more}
    for user in school_contacts(student):
        _queue(user.email, template, {**context, "name": user.name}, user.language, key)
