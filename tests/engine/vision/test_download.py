"""The network as it is: cut lines, servers that cannot resume, wrong bytes, full disks."""

import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.vision.download import Cancelled, Downloader, DownloadRequest, rest
from tests.engine.vision.file_server import Shop, serving
from tests.fakes.waiting import until

pauses: list[float] = []


@pytest.fixture
def content(models_folder: Path) -> bytes:
    """A real model."""
    return (models_folder / "face_detection_yunet_2023mar.onnx").read_bytes()


@pytest.fixture
def shop(content: bytes) -> Iterator[Shop]:
    with serving(Shop(content)) as shop:
        yield shop


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.part"


def wanted(shop: Shop, content: bytes) -> DownloadRequest:
    return DownloadRequest(shop.url, hashlib.sha256(content).hexdigest(), len(content))


def fetch(what: DownloadRequest, part: Path, on_bytes: list[int] | None = None, stop_after: int | None = None) -> None:
    heard = [] if on_bytes is None else on_bytes
    pauses.clear()
    downloader = Downloader(timeout_s=60.0, pause=lambda pause_s, _: pauses.append(pause_s))
    downloader.fetch(what, part, heard.append, lambda: stop_after is not None and bool(heard) and heard[-1] >= stop_after)


def test_a_whole_file_with_progress(shop: Shop, content: bytes, part: Path) -> None:
    heard: list[int] = []
    fetch(wanted(shop, content), part, heard)
    assert part.read_bytes() == content
    assert heard == sorted(heard) and heard[-1] == len(content)
    assert len(heard) >= 3
    assert shop.requests == [""]


def test_a_cut_connection_is_resumed(shop: Shop, content: bytes, part: Path) -> None:
    shop.cut_after = 70_000
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content
    assert shop.requests == ["", "bytes=70000-", "bytes=140000-", "bytes=210000-"]
    assert len(pauses) == 3


def test_what_an_earlier_run_left_is_used(shop: Shop, content: bytes, part: Path) -> None:
    part.write_bytes(content[:100_000])
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content
    assert shop.requests == ["bytes=100000-"]


def test_a_server_that_cannot_resume_sends_it_anew(shop: Shop, content: bytes, part: Path) -> None:
    shop.ignores_range = True
    part.write_bytes(b"x" * 1000)
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content


def test_a_bad_beginning_is_fetched_again(shop: Shop, content: bytes, part: Path) -> None:
    part.write_bytes(b"x" * 1000)
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content
    assert shop.requests == ["bytes=1000-", ""]


@pytest.mark.parametrize("left", [0, 5])
def test_a_part_that_is_long_enough_but_wrong(shop: Shop, content: bytes, part: Path, left: int) -> None:
    part.write_bytes(b"x" * (len(content) + left))
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content


def test_wrong_bytes_are_refused_and_removed(shop: Shop, content: bytes, part: Path) -> None:
    right = wanted(shop, content)
    shop.content = content[:-1] + b"?"
    with pytest.raises(EnvironmentFault) as caught:
        fetch(right, part)
    assert caught.value.reason == "digest_mismatch"
    assert right.sha256 in str(caught.value)
    assert hashlib.sha256(shop.content).hexdigest() in str(caught.value)
    assert not part.exists()


def test_a_longer_file_is_refused(shop: Shop, content: bytes, part: Path) -> None:
    right = wanted(shop, content)
    shop.content = content + b"more"
    with pytest.raises(EnvironmentFault) as caught:
        fetch(right, part)
    assert caught.value.reason == "digest_mismatch"
    assert not part.exists()


def test_not_found_says_the_address(shop: Shop, content: bytes, part: Path) -> None:
    shop.statuses = [404]
    with pytest.raises(EnvironmentFault) as caught:
        fetch(wanted(shop, content), part)
    assert caught.value.reason == "not_found"
    assert shop.url in str(caught.value) and "404" in str(caught.value)
    assert pauses == []


def test_a_busy_server_is_asked_again(shop: Shop, content: bytes, part: Path) -> None:
    shop.statuses = [503, 429, 502]
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content
    assert len(pauses) == 3 and all(pause > 0 for pause in pauses)


def test_a_server_that_stays_busy(shop: Shop, content: bytes, part: Path) -> None:
    shop.statuses = [503] * 20
    with pytest.raises(EnvironmentFault) as caught:
        fetch(wanted(shop, content), part)
    assert caught.value.reason == "network"
    assert len(shop.requests) == 4


def test_a_line_that_dies_keeps_what_came(shop: Shop, content: bytes, part: Path) -> None:
    part.write_bytes(content[:50_000])
    shop.cut_after = 0
    with pytest.raises(EnvironmentFault) as caught:
        fetch(wanted(shop, content), part)
    assert caught.value.reason == "network"
    assert part.read_bytes() == content[:50_000]


def test_nobody_there(content: bytes, part: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/x.onnx"
        with pytest.raises(EnvironmentFault) as caught:
            fetch(DownloadRequest(url, "0" * 64, 10), part)
    assert caught.value.reason == "network"
    assert "127.0.0.1" in str(caught.value)


def test_cancelling_keeps_what_came(shop: Shop, content: bytes, part: Path) -> None:
    with pytest.raises(Cancelled):
        fetch(wanted(shop, content), part, stop_after=100_000)
    kept = part.read_bytes()
    assert 100_000 <= len(kept) < len(content)
    assert content.startswith(kept)


@pytest.mark.parametrize("silent_after", [-1, 0, 70_000])
def test_cancelling_does_not_wait_for_the_next_bytes(shop: Shop, content: bytes, part: Path, silent_after: int) -> None:
    shop.silent_after = silent_after
    cancelled, ended = threading.Event(), threading.Event()

    def run() -> None:
        with pytest.raises(Cancelled):
            Downloader(timeout_s=600.0).fetch(wanted(shop, content), part, lambda _: None, cancelled.is_set)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    kept = max(silent_after, 0)
    until(lambda: bool(shop.requests) and (part.stat().st_size if part.exists() else 0) == kept, "nothing comes any more")
    cancelled.set()
    assert ended.wait(60) and not shop.goes_on.is_set()
    thread.join()
    shop.silent_after = None
    shop.goes_on.set()
    fetch(wanted(shop, content), part)
    assert part.read_bytes() == content and shop.requests[-1] == (f"bytes={kept}-" if kept else "")


def test_cancelling_does_not_wait_for_the_next_attempt() -> None:
    rest(600.0, lambda: True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(shop: Shop, content: bytes, part: Path) -> None:
    os.symlink("/dev/full", part)
    with pytest.raises(EnvironmentFault) as caught:
        fetch(wanted(shop, content), part)
    assert caught.value.reason == "disk_full"
