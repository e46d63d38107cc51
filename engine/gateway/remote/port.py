"""The engine port of an engine elsewhere, over its gateway."""

import asyncio
import logging
import ssl
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from weakref import WeakSet

import httpx
from websockets.exceptions import InvalidStatus, WebSocketException

from engine.gateway.live.changes import ChangesTaken
from engine.gateway.remote.calls import (
    KEPT,
    LONGEST_S,
    MOST_SNAPSHOT_BYTES,
    REQUEST_S,
    Caller,
    bearer,
    checked_with,
    engine_address,
    plain_of,
    segment,
    unreachable,
    whole,
)
from engine.gateway.remote.feed import RemoteFeed
from engine.gateway.remote.files import FetchedFiles, FetchedSegments
from engine.gateway.remote.hedging import Heard, hedged
from engine.gateway.remote.known_engine import greeted
from engine.gateway.remote.looks import Looks
from engine.gateway.remote.loop import RemoteLoop
from engine.gateway.remote.replay import RemoteReplay
from engine.gateway.remote.sending import CommandSender
from engine.gateway.remote.sound import RemoteSound
from engine.gateway.remote.subscription import MOST_SHARE, Subscription
from engine.model.accounts.access import Role, Session, User, Verb
from engine.model.accounts.commands import ConfirmPassword
from engine.model.cameras.instant_replay import PACKETS, ReplayCamera
from engine.model.cameras.sound import SoundFeed, check_listenable
from engine.model.command import Command
from engine.model.command_terms import FEATURE, NO_TERMS, CommandTerms, new_key
from engine.model.errors import (
    EnvironmentFault,
    InputError,
    NotFound,
    NotSignedIn,
    PermissionDenied,
    SessionLapsed,
    WatchroomError,
    not_the_password,
)
from engine.model.geometry import Polygon
from engine.model.health import EngineHealth
from engine.model.people.commands import PrepareClip
from engine.model.port import LOST_S, Link, PictureFeed, PictureWant
from engine.model.question_type import Question, answer_type
from engine.model.settings import DECODERS, SOFTWARE_DECODER
from engine.model.snapshot import JobState, Snapshot, adrift
from engine.model.time import from_iso
from engine.model.tolerant_wire import Omissions
from engine.model.vocabulary import SUBSCRIPTION, EngineRelease
from engine.runtime.keeping.free_memory import return_free_memory

T = TypeVar("T")

log = logging.getLogger(__name__)

_SESSION, _SNAPSHOT, _TALLY = "/api/v1/session", "/api/v1/port/snapshot", "/api/v1/port/tally"
POLL_S = 0.1
AGAIN_S = 1.0  # after an attempt that failed: at most so long nothing is tried
BESIDE_S = 1.0  # an attempt that has brought nothing for so long gets another one beside it
LATE_S = 0.05  # what came while this process was held up is read by then
ENDED_AGAIN_S = 2.0  # where the session has ended
COVERING_S = 120.0
TIDY_S = 10.0  # after the engine is back: by then its tiles have their new decoders
SUBSCRIBE_AGAIN_S = 5.0  # where polls are answered and the socket is not
LEFT_S = REQUEST_S + 5.0  # a session that another one took over from ends when nothing that was asked in it is under way


