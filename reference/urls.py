"""Public pages about sources and qualifications."""

from django.urls import path

from reference import views

urlpatterns = [
    path("bronnen/", views.sources, name="sources"),
    path("opleidingen/zoeken/", views.qualification_search, name="qualification_search"),
    path("opleidingen/keuze/<slug:name>/", views.qualification_choices, name="qualification_choices"),
]
