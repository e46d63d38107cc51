"""A window builds its other pages while nobody waits for them: in tests that look at one page this would be most of the work, and on a busy
machine more of it. Pages are built when they are asked for; what a window does while it idles is tested where the pages are kept."""

from collections.abc import Iterator

import pytest

from console.palette import commands_catalogue_window

AS_ELSEWHERE_MS = commands_catalogue_window._IDLE_MS
_NEVER_MS = 2**31 - 1


@pytest.fixture(scope="session", autouse=True)
def windows_build_nothing_ahead() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands_catalogue_window, "_IDLE_MS", _NEVER_MS)
        yield
