"""The only place where the engine meets the screen. Everything here runs on the UI thread unless its docstring says otherwise."""

import logging
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from PySide6.QtCore import QObject, QTimer, Signal

from console.courier import Courier, Listener, OnError, close_it
from console.screen_reader import Interpreter
from engine.model.accounts.access import Session, Verb
from engine.model.accounts.user_ref import UserRef
from engine.model.command import Command
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import NotSignedIn, PermissionDenied, SessionLapsed, WatchroomError
from engine.model.port import EnginePort, PictureFeed, PictureWant
from engine.model.question_type import Question
from engine.model.settings import Settings
from engine.model.sites import SiteState
from engine.model.snapshot import Picture, Snapshot, adrift
from engine.model.time import SECOND
from widgets.engine_text import translate_engine_text
from widgets.look import set_site_zone

if TYPE_CHECKING:
    from console.sites.linked_people import LinkedPeople

_LOG = logging.getLogger(__name__)
MOVING_MS, READ_MS = 50, 100  # between two looks for a newer snapshot: while something is watched move, and otherwise
_ABOUT_NS = 60 * SECOND
T = TypeVar("T")
A = TypeVarTuple("A")


class EngineBridge(QObject):
    """One signed-in session's engine, for the screen. What it says comes in the language on screen, but for refusals (`console.words`).

    Signals:
        snapshot_changed(Snapshot): there is a newer picture of now; at most 20 times a second, 10 where nothing is watched move.
        signed_out(str): the engine ended the session; the sentence says why. Emitted once.
        lapsed(): the session is as old as one may become. Nothing new is shown but counts, until the password was confirmed.
        tally_changed(Snapshot): what a lock screen shows meanwhile.
        undone(Undoable): something that this window removed is back; lists that were asked for are to be asked for again.
        closing(): nothing can be asked any more from now on.
    """

    snapshot_changed = Signal(object)
    signed_out = Signal(str)
    lapsed = Signal()
    tally_changed = Signal(object)
    undone = Signal(object)
    closing = Signal()

    def __init__(self, port: EnginePort, parent: QObject | None = None, *, borrowed: bool = False) -> None:
        """`borrowed`: somebody else closes the port."""
        super().__init__(parent)
        self._port, self._borrowed = port, borrowed
        self._courier = Courier(self)
        self._openers = Courier(self, workers=2)  # pictures never wait for the answer to a question
        self._snapshot: Snapshot | None = None
        self._last: Snapshot | None = None  # that the engine gave
        self._mark: tuple[object, ...] = ()  # of what was announced
        self._trouble = ""  # why it gives none now
        self._interpreter = Interpreter()
        self._closed = self._has_lapsed = False
        self._walls: list[WallFeeds] = []
        self._timer = QTimer(self)
        self._timer.setInterval(READ_MS)
        self._watching: set[object] = set()
        self.linked_people: LinkedPeople | None = None  # of a console over sites that hubs lead to
        self.cache_folder: Path | None = None  # for what can be got again, such as map tiles; None: nothing is kept
        self._timer.timeout.connect(self._drain)

    @property
    def port(self) -> EnginePort:
        return self._port

    @property
    def session(self) -> Session:
        return self._port.session

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest one that was announced."""
        return self._snapshot

    @property
    def user(self) -> UserRef:
        """Who is signed in."""
        return self.session.user

    @property
    def site_name(self) -> str:
        """What the screen calls its site where there are several; empty elsewhere."""
        return ""

    def site_of(self, id_: str) -> str:
        """The name of the site that something is of, where several are shown; empty elsewhere."""
        return ""

    def with_sites(self, names: Mapping[str, str]) -> dict[str, str]:
        """By id, each with its site where several are shown and it does not say so already."""
        return dict(names)

    def beyond(self, id_: str) -> str:
        """An id of this bridge as the window has it."""
        return id_

    def key_of(self, id_: str) -> str:
        """Of the site that something is of, on a console over several; empty elsewhere."""
        return ""

    def waits_at_hub(self, ids: Several[str]) -> bool:
        """Whether what was said about one of these alerts, or what a command gave one of these outcomes for, is only kept at a hub, as its
        site is away; on a console over several."""
        return False

    @property
    def sites(self) -> tuple[SiteState, ...]:
        """Those that are shown, on a console over several; none elsewhere."""
        return ()

    def ask_at(
        self,
        key: str,
        question: Question[T],
        on_answer: Callable[[*A, T], None],
        on_error: OnError,
        *about: *A,
        owner: QObject | None = None,
    ) -> None:
        """Of that site alone, where there are several. `about`: see `fetch`."""
        self.ask(question, on_answer, on_error, *about, owner=owner)

    def at_one_site(self, use: "Callable[[EngineBridge, *A], object]", *about: *A, verb: Verb = Verb.SEE_LIVE) -> None:
        """What is one site's matter: `use` gets the bridge to its site, and `about` with the ids of that.

        On a console over several sites that is the site which `about` is of. Where it says none the user is asked, among those where the
        session may do what needs `verb`; who chooses none is not bothered further."""
        use(self, *about)

    def may(self, verb: Verb) -> bool:
        return self.session.may(verb)

    def start(self) -> None:
        self._drain()
        self._timer.start()

    def watch_moves(self, who: object, on: bool) -> None:
        """Whether `who` shows what moves, as boxes in live pictures do: then snapshots come as often as the eye can tell."""
        (self._watching.add if on else self._watching.discard)(who)
        self._timer.setInterval(MOVING_MS if self._watching else READ_MS)

    def _drain(self) -> None:
        if self._closed:
            return
        try:
            snapshot = self._port.snapshot()
        except SessionLapsed:
            self._lapse()
        except (NotSignedIn, PermissionDenied) as error:
            self._end_session(str(error))
        except WatchroomError as error:
            self._drift(str(error))
        else:
            self._last, self._trouble = snapshot, ""
            self._go_on()
            self._announce(snapshot)

    def _lapse(self) -> None:
        if not self._has_lapsed:
            self._has_lapsed = True
            for wall in self._walls:
                wall.pause()
            self.lapsed.emit()
        try:
            self.tally_changed.emit(self._interpreter.turned(self._port.tally()))
        except NotSignedIn as error:
            self._end_session(str(error))
        except WatchroomError as error:
            self.tally_changed.emit(self._interpreter.turned(adrift(Snapshot(0, 0, Settings()), str(error))))

    def _go_on(self) -> None:
        if self._has_lapsed:
            self._has_lapsed = False
            for wall in self._walls:
                wall.resume()

    def _may_lapse(self) -> bool:
        """Whether it is about time: what was asked may be told of it first, and in other words."""
        ends_ns = self.session.ends_ns
        return self._has_lapsed or (ends_ns is not None and self._last is not None and self._last.at_ns >= ends_ns - _ABOUT_NS)

    def _drift(self, why: str) -> None:
        """Nothing of the last snapshot looks live any more, and it says why."""
        if not self._trouble:
            _LOG.warning("The engine gives no snapshot: %s", why)
        self._trouble = why
        if self._last is not None:
            self._announce(adrift(self._last, why))

    def _announce(self, snapshot: Snapshot) -> None:
        """Unless it was."""
        if (mark := _mark(snapshot)) != self._mark:
            self._mark = mark
            if self._snapshot is None:
                set_site_zone(snapshot.settings.alerts.time_zone)  # for the whole session: texts that are shown keep their clock
            self._snapshot = self._interpreter.turned(self._named_for_screen(snapshot))
            self.snapshot_changed.emit(self._snapshot)

    def _named_for_screen(self, snapshot: Snapshot) -> Snapshot:
        """What is shown of it, in the engine's language."""
        return snapshot

    def _end_session(self, why: str) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.signed_out.emit(translate_engine_text(why))

    def ask(
        self, question: Question[T], on_answer: Callable[[*A, T], None], on_error: OnError, *about: *A, owner: QObject | None = None
    ) -> None:
        """`about`: see `fetch`."""
        self.fetch(partial(self._port.ask, question), on_answer, on_error, *about, owner=owner)

    def command(
        self,
        command: Command,
        on_done: Callable[[*A, str], None],
        on_error: OnError,
        *about: *A,
        owner: QObject | None = None,
        terms: CommandTerms = NO_TERMS,
    ) -> None:
        """`on_done` gets the id that the command gave. `about`: see `fetch`. `terms`: what it was made from (`dialogs.basis`)."""
        self.fetch(partial(self._port.command, command, terms), on_done, on_error, *about, owner=owner)

    def tell(
        self,
        command: Command,
        on_done: Callable[[*A], None],
        on_error: OnError,
        *about: *A,
        owner: QObject | None = None,
        terms: CommandTerms = NO_TERMS,
    ) -> None:
        """A command of which only matters that it is done. `about`, `terms`: see `command`."""

        self.command(command, lambda _: on_done(*about), on_error, owner=owner, terms=terms)

    def confirm(self, password: str, on_done: Callable[[], None], on_error: OnError, owner: QObject | None = None, site: str = "") -> None:
        """See `EnginePort.confirm`. `site`: key of the one whose password it is, on a console over several."""
        self.fetch(partial(self._port.confirm, password), lambda _: on_done(), on_error, owner=owner)

    def fetch(
        self,
        call: Callable[[], T],
        on_answer: Callable[[*A, T], None],
        on_error: OnError,
        *about: *A,
        owner: QObject | None = None,
        discard: Callable[[T], None] | None = None,
        pictures: bool = False,
    ) -> None:
        """`Courier.fetch`, noticing when the session has ended. `call` runs on a worker thread and must not touch widgets.

        `about`: what the answer is about; it is handed on before it. `pictures`: by the workers that do nothing but open feeds.
        """

        def on_fetch_error(error: WatchroomError) -> None:
            if isinstance(error, NotSignedIn) and not self._may_lapse():
                self._end_session(str(error))
            on_error(error)

        def answered(answer: T) -> None:
            on_answer(*about, Interpreter().turned(answer))

        (self._openers if pictures else self._courier).fetch(call, answered, on_fetch_error, owner, discard)

    @property
    def idle(self) -> bool:
        """Nothing that was asked for is still to come."""
        return self._courier.idle and self._openers.idle

    def wall(self, on_picture: Callable[[Picture], None]) -> "WallFeeds":
        """Pictures for one wall; `on_picture` gets each newest picture on the UI thread. Closed with the bridge."""
        feeds = WallFeeds(self, on_picture)
        self._walls.append(feeds)
        return feeds

    def forget_wall(self, feeds: "WallFeeds") -> None:
        """It has closed."""
        self._walls.remove(feeds)

    def close(self) -> None:
        """End feeds, timer and workers, then the session. Answers under way are dropped."""
        if self._closed:
            return
        self.closing.emit()
        self._closed = True
        self._timer.stop()
        self._watching.clear()
        for wall in tuple(self._walls):
            wall.close()
        self._courier.close()
        self._openers.close()
        if not self._borrowed:
            self._port.close()


