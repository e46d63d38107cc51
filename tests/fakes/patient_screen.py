"""Waiting for the screen: as long as a busy machine needs. How quick something is, benchmarks say; a test only says that it happens."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

LONGEST_MS = 120_000


class PatientBot(QtBot):
    """pytest-qt's, with longer limits where a test names none."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LONGEST_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = LONGEST_MS, **given: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **given)

    def waitExposed(self, widget: QWidget, *, timeout: int = LONGEST_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = LONGEST_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)
