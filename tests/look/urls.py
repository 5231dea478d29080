"""The product's addresses and, in front of them, the gallery of parts."""

from django.urls import include, path

from tests.look.gallery import gallery

urlpatterns = [path("gallery", gallery, name="gallery"), path("", include("stagematch.urls"))]
