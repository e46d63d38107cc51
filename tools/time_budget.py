"""A plugin of pytest that stops between two tests once `WATCHROOM_TEST_BUDGET_S` seconds are over, and says what was left."""

import os
import time

import pytest

_STARTED_S = time.monotonic()


class TimeBudget:
    def __init__(self, seconds: float) -> None:
        self._until_s = _STARTED_S + seconds
        self._left = 0

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """True: pytest takes it as done."""
        if time.monotonic() < self._until_s:
            return None
        self._left += 1
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._left:
            terminalreporter.write_line(f"{self._left} tests left to make test: the time was over")


def pytest_configure(config: pytest.Config) -> None:
    seconds = os.environ.get("WATCHROOM_TEST_BUDGET_S")
    if seconds is not None:
        config.pluginmanager.register(TimeBudget(float(seconds)), "time budget")
