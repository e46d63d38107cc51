"""The engine port of an engine elsewhere, over its gateway."""

import ssl
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import httpx

from engine.gateway.remote_feed import RemoteFeed
from engine.model import wire
from engine.model.access import Role, Session, User, Verb
from engine.model.command import Command
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied, WatchroomError
from engine.model.event import Event
from engine.model.port import PictureFeed, PictureWant
from engine.model.question import Answer, Question
from engine.model.snapshot import Snapshot
from engine.model.time import from_iso

POLL_S = 0.1
REQUEST_S = 10.0
LONGEST_PAUSE_S = 5.0


class RemoteDoor:
    """EngineDoor of the engine at `url` (`http://host:port`). Any thread.

    Args:
        verify: a CA bundle or context for engines with their own certificate; True for the system's.
    """

    def __init__(self, url: str, verify: ssl.SSLContext | bool = True) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise InputError("connect", f"{url!r} is not an address like https://host:8740")
        self._url = url.rstrip("/")
        self._verify = verify

    def needs_setup(self) -> bool:
        with Caller(self._url, "", self._verify) as caller:
            return bool(caller.json("GET", "/api/v1/setup")["needed"])

    def set_up(self, site_name: str, admin_name: str, password: str, code: str = "") -> "RemotePort":
        body = {"site_name": site_name, "admin_name": admin_name, "password": password, "code": code}
        return self._enter("/api/v1/setup", body)

    def sign_in(self, name: str, password: str) -> "RemotePort":
        return self._enter("/api/v1/session", {"name": name, "password": password})

    def _enter(self, path: str, body: dict[str, str]) -> "RemotePort":
        with Caller(self._url, "", self._verify) as caller:
            answer = caller.json("POST", path, json=body)
        return RemotePort(self._url, answer["token"], self._verify)


class RemotePort:
    """EnginePort over HTTP. A thread `remote-snapshot` keeps the newest snapshot; each feed has a thread of its own."""

    def __init__(self, url: str, token: str, verify: ssl.SSLContext | bool = True) -> None:
        self._url = url
        self._token = token
        self._verify = verify
        self._caller = Caller(url, token, verify)
        self._session = _session(self._caller.json("GET", "/api/v1/session"))
        self._mark = ""
        self._events: tuple[Event, ...] = ()
        self._ended: WatchroomError | None = None
        self._snapshot = self._fetch_snapshot()
        self._feeds: list[RemoteFeed] = []
        self._downloads = tempfile.TemporaryDirectory(prefix="watchroom-clips-")
        self._closing = threading.Event()
        self._poller = threading.Thread(target=self._poll, name="remote-snapshot", daemon=True)
        self._poller.start()

    @property
    def session(self) -> Session:
        return self._session

    def snapshot(self) -> Snapshot:
        if isinstance(self._ended, (NotSignedIn, PermissionDenied)):
            raise self._ended
        return self._snapshot

    def ask(self, question: Question) -> Answer:
        plain = self._caller.json("POST", "/api/v1/port/ask", json=wire.to_plain(question, tagged=True))
        return wire.read_as(Answer, plain)

    def command(self, command: Command) -> str:
        return str(self._caller.json("POST", "/api/v1/port/command", json=wire.to_plain(command, tagged=True))["id"])

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> PictureFeed:
        if not self._session.may(Verb.SEE_LIVE):
            raise PermissionDenied(Verb.SEE_LIVE)
        if self.snapshot().camera(camera_id) is None:
            raise NotFound(f"There is no camera {camera_id}.")
        feed = RemoteFeed(self._url, self._token, self._verify, camera_id, want, on_picture)
        self._feeds.append(feed)
        return feed

    def clip_file(self, clip_id: str) -> Path:
        path = Path(self._downloads.name) / quote(clip_id, safe="")
        if not path.exists():
            part = path.with_suffix(".part")
            self._caller.download(f"/api/v1/clips/{quote(clip_id, safe='')}", part)
            part.replace(path)
        return path

    def thumbnail(self, event_id: str) -> bytes | None:
        with suppress(NotFound):
            return self._caller.bytes(f"/api/v1/events/{quote(event_id, safe='')}/thumbnail")
        return None

    def job_picture(self, job_id: str) -> bytes | None:
        with suppress(NotFound):
            return self._caller.bytes(f"/api/v1/port/jobs/{quote(job_id, safe='')}/picture")
        return None

    def close(self) -> None:
        self._closing.set()
        for feed in self._feeds:
            feed.close()
        self._poller.join(REQUEST_S)
        self._caller.close()
        self._downloads.cleanup()

    def _poll(self) -> None:
        pause_s = POLL_S
        while not self._closing.wait(pause_s):
            try:
                self._snapshot = self._fetch_snapshot()
                self._ended, pause_s = None, POLL_S
            except WatchroomError as error:
                self._ended = error
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _fetch_snapshot(self) -> Snapshot:
        answer = self._caller.json("GET", "/api/v1/port/snapshot", params={"mark": self._mark})
        snapshot = wire.read_as(Snapshot, answer["snapshot"])
        if answer["mark"] != self._mark:
            self._mark, self._events = answer["mark"], snapshot.events
        return replace(snapshot, events=self._events)


class Caller:
    """Requests with a token; every refusal comes back as the error it was over there. Any thread."""

    def __init__(self, url: str, token: str, verify: ssl.SSLContext | bool) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=url, headers=headers, verify=verify, timeout=REQUEST_S, trust_env=False)
        self._url = url

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return self._request(method, path, **request).json()

    def bytes(self, path: str) -> bytes:
        return self._request("GET", path).content

    def download(self, path: str, target: Path) -> None:
        try:
            with self._client.stream("GET", path) as response, target.open("wb") as file:
                if response.is_error:
                    response.read()
                    _raise(response)
                for block in response.iter_bytes():
                    file.write(block)
        except httpx.HTTPError as error:
            self._unreachable(error)

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            self._unreachable(error)
        if response.is_error:
            _raise(response)
        return response

    def _unreachable(self, error: httpx.HTTPError) -> NoReturn:
        message = f"The engine at {self._url} cannot be reached ({type(error).__name__}). Check that it runs and the network between."
        raise EnvironmentFault("unreachable", message) from None


def _raise(response: httpx.Response) -> NoReturn:
    try:
        problem = response.json()
        word, message, field = str(problem["error"]), str(problem["message"]), problem["field"]
    except (ValueError, KeyError, TypeError):
        raise EnvironmentFault("unreachable", f"The engine answered with status {response.status_code}.") from None
    match word:
        case "bad_input":
            raise InputError(field or "", message.removeprefix(f"{field}: "))
        case "not_found":
            raise NotFound(message)
        case "not_signed_in":
            raise NotSignedIn(message, float(response.headers.get("retry-after", 0)))
        case "not_permitted":
            refusal = PermissionDenied("do this")
            refusal.args = (message,)
            raise refusal
        case _:
            raise EnvironmentFault(word, message)


def _session(plain: dict[str, Any]) -> Session:
    user = User(plain["user_id"], plain["user"], Role(plain["role"]))
    expires = plain["expires"]
    return Session("remote", user, frozenset(Verb(verb) for verb in plain["verbs"]), from_iso(expires) if expires else None)
