"""A bug in one lane costs that lane's part of one step, not the watch."""

import logging
from collections.abc import Callable
from typing import ParamSpec, TypeAlias

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
OnBug: TypeAlias = Callable[[str, Exception], None]  # who failed, and how


def log_bug(who: str, error: Exception) -> None:
    log.error("bug in %s", who, exc_info=error)


class Isolation:
    """The border between lanes. A replay meets the same bug again, at the same place."""

    def __init__(self, on_bug: OnBug = log_bug) -> None:
        self._on_bug = on_bug

    def run(self, who: str, work: Callable[Given, None], *args: Given.args, **kwargs: Given.kwargs) -> bool:
        """False when it raised."""
        try:
            work(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the border itself
            self._on_bug(who, error)
            return False
        return True
