"""Every table of ours says how long its rows are kept; a model without a category fails."""

from django.apps import apps
from django.db.models import Model
from pghistory.models import Event

from stagematch.retention import RULES, Retention

OWN = ("stagematch", "reference", "accounts", "schools", "companies", "placements", "matching", "shortages", "campaigns")


def own_models() -> list[type[Model]]:
    return [model for label in OWN for model in apps.get_app_config(label).get_models()]


def test_every_model_says_how_long_it_is_kept() -> None:
    models = [model for model in own_models() if not issubclass(model, Event)]
    assert len(models) > 30
    assert [model.__name__ for model in models if not isinstance(getattr(model, "retention", None), Retention)] == []


def test_a_history_is_about_a_model_that_says_so() -> None:
    histories = [model for model in own_models() if issubclass(model, Event)]
    assert histories
    assert [model.__name__ for model in histories if not isinstance(model.pgh_tracked_model.retention, Retention)] == []  # type: ignore[attr-defined]


def test_every_category_has_a_rule_with_a_reason() -> None:
    assert set(RULES) == set(Retention)
    assert all(rule.why and rule.since for rule in RULES.values())
