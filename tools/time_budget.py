"""A plugin of pytest that stops between two tests once `WATCHROOM_TEST_BUDGET_S` seconds are over, and says what was left.

With `WATCHROOM_TEST_GRACE_S`, a test that still runs so many seconds later is interrupted, and counts as left.
"""

import os
import signal
import threading
import time

import pytest

_STARTED_S = time.monotonic()


class TimeBudget:
    def __init__(self, seconds: float, grace_s: float | None = None) -> None:
        self._until_s = _STARTED_S + seconds
        self._done = 0
        self._left = 0
        self._interrupted = threading.Event()
        self._timer: threading.Timer | None = None
        if grace_s is not None:
            self._timer = threading.Timer(max(0.0, self._until_s + grace_s - time.monotonic()), self._interrupt)
            self._timer.daemon = True

    def _interrupt(self) -> None:
        """As Ctrl+C would, so that fixtures are still torn down."""
        self._interrupted.set()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def pytest_sessionstart(self) -> None:
        if self._timer is not None:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs in its background
            self._timer.start()

    def pytest_runtest_protocol(self) -> bool | None:
        """True: pytest takes the test as done."""
        return None if time.monotonic() < self._until_s else True

    def pytest_runtest_logfinish(self) -> None:
        self._done += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._left = len(session.items) - self._done
        if exitstatus == pytest.ExitCode.INTERRUPTED and self._interrupted.is_set() and not session.testsfailed:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._interrupted.is_set() and not self._left and not self._done:
            terminalreporter.write_line("all tests left to make test: the time was over before they were collected")
        elif self._left:
            terminalreporter.write_line(f"{self._left} tests left to make test: the time was over")


def pytest_configure(config: pytest.Config) -> None:
    seconds, grace_s = os.environ.get("WATCHROOM_TEST_BUDGET_S"), os.environ.get("WATCHROOM_TEST_GRACE_S")
    if seconds is not None:
        config.pluginmanager.register(TimeBudget(float(seconds), None if grace_s is None else float(grace_s)), "time budget")
