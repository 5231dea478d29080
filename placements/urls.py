"""Addresses of placements."""

from django.urls import path

from placements.applications.urls import application_pages
from placements.views import (
    company,
    feeds,
    imports,
    opening,
    periods,
    places,
    preparation,
    saved,
    school,
    search,
    student,
    tips,
    upkeep,
    upkeep_links,
)

app_name = "placements"

company_places = [
    path("bedrijf/plaatsen/", places.places, name="places"),
    path("bedrijf/plaatsen/nieuw/", places.add_place, name="add_place"),
    path("bedrijf/plaatsen/bevestigen/", upkeep.confirm, name="confirm_places"),
    path("bedrijf/plaatsen/bevestigen/<str:token>/", upkeep_links.confirm_all, name="confirm_places_by_mail"),
    path("bedrijf/plaatsen/antwoord/<str:token>/", upkeep_links.answer_one, name="answer_place_by_mail"),
    path("bedrijf/plaatsen/herinneringen/", upkeep.set_reminders, name="place_reminders"),
    path("bedrijf/plaatsen/herinneringen/<str:token>/", upkeep_links.stop_reminders, name="stop_place_reminders"),
    path("bedrijf/plaatsen/pauze/", upkeep.pause, name="pause_places"),
    path("bedrijf/plaatsen/opnieuw/", upkeep.copy_places, name="copy_places"),
    path("bedrijf/plaatsen/opbrengst/", upkeep.earned, name="earned"),
    path("bedrijf/plaatsen/opvolging/<int:pk>/", upkeep.take_over, name="take_over"),
    path("bedrijf/plaatsen/import/", imports.upload, name="import_places"),
    path("bedrijf/plaatsen/import/voorbeeld.csv", imports.example, name="place_import_example"),
    path("bedrijf/plaatsen/import/<uuid:public_id>/", imports.detail, name="place_import"),
    path("bedrijf/plaatsen/import/<uuid:public_id>/fout.csv", imports.wrong_rows, name="place_import_wrong_rows"),
    path("bedrijf/plaatsen/import/<uuid:public_id>/invoeren/", imports.apply, name="apply_place_import"),
    path("bedrijf/plaatsen/import/<uuid:public_id>/ongedaan/", imports.undo, name="undo_place_import"),
    path("bedrijf/plaatsen/<uuid:public_id>/", places.edit_place, name="edit_place"),
    path("bedrijf/plaatsen/<uuid:public_id>/kopie/", places.copy_place, name="copy_place"),
    path("bedrijf/plaatsen/<uuid:public_id>/<slug:act>/", upkeep.set_state, name="set_place_state"),
]

search_pages = [
    path("plaatsen/", search.search, name="search"),
    path("plaatsen/kaart.json", search.search_map, name="search_map"),
    path("plaatsen/<uuid:public_id>/", search.place_page, name="place_page"),
]

saved_pages = [
    path("bewaard/", saved.saved, name="saved"),
    path("bewaard/plaats/<uuid:public_id>/", saved.keep_place, name="keep_place"),
    path("bewaard/zoeken/", saved.save_search, name="save_search"),
    path("bewaard/zoeken/<uuid:public_id>/", saved.set_alerts, name="set_alerts"),
    path("bewaard/zoeken/<uuid:public_id>/feed/", saved.renew_feed, name="renew_feed"),
    path("bewaard/zoeken/<uuid:public_id>/weg/", saved.remove_search, name="remove_search"),
    path("bewaard/stoppen/<str:token>/", saved.unsubscribe, name="unsubscribe"),
    path("bewaard/feed/<str:token>.xml", feeds.feed, name="feed"),
    path("plaatsen/vragen/", saved.askable, name="askable"),
    path("plaatsen/vragen/<uuid:public_id>/", saved.ask, name="ask_company"),
]

student_pages = [
    path("voorbereiding/", preparation.overview, name="preparation"),
    path("voorbereiding/begin/", preparation.start, name="start_preparation"),
    path("voorbereiding/bereik/", preparation.reach, name="preparation_reach"),
    path("voorbereiding/klaar/", preparation.finish, name="finish_preparation"),
    path("voorbereiding/<slug:slug>/", preparation.step, name="preparation_step"),
    path("plaatsing/<uuid:public_id>/", student.match, name="match"),
    path("plaatsing/<uuid:public_id>/akkoord/", student.agree, name="agree"),
    path("plaatsing/<uuid:public_id>/bezwaar/", student.object_, name="object"),
    path("plaatsing/<uuid:public_id>/terugtrekken/", student.withdraw, name="withdraw"),
]

school_pages = [
    path("school/plaatsingen/<uuid:public_id>/", school.placement, name="school_placement"),
    path("school/plaatsingen/<uuid:public_id>/kennismaking/", school.introduction, name="school_introduction"),
    path("school/plaatsingen/<uuid:public_id>/intrekken/", school.withdraw, name="school_withdraw"),
    path("school/aanvragen/openen/", opening.open_requests, name="open_requests"),
    path("school/aanvragen/terugnemen/", opening.undo, name="undo_open_requests"),
    path("school/beurt/<uuid:public_id>/", school.tier, name="tier"),
]

company_pages = [
    path("bedrijf/wie-komt/", company.who_comes, name="who_comes"),
    path("bedrijf/wie-komt/<uuid:public_id>/", company.detail, name="who_comes_detail"),
    path("bedrijf/wie-komt/<uuid:public_id>/kennismaking/", company.introduction, name="introduction"),
    path("bedrijf/wie-komt/<uuid:public_id>/weigering/", company.claim_refusal, name="claim_refusal"),
]

administrator_pages = [
    path("beheer/perioden/", periods.periods, name="periods"),
    path("beheer/perioden/<int:pk>/", periods.period, name="period"),
    path("beheer/tipkaarten/", tips.tip_cards, name="tip_cards"),
    path("beheer/tipkaarten/<slug:moment>/", tips.tip_card, name="tip_card"),
    path("beheer/tipkaarten/<slug:moment>/terug/", tips.reset_tip_card, name="reset_tip_card"),
]

urlpatterns = [*search_pages, *saved_pages, *application_pages, *administrator_pages, *company_places, *student_pages, *school_pages, *company_pages]
