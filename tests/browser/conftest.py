"""One headless Chromium for all pages, and one tab in it; skipped, with the reason, where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sizes import DESK, Opened

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser that asks nobody for anything."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--disable-component-update"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def shared(browser: Any) -> Any:
    """The tab that pages are opened in, one after the other: a tab of its own costs more than most of what is tried."""
    return browser.new_context(offline=True).new_page()


@pytest.fixture
def opened(browser: Any, shared: Any) -> Iterator[Opened]:
    """Opens a page, offline: the tab, and everything that went wrong or left it."""
    listening: list[tuple[Any, str, Any]] = []
    contexts: list[Any] = []

    def leave() -> None:
        while listening:
            tab, event, listener = listening.pop()
            tab.remove_listener(event, listener)
        shared.evaluate("() => { try { localStorage.clear() } catch { } }")
        shared.goto("about:blank")

    def open_page(
        path: Path, size: dict[str, int] = DESK, scheme: str = "light", own: bool = False, **options: Any
    ) -> tuple[Any, list[str]]:
        """own, or any other option of a context: in a tab of its own, beside the other."""
        tab, complaints = shared, list[str]()
        if own or options:
            contexts.append(browser.new_context(offline=True, **options))
            tab = contexts[-1].new_page()
        else:
            leave()
        tab.set_viewport_size(size)
        tab.emulate_media(media="screen", color_scheme=scheme)
        for event, listener in {
            "console": lambda message: complaints.append(f"{message.type}: {message.text}"),
            "pageerror": lambda error: complaints.append(str(error)),
            "request": lambda request: complaints.append(request.url) if request.url != path.as_uri() else None,
        }.items():
            tab.on(event, listener)
            listening.append((tab, event, listener))
        tab.goto(path.as_uri())
        return tab, complaints

    yield open_page
    leave()
    for context in contexts:
        context.close()