class RemoteDoor:
    """EngineDoor of the engine at `url` (`http://host:port`). Any thread.

    Args:
        verify: a CA bundle or context for engines with their own certificate; True for the system's.
        decoder: of the cameras' packets, here; as in the settings of a camera.

    Raises InputError (fields `connect`, `decoder`).
    """

    def __init__(self, url: str, verify: ssl.SSLContext | bool = True, decoder: str = SOFTWARE_DECODER) -> None:
        self._url = engine_address(url)
        if decoder not in DECODERS:
            raise InputError("decoder", f"{decoder[:40]!r} is none of {', '.join(DECODERS)}")
        self._verify, self._decoder = verify, decoder

    def needs_setup(self) -> bool:
        with Caller(self._url, "", self._verify) as caller:
            return bool(caller.json("GET", "/api/v1/setup").get("needed"))

    def set_up(self, site_name: str, admin_name: str, password: str, code: str = "", time_zone: str = "") -> "RemotePort":
        body = {"site_name": site_name, "admin_name": admin_name, "password": password, "code": code, "time_zone": time_zone}
        return self._enter("/api/v1/setup", body)

    def enter(self, token: str) -> "RemotePort":
        """By a machine's token. Raises NotSignedIn."""
        return RemotePort(self._url, token, self._verify, self._decoder)

    def sign_in(self, name: str, password: str) -> "RemotePort":
        return self._enter(_SESSION, {"name": name, "password": password})

    def _enter(self, path: str, body: dict[str, str]) -> "RemotePort":
        with Caller(self._url, "", self._verify) as caller:
            answer = caller.json("POST", path, json=body)
        return RemotePort(self._url, str(answer.get("token")), self._verify, self._decoder)


