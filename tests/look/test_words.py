"""Words and numbers as the pages write them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import rules
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from stagematch.templatetags import stagematch as tags


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/x", {"q": "zorg", "page": "2"}), **context}))


@pytest.mark.parametrize(("amount", "shown"), [(350, "€\u00a0350"), (412.5, "€\u00a0412,50"), (1350, "€\u00a01.350"), (0, "€\u00a00"), (None, "")])
def test_euros_show_cents_only_where_there_are_any(amount: float | None, shown: str) -> None:
    with override("nl"):
        assert tags.euro(amount) == shown


KM = [(3240, "3,2\u00a0km"), (0, "minder dan 1 km"), (940, "0,9\u00a0km"), (9960, "10\u00a0km"), (23400, "23\u00a0km"), (None, "")]


@pytest.mark.parametrize(("metres", "shown"), KM)
def test_metres_are_shown_as_kilometres(metres: int | None, shown: str) -> None:
    with override("nl"):
        assert tags.km(metres) == shown


@pytest.mark.parametrize(("value", "shown"), [(999, "999"), (1500, "1.500"), (2_000_000, "2.000.000"), ("1500", "1500"), (None, None)])
def test_counts_have_a_point_and_words_stay_words(value: object, shown: object) -> None:
    with override("nl"):
        assert tags.grouped(value) == shown


def test_an_address_breaks_before_its_at_sign_only() -> None:
    assert tags.address("a<b@example.org") == "a&lt;b<wbr>@example.org"


def test_what_took_less_than_a_minute_is_said_in_seconds() -> None:
    start = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert [tags.lasted(start, start + timedelta(seconds=n)) for n in (34, 125)] == ["34 s", "2 min 5 s"]


@pytest.mark.parametrize(("count", "shown"), [(14, "14 min"), (60, "1 uur"), (75, "1 uur 15 min"), (0, "een paar minuten"), (None, "")])
def test_minutes_become_hours_from_sixty(count: int | None, shown: str) -> None:
    with override("nl"):
        assert tags.minutes(count) == shown


@pytest.mark.parametrize(("written", "shown"), [("6511ab", "6511 AB"), (" 6511 AB ", "6511 AB"), (6511, "6511"), ("65x1", "65x1"), (None, "")])
def test_a_postcode_is_written_in_one_way(written: object, shown: str) -> None:
    assert tags.postcode(written) == shown  # type: ignore[arg-type]


def test_points_are_counted_in_words() -> None:
    with override("nl"):
        assert [tags.points(n) for n in (1, 812)] == ["1 punt", "812 punten"]


def test_a_badge_escapes_its_words_and_refuses_an_unknown_kind() -> None:
    assert "&lt;b&gt;" in tags.badge("success", "<b>")
    with pytest.raises(KeyError):
        tags.badge("purple", "x")


def test_query_changes_one_parameter_and_keeps_the_others() -> None:
    assert render("{% query page=3 %}") == "?q=zorg&amp;page=3"
    assert render("{% query page=None %}") == "?q=zorg"


def test_a_column_sorts_one_way_and_then_the_other() -> None:
    request = RequestFactory().get("/x", {"sort": "name"})
    shown = Template("{% sort_header 'name' 'Naam' %}").render(Context({"request": request}))
    assert 'aria-sort="ascending"' in shown
    assert "sort=-name" in shown


def test_page_numbers_leave_out_the_middle() -> None:
    page = Paginator(range(500), 10).get_page(20)
    assert tags.page_range(page) == [1, "…", 19, 20, 21, "…", 50]


@pytest.mark.parametrize(("value", "of", "width"), [(150, 300, "50.0"), (400, 300, "100"), (1, 0, "0")])
def test_a_bar_stays_within_its_track(value: int, of: int, width: str) -> None:
    assert f'class="value" width="{width}"' in tags.bar(value, of)


def test_can_asks_the_rules_with_the_actor() -> None:
    rules.add_rule("look.own", rules.predicate(lambda actor, obj: actor.name == obj))
    try:
        request = RequestFactory().get("/")
        request.actor = SimpleNamespace(name="Noor")
        template = Template("{% can 'look.own' owner as ok %}{{ ok }}")
        assert [template.render(Context({"request": request, "owner": name})) for name in ("Noor", "Samir")] == ["True", "False"]
    finally:
        rules.remove_rule("look.own")


def test_a_table_is_a_named_region_that_takes_the_focus() -> None:
    shown = render("{% table caption=title style='dense keys hide-caption' %}<tbody></tbody>{% endtable %}", title="Wie <wacht>")
    assert 'class="sm-table sm-table--dense" tabindex="0" role="region" aria-labelledby="table-wie-wacht" data-keys' in shown
    assert "Wie &lt;wacht&gt;" in shown
