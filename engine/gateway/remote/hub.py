"""A hub, as a console reaches it: one sign-in for its sites, and a way through to each of them.

The console's ports are to the sites themselves: what a site shows, takes and says goes through the hub as bytes. A port of this machine
leads there; whoever else is on this machine can reach the site's sign-in by it, as they could reach the site's own address.
"""

import asyncio
import concurrent.futures
import math
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from engine.gateway.remote.browser_redirect import BrowserRedirect, SignInStopped
from engine.gateway.remote.calls import Caller, bearer, engine_address, segment
from engine.gateway.remote.files import FetchedFiles
from engine.gateway.remote.hub_people import HubPeople
from engine.gateway.remote.hub_templates import HubTemplates
from engine.gateway.remote.loop import RemoteLoop
from engine.gateway.remote.port import RemotePort
from engine.gateway.remote.sockets import SocketAddress
from engine.gateway.until_one_ends import until_one_ends
from engine.model.accounts.access import Verb
from engine.model.alerts.intent import Intent, IntentCommand
from engine.model.command_terms import NO_TERMS, CommandTerms, new_key
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, not_the_password
from engine.model.hub_copy import is_copied
from engine.model.question_type import Question, answer_type
from engine.model.time import from_iso
from engine.model.tolerant_wire import Omissions, UnknownHere, read_tolerantly, reader
from engine.model.value_class import dataclass
from engine.model.vocabulary import plain_for
from engine.model.wire import to_plain

T = TypeVar("T")

HUB, SITES, SESSION, BY_HUB = "/api/v1/hub", "/api/v1/hub/sites", "/api/v1/session", "/api/v1/session/hub"
BROWSER, DEVICE = f"{SESSION}/browser", f"{SESSION}/device"
AGAIN_S = 180.0
"""So long somebody may take with a browser who was signed in before: a console that is locked waits."""
POLL_S = 5.0
"""So often a hub is asked whether somebody has signed in at another device."""
LARGEST_PIECE, PIECE = 1 << 20, 1 << 16
_LOOPBACK, _START_S, _WAITING = "127.0.0.1", 5.0, 4


@dataclass(frozen=True, slots=True)
class HubSite:
    """A site, by its key at the hub. `stands_for`: of a spare's part, the key of the site that it records for."""

    key: str
    name: str
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class ProviderAtHub:
    """By which one signs in at a hub, too. `name`: empty: it has none. device_codes: also with another device."""

    name: str = ""
    device_codes: bool = True


class RemoteHub:
    """Any thread. Raises InputError (`connect`): no address."""

    def __init__(self, url: str, verify: ssl.SSLContext | bool = True) -> None:
        self._url, self._verify = engine_address(url), verify

    def answers(self) -> bool:
        """Whether a hub is there; False: an engine is. Raises EnvironmentFault (`unreachable`)."""
        with Caller(self._url, "", self._verify) as caller:
            try:
                caller.json("GET", HUB)
            except (NotFound, NotSignedIn):
                return False
            return True

    def provider(self) -> ProviderAtHub:
        """Raises EnvironmentFault."""
        with Caller(self._url, "", self._verify) as caller:
            told = caller.json("GET", HUB)
            return ProviderAtHub(str(told.get("provider") or ""), told.get("device_codes") is not False)

    def sign_in(self, name: str, password: str) -> "HubVisit":
        """Raises NotSignedIn."""
        return self._visit(_signed_in(self._url, self._verify, name, password))

    def sign_in_by_browser(self, open_browser: Callable[[str], object], stopping: threading.Event) -> "HubVisit":
        """At the identity provider, with a browser of this machine. Waits for the person.

        `open_browser`: given the address that is to be opened, on this thread. Raises NotSignedIn; SignInStopped; EnvironmentFault
        (`provider`).
        """
        browser = _Browser(self._url, self._verify, open_browser)
        return self._visit(browser.signed_in(stopping), browser, by_provider=True)

    def sign_in_by_device(self, show: Callable[[str, str], object], stopping: threading.Event) -> "HubVisit":
        """At the identity provider, with a browser anywhere. Waits for the person.

        `show`: given the address and the code that is entered there, on this thread. Raises as `sign_in_by_browser`.
        """
        with Caller(self._url, "", self._verify) as caller:
            begun = caller.json("POST", DEVICE)
            show(_web_address(begun.get("url")), str(begun["code"]))
            until_s = time.monotonic() + float(begun["expires_s"])
            while time.monotonic() < until_s:
                if stopping.wait(POLL_S):
                    raise SignInStopped
                told = caller.json_or_none("POST", f"{DEVICE}/code", json={"flow": begun["flow"]})
                if told is not None:
                    return self._visit(told, by_provider=True)
        raise NotSignedIn("Nobody has signed in with another device in time. Begin again.")

    def _visit(self, told: dict[str, Any], browser: "_Browser | None" = None, *, by_provider: bool = False) -> "HubVisit":
        visit = HubVisit(self._url, self._verify, str(told.get("user")), str(told.get("token")), by_provider=by_provider)
        visit.browser = browser
        visit.verbs = frozenset(verb for verb in Verb if verb.value in (told.get("verbs") or ()))
        return visit


