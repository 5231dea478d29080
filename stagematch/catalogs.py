"""Translations without GNU gettext: extract texts, merge them into each app's Dutch catalogue, check and compile.

Each app's Python files and its folder under `templates/` belong to `<app>/locale/nl/LC_MESSAGES/django.po`.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "nl"
# Folders under templates/ that are not named after an app of ours; every other one belongs to the project.
TEMPLATE_OWNERS = {"account": "accounts", "allauth": "accounts", "mfa": "accounts", "socialaccount": "accounts", "usersessions": "accounts"}
PROJECT = "stagematch"
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """# Dutch texts of StageMatch; `manage.py messages` keeps this file in step with the code.
msgid ""
msgstr ""
"Language: nl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
Key = tuple[str | None, str]


@dataclass(frozen=True)
class AppCatalog:
    """One app's texts and its Dutch catalogue on disk."""

    label: str
    path: Path

    @property
    def po(self) -> Path:
        return self.path / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    def template(self) -> Catalog:
        """The texts that the code has now."""
        catalog = Catalog(locale=LANGUAGE)
        for path in sorted(self._files()):
            for _line, function, messages, comments in _extract(path):
                message, context = _message(function, messages)
                if message:
                    catalog.add(message, locations=[(path.relative_to(settings.BASE_DIR).as_posix(), 0)], auto_comments=comments, context=context)
        return catalog

    def _files(self) -> Iterator[Path]:
        yield from (path for path in self.path.rglob("*.py") if not {"migrations", "tests"} & set(path.relative_to(self.path).parts))
        for root in _template_roots():
            yield from (path for path in root.rglob("*") if path.suffix in {".html", ".txt"} and _owner(path.relative_to(root)) == self.label)

    def stored(self) -> Catalog:
        """The catalogue as it is on disk; empty if there is none yet."""
        if not self.po.exists():
            return Catalog(locale=LANGUAGE)
        with self.po.open("rb") as file:
            return read_po(file, locale=LANGUAGE, domain="django")

    def merge(self) -> bool:
        """Bring the catalogue in step with the code: translations stay, new texts are added, unused ones go."""
        template, catalog = self.template(), self.stored()
        if not len(template) and not self.po.exists():
            return False
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        out = io.BytesIO()
        write_po(out, catalog, width=120, sort_output=True, include_lineno=False, omit_header=True, ignore_obsolete=True)
        text = HEADER + out.getvalue().decode()
        if self.po.exists() and self.po.read_text() == text:
            return False
        self.po.parent.mkdir(parents=True, exist_ok=True)
        self.po.write_text(text)
        return True

    def compile(self) -> None:
        if not self.po.exists():
            return
        target = self.po.with_suffix(".mo")
        scratch = target.with_suffix(".mo.new")
        with scratch.open("wb") as file:
            write_mo(file, self.stored())
        scratch.replace(target)

    def problems(self) -> Iterator[str]:
        """What is wrong with the catalogue, one line each."""
        stored, wanted = self.stored(), {_key(message): message for message in self.template() if message.id}
        present = {_key(message): message for message in stored if message.id}
        for key in wanted.keys() - present.keys():
            yield f"{self.label}: not in the catalogue: {_shown(key)} ({_places(wanted[key])})"
        for key in present.keys() - wanted.keys():
            yield f"{self.label}: no longer in the code: {_shown(key)}"
        for key, message in present.items():
            strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
            if not all(strings):
                yield f"{self.label}: not translated: {_shown(key)} ({_places(message)})"
            elif message.fuzzy:
                yield f"{self.label}: fuzzy: {_shown(key)}"
            for error in message.check(stored):
                yield f"{self.label}: {error}: {_shown(key)}"


def app_catalogs(labels: Iterable[str] = ()) -> list[AppCatalog]:
    """The project's own apps, or only those named."""
    wanted = set(labels)
    found = [AppCatalog(config.label, Path(config.path)) for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    return [catalog for catalog in found if not wanted or catalog.label in wanted]


def conflicts(catalogs: Iterable[AppCatalog]) -> Iterator[str]:
    """Texts that two apps translate differently: Django would show one of the two everywhere."""
    seen: dict[Key, tuple[str, Any]] = {}
    for catalog in catalogs:
        for message in catalog.stored():
            if not message.id or not message.string:
                continue
            label, string = seen.setdefault(_key(message), (catalog.label, message.string))
            if string != message.string:
                yield f"{catalog.label}: translated otherwise in {label} (“{string}”): {_shown(_key(message))}; use the same or pgettext"


def _template_roots() -> list[Path]:
    engines: list[dict[str, Any]] = settings.TEMPLATES
    return [Path(folder) for engine in engines for folder in engine["DIRS"]]


def _owner(path: Path) -> str:
    first = path.parts[0]
    own = {catalog.label for catalog in app_catalogs()}
    return first if first in own else TEMPLATE_OWNERS.get(first, PROJECT)


def _extract(path: Path) -> Iterator[Any]:
    """(line, function, its literal arguments, comments for translators) of each text in a file."""
    source = path.read_text()
    if path.suffix != ".py":
        # What is no text becomes rows of X; their indentation means nothing, and Python's tokenizer would stumble on it.
        source = re.sub(r"(?m)^[ \t]+", "", templatize(source, origin=str(path)))
    yield from extract_python(io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})


def _message(function: str, found: Any) -> tuple[Any, str | None]:
    """What Babel's extractor found, as (text or (singular, plural), context); texts that are not literal are None."""
    values = list(found) if isinstance(found, tuple) else [found]
    spec = KEYWORDS.get(function) or (1,)
    context, texts = None, []
    for position in spec:
        index, is_context = (position[0], True) if isinstance(position, tuple) else (position, False)
        value = values[index - 1] if index <= len(values) else None
        if not value:
            return None, None
        if is_context:
            context = value
        else:
            texts.append(value)
    return (texts[0] if len(texts) == 1 else tuple(texts)), context


def _key(message: Message) -> Key:
    return message.context, message.id[0] if isinstance(message.id, tuple | list) else message.id


def _shown(key: Key) -> str:
    text = " ".join(key[1].split())
    return f"“{text[:100]}”" + (f" [{key[0]}]" if key[0] else "")


def _places(message: Message) -> str:
    return ", ".join(sorted({path for path, _line in message.locations})[:3])
