"""What the pages of schools share: the own school, and the page for one that is not verified yet."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from schools.models import SchoolState
from schools.selectors import own_school

STAFF = (HatKind.COORDINATOR, HatKind.SUPERVISOR, HatKind.SCHOOL_ADMIN)
BRINGERS = (HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
View = Callable[..., HttpResponse]


def school_page(*kinds: HatKind, unverified: bool = False) -> Callable[[View], View]:
    """Open a view to these hats and give it the own school; before verification it says why not yet, unless `unverified`."""

    def decorate(view: View) -> View:
        @hats(*kinds)
        @wraps(view)
        def with_school(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            school = own_school(request.actor)
            if school.state != SchoolState.VERIFIED and not unverified:
                return render(request, "schools/not_verified.html", {"school": school}, status=403)
            return view(request, school, *args, **kwargs)

        return with_school

    return decorate