class _Browser:
    """Of this machine, by which somebody signs in at a hub's identity provider."""

    def __init__(self, url: str, verify: ssl.SSLContext | bool, open_browser: Callable[[str], object]) -> None:
        self._url, self._verify, self._open = url, verify, open_browser

    def signed_in(self, stopping: threading.Event, longest_s: float = math.inf) -> dict[str, Any]:
        """What the hub tells of whoever it is, with a token. Raises NotSignedIn; SignInStopped; EnvironmentFault."""
        with BrowserRedirect() as redirect, Caller(self._url, "", self._verify) as caller:
            begun = caller.json("POST", BROWSER, json={"port": redirect.port})
            self._open(_web_address(begun.get("url")))
            brought = redirect.wait(str(begun["state"]), min(longest_s, float(begun["expires_s"])), stopping)
            shown = {"flow": begun["flow"], "code": brought.code, "state": brought.state, "issuer": brought.issuer}
            return caller.json("POST", f"{BROWSER}/code", json=shown)


class HubVisit:
    """Somebody who is signed in at a hub. Any thread. `name`: as the account has it. templates: rules and settings for several
    sites, for its administrators. Ports that it gave end with it."""

    def __init__(self, url: str, verify: ssl.SSLContext | bool, name: str, token: str, *, by_provider: bool = False) -> None:
        """`by_provider`: the hub's identity provider knows them, and no password does."""
        self._url, self._verify, self._token = url, verify, token
        self.name, self.by_provider = name, by_provider
        self.verbs = frozenset[Verb]()
        self.browser: _Browser | None = None  # by which they signed in there
        self._stopping = threading.Event()
        self._past: list[str] = []  # tokens of before
        self._caller = Caller(url, token, verify)
        self.templates = HubTemplates(self._caller)
        self._loop = RemoteLoop("hub-lines")
        self._lines: dict[str, _Line] = {}
        self._downloads = tempfile.TemporaryDirectory(prefix="watchroom-hub-clips-", ignore_cleanup_errors=True)
        self._clips: FetchedFiles[tuple[str, str]] = FetchedFiles()

    def sites(self) -> tuple[HubSite, ...]:
        """Those that the account is for, as they are now."""
        told: Any = self._caller.json("GET", SITES).get("sites")
        return tuple(HubSite(str(each["key"]), str(each["name"]), str(each.get("stands_for") or "")) for each in told)

    def enter(self, key: str) -> RemotePort:
        """Raises NotFound; NotSignedIn: the site does not take the hub's word; EnvironmentFault (`unreachable`)."""
        token = self._token_at(key)
        return RemotePort(self._address(key), token, sign_in_again=lambda password: self._sign_in_again(key, password), by_hub=True)

    def clip_file(self, key: str, clip_id: str) -> Path:
        """Of an alert, where that site had sent it. Goes with this visit. Raises NotFound."""
        path = self._clips.get((key, clip_id))
        if path is None:
            path = self._caller.download(f"{SITES}/{segment(key)}/clips/{segment(clip_id)}", Path(self._downloads.name))
        return self._clips.keep((key, clip_id), path)

    @property
    def people(self) -> HubPeople:
        """Compared over its sites."""
        return HubPeople(self._caller)

    def copy_of(self, key: str) -> "SiteCopyAtHub":
        return SiteCopyAtHub(self, key)

    def ask(self, key: str, question: Question[T]) -> T:
        """From the hub's copy of that site, with ids as the site has them. Raises what the hub answers; EnvironmentFault (`not_copied`):
        only the site knows."""
        if not is_copied(question):
            raise EnvironmentFault("not_copied", "Only the site itself answers this.")
        plain = self._caller.json("POST", f"{SITES}/{segment(key)}/ask", json=plain_for(question, None)).get("answer")
        return cast("T", reader(answer_type(type(question)))(plain, "answer", Omissions()))

    def intend(self, key: str, command: IntentCommand, terms: CommandTerms = NO_TERMS) -> Intent:
        """Keep at the hub what the site is told when it is back; what became of it where the hub has it already. Ids are those of the site.

        `terms.key`: the intent's id; the same as the command's, where it was sent to the site before: what reached it is not done again.

        Raises NotFound, PermissionDenied, NotSignedIn, InputError, EnvironmentFault (`unreachable`, `full`).
        """
        seen = None if terms.basis is None else terms.basis.get("assignee")
        body = {"id": terms.key or new_key(), "command": to_plain(command, tagged=True), "seen_assignee": seen}
        return _intent(self._caller.json("POST", _intents_of(key), json=body))

    def intents(self, key: str) -> tuple[Intent, ...]:
        """What the site has not been told yet, and what became of the rest within a day; newest first. One of a kind that this version does
        not know is left out. Raises NotFound, PermissionDenied, NotSignedIn, EnvironmentFault (`unreachable`)."""
        told: Any = self._caller.json("GET", _intents_of(key)).get("intents")
        return tuple(intent for each in told if (intent := _known_intent(each)) is not None)

    def close(self) -> None:
        for line in self._lines.values():
            line.close()
        self._stopping.set()
        for token in (self._token, *self._past):
            self._caller.carry(token)
            with suppress(EnvironmentFault, NotSignedIn):
                self._caller.json("DELETE", SESSION)
        self._caller.close()
        self._loop.close()
        self._downloads.cleanup()

    def _sign_in_again(self, key: str, password: str) -> str:
        """At the hub, and at the site by its new word. `password`: that of the hub; with an identity provider there is none. Raises
        InputError (`password`), EnvironmentFault."""
        told = self._told_by_browser() if self.by_provider else self._told_by_password(password)
        self._past.append(self._token)
        self._token = str(told.get("token"))
        self._caller.carry(self._token)
        return self._token_at(key)

    def _told_by_password(self, password: str) -> dict[str, Any]:
        try:
            return _signed_in(self._url, self._verify, self.name, password)
        except NotSignedIn as error:
            raise not_the_password(error) from None

    def _told_by_browser(self) -> dict[str, Any]:
        """It has to be the same person: who unlocks a console goes on as who is signed in there."""
        if self.browser is None:
            raise InputError("password", "cannot be checked: you have signed in with another device. Sign out, and in again")
        try:
            told = self.browser.signed_in(self._stopping, AGAIN_S)
        except NotSignedIn as error:
            raise InputError("password", str(error)) from None
        if told.get("user") == self.name:
            return told
        self._past.append(str(told.get("token")))
        raise InputError("password", f"of {self.name} is needed: {told.get('user')} has signed in")

    def _token_at(self, key: str) -> str:
        word = self._caller.json("POST", f"{SITES}/{segment(key)}/word").get("word")
        with Caller(self._address(key), "", False, by_hub=True) as caller:
            return str(caller.json("POST", BY_HUB, json={"word": word}).get("token"))

    def _address(self, key: str) -> str:
        if key not in self._lines:
            socket = SocketAddress(self._url, f"{SITES}/{segment(key)}/line", self._verify)
            self._lines[key] = _Line(self._loop, socket, lambda: bearer(self._token))
        return f"http://{_LOOPBACK}:{self._lines[key].port}"


