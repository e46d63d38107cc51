"""One blocking FFmpeg call: bounded, ended by an interrupt, its errors as sentences."""

import time
from collections.abc import Callable
from typing import TypeVar

from av.container import InputContainer
from av.error import FFmpegError

from engine.model.errors import EnvironmentFault
from engine.sources.camera import faults
from engine.sources.camera.interrupt import Interrupt

T = TypeVar("T")


def ffmpeg_call(work: Callable[[], T], interrupt: Interrupt, shown: str, limit_s: float, late: Callable[[str], EnvironmentFault]) -> T:
    """FFmpeg hides time-outs behind other errors, or the rest of a picture: the time taken tells. Its own errors hold the address with its
    login, so they are not chained.

    Args:
        shown: the address as it may be shown. late: what to raise after `limit_s`.

    Raises:
        EnvironmentFault: with a reason from `faults`.
    """
    started_s = time.monotonic()
    fault = None
    result = None
    try:
        with interrupt.ends_ffmpeg_calls(limit_s):
            result = work()
    except FFmpegError as error:
        fault = faults.explain(error, shown)
    if interrupt.is_set():
        fault = faults.interrupted(shown)
    elif time.monotonic() - started_s >= limit_s:
        fault = late(shown)
    if fault is None:
        return result  # pyright: ignore[reportReturnType]  (work has run: its result may itself be None)
    if isinstance(result, InputContainer):
        result.close()
    raise fault