class RemotePort:
    """EnginePort over HTTP.

    Calls run on the caller's thread. The newest snapshot and all feeds are kept by one thread `remote`, so `snapshot` and `latest` never
    wait. While the engine is out of reach `snapshot` gives the last one with its cameras lost and the trouble named: nothing old looks
    live.
    """

    def __init__(
        self,
        url: str,
        token: str,
        verify: ssl.SSLContext | bool = True,
        decoder: str = SOFTWARE_DECODER,
        sign_in_again: Callable[[str], str] | None = None,
        by_hub: bool = False,
    ) -> None:
        """`sign_in_again`: a new token by a password that this engine does not know, of whoever is signed in. Raises InputError
        (`password`). by_hub: as of Caller."""
        self._url, self._by_hub = url, by_hub
        self._token = token
        self._sign_in_again = sign_in_again
        self._verify, self._decoder = verify, decoder
        self._ended: WatchroomError | None = None
        self._tally: Snapshot | None = None  # once the session is as old as one may become
        self._caller = Caller(url, token, verify, by_hub)
        try:
            self._enter_session()
            self._changes = ChangesTaken(self._read)
            self._snapshot = self._last = self._changes.take(self._caller.json("GET", _SNAPSHOT))
        except WatchroomError:
            self._caller.close()
            raise
        self._answered_s = time.monotonic()
        self._latency_ms: float | None = None
        self._clips: FetchedFiles[tuple[str, bool]] = FetchedFiles()  # by id, and whether faces are hidden
        self._packs: FetchedFiles[str] = FetchedFiles()
        self._downloads = tempfile.TemporaryDirectory(prefix="watchroom-clips-", ignore_cleanup_errors=True)
        self._private: tuple[tuple[str, tuple[Polygon, ...]], ...] = ()
        self._segments = FetchedSegments(self._caller, Path(self._downloads.name))
        self._replay = RemoteReplay(self._fetch_replay)
        self._sound: RemoteSound | None = None
        self._feeds: WeakSet[RemoteFeed] = WeakSet()
        self._looks = Looks()
        self._subscription = Subscription(url, verify, self._looks, self._leave_out)
        self._told_before = self._session_due = self._unfit = False
        self._entering: asyncio.Task[None] | None = None
        self._told_s = self._polled_s = 0.0  # when something last came over the socket, by a poll
        self._lost = False
        self._missed: WatchroomError | None = None  # why the newest attempt failed
        self._polls_wanted = asyncio.Event()
        self._polls_put_off: asyncio.TimerHandle | None = None
        self._loop = RemoteLoop("remote")
        self._sender = CommandSender(self._caller, lambda: self._loop.closed)
        self._loop.spawn(self._keep_snapshot())
        self._loop.spawn(self._end_idle_replays())

    def _enter_session(self) -> None:
        plain = self._caller.json("GET", _SESSION)
        self._session = _session(plain)
        self._engine = greeted(self._caller, self._url, plain)

    async def _enter_session_beside(self, client: httpx.AsyncClient) -> None:
        """While the engine tells what changes: it does that before it answers requests. One that is of no use to this console has to answer
        first. Raises WatchroomError."""
        if self._entering is None:
            self._entering = asyncio.ensure_future(self._enter_session_again(client))
        if self._unfit:
            await asyncio.wait([self._entering])
        if not self._entering.done():
            return
        entering, self._entering = self._entering, None
        error = entering.exception()
        if isinstance(error, EnvironmentFault) and error.reason == "unreachable":
            self._entering = asyncio.ensure_future(self._enter_session_again(client, AGAIN_S))
            return
        self._unfit = error is not None
        entering.result()
        self._session_due = False

    async def _enter_session_again(self, client: httpx.AsyncClient, after_s: float = 0.0) -> None:
        """It was started anew, perhaps as another version."""
        await asyncio.sleep(after_s)
        plain = await hedged(lambda heard: self._fetch(client, _SESSION, heard), BESIDE_S)
        self._engine = await asyncio.to_thread(greeted, self._caller, self._url, plain)
        self._session = _session(plain)

    @property
    def session(self) -> Session:
        return self._session

    @property
    def release(self) -> EngineRelease:
        """What the engine said of itself at sign-in."""
        return self._engine.release

    @property
    def link(self) -> Link:
        return Link(self._answered_s, self._latency_ms, self._engine.release.version)

    def snapshot(self) -> Snapshot:
        self._looks.look()
        if self._ended is not None:
            raise self._ended
        return self._snapshot

    def tally(self) -> Snapshot:
        if self._ended is not None and not isinstance(self._ended, SessionLapsed):
            raise self._ended
        return self._tally or self._read(Snapshot, self._caller.json("GET", _TALLY))

    def _read(self, kind: Any, plain: Any, field: str = "") -> Any:
        return self._engine.read(kind, plain, field)

    def ask(self, question: Question[T]) -> T:
        if isinstance(question, ReplayCamera) and PACKETS in self._engine.release.features:
            part = self._replay.part(question)
            if part is not None:
                return cast("T", part)
        engine = self._engine
        try:
            plain = self._caller.json("POST", "/api/v1/port/ask", json=engine.form(question))
        except InputError as error:
            engine.raise_refusal(question, error)
        return self._read(answer_type(type(question)), plain.get("answer"), "answer")

    def command(self, command: Command, terms: CommandTerms = NO_TERMS) -> str:
        obeys_terms = FEATURE in self._engine.release.features
        body = self._engine.form(command)
        if terms.basis is not None and obeys_terms:
            body["basis"] = terms.basis
        try:
            return self._sender.send(command, body, terms.key or new_key(), obeys_terms)
        except InputError as error:
            self._engine.raise_refusal(command, error)

    def confirm(self, password: str) -> None:
        token = self._confirmed(password)
        if token:
            before, self._token = self._token, token
            self._caller.carry(token)
            self._enter_session()
            self._ended = self._tally = None
            for feed in (*self._feeds, *filter(None, (self._sound,))):
                feed.carry(token)
            self._loop.spawn(self._leave(before))

    def _confirmed(self, password: str) -> str:
        """The token to go on with; empty: as before."""
        if self._sign_in_again is not None:
            return self._sign_in_again(password)
        return self._signed_in_again(password) if isinstance(self._ended, SessionLapsed) else self.command(ConfirmPassword(password))

    def _signed_in_again(self, password: str) -> str:
        """As whoever was signed in: the engine gives the old session nothing but counts. Raises InputError (`password`)."""
        body = {"name": self._session.user.name, "password": password}
        with Caller(self._url, "", self._verify) as caller:
            try:
                return str(caller.json("POST", _SESSION, json=body).get("token"))
            except NotSignedIn as error:
                raise not_the_password(error) from None

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> PictureFeed:
        if not self._session.may(Verb.SEE_LIVE):
            raise PermissionDenied(Verb.SEE_LIVE)
        if self.snapshot().camera(camera_id) is None:
            raise NotFound(f"There is no camera {camera_id}.")
        feed = RemoteFeed(self._loop, self._url, self._token, self._verify, camera_id, want, on_picture, self._decoder)
        self._feeds.add(feed)
        return feed

    def listen(self, camera_id: str) -> SoundFeed:
        if not self._session.may(Verb.SEE_LIVE):
            raise PermissionDenied(Verb.SEE_LIVE)
        camera = self.snapshot().settings.camera(camera_id)
        if camera is None:
            raise NotFound(f"There is no camera {camera_id}.")
        check_listenable(camera)
        if self._sound is not None:
            self._sound.close()
        self._sound = RemoteSound(self._loop, self._url, self._token, self._verify, camera_id)
        return self._sound

    def _fetch_replay(self, camera_id: str, query: dict[str, str]) -> bytes:
        return self._caller.bytes(f"/api/v1/port/replay/{segment(camera_id)}?{urlencode(query, safe=',')}")

    def clip_file(self, clip_id: str) -> Path:
        self._drop_what_is_private_now()
        known = clip_id, self.snapshot().faces_hidden  # as far as is known here; the engine decides
        if known[1]:
            self._clips.drop(lambda clip: not clip[1])  # faces are hidden again: what was fetched before that does not lie about here
        path = self._clips.get(known)
        if path is None:
            self._wait_for(self.command(PrepareClip(clip_id)))
            path = self._clips.keep(known, self._download(f"/api/v1/clips/{segment(clip_id)}"))
        return path

    def segment_file(self, segment_id: str) -> Path:
        self._drop_what_is_private_now()
        if self.snapshot().faces_hidden:
            self._segments.clear()
        until_s = time.monotonic() + COVERING_S
        while True:
            try:
                return self._segments.file(segment_id)
            except EnvironmentFault as fault:
                if fault.reason != "covering" or self._loop.closed or time.monotonic() > until_s:
                    raise

    def _drop_what_is_private_now(self) -> None:
        """Other parts of pictures are private: what was fetched before that does not lie about here."""
        private = tuple((camera.id, camera.privacy) for camera in self.snapshot().settings.cameras)
        if private == self._private:
            return
        self._private = private
        self._replay.clear()
        self._segments.clear()
        self._clips.drop()

    def pack_file(self, pack_id: str) -> Path:
        """Fetched anew each time, since the engine writes down who takes it; the copy before goes."""
        path = self._download(f"/api/v1/evidence/packs/{segment(pack_id)}/file")
        self._packs.drop(lambda known: known == pack_id)
        return self._packs.keep(pack_id, path)

    def _download(self, address: str) -> Path:
        return self._caller.download(address, Path(self._downloads.name))

    def _wait_for(self, job_id: str) -> None:
        """Until the job has ended, as the newest snapshot says; what became of it is told by the next call."""
        began_s = time.monotonic()
        while job_id:
            job = next((job for job in self.snapshot().jobs if job.id == job_id), None)
            unseen = job is None and time.monotonic() - began_s < LOST_S
            if self._loop.closed or not (unseen or (job is not None and job.state is JobState.RUNNING)):
                return
            time.sleep(POLL_S)

    def thumbnail(self, event_id: str) -> bytes | None:
        with suppress(NotFound):
            return self._caller.bytes(f"/api/v1/events/{segment(event_id)}/thumbnail")
        return None

    def job_picture(self, job_id: str) -> bytes | None:
        with suppress(NotFound):
            return self._caller.bytes(f"/api/v1/port/jobs/{segment(job_id)}/picture")
        return None

    def face_photo(self, face_id: str) -> bytes | None:
        with suppress(NotFound):
            return self._caller.bytes(f"/api/v1/port/faces/{segment(face_id)}/picture")
        return None

    def send_report_media(self, data: bytes) -> str:
        return str(self._caller.json("POST", "/api/v1/media", files={"file": data}).get("id"))

    def report_picture(self, media_id: str) -> bytes | None:
        with suppress(NotFound):
            return self._caller.bytes(f"/api/v1/media/{segment(media_id)}/picture")
        return None

    def close(self) -> None:
        self._replay.clear()
        self._loop.close()
        self._caller.close()
        self._downloads.cleanup()

    async def _end_idle_replays(self) -> None:
        while True:
            await asyncio.sleep(LOST_S)
            self._replay.end_idle()

    async def _keep_snapshot(self) -> None:
        try:
            async with self._client() as client, asyncio.TaskGroup() as group:
                for work in (self._keep_following(client), self._keep_polling(client), self._tell_silence()):
                    group.create_task(work)
        except* Exception as errors:  # the top of this thread's work: a snapshot that stands still must say so
            log.exception("the snapshot of %s is no longer kept", self._url)
            kinds = ", ".join(type(error).__name__ for error in errors.exceptions)
            self._snapshot = adrift(self._last, f"The engine's answers are not understood ({kinds}); connect again.")

    async def _keep_following(self, client: httpx.AsyncClient) -> None:
        """Be told what changes, again whenever that breaks off. Polls begin beside an attempt that takes a while or fails."""
        while True:
            if SUBSCRIPTION not in self._engine.release.features:
                self._polls_wanted.set()
                await asyncio.sleep(SUBSCRIBE_AGAIN_S)
                continue
            beside = asyncio.get_running_loop().call_later(BESIDE_S, self._polls_wanted.set)
            self._polls_put_off = beside
            told_before_s = self._told_s
            understood = await self._follow(client)
            if understood and self._told_s != told_before_s:
                await asyncio.sleep(POLL_S)
                continue
            beside.cancel()
            self._polls_wanted.set()
            answered = self._ended is not None or time.monotonic() - self._polled_s < LOST_S
            await asyncio.sleep(SUBSCRIBE_AGAIN_S if answered or not understood else AGAIN_S)

    async def _follow(self, client: httpx.AsyncClient) -> bool:
        """Until that breaks off. Whether what was told was understood."""
        try:
            await self._subscription.follow(self._token, partial(self._take_told, client))
        except InvalidStatus:
            pass  # an answer: what it means polls are told
        except (OSError, WebSocketException) as error:
            self._miss(unreachable(self._url, error, self._by_hub))
        except EnvironmentFault as fault:  # it was started anew, and did not say as what
            self._miss(fault)
        except (WatchroomError, zlib.error, ValueError) as error:
            log.warning("what %s tells of changes is not understood, it is asked instead: %s", self._url, error)
            return False
        return True

    async def _keep_polling(self, client: httpx.AsyncClient) -> None:
        """Ask for all of now while nothing is told."""
        pause_s = POLL_S
        while True:
            if not self._polls_wanted.is_set():
                await self._polls_wanted.wait()
                pause_s = 0.0
            await asyncio.sleep(pause_s)
            began_s = time.thread_time()
            refreshed = await self._refresh(client)
            least_s = max(POLL_S, 1 / MOST_SHARE * (time.thread_time() - began_s))
            longest_s = AGAIN_S if self._ended is None else ENDED_AGAIN_S
            pause_s = least_s if refreshed else min(max(2 * pause_s, POLL_S), longest_s)

    async def _tell_silence(self) -> None:
        """However long an attempt may take: who has said nothing for `LOST_S` is told as lost."""
        while True:
            await asyncio.sleep(max(self._answered_s + LOST_S - time.monotonic(), POLL_S))
            if self._silent():
                await asyncio.sleep(LATE_S)
            if self._silent() and not self._lost and self._ended is None:
                self._lose(self._missed or unreachable(self._url, TimeoutError(), self._by_hub))

    def _silent(self) -> bool:
        return time.monotonic() - self._answered_s > LOST_S

    async def _take_told(self, client: httpx.AsyncClient, snapshot: Snapshot, whole: bool) -> None:
        self._session_due = self._session_due or (whole and self._told_before)
        if self._session_due:
            await self._enter_session_beside(client)
        self._told_before = True
        self._polls_wanted.clear()
        if self._polls_put_off is not None:
            self._polls_put_off.cancel()
        self._show(snapshot)
        self._told_s = self._answered_s
        self._latency_ms = self._subscription.latency_ms

    def _show(self, snapshot: Snapshot) -> None:
        """What the engine just said."""
        self._snapshot = self._last = snapshot
        self._ended, self._answered_s = None, time.monotonic()
        if self._lost:
            self._loop.end_pauses()
            asyncio.get_running_loop().call_later(TIDY_S, return_free_memory)  # of decoders and answers before
        self._lost, self._missed = False, None

    def _leave_out(self, omissions: Omissions) -> None:
        self._engine.leave_out(omissions)

    def _miss(self, error: WatchroomError) -> None:
        """An attempt failed: that is told once the engine has been silent for a while."""
        self._missed = error
        if self._silent():
            self._lose(error)

    def _lose(self, error: WatchroomError) -> None:
        """Nothing old looks live."""
        self._lost = True
        self._snapshot = adrift(self._last, str(error))
        self._tally = None if self._tally is None else adrift(replace(self._tally, health=EngineHealth()), str(error))

    async def _leave(self, token: str) -> None:
        """End a session that another one took over from; where the engine is out of reach it ends by itself."""
        await asyncio.sleep(LEFT_S)
        with suppress(httpx.HTTPError):
            async with self._client() as client:
                await client.delete(_SESSION, headers=bearer(token))

    def _client(self) -> httpx.AsyncClient:
        proof = checked_with(self._url, self._verify)
        return httpx.AsyncClient(base_url=self._url, verify=proof, timeout=REQUEST_S, limits=KEPT, trust_env=False)

    async def _refresh(self, client: httpx.AsyncClient) -> bool:
        token, mark = self._token, self._changes.mark

        async def ask(heard: Heard) -> tuple[dict[str, Any], float]:
            asked_s = time.monotonic()
            return await self._fetch(client, _SNAPSHOT, heard, mark=mark), asked_s

        try:
            answer, asked_s = await hedged(ask, BESIDE_S)
            if self._told_s > asked_s:  # what is shown may be newer
                return True
            latency_ms = 1000 * (time.monotonic() - asked_s)
            if mark and "changes" not in answer:
                await self._enter_session_again(client)
            self._show(self._changes.take(answer))
            self._polled_s, self._latency_ms = self._answered_s, latency_ms
            return True
        except (NotSignedIn, PermissionDenied) as error:
            ended = await self._why_ended(client, error)
            self._ended = ended if token == self._token else None  # another session took over while it was asked
        except WatchroomError as error:
            self._miss(error)
        return False

    async def _why_ended(self, client: httpx.AsyncClient, error: WatchroomError) -> WatchroomError:
        """Whether it is only as old as one may become: then the engine still gives what a lock screen shows."""
        try:
            self._tally = self._read(Snapshot, await self._fetch(client, _TALLY))
            self._answered_s = time.monotonic()
            self._snapshot = adrift(self._last, str(error))  # what is shown first when it goes on
            return SessionLapsed()
        except WatchroomError:
            return error

    async def _fetch(self, client: httpx.AsyncClient, path: str, heard: Heard = lambda: None, **params: str) -> dict[str, Any]:
        """Waits for as long as something comes at least every `REQUEST_S`, up to `LONGEST_S`."""
        try:
            async with asyncio.timeout(LONGEST_S):
                async with client.stream("GET", path, params=params, headers=bearer(self._token)) as response:
                    return plain_of(await whole(response, MOST_SNAPSHOT_BYTES, heard))
        except (httpx.HTTPError, TimeoutError) as error:
            raise unreachable(self._url, error, self._by_hub) from None


def _session(plain: dict[str, Any]) -> Session:
    try:
        cameras = None if plain["cameras"] is None else tuple(str(grant) for grant in plain["cameras"])
        role = Role(plain["role"]) if plain["role"] in set(Role) else Role.OPERATOR  # of a later version; what it may is told by its verbs
        user = User(plain["user_id"], plain["user"], role, cameras)
        expires_ns, ends_ns = (from_iso(plain[name]) if plain[name] else None for name in ("expires", "ends"))
        machine = None if plain.get("machine") is None else str(plain["machine"])
        known = frozenset(Verb(verb) for verb in plain["verbs"] if verb in set(Verb))  # others are of a later version
        return Session("remote", user, known, expires_ns, cameras, ends_ns, machine)
    except (KeyError, ValueError, TypeError):
        raise EnvironmentFault("unreachable", "What answers there is no Watchroom engine of this version.") from None
