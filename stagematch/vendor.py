"""Copy what pages use from node_modules into static/vendor (git-ignored). Standard library only; run as a script by `./run`.

One style sheet holds the example theme's tokens that something uses (half of its 2,800), and the components in order of cascade.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
OWN_STYLES = ROOT / "static" / "css"

TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"
UTRECHT = (
    *("root", "document", "surface", "page-body", "page-header", "page-footer", "nav-bar", "nav-list", "breadcrumb-nav", "skip-link"),
    *("alert", "status-badge", "data-badge", "badge-counter", "form-label", "form-field", "form-field-description"),
    *("form-field-error-message", "form-fieldset", "textbox", "textarea", "select", "checkbox", "custom-checkbox", "radio-button"),
    *("button-group", "table", "pagination", "data-list", "link-list", "unordered-list", "accordion", "separator"),
)
CANDIDATES = ("button", "heading", "link", "paragraph", "data-badge", "skip-link")
FONTS = tuple(f"@fontsource-variable/source-sans-3/files/source-sans-3-{subset}-wght-normal.woff2" for subset in ("latin", "latin-ext"))
# With every picture that its style sheet names.
LEAFLET = ("leaflet.js", "leaflet.css", "images/layers.png", "images/layers-2x.png", "images/marker-icon.png")
DECLARATION = re.compile(r"^\s*(--[\w-]+):\s*(.*);$")


def components() -> list[Path]:
    """The component style sheets, in the order in which they are joined."""
    return [MODULES / f"@utrecht/{name}-css/dist/index.css" for name in UTRECHT] + [
        MODULES / f"@nl-design-system-candidate/{name}-css/dist/{name}.css" for name in CANDIDATES
    ]


def used_tokens(tokens: str, users: list[str]) -> str:
    """The theme without the custom properties that neither `users` nor another used property reads."""
    reads = {
        name: set(re.findall(r"--[\w-]+", value))
        for line in tokens.splitlines()
        if (match := DECLARATION.match(line))
        for name, value in [match.groups()]
    }
    wanted = {name for text in users for name in re.findall(r"var\(\s*(--[\w-]+)", text)}
    pending = list(wanted)
    while pending:
        for name in reads.get(pending.pop(), set()) - wanted:
            wanted.add(name)
            pending.append(name)
    return "\n".join(line for line in tokens.splitlines() if not (match := DECLARATION.match(line)) or match[1] in wanted) + "\n"


def build() -> None:
    """Write static/vendor anew where it differs from what it should hold."""
    parts = [path.read_text(encoding="utf-8") for path in components()]
    own = [path.read_text(encoding="utf-8") for path in sorted(OWN_STYLES.glob("**/*.css"))]
    theme = "/** @license EUPL-1.2: NL Design System, voorbeeld-design-tokens */\n" + used_tokens(
        (MODULES / TOKENS).read_text(encoding="utf-8"), parts + own
    )
    style = "\n".join([theme, *parts])
    target = VENDOR / "nl-design-system.css"
    for folder in ("fonts", "leaflet/images"):
        (VENDOR / folder).mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text(encoding="utf-8") != style:
        target.write_text(style, encoding="utf-8")
    for font in FONTS:
        refresh(MODULES / font, VENDOR / "fonts" / Path(font).name)
    for part in LEAFLET:
        refresh(MODULES / "leaflet" / "dist" / part, VENDOR / "leaflet" / part)


def refresh(source: Path, copy: Path) -> None:
    """Copy a file that is new or differs; a script without the address of its source map, which we do not serve."""
    wanted = source.read_bytes()
    if source.suffix == ".js":
        wanted = re.sub(rb"\n//# sourceMappingURL=.*", b"", wanted)
    if not copy.exists() or copy.read_bytes() != wanted:
        copy.write_bytes(wanted)


if __name__ == "__main__":
    try:
        build()
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is missing: run npm ci (./run does).")
