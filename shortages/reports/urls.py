"""Addresses of reports: sending one, following it, and the advisors' desk."""

from django.urls import path

from shortages.views import desk, followed, report

sending = [
    path("tekorten/melden/", report.report, name="report"),
    path("tekorten/melden/kijken/", report.report_look, name="report_look"),
    path("tekorten/melden/versturen/", report.report_send, name="report_send"),
    path("tekorten/melden/gevonden/", report.report_found, name="report_found"),
    path("tekorten/melden/bevestigen/<str:token>/", report.report_confirm, name="report_confirm"),
]
following = [
    path("tekorten/volgen/<str:token>/", followed.report_follow, name="report_follow"),
    path("tekorten/volgen/<str:token>/intrekken/", followed.report_follow_withdraw, name="report_follow_withdraw"),
    path("tekorten/volgen/<str:token>/antwoord/<slug:answer>/", followed.report_follow_answer, name="report_follow_answer"),
    path("tekorten/mijn-meldingen/", followed.my_reports, name="my_reports"),
    path("tekorten/mijn-meldingen/<uuid:public_id>/", followed.my_report, name="my_report"),
    path("tekorten/mijn-meldingen/<uuid:public_id>/kaart.json", followed.my_report_map, name="my_report_map"),
    path("tekorten/mijn-meldingen/<uuid:public_id>/naam/", followed.my_report_name, name="my_report_name"),
    path("tekorten/mijn-meldingen/<uuid:public_id>/intrekken/", followed.my_report_withdraw, name="my_report_withdraw"),
    path("tekorten/mijn-meldingen/<uuid:public_id>/antwoord/<slug:answer>/", followed.my_report_answer, name="my_report_answer"),
]
working = [
    path("tekorten/meldingen/", desk.desk, name="desk"),
    path("tekorten/meldingen/<uuid:public_id>/", desk.desk_report, name="desk_report"),
    path("tekorten/meldingen/<uuid:public_id>/kaart.json", desk.desk_map, name="desk_map"),
    path("tekorten/meldingen/<uuid:public_id>/<slug:act>/", desk.desk_act, name="desk_act"),
]
urlpatterns = [*sending, *following, *working]
