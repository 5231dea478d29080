"""The style sheets hold together: what one reads another defines, what a template names exists."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent.parent
SHEETS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "static" / "css").glob("*.css"))}
TEMPLATES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").rglob("*.html"))}
# {% table style="dense" %} is no style attribute, and a class may be put together.
TAG = re.compile(r"\{[%{].*?[%}]\}")


def test_every_design_token_that_our_sheets_read_is_defined() -> None:
    vendor = (ROOT / "static" / "vendor" / "nl-design-system.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[\w-]+)\s*:", vendor + "".join(SHEETS.values())))
    missing = {token for sheet in SHEETS.values() for token in re.findall(r"var\((--[\w-]+)\)", sheet)} - defined
    assert not missing, "run `python stagematch/vendor.py`, or the token does not exist"


def test_every_class_of_ours_in_a_template_has_a_style() -> None:
    styled = set(re.findall(r"\.(sm-[\w-]+)", "".join(SHEETS.values())))
    unknown = {
        f"{name} in {path.relative_to(ROOT)}"
        for path, text in TEMPLATES.items()
        for classes in re.findall(r'class="([^"]*)"', TAG.sub(" ", text))
        for name in classes.split()
        if name.startswith("sm-") and name[-1] not in "-_" and name not in styled
    }
    assert not unknown


def test_every_icon_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text(encoding="utf-8")))
    named = {name for text in TEMPLATES.values() for name in re.findall(r"""(?:\{% icon |icon_name=)["']([\w-]+)["']""", text)}
    assert named <= drawn


def test_no_template_has_inline_styles_or_handlers() -> None:
    found = [str(path.relative_to(ROOT)) for path, text in TEMPLATES.items() if re.search(r"<style|\sstyle=|\son\w+=|javascript:", TAG.sub("", text))]
    assert found == []


def test_static_files_that_pages_name_exist() -> None:
    named = {name for text in TEMPLATES.values() for name in re.findall(r"""\{% static ["']([^"']+)["']""", text)}
    assert [name for name in sorted(named) if finders.find(name) is None] == []
