"""Addresses of mailings."""

from django.urls import URLPattern, path

from campaigns.views import mailing_answers as answers
from campaigns.views import mailings as views

urlpatterns: list[URLPattern] = [
    path("mailingen/", views.mailings, name="mailings"),
    path("mailingen/nieuw/", views.mailing_new, name="mailing_new"),
    path("mailingen/antwoord/<str:token>/", answers.answer, name="mailing_answer"),
    path("mailingen/<uuid:public_id>/", views.mailing, name="mailing"),
    path("mailingen/<uuid:public_id>/wijzigen/", views.mailing_edit, name="mailing_edit"),
    path("mailingen/<uuid:public_id>/voortgang/", views.mailing_progress, name="mailing_progress"),
    path("mailingen/<uuid:public_id>/proef/", views.mailing_try, name="mailing_try"),
    path("mailingen/<uuid:public_id>/versturen/", views.mailing_send, name="mailing_send"),
    path("mailingen/<uuid:public_id>/pauze/", views.mailing_pause, name="mailing_pause"),
    path("mailingen/<uuid:public_id>/verder/", views.mailing_go_on, name="mailing_go_on"),
    path("mailingen/<uuid:public_id>/stoppen/", views.mailing_stop, name="mailing_stop"),
    path("mailingen/<uuid:public_id>/weggooien/", views.mailing_throw_away, name="mailing_throw_away"),
]
