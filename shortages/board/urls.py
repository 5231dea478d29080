"""Addresses of the dashboard."""

from django.urls import path

from shortages.views import board, downloads, local, school

urlpatterns = [
    path("tekorten/", board.board, name="board"),
    path("tekorten/stagepact/", board.pact, name="board_pact"),
    path("tekorten/uitleg/", board.explained, name="board_explained"),
    path("tekorten/cijfers.csv", downloads.as_csv, name="board_csv"),
    path("tekorten/cijfers.xlsx", downloads.as_xlsx, name="board_xlsx"),
    path("tekorten/cijfers.pdf", downloads.as_pdf, name="board_pdf"),
    path("tekorten/gegevens.json", downloads.as_json, name="board_json"),
    path("tekorten/gemeenten/", local.municipalities, name="board_municipalities"),
    path("tekorten/gemeenten/<slug:code>/", local.municipality, name="board_municipality"),
    path("school/tekorten/", school.shortages, name="school_shortages"),
    path("school/stagepact/", school.stagepact, name="stagepact"),
]
