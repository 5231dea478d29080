"""Addresses of companies."""

from django.urls import path

from companies import views

app_name = "companies"
urlpatterns = [
    path("", views.detail, name="detail"),
    path("aanmelden/", views.register, name="register"),
    path("aanmelden/verstuurd/", views.registered, name="registered"),
    path("gegevens/", views.edit, name="edit"),
    path("erkenning/aanvragen/", views.request_recognition, name="request_recognition"),
    path("collega/", views.invite_colleague, name="invite_colleague"),
    path("collega/<int:pk>/stoppen/", views.end_membership, name="end_membership"),
    path("collega/<int:pk>/terug/", views.restore_membership, name="restore_membership"),
    path("collega/uitnodigingen/<int:pk>/", views.invitation, name="invitation"),
    path("erkenningen/", views.recognitions, name="recognitions"),
    path("erkenningen/<uuid:public_id>/", views.recognition, name="recognition"),
]
