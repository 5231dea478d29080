"""Every address of the site; paths are Dutch, names are the code's."""

from django.urls import include, path

handler400 = "stagematch.views.bad_request"
handler500 = "stagematch.views.server_error"

urlpatterns = [
    path("", include("stagematch.site_urls")),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("reference.urls")),
    path("school/", include("schools.urls")),
    path("bedrijf/", include("companies.urls")),
    path("", include("placements.urls")),
    path("matching/", include("matching.urls")),
    path("", include("shortages.urls")),
    path("", include("campaigns.urls")),
]
