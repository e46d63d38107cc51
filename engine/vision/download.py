"""Fetching one large file whose digest is known: resumes, checks as it goes, leaves nothing wrong behind."""

import asyncio
import hashlib
import random
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.vision.disk import disk_faults

if TYPE_CHECKING:  # loaded when something is fetched: no start of the engine should wait for it
    import httpx

_ATTEMPTS = 4  # in a row without a single new byte
_FIRST_PAUSE_S = 0.5
_LOOK_S = 0.1  # how often it is asked whether to stop
_OK, _PARTIAL, _RANGE_NOT_SATISFIABLE, _TOO_MANY, _SERVER = 200, 206, 416, 429, 500

OnBytes = Callable[[int], None]
IsCancelled = Callable[[], bool]
Pause = Callable[[float, IsCancelled], object]


class Cancelled(Exception):
    """The caller asked to stop. What was fetched so far is kept for the next time."""


class _Interrupted(Exception):
    """The line broke or the server is busy: worth another attempt. The message says how."""


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file to fetch."""

    url: str
    sha256: str
    size_bytes: int


def rest(seconds: float, cancelled: IsCancelled) -> None:
    """Sleep, but no longer than until it is cancelled."""
    until_s = time.monotonic() + seconds
    while not cancelled() and (left_s := until_s - time.monotonic()) > 0:
        time.sleep(min(left_s, _LOOK_S))


class Downloader:
    """Fetches files over HTTP. Blocks for as long as it takes; meant for a job's own thread.

    Args:
        pause: waits between attempts, in seconds, or until it is cancelled.
    """

    def __init__(self, timeout_s: float = 15.0, pause: Pause = rest) -> None:
        self._timeout_s = timeout_s
        self._pause = pause

    def fetch(self, wanted: DownloadRequest, part: Path, on_bytes: OnBytes, cancelled: IsCancelled) -> None:
        """Fetch into `part`, continuing what is there already. On return `part` is whole and its digest is right.

        Raises:
            Cancelled: `part` holds what came so far. Also while the server says nothing.
            EnvironmentFault: `network`, `not_found`, `digest_mismatch` (then `part` is gone), `disk_full`, `folder_unusable`.
        """
        resumed = _size(part) > 0
        self._fetch_all(wanted, part, on_bytes, cancelled)
        if resumed and digest_of(part) != wanted.sha256:  # what was there may have been the bad half
            part.unlink()
            self._fetch_all(wanted, part, on_bytes, cancelled)
        require_digest(part, wanted.sha256)

    def _fetch_all(self, wanted: DownloadRequest, part: Path, on_bytes: OnBytes, cancelled: IsCancelled) -> None:
        import httpx

        def on_chunk(done: int) -> None:
            on_bytes(done)
            if cancelled():
                raise Cancelled

        failures = 0
        while (before := _size(part)) < wanted.size_bytes:
            on_bytes(before)  # an attempt begins: whoever waits sees that it is tried
            try:
                asyncio.run(_unless(cancelled, self._attempt(wanted, part, on_chunk)))
            except (_Interrupted, httpx.TransportError) as error:
                failures = 1 if _size(part) > before else failures + 1
                if failures >= _ATTEMPTS:
                    raise _unreachable(wanted, error) from error
                self._pause(_FIRST_PAUSE_S * 2 ** (failures - 1) * random.uniform(0.5, 1.5), cancelled)
            if cancelled():
                raise Cancelled

    async def _attempt(self, wanted: DownloadRequest, part: Path, on_chunk: OnBytes) -> None:
        import httpx

        async with httpx.AsyncClient(follow_redirects=True, timeout=self._timeout_s) as client:
            await _continue(client, wanted, part, on_chunk)


async def _unless(cancelled: IsCancelled, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, and hang up when it is cancelled, whatever it is waiting for. Raises Cancelled."""
    task = asyncio.create_task(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_LOOK_S)
        if not task.done() and cancelled():
            task.cancel()
    try:
        task.result()
    except asyncio.CancelledError:
        raise Cancelled from None


async def _continue(client: "httpx.AsyncClient", wanted: DownloadRequest, part: Path, on_chunk: OnBytes) -> None:
    """One request for what is missing, appended to `part`; `on_chunk` hears how many bytes there are."""
    done = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    async with client.stream("GET", wanted.url, headers=headers) as response:
        if not _accepted(response, wanted, done):
            done = 0  # the server sends all of it again
        with _open_part(part, "ab" if done else "wb") as file:
            async for chunk in response.aiter_bytes():
                done += len(chunk)
                if done > wanted.size_bytes:
                    break
                _append(file, chunk, part.parent)
                on_chunk(done)
    if done > wanted.size_bytes:
        part.unlink()
        raise _mismatch(wanted.sha256, f"a file longer than {wanted.size_bytes} bytes")
    if done < wanted.size_bytes:
        raise _Interrupted(f"the connection ended after {done} of {wanted.size_bytes} bytes")


def _open_part(part: Path, mode: str) -> BinaryIO:
    with disk_faults(part.parent):
        return cast("BinaryIO", part.open(mode, buffering=0))


def _append(file: BinaryIO, chunk: bytes, folder: Path) -> None:
    with disk_faults(folder):
        left = memoryview(chunk)
        while left:
            left = left[file.write(left) :]


def _accepted(response: "httpx.Response", wanted: DownloadRequest, done: int) -> bool:
    """Whether the answer continues where `part` ends; False when it starts anew."""
    status = response.status_code
    if status == _PARTIAL and response.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
        return True
    if status in (_OK, _PARTIAL) and (status == _OK or done == 0):
        return False
    if status in (_PARTIAL, _RANGE_NOT_SATISFIABLE):
        raise EnvironmentFault(
            "network", f"{_host(wanted.url)} answered with another part of the file than was asked for. Try again later."
        )
    if status >= _SERVER or status == _TOO_MANY:
        raise _Interrupted(f"the server answered {status}")
    raise EnvironmentFault("not_found", f"{wanted.url} answered {status}. The file may have moved; install it from a folder.")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with disk_faults(path.parent), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_digest(path: Path, sha256: str) -> None:
    """Remove a file that is not what it should be.

    Raises:
        EnvironmentFault: `digest_mismatch`.
    """
    actual = digest_of(path)
    if actual != sha256:
        path.unlink()
        raise _mismatch(sha256, actual)


def _mismatch(expected: str, actual: str) -> EnvironmentFault:
    return EnvironmentFault("digest_mismatch", f"wrong digest, so the file was removed. Expected SHA-256 {expected}, got {actual}.")


def _unreachable(wanted: DownloadRequest, error: Exception) -> EnvironmentFault:
    return EnvironmentFault(
        "network",
        f"{_host(wanted.url)} could not be reached ({str(error) or type(error).__name__}). What was downloaded is kept. "
        "Try again, or install from a folder.",
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
