"""Addresses of applying, answering and writing to each other."""

from django.urls import path

from placements.views import answer_links, applicants, applications, messages, school_applications

_student = [
    path("plaatsen/<uuid:public_id>/solliciteren/", applications.apply, name="apply"),
    path("sollicitaties/", applications.overview, name="applications"),
    path("sollicitaties/<uuid:public_id>/", applications.detail, name="application"),
    path("sollicitaties/<uuid:public_id>/terugnemen/", applications.withdraw, name="withdraw_application"),
    path("sollicitaties/<uuid:public_id>/vraag/", applicants.ask, name="ask"),
    path("sollicitaties/<uuid:public_id>/antwoord/", applicants.answer, name="answer"),
]

_company = [
    path("bedrijf/sollicitaties/", applicants.applicants, name="applicants"),
    path("bedrijf/sollicitaties/<uuid:public_id>/", applicants.applicant, name="applicant"),
    path("bedrijf/sollicitaties/<uuid:public_id>/gezien/", applicants.seen, name="applicant_seen"),
    path("bedrijf/sollicitaties/<uuid:public_id>/ja/", applicants.accept, name="accept_applicant"),
    path("bedrijf/sollicitaties/<uuid:public_id>/nee/", applicants.decline, name="decline_applicant"),
    path("bedrijf/sollicitaties/<uuid:public_id>/ongedaan/", applicants.undo, name="undo_answer"),
    path("sollicitatie-beantwoorden/<str:token>/", answer_links.answer_by_mail, name="answer_by_mail"),
]

_school = [
    path("school/sollicitaties/", school_applications.school_applications, name="school_applications"),
    path("school/sollicitaties/<uuid:public_id>/goedkeuren/", school_applications.approve, name="approve_application"),
    path("school/sollicitaties/<uuid:public_id>/terugnemen/", school_applications.undo, name="undo_application_approval"),
    path("school/sollicitaties/<uuid:public_id>/afwijzen/", school_applications.decline, name="decline_application"),
]

_messages = [
    path("plaatsing/<uuid:public_id>/berichten/", messages.student_messages, name="messages"),
    path("bedrijf/wie-komt/<uuid:public_id>/berichten/", messages.company_messages, name="company_messages"),
    path("school/plaatsingen/<uuid:public_id>/berichten/", messages.school_messages, name="school_messages"),
    path("berichten/<uuid:public_id>/melden/", messages.report_message, name="report_message"),
    path("bedrijf/berichten/<uuid:public_id>/melden/", messages.company_report_message, name="company_report_message"),
]

application_pages = [*_student, *_company, *_school, *_messages]
