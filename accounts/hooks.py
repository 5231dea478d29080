"""What apps on higher floors add to the page of one's own account."""

from collections.abc import Callable

from accounts.actor import ActorRequest

Panel = Callable[[ActorRequest], str]
_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Add a block below the account; the function gives safe HTML, or nothing."""
    _panels.append(panel)


def panels_for(request: ActorRequest) -> list[str]:
    """The blocks, empty ones left out."""
    return [html for html in (panel(request) for panel in _panels) if html]
