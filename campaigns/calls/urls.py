"""Addresses of call rounds."""

from django.urls import URLPattern, path

from campaigns.views import call_rounds, calling

urlpatterns: list[URLPattern] = [
    path("belacties/", call_rounds.rounds, name="rounds"),
    path("belacties/nieuw/", call_rounds.round_new, name="round_new"),
    path("belacties/doelgroep/", call_rounds.round_audience, name="round_audience"),
    path("belacties/<uuid:public_id>/", call_rounds.round_page, name="round"),
    path("belacties/<uuid:public_id>/wijzigen/", call_rounds.round_edit, name="round_edit"),
    path("belacties/<uuid:public_id>/starten/", call_rounds.round_start, name="round_start"),
    path("belacties/<uuid:public_id>/voortgang/", call_rounds.round_progress, name="round_progress"),
    path("belacties/<uuid:public_id>/pauze/", call_rounds.round_pause, name="round_pause"),
    path("belacties/<uuid:public_id>/verder/", call_rounds.round_go_on, name="round_go_on"),
    path("belacties/<uuid:public_id>/einde/", call_rounds.round_end, name="round_end"),
    path("belacties/<uuid:public_id>/resultaten.csv", call_rounds.round_csv, name="round_csv"),
    path("belacties/<uuid:public_id>/volgende/", calling.call_next, name="call_next"),
    path("belacties/gesprek/<uuid:public_id>/", calling.call, name="call"),
    path("belacties/gesprek/<uuid:public_id>/vasthouden/", calling.call_keep, name="call_keep"),
    path("belacties/gesprek/<uuid:public_id>/teruggeven/", calling.call_put_back, name="call_put_back"),
    path("belacties/uitkomst/<uuid:public_id>/ongedaan/", calling.call_undo, name="call_undo"),
]
