"""Addresses of companies."""

from django.urls import path

from companies.views import claims, company, merges, recognitions, visits

app_name = "companies"
urlpatterns = [
    path("", company.detail, name="detail"),
    path("aanmelden/", company.register, name="register"),
    path("aanmelden/verstuurd/", company.registered, name="registered"),
    path("wie-spreekt/", claims.claims, name="claims"),
    path("wie-spreekt/<int:pk>/", claims.decide, name="decide_claim"),
    path("wie-spreekt/<int:pk>/niet/", claims.refuse, name="refuse_claim"),
    path("gegevens/", company.edit, name="edit"),
    path("bellen/", company.set_calls, name="set_calls"),
    path("erkenning/aanvragen/", company.request_recognition, name="request_recognition"),
    path("erkenning/versturen/", company.submit, name="submit"),
    path("erkenning/<uuid:public_id>/terugnemen/", company.take_back, name="take_back"),
    path("collega/", company.invite_colleague, name="invite_colleague"),
    path("collega/<int:pk>/stoppen/", company.end_membership, name="end_membership"),
    path("collega/<int:pk>/terug/", company.restore_membership, name="restore_membership"),
    path("collega/uitnodigingen/<int:pk>/", company.invitation, name="invitation"),
    path("zelfde-bedrijf/", merges.own_double, name="own_double"),
    path("dubbel/", merges.doubles, name="doubles"),
    path("dubbel/<uuid:public_id>/<uuid:other>/", merges.compare, name="compare"),
    path("samenvoeging/<uuid:public_id>/", merges.merge, name="merge"),
    path("samenvoeging/<uuid:public_id>/besluit/", merges.decide_merge, name="decide_merge"),
    path("samenvoeging/<uuid:public_id>/ongedaan/", merges.undo_merge, name="undo_merge"),
    path("erkenningen/", recognitions.recognitions, name="recognitions"),
    path("erkenningen/<uuid:public_id>/", recognitions.recognition, name="recognition"),
    path("erkenningen/<uuid:public_id>/bezoek/", visits.plan, name="plan_visit"),
    path("erkenningen/<uuid:public_id>/zonder-bezoek/", recognitions.assess, name="assess"),
    path("erkenningen/<uuid:public_id>/besluit/", recognitions.decide, name="decide"),
    path("erkenningen/<uuid:public_id>/stoppen/", recognitions.end, name="end"),
    path("erkenningen/<uuid:public_id>/opheffen/", recognitions.lift, name="lift"),
    path("erkenningen/<uuid:public_id>/brief/<int:pk>.pdf", recognitions.letter, name="letter"),
    path("bezoeken/", visits.visits, name="visits"),
    path("bezoeken/kaart.json", visits.visits_map, name="visits_map"),
    path("bezoeken/<uuid:public_id>/", visits.visit, name="visit"),
    path("bezoeken/<uuid:public_id>/klaar/", visits.visit_saved, name="visit_saved"),
    path("bezoeken/<uuid:public_id>/afzeggen/", visits.cancel, name="visit_cancel"),
    path("bezoeken/agenda/vernieuwen/", visits.renew_feed, name="renew_visits_feed"),
    path("bezoeken/agenda/<str:token>.ics", visits.visits_feed, name="visits_feed"),
]
