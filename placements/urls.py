"""Addresses of placements."""

from django.urls import path

from placements.views import places

app_name = "placements"

company_places = [
    path("bedrijf/plaatsen/", places.places, name="places"),
    path("bedrijf/plaatsen/nieuw/", places.add_place, name="add_place"),
    path("bedrijf/plaatsen/bevestigen/", places.confirm, name="confirm_places"),
    path("bedrijf/plaatsen/<uuid:public_id>/", places.edit_place, name="edit_place"),
    path("bedrijf/plaatsen/<uuid:public_id>/kopie/", places.copy_place, name="copy_place"),
    path("bedrijf/plaatsen/<uuid:public_id>/<slug:act>/", places.set_state, name="set_place_state"),
]

urlpatterns = [*company_places]
