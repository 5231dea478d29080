"""Translations: complete, in step with the code, and checked by something that can fail."""

from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, override

from stagematch import catalogs
from stagematch.catalogs import HEADER, AppCatalog, conflicts


@pytest.fixture
def app(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> AppCatalog:
    """An app in a project of its own, with a Python file and templates of every kind."""
    settings.BASE_DIR = tmp_path
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}]
    app = AppCatalog("shop", tmp_path / "shop")
    monkeypatch.setattr(catalogs, "app_catalogs", lambda labels=(): [app])
    write(
        tmp_path / "shop" / "views.py",
        'from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n_("Python")\n'
        'ngettext("%(n)s cat", "%(n)s cats", 2)\npgettext_lazy("a door", "Open")\n_(name)\n',
    )
    write(tmp_path / "shop" / "migrations" / "0001.py", '_("Not a migration")\n')
    write(
        tmp_path / "templates" / "shop" / "page.html",
        '<p>\n      {% if x %}\n  {% trans "Tag" %}\n {% endif %} {% blocktranslate trimmed count n=n %}\n  One {{ n }} dog\n  {% plural %}\n'
        '  {{ n }} dogs\n{% endblocktranslate %} {% include "x" with text=_("Argument") %} it\'s <a href="x">(</a>',
    )
    write(tmp_path / "templates" / "shop" / "mail" / "hello.txt", 'Subject: {% translate "Hello" context "mail" %}')
    write(tmp_path / "templates" / "other" / "page.html", '{% trans "Elsewhere" %}')
    return app


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def translate(app: AppCatalog, **texts: str) -> None:
    write(app.po, HEADER + "\n".join(f'msgid "{key}"\nmsgstr "{value}"\n' for key, value in texts.items()))


def ids(app: AppCatalog) -> set[Any]:
    return {message.id for message in app.template() if message.id}


def test_texts_are_found_in_python_templates_and_mails(app: AppCatalog) -> None:
    assert ids(app) == {"Python", ("%(n)s cat", "%(n)s cats"), "Open", "Tag", ("One %(n)s dog", "%(n)s dogs"), "Argument", "Hello"}
    assert {message.context for message in app.template() if message.id in {"Open", "Hello"}} == {"a door", "mail"}


def test_merging_keeps_translations_and_drops_what_nobody_uses(app: AppCatalog) -> None:
    translate(app, Python="Slang", Gone="Weg")
    assert app.merge()
    stored = app.stored()
    assert stored.get("Python").string == "Slang"
    assert stored.get("Gone") is None
    assert stored.get("Tag").string == ""
    assert not app.merge()


def test_the_check_names_each_thing_that_is_wrong(app: AppCatalog) -> None:
    write(app.po, HEADER + 'msgid "Python"\nmsgstr ""\n\n#, fuzzy\nmsgid "Tag"\nmsgstr "x"\n\nmsgid "Gone"\nmsgstr "Weg"\n')
    found = "\n".join(app.problems())
    assert "shop: not in the catalogue: “Argument” (templates/shop/page.html)" in found
    assert "shop: not translated: “Python”" in found
    assert "shop: fuzzy: “Tag”" in found
    assert "shop: no longer in the code: “Gone”" in found


def test_the_check_refuses_a_placeholder_that_differs(app: AppCatalog) -> None:
    write(app.path / "views.py", '_("%(n)s cats")\n')
    write(app.po, HEADER + '#, python-format\nmsgid "%(n)s cats"\nmsgstr "%(m)s katten"\n')
    assert any("%(n)s cats" in problem and "placeholder" in problem for problem in app.problems())


def test_two_apps_may_not_translate_one_text_differently(app: AppCatalog, tmp_path: Path) -> None:
    other = AppCatalog("bank", tmp_path / "bank")
    translate(app, Open="Open")
    translate(other, Open="Geopend")
    assert len(list(conflicts([app, other]))) == 1


def test_the_command_fails_on_a_text_without_translation(app: AppCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    from stagematch.management.commands import messages

    monkeypatch.setattr(messages, "app_catalogs", lambda labels=(): [app])
    with pytest.raises(CommandError, match="texts need attention"):
        call_command("messages", "--check")


def test_compiling_makes_the_file_that_django_reads(app: AppCatalog) -> None:
    translate(app, Python="Slang")
    app.compile()
    with app.po.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Python") == "Slang"


def test_the_project_shows_its_own_dutch() -> None:
    with override("nl"):
        assert gettext("This cell is empty.") == "Deze cel is leeg."
