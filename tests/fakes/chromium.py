"""Debian's Chromium without a screen, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

_BEGIN_MS = 60_000.0
_FLAGS = ("--no-sandbox", "--no-proxy-server", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")
MISSING = "Chromium is not installed, so nothing is tried in a browser. Install the package chromium."
SOON_MS = 20_000.0  # for what shows within a blink on a machine with nothing else to do
PHONE = {"width": 390, "height": 844}


@contextmanager
def browser() -> Iterator[Browser]:
    """Skips the test where the program is not there."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip(MISSING)
    expect.set_options(timeout=SOON_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_FLAGS), timeout=_BEGIN_MS)
        try:
            yield started
        finally:
            started.close()


def phone(of: Browser, **options: Any) -> BrowserContext:
    """A phone of its own, with nothing remembered."""
    said = {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True, "locale": "en-GB"}
    context = of.new_context(**(said | options))
    context.set_default_timeout(_BEGIN_MS)
    return context


class Chromium:
    """One page."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def __enter__(self) -> "Chromium":
        with ExitStack() as opened:
            self._page: Page = opened.enter_context(browser()).new_page()
            self._open = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()

    def open(self, address: str, headers: dict[str, str]) -> None:
        """`headers`: of this and all later requests of the page."""
        self._page.set_extra_http_headers(headers)
        self._page.goto(address, timeout=_BEGIN_MS)

    def run(self, script: str) -> Any:
        """What a function's body returns, as JSON can say it; it may await."""
        return self._page.evaluate(f"async () => {{ {script} }}")
