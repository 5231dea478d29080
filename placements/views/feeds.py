"""The RSS feed of a saved search, at an address that nobody guesses. It says nothing of whose search it is, nor where they look."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from placements.models import SavedSearch
from placements.search import watching
from placements.search.cards import Card

MOST = 30


class Generator(Rss201rev2Feed):
    """An empty feed is as old as its search, not as new as the request: else its ETag would change every time."""

    def latest_post_date(self) -> datetime:
        """When the newest item was offered."""
        dates = [item["pubdate"] for item in self.items if item["pubdate"]]
        return max(dates, default=self.feed["begun"])


class SearchFeed(Feed):
    """The newest places of a saved search."""

    feed_type = Generator

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SavedSearch:
        """The search at this address; 404 for unknown ones, and when its owner has left."""
        found = SavedSearch.objects.filter(token=kwargs["token"], user__is_active=True).select_related("user").first()
        if found is None:
            raise Http404
        return found

    def title(self, saved: SavedSearch) -> str:
        """The same for everybody: a name could say where somebody lives."""
        return _("New places on StageMatch")

    def description(self, saved: SavedSearch) -> str:
        """What stands in it."""
        return _("The newest places of a saved search.")

    def link(self, saved: SavedSearch) -> str:
        """The search page, without the query."""
        return reverse("placements:search")

    def feed_url(self, saved: SavedSearch) -> str:
        """Where the feed is."""
        return reverse("placements:feed", args=[saved.token])

    def feed_extra_kwargs(self, saved: SavedSearch) -> dict[str, Any]:
        """For the generator above."""
        return {"begun": saved.created_at}

    def items(self, saved: SavedSearch) -> list[Card]:
        """The newest places that are offered now. Two or three queries."""
        today = timezone.localdate()
        found = watching.found_by(saved, today)
        return watching.cards_of(found, watching.newest_first(found).of(slice(0, MOST))) if found else []

    def item_title(self, card: Card) -> str:
        """The place and its company."""
        return f"{card.title}, {card.company}"

    def item_description(self, card: Card) -> str:
        """For whom, when and where it is; no distance, because that says where somebody looks from."""
        return " · ".join([", ".join(card.taught), card.period, card.town])

    def item_link(self, card: Card) -> str:
        """The place's own page."""
        return reverse("placements:place_page", args=[card.public_id])

    def item_guid(self, card: Card) -> str:
        """Its public key, whatever host serves it."""
        return str(card.public_id)

    item_guid_is_permalink = False

    def item_pubdate(self, card: Card) -> datetime:
        """When it was offered first."""
        return card.created_at


_feed = conditional_page(SearchFeed())


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed in its owner's language, with ETag and Last-Modified; reading it needs no session and makes none."""
    found = SavedSearch.objects.filter(token=token).values_list("user__language", flat=True).first()
    with override(found or get_language()):
        response: HttpResponse = _feed(request, token=token)
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    return response
