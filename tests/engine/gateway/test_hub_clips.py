"""The video of an alert leaves the site that sends it, in pieces, and is seen at the hub by whoever may see that camera."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.gateway.hub.clip_desk import AGE_NS, ClipDesk
from engine.model.alerts.alert import Alert
from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.time import SECOND, ManualClock
from engine.runtime.hub.clip_messages import MOST_BYTES, PIECE_BYTES, ClipPiece, pack_piece, read_have, read_piece, read_wanted
from engine.runtime.hub.clip_sender import ClipSender
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.subjects import CLIP_PIECE, CLIPS
from engine.store.shared.record import SharedRecord
from engine.store.shared.retention import KeepAges
from tests.engine.store.records import clip, event
from tests.engine.store.test_shared_record import at, batch
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.whole_hub import empty_record

NORTH, SOUTH = "north", "south"
NOW_NS = 1_790_000_000 * SECOND
VIDEO = bytes(range(256)) * 1_500  # three pieces
_NUMBERS = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    """Of two sites, each with an alert that has a clip, and a clip that no alert is about."""
    with empty_record(server) as record:
        for site in (NORTH, SOUTH):
            record.add_site(site, site.title())
            record.begin_stream(site, "s1")
            about = replace(event(1), started_ns=NOW_NS)
            values = [about, alert_about(about.id), recent(1), recent(2), replace(recent(3), event_id="")]
            record.keep(site, batch(0, *(at(site, each) for each in values)), 1)
        yield record


def alert_about(event_id: str) -> Alert:
    return replace(ALERT, event_id=event_id, event_ids=(event_id,))


def recent(number: int) -> Clip:
    return replace(clip(number), started_ns=NOW_NS, ended_ns=NOW_NS + SECOND)


@pytest.fixture
def keys(tmp_path: Path) -> HubKeys:
    return HubKeys.in_folder(tmp_path)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS + SECOND)


@pytest.fixture
def desk(record: SharedRecord, keys: HubKeys, clock: ManualClock) -> ClipDesk:
    return ClipDesk(record, keys, clock)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(VIDEO)
    return path


class Wire:
    """A carrier within the process. `fails`: asked before each piece is taken, and after."""

    most_bytes = 1 << 20

    def __init__(self, desk: ClipDesk) -> None:
        self._acts = {CLIPS: desk.lacking, CLIP_PIECE: desk.take}
        self.pieces: list[ClipPiece] = []
        self.fails: Callable[[int, bool], None] = lambda number, done: None

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes:
        act = subject.rpartition(".")[2]
        number = len(self.pieces)
        if act == CLIP_PIECE:
            self.pieces.append(read_piece(data))
            self.fails(number, False)
        answer = self._acts[act](NORTH, data)
        if act == CLIP_PIECE:
            self.fails(number, True)
        return answer


@contextmanager
def sending(wire: Wire, file_of: Callable[[str], Path]) -> Iterator[None]:
    ended = threading.Event()

    async def run() -> None:
        task = asyncio.create_task(ClipSender("north_KEY", wire, file_of, lambda _: asyncio.sleep(0.02)).run())
        while not ended.is_set() and not task.done():
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="sending")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def seen(desk: ClipDesk, clip_id: str = recent(1).id, site: str = NORTH, cameras: frozenset[str] | None = None) -> bytes:
    return b"".join(desk.video(site, clip_id, cameras).pieces)


def is_there(desk: ClipDesk) -> bool:
    try:
        return seen(desk) == VIDEO
    except NotFound:
        return False


def test_only_alerts_of_the_last_days_are_asked_for(desk: ClipDesk, clock: ManualClock, record: SharedRecord) -> None:
    assert [(each.id, each.have) for each in read_wanted(desk.lacking(NORTH, b""))] == [(recent(1).id, 0)]
    clock.advance_to(NOW_NS + AGE_NS + 1)
    assert read_wanted(desk.lacking(NORTH, b"")) == ()
    record.retire_site(NORTH, 1)
    with pytest.raises(NotFound):
        desk.lacking(NORTH, b"")


def test_video_comes_whole_and_is_not_readable_in_the_database(desk: ClipDesk, record: SharedRecord, file: Path) -> None:
    wire = Wire(desk)
    with sending(wire, lambda clip_id: file):
        until(lambda: is_there(desk), "the video is there")
    assert [len(piece.data) for piece in wire.pieces] == [PIECE_BYTES, PIECE_BYTES, len(VIDEO) - 2 * PIECE_BYTES]
    assert read_wanted(desk.lacking(NORTH, b"")) == ()
    with record._read() as connection:
        stored = [bytes(row.data) for row in connection.execute(text("SELECT data FROM clip_pieces"))]
    assert len(stored) == 3 and all(VIDEO[:64] not in data for data in stored)


def test_it_goes_on_where_it_broke_off(desk: ClipDesk, file: Path) -> None:
    """Whether the hub had the piece or not when the line was cut."""
    wire = Wire(desk)

    def cut(number: int, done: bool) -> None:
        if (number, done) in ((1, False), (3, True)):
            raise EnvironmentFault("unreachable", "The line is cut.")

    wire.fails = cut
    with sending(wire, lambda clip_id: file):
        until(lambda: is_there(desk), "the video is there")
    assert [piece.at for piece in wire.pieces] == [0, PIECE_BYTES, PIECE_BYTES, 2 * PIECE_BYTES]


def test_a_file_that_is_another_one_meanwhile_is_sent_anew(desk: ClipDesk, file: Path) -> None:
    other = b"with hidden faces" + VIDEO[17:]
    wire = Wire(desk)

    def change(number: int, done: bool) -> None:
        if number == 1 and not done:
            file.write_bytes(other)
            raise EnvironmentFault("unreachable", "The line is cut.")

    wire.fails = change
    with sending(wire, lambda clip_id: file):
        until(lambda: read_wanted(desk.lacking(NORTH, b"")) == (), "it is there")
    assert seen(desk) == other


def test_what_the_site_has_no_longer_is_not_asked_for_again(desk: ClipDesk) -> None:
    def gone(clip_id: str) -> Path:
        raise NotFound(f"There is no clip {clip_id}.")

    with sending(Wire(desk), gone):
        until(lambda: read_wanted(desk.lacking(NORTH, b"")) == (), "it is known to be gone")
    with pytest.raises(NotFound, match="at the site"):
        seen(desk)


def test_what_cannot_be_hidden_now_is_sent_later(desk: ClipDesk, file: Path) -> None:
    asked: list[str] = []

    def busy(clip_id: str) -> Path:
        asked.append(clip_id)
        if len(asked) < 3:
            raise EnvironmentFault("covering", "Private parts are being covered in this clip.")
        return file

    with sending(Wire(desk), busy):
        until(lambda: is_there(desk), "the video is there")
    assert len(asked) >= 3


def put(desk: ClipDesk, data: bytes, *, site: str = NORTH, at: int = 0, size: int | None = None, digest: str = "") -> int:
    whole = len(data) if size is None else size
    sha256 = digest or hashlib.sha256(data).hexdigest()
    return read_have(desk.take(site, pack_piece(ClipPiece(recent(1).id, whole, sha256, at, data))))


def test_bytes_that_are_not_what_the_site_said_are_dropped(desk: ClipDesk) -> None:
    assert put(desk, b"abc", digest="0" * 64) == 0
    assert [each.have for each in read_wanted(desk.lacking(NORTH, b""))] == [0]
    assert put(desk, b"abc") == 3
    assert seen(desk) == b"abc"
    assert put(desk, b"xyz") == 3, "what is there stays"
    assert seen(desk) == b"abc"


def test_pieces_out_of_turn_change_nothing(desk: ClipDesk) -> None:
    digest = hashlib.sha256(b"abcdef").hexdigest()
    assert put(desk, b"def", at=3, size=6, digest=digest) == 0
    assert put(desk, b"abc", size=6, digest=digest) == 3
    assert put(desk, b"abc", size=6, digest=digest) == 3
    assert put(desk, b"def", at=3, size=6, digest=digest) == 6
    assert seen(desk) == b"abcdef"


def test_of_a_clip_that_no_site_told_of_nothing_is_kept(desk: ClipDesk, record: SharedRecord) -> None:
    stranger = ClipPiece("cl-unknown", 3, hashlib.sha256(b"abc").hexdigest(), 0, b"abc")
    assert read_have(desk.take(NORTH, pack_piece(stranger))) == 0
    with record._read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM clip_pieces")) == 0


@pytest.mark.parametrize(
    "piece",
    [ClipPiece("c", 3, "", -1, b""), ClipPiece("c", 3, "", 2, b"ab"), ClipPiece("c", MOST_BYTES + 1, "", 0, b"")],
    ids=["before", "beyond", "too-large"],
)
def test_pieces_that_cannot_be_are_refused(desk: ClipDesk, piece: ClipPiece) -> None:
    with pytest.raises(InputError, match="message"):
        desk.take(NORTH, pack_piece(piece))
    for nonsense in (b"", b"\0\0\0\2{}", b"\xff" * 40):
        with pytest.raises(InputError, match="message"):
            desk.take(NORTH, nonsense)


def test_who_may_not_see_the_camera_does_not_see_its_video(desk: ClipDesk) -> None:
    put(desk, b"abc")
    assert seen(desk, cameras=frozenset({recent(1).camera_id})) == b"abc"
    for cameras, site in ((frozenset({"gate"}), NORTH), (frozenset[str](), NORTH), (None, SOUTH)):
        with pytest.raises(NotFound):
            seen(desk, cameras=cameras, site=site)


def test_it_goes_with_its_clip_or_earlier(desk: ClipDesk, record: SharedRecord, clock: ManualClock) -> None:
    put(desk, b"abc")
    later_ns = clock.now_ns() + 2 * SECOND
    while record.remove_past(KeepAges(clips=SECOND), later_ns):
        pass
    with pytest.raises(NotFound):
        seen(desk)
    assert read_wanted(desk.lacking(NORTH, b"")) == (), "it is not asked for again"
    while record.remove_past(KeepAges(events=SECOND, alerts=SECOND), NOW_NS + 100 * SECOND):
        pass
    with record._read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM clip_files WHERE id LIKE 'north/%'")) in (0, 1)


def test_other_keys_open_nothing(desk: ClipDesk, record: SharedRecord, clock: ManualClock, tmp_path: Path) -> None:
    put(desk, b"abc")
    folder = tmp_path / "other"
    folder.mkdir()
    with pytest.raises(EnvironmentFault, match="other keys"):
        seen(ClipDesk(record, HubKeys.in_folder(folder), clock))