class SiteCopyAtHub:
    """What a hub knows of one site, and keeps for it, for as long as it cannot be reached itself. Any thread."""

    def __init__(self, visit: HubVisit, key: str) -> None:
        self._visit, self._key = visit, key

    def may(self, verb: Verb) -> bool:
        """At the hub; the site may allow less."""
        return verb in self._visit.verbs

    def ask(self, question: Question[T]) -> T:
        return self._visit.ask(self._key, question)

    def clip_file(self, clip_id: str) -> Path:
        """That the site had sent its hub. Raises NotFound."""
        return self._visit.clip_file(self._key, clip_id)

    def intend(self, command: IntentCommand, terms: CommandTerms) -> Intent:
        return self._visit.intend(self._key, command, terms)

    def intents(self) -> tuple[Intent, ...]:
        return self._visit.intents(self._key)


def _web_address(said: Any) -> str:
    """What a hub says is to be opened is opened by a browser, and by nothing else. Raises EnvironmentFault (`unreliable`)."""
    if not isinstance(said, str) or urlsplit(said).scheme not in ("https", "http"):
        raise EnvironmentFault("unreliable", "The hub names no address of a website to sign in at.")
    return said


def _signed_in(url: str, verify: ssl.SSLContext | bool, name: str, password: str) -> dict[str, Any]:
    """Raises NotSignedIn."""
    with Caller(url, "", verify) as caller:
        return caller.json("POST", SESSION, json={"name": name, "password": password})


