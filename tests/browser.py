"""A real browser for tests: where Chromium is, what every page must satisfy, and pictures of it."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "test-output" / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The first has no window to draw and takes half the computing of the others.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1366, "height": 900}
NARROWEST = 360


def chromium() -> str:
    """Path of the browser: STAGEMATCH_CHROMIUM (set by ./test when it fetched one), else the first on PATH."""
    found = os.environ.get("STAGEMATCH_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        raise RuntimeError("No Chromium on PATH: run ./test, which fetches one, or install chromium.")
    return found


@dataclass
class Visitor:
    """One person's browser; `problems` fills with what no page may cause."""

    context: BrowserContext
    problems: list[str] = field(default_factory=list)

    def open_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(f"script error on {page.url}: {error}"))
        page.on("response", lambda response: response.status >= 500 and self.problems.append(f"{response.status} from {response.url}"))
        return page

    def _console(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            self.problems.append(f"blocked by the Content-Security-Policy: {text}")
        elif kind == "error" and "Failed to load resource" in text and "404" in text and "/static/" in text:
            self.problems.append(text)


def screenshot(page: Page, name: str, *, always: bool = False) -> None:
    """Save the whole page at phone and laptop width under test-output/screenshots, and put the width back.

    Only when somebody means to look (STAGEMATCH_PICTURES=1), unless `always`: a quarter of a browser test's time goes into pictures.
    """
    if not (always or os.environ.get("STAGEMATCH_PICTURES")):
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for label, size in (("phone", PHONE), ("laptop", LAPTOP)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=PICTURES / f"{name}-{label}.jpg", quality=85, full_page=True)
    if before:
        page.set_viewport_size(before)


# What was found and nothing else: a whole result takes three times as long, all of it on the way from the browser to here.
RUN_AXE = """axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
}).then(result => result.violations.flatMap(
    violation => violation.nodes.slice(0, 3).map(node => `${violation.id}: ${violation.help} → ${node.html.slice(0, 200)}`)))"""


def press(button: Locator) -> None:
    """Press a button or link and wait for the page that follows, its scripts included."""
    with button.page.expect_navigation():
        button.click()


def assert_no_axe_violations(page: Page) -> None:
    """WCAG 2.2 A and AA as far as a machine can see them; evaluated, not added as a script, so the policy stays in force."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN_AXE)
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)


def assert_no_horizontal_scroll(page: Page, width: int = NARROWEST) -> None:
    """Nothing sticks out at this width; names what does."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate(
        """() => {
            const edge = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= edge) return [];
            return [...document.body.querySelectorAll('*')]
                .filter(e => e.getBoundingClientRect().right > edge + 1).slice(0, 5)
                .map(e => `${e.tagName}.${e.className} reaches ${Math.round(e.getBoundingClientRect().right)}`);
        }"""
    )
    scrolls = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    if before:
        page.set_viewport_size(before)
    assert not scrolls, f"{page.url} scrolls sideways at {width} px: {wide}"


def assert_good_page(page: Page) -> None:
    """What the issue asks of every page of the chain: accessible, and no sideways scrolling."""
    assert_no_axe_violations(page)
    assert_no_horizontal_scroll(page)
