"""Pages with one fault each, for the tests of the guards; tests/test_guards.py mounts them."""

import structlog
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

log = structlog.get_logger(__name__)


def page(source: str, **context: object) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(context))


def undefined(request: HttpRequest) -> HttpResponse:
    return page("<p>{{ nobody.name }}</p>")


def many_queries(request: HttpRequest) -> HttpResponse:
    for number in range(13):
        list(get_user_model().objects.filter(pk=number)[: number + 1])
    return page("<p>thirteen different queries</p>")


def query_per_row(request: HttpRequest) -> HttpResponse:
    for number in range(6):
        get_user_model().objects.filter(pk=number).exists()
    return page("<p>one query six times</p>")


def forgotten_token(request: HttpRequest) -> HttpResponse:
    return page('<form method="post" action="/save"><button>Save</button></form>')


@csrf_exempt
def logs_password(request: HttpRequest) -> HttpResponse:
    log.info("signed_up", details=request.POST["password"])
    return page("<p>done</p>")


def blocked_script(request: HttpRequest) -> HttpResponse:
    return page("<!doctype html><html lang='en'><title>x</title><h1>x</h1><script>document.title = 'inline'</script></html>")


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse("broken", status=500)


def inaccessible(request: HttpRequest) -> HttpResponse:
    head = "<!doctype html><html lang='en'><title>x</title><meta name='viewport' content='width=device-width'>"
    return page(f"{head}<main><h1>x</h1><img src='data:,' width='900' height='9'></main></html>")


def good(request: HttpRequest) -> HttpResponse:
    return page(
        "<!doctype html><html lang='en'><title>good</title><meta name='viewport' content='width=device-width'><main><h1>Good</h1></main></html>"
    )


urlpatterns = [
    path(view.__name__, login_not_required(view))
    for view in (
        undefined, many_queries, query_per_row, forgotten_token, logs_password, blocked_script, broken, inaccessible, good,
    )
]  # fmt: skip
