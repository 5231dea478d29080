"""Addresses under /tekorten/, and those of the nights."""

from shortages.advice.urls import urlpatterns as advice
from shortages.board.urls import urlpatterns as board
from shortages.night.urls import urlpatterns as night
from shortages.reports.urls import urlpatterns as reports

app_name = "shortages"
urlpatterns = [*reports, *advice, *night, *board]
