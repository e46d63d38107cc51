"""How a signal is answered where what it tells does not matter."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from PySide6.QtCore import SignalInstance

A = TypeVarTuple("A")
T = TypeVar("T")


def on(signal: SignalInstance, act: Callable[[*A], object], *about: *A) -> None:
    """Whenever `signal` is emitted, whatever it tells: `act(*about)`."""
    signal.connect(lambda *_: act(*about))


def on_chosen(signal: SignalInstance, chosen: Callable[[], T], act: Callable[[T], object]) -> None:
    """Whenever `signal` is emitted, whatever it tells: `act` on what is chosen by then."""
    signal.connect(lambda *_: act(chosen()))


def on_told(signal: SignalInstance, act: Callable[..., object], *about: object) -> None:
    """Whenever `signal` is emitted: `act` on `about` and then what it tells. Not for `clicked` and `triggered`: PySide leaves out what they
    tell unless it is asked for by name."""
    signal.connect(lambda *told: act(*about, *told))