def _intents_of(key: str) -> str:
    return f"{SITES}/{segment(key)}/intents"


def _intent(told: Mapping[str, Any]) -> Intent:
    ended = told.get("ended")
    plain = {name: told.get(name) for name in ("id", "command", "by", "by_id", "state", "outcome")}
    plain |= {"said_ns": from_iso(str(told.get("said"))), "ended_ns": None if ended is None else from_iso(str(ended))}
    return read_tolerantly(Intent, plain)


def _known_intent(told: Mapping[str, Any]) -> Intent | None:
    try:
        return _intent(told)
    except UnknownHere:
        return None


class _Line:
    """A port of this machine; each connection to it is one to the site's gateway."""

    def __init__(self, loop: RemoteLoop, address: SocketAddress, headers: Any) -> None:
        self._loop, self._address, self._headers = loop, address, headers
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        begun: concurrent.futures.Future[int] = concurrent.futures.Future()
        loop.spawn(self._listen(begun))
        self.port = begun.result(_START_S)

    def close(self) -> None:
        if self._server is not None:
            self._loop.call(self._server.close)

    async def _listen(self, begun: "concurrent.futures.Future[int]") -> None:
        try:
            self._server = await asyncio.start_server(self._begin, _LOOPBACK, 0)
        except OSError as error:
            begun.set_exception(EnvironmentFault("port", f"No port of this machine is free ({error.strerror})."))
        else:
            begun.set_result(int(self._server.sockets[0].getsockname()[1]))

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tasks of our own: those that asyncio makes are complained of when they are cancelled at the end."""
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One that cannot be made ends at once: whoever asked hears nothing, as from a site that is away."""
        try:
            async with self._address.connect(self._headers(), LARGEST_PIECE, most_waiting=_WAITING) as socket:
                await until_one_ends(_up(reader, socket), _down(socket, writer))
        except (OSError, WebSocketException, TimeoutError):
            pass
        finally:
            writer.close()


async def _up(reader: asyncio.StreamReader, socket: ClientConnection) -> None:
    with suppress(OSError, WebSocketException):
        while piece := await reader.read(PIECE):
            await socket.send(piece)


async def _down(socket: ClientConnection, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, WebSocketException):
        async for piece in socket:
            writer.write(piece if isinstance(piece, bytes) else piece.encode())
            await writer.drain()