def _mark(snapshot: Snapshot) -> tuple[object, ...]:
    """What tells it from others: also from itself with the engine out of reach."""
    return snapshot.number, snapshot.at_ns, snapshot.health.troubles


class WallFeeds(QObject):
    """The pictures of one wall: at most one feed per camera, and one coalesced wake for all of them.

    However many pictures arrive while the screen is busy, it is woken once and draws the newest of each camera.
    """

    failed = Signal(str, str)  # camera id, why there are no pictures

    def __init__(self, bridge: EngineBridge, on_picture: Callable[[Picture], None]) -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self._on_picture = on_picture
        self._listener = Listener(self._take_pictures, self)
        self._wants: dict[str, PictureWant] = {}
        self._feeds: dict[str, PictureFeed] = {}
        self._asked: set[str] = set()
        self._shown: dict[str, int] = {}
        self._closed = self._paused = False

    def want(self, wants: Mapping[str, PictureWant]) -> None:
        """Watch exactly these cameras, in these sizes. Feeds that are open are changed, not opened again."""
        if self._closed:
            return
        if self._paused:
            self._wants = dict(wants)
            return
        for camera_id in set(self._feeds) - set(wants):
            self._feeds.pop(camera_id).close()
            self._shown.pop(camera_id, None)
        changed = {camera_id: want for camera_id, want in wants.items() if self._wants.get(camera_id) != want}
        self._wants = dict(wants)
        for camera_id, want in changed.items():
            self._apply(camera_id, want)

    def pause(self) -> None:
        """No pictures, whatever is wanted, until `resume`."""
        self._paused = True
        for feed in self._feeds.values():
            feed.close()
        self._feeds.clear()
        self._shown.clear()

    def resume(self) -> None:
        """What is wanted by now."""
        self._paused, wants, self._wants = False, self._wants, {}
        self.want(wants)

    def _apply(self, camera_id: str, want: PictureWant) -> None:
        if camera_id in self._feeds:
            self._feeds[camera_id].change(want)
        elif camera_id not in self._asked:
            self._open(camera_id, want)

    def _open(self, camera_id: str, want: PictureWant) -> None:
        self._asked.add(camera_id)
        port, ring = self._bridge.port, self._listener.bell.ring
        self._bridge.fetch(
            partial(port.watch, camera_id, want, ring),
            self._take_feed,
            lambda error: self._drop_want(camera_id, error),
            camera_id,
            want,
            owner=self,
            discard=close_it,
            pictures=True,
        )

    def _take_feed(self, camera_id: str, asked: PictureWant, feed: PictureFeed) -> None:
        self._asked.discard(camera_id)
        wanted = self._wants.get(camera_id)
        if wanted is None or self._closed or self._paused:
            feed.close()
            return
        if wanted != asked:
            feed.change(wanted)
        self._feeds[camera_id] = feed
        self._take_pictures()

    def _drop_want(self, camera_id: str, error: WatchroomError) -> None:
        """Forget the wish, so that wishing again tries again."""
        self._asked.discard(camera_id)
        if self._paused:
            return
        self._wants.pop(camera_id, None)
        self.failed.emit(camera_id, translate_engine_text(str(error)))

    def _take_pictures(self) -> None:
        for camera_id, feed in list(self._feeds.items()):
            picture = feed.latest()
            if picture is not None and self._shown.get(camera_id) != picture.index:
                self._shown[camera_id] = picture.index
                self._on_picture(picture)

    def close(self) -> None:
        """For good: who wanted the pictures, and the bridge, let go of it."""
        if not self._closed:
            self._closed = True
            self._listener.close()
            for feed in self._feeds.values():
                feed.close()
            self._feeds.clear()
            self._on_picture = _nowhere
            self._bridge.forget_wall(self)
            self.deleteLater()


def _nowhere(_picture: Picture) -> None:
    """Where pictures of a wall that has closed would go."""
