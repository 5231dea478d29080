"""Every model says how long its rows are kept; a new one without a word about it fails here."""

from pathlib import Path

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from stagematch.retention import RULES, Retention


def own_models() -> list[type[models.Model]]:
    """Our tables, without those that Django makes between two of ours and the history that goes with a table."""
    found = [model for model in apps.get_models() if Path(model._meta.app_config.path).parent == settings.BASE_DIR]
    return [model for model in found if not issubclass(model, pghistory.models.Event)]


def test_there_are_models_to_ask() -> None:
    assert len(own_models()) > 20


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_each_model_names_how_long_it_is_kept(model: type[models.Model]) -> None:
    # Its own word, or that of an abstract parent: not that of a neighbour it happens to inherit a table from.
    declared = [parent.__dict__["retention"] for parent in model.__mro__ if "retention" in parent.__dict__]
    assert declared, f"{model.__name__} has no `retention = Retention.…`"
    assert isinstance(declared[0], Retention)


@pytest.mark.parametrize("category", list(Retention))
def test_each_category_says_how_long_and_why(category: Retention) -> None:
    rule = category.rule
    assert rule is RULES[category]
    assert rule.why
    assert (rule.keep is None) == (category in {Retention.REFERENCE, Retention.FIGURES})  # about nobody
