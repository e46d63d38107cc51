"""What a console may ask of an engine, wherever it runs. One conformance suite holds every implementation to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from engine.model.accounts.access import Session
from engine.model.cameras.sound import SoundFeed
from engine.model.command import Command
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.question_type import Question
from engine.model.snapshot import Picture, Snapshot
from engine.model.value_class import dataclass

T = TypeVar("T")

LOST_S = 1.8
"""An engine elsewhere that has said nothing for so long is lost: it says something each second, and its loss is told within two."""


@dataclass(frozen=True, slots=True)
class PictureWant:
    """How a viewer wants one camera's pictures: to fit width × height (aspect kept), from the main stream if `main`.

    enlarged: smaller ones are wanted as large as that, too. An engine elsewhere never enlarges what has to be sent.
    """

    width: int
    height: int
    main: bool = False
    enlarged: bool = False


class PictureFeed(Protocol):
    """Newest picture of one camera: a slot, not a queue. Any thread; never blocks."""

    def latest(self) -> Picture | None:
        """The newest picture, None before the first. The same one may be returned again: compare `index`."""
        ...

    def change(self, want: PictureWant) -> None: ...

    def close(self) -> None: ...


class EnginePort(Protocol):
    """An engine as one signed-in session sees it.

    Every method checks the session's verbs and raises `PermissionDenied` or, when it has ended, `NotSignedIn`. Any thread may call.
    `snapshot` and `PictureFeed.latest` return at once; the rest may take as long as a query or a request does (seconds when remote):
    call them off the screen's thread. A remote port raises `EnvironmentFault("unreachable")` while the engine cannot be reached,
    except that `snapshot` keeps returning the last one.
    """

    @property
    def session(self) -> Session: ...

    def snapshot(self) -> Snapshot: ...

    def tally(self) -> Snapshot:
        """What a lock screen shows: the open alerts as counts, without what, where and whom.

        Once `snapshot` raises `SessionLapsed` this, which returns at once then, and `confirm`, by the password only, are all that is left.
        Raises NotSignedIn.
        """
        ...

    def ask(self, question: Question[T]) -> T: ...

    def command(self, command: Command, terms: CommandTerms = NO_TERMS) -> str:
        """The id that it made or changed, or an empty string. What it did is in the record when this returns.

        `terms`: its id, so that it is done once however often it is sent; see `CommandTerms`. A remote port gives an id to each command
        that comes without one, and sends it again where the line was cut before the answer came: the caller need not. Raises also
        EnvironmentFault `outcome_unknown`: it may have been done.
        """
        ...

    def confirm(self, password: str) -> None:
        """That whoever sits here is who signed in. With their password this port goes on as a new session, which may last as long as one
        that signs in now; with the PIN, which does for operators, as the same one. Raises InputError (`password`)."""
        ...

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> PictureFeed:
        """Pictures of one camera. `on_picture` is called on an engine thread for each new one and must return at once."""
        ...

    def listen(self, camera_id: str) -> SoundFeed:
        """The sound of one camera; what this session listened to before ends. In the audit before it begins, and when it ends.

        Raises NotFound; EnvironmentFault `not_allowed`: nobody may listen to this camera, `no_sound`: it can carry none, `paused`.
        """
        ...

    def clip_file(self, clip_id: str) -> Path:
        """A local file that holds the whole clip (a remote port downloads it). Raises NotFound.

        Where faces are hidden from this session it is a copy without them; `PrepareClip` tells how far that is, this waits for it.
        """
        ...

    def segment_file(self, segment_id: str) -> Path:
        """A local file that holds a whole segment of continuous video (a remote port downloads it).

        Raises NotFound; PermissionDenied while faces are hidden from this session: there is no copy without them; EnvironmentFault
        `archive_away`: it is in the archive, which cannot be reached.
        """
        ...

    def pack_file(self, pack_id: str) -> Path:
        """Where an evidence pack lies: its zip (a remote port downloads it), or its folder, which only a local port has.

        Kept in the audit first. Raises NotFound.
        """
        ...

    def thumbnail(self, event_id: str) -> bytes | None:
        """JPEG of an event, None while there is none. Faces are hidden in it as in live pictures."""
        ...

    def job_picture(self, job_id: str) -> bytes | None:
        """JPEG that a camera test got, None while there is none."""
        ...

    def face_photo(self, face_id: str) -> bytes | None:
        """JPEG of a face that was learned, None while there is none. Raises PermissionDenied while faces are hidden from this session."""
        ...

    def send_report_media(self, data: bytes) -> str:
        """The id of a photo or video that `FileReport` is to name; kept a day where none does. Raises InputError (`file`): too large, or
        neither."""
        ...

    def report_picture(self, media_id: str) -> bytes | None:
        """JPEG of what was sent with a report (of a video its first picture), None where there is none, or none to be seen."""
        ...

    def close(self) -> None:
        """End the session's feeds. The engine goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """How an engine elsewhere is reached. `answered_s`: its last answer, on the monotonic clock; `version`: its own, empty: not told."""

    answered_s: float
    latency_ms: float | None = None
    version: str = ""


@runtime_checkable
class LinkedPort(Protocol):
    """A port whose engine is elsewhere."""

    @property
    def link(self) -> Link: ...


class EngineDoor(Protocol):
    """Where sessions begin."""

    def needs_setup(self) -> bool:
        """True while there is no admin account."""
        ...

    def set_up(self, site_name: str, admin_name: str, password: str, code: str = "", time_zone: str = "") -> EnginePort:
        """Create the first admin and sign in. `code` is the one-time code that a remote engine shows on its terminal.

        `time_zone`: the site's, an IANA name; empty: that of the engine's machine. Raises InputError, and has then created nothing.
        """
        ...

    def sign_in(self, name: str, password: str) -> EnginePort:
        """Raises NotSignedIn; after repeated failures with `retry_after_s` set, also after a restart."""
        ...
