"""Addresses of call rounds, mailings and the work of scouts."""

from campaigns.calls.urls import urlpatterns as calls
from campaigns.mailings.urls import urlpatterns as mailings
from campaigns.scouting.urls import urlpatterns as scouting

app_name = "campaigns"
urlpatterns = [*calls, *mailings, *scouting]
