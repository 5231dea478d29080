"""Addresses of the scouts' work."""

from django.urls import URLPattern, path

from campaigns.views import lead_links, leads, results, worklist

urlpatterns: list[URLPattern] = [
    path("stagejager/werklijst/", worklist.worklist, name="worklist"),
    path("stagejager/werklijst/<int:crebo>/<str:pathway>/", worklist.programme, name="programme"),
    path("stagejager/bedrijven/<uuid:public_id>/", worklist.company, name="company"),
    path("stagejager/resultaten/", results.results, name="results"),
    path("stagejager/resultaten.csv", results.results_csv, name="results_csv"),
    path("stagejager/leads/", leads.leads, name="leads"),
    path("stagejager/leads/nieuw/", leads.lead_add, name="lead_add"),
    path("stagejager/leads/<uuid:public_id>/", leads.lead, name="lead"),
    path("stagejager/leads/<uuid:public_id>/wijzigen/", leads.lead_change, name="lead_change"),
    path("stagejager/leads/<uuid:public_id>/stap/", leads.lead_move, name="lead_move"),
    path("stagejager/leads/<uuid:public_id>/link/", leads.lead_send, name="lead_send"),
    path("stagejager/leads/<uuid:public_id>/overnemen/", leads.lead_take_over, name="lead_take_over"),
    path("stagejager/leads/<uuid:public_id>/overdragen/", leads.lead_hand_over, name="lead_hand_over"),
    path("bedrijf/uitnodiging/<str:token>/", lead_links.lead_link, name="lead_link"),
    path("bedrijf/uitnodiging/<str:token>/nee/", lead_links.lead_refuse, name="lead_refuse"),
]
