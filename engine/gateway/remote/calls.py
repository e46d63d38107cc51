"""Requests to an engine elsewhere; every refusal comes back as the error it was over there."""

import errno
import os
import shutil
import ssl
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn, cast
from urllib.parse import quote, urlsplit

import httpx

from engine.gateway.incidents.media import SUFFIXES
from engine.model.errors import Conflict, EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied
from engine.model.time import from_iso

_NAME_DIFFERS, _ADDRESS_DIFFERS = 62, 64  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_OUT_OF_TIME = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_NOT_YET = 202
REQUEST_S = 10.0
KEPT = httpx.Limits(max_connections=100, max_keepalive_connections=2)
"""Idle connections: the engine ends them after some seconds, and each takes a file until the next call."""
MOST_BYTES = 64 << 20
"""Of an answer that is no file: what an engine says is some megabytes at most, whatever it is asked."""
MOST_SNAPSHOT_BYTES = 8 << 20
"""That of a thousand cameras is one; reading more would hold up the rest of the console."""
LONGEST_S = 300.0
"""Until an answer is whole that has begun to come."""
DISK_FREE_BYTES = 1 << 30
"""So much stays free where files of an engine are put."""
_LOOK_BYTES = 32 << 20


def engine_address(text: str) -> str:
    """`http://host:port` without anything more. Raises InputError: another scheme, no host, a bad port, a login, a path."""
    try:
        parts = urlsplit(text.strip())
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query
        plain = plain and not any(character.isspace() for character in parts.netloc)
        login, _ = "@" in parts.netloc, parts.port
        httpx.URL(text.strip())
    except (ValueError, httpx.InvalidURL):
        plain, login = False, False
        parts = urlsplit("")
    if not plain or login:  # not repeated here: it may hold a password
        raise InputError("connect", "the engine's address must look like https://host:8740, without a login or a path")
    return f"{parts.scheme}://{parts.netloc}"


def segment(text: str) -> str:
    """An id as one segment of a path. Raises NotFound for those that a path would swallow."""
    if text in ("", ".", ".."):
        raise NotFound(f"There is no {text!r}.")
    return quote(text, safe="")


@cache
def _public_authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def checked_with(url: str, verify: ssl.SSLContext | bool) -> ssl.SSLContext | bool:
    """What proves an engine's name. Reading the public authorities takes longer than signing in: it is done once, and over HTTPS only."""
    if url.startswith("http:"):
        return False
    return _public_authorities() if verify is True else verify


class AnswerLost(EnvironmentFault):
    """The line was cut after something was sent: the engine may have taken it."""

    def __init__(self, message: str) -> None:
        super().__init__("unreachable", message)


class Caller:
    """Requests with a token. Any thread. Raises EnvironmentFault (`unreachable`, also as AnswerLost; `closed`) where no answer comes.

    by_hub: `url` is only the near end of a line through a hub, and says nothing to people.
    """

    def __init__(self, url: str, token: str, verify: ssl.SSLContext | bool, by_hub: bool = False) -> None:
        proof = checked_with(url, verify)
        self._client = httpx.Client(base_url=url, headers=bearer(token), verify=proof, timeout=REQUEST_S, limits=KEPT, trust_env=False)
        self._url, self._by_hub = url, by_hub

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def carry(self, token: str) -> None:
        """Another token with every request from now on."""
        self._client.headers.update(bearer(token))

    def json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return plain_of(self._request(method, path, **request))

    def json_or_none(self, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        """As `json`; None: there is nothing yet (202)."""
        response = checked(self._request(method, path, **request))
        return None if response.status_code == _NOT_YET else plain_of(response)

    def bytes(self, path: str) -> bytes:
        return checked(self._request("GET", path)).content

    def download(self, path: str, folder: Path) -> Path:
        """A new file in `folder`, there only when it is whole. Raises EnvironmentFault also when the disk is full."""
        try:
            with self._client.stream("GET", path) as response:
                if not response.is_success:
                    response = _whole(response)
                return _save_to_folder(checked(response), folder)
        except (httpx.HTTPError, RuntimeError) as error:
            self._no_answer(error)

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            with self._client.stream(method, path, **request) as response:
                return _whole(response)
        except (httpx.HTTPError, RuntimeError) as error:
            self._no_answer(error)

    def _no_answer(self, error: Exception) -> NoReturn:
        if self._client.is_closed:
            raise EnvironmentFault("closed", "The connection to this engine is closed.") from None
        if not isinstance(error, httpx.HTTPError):
            raise error
        fault = unreachable(self._url, error, self._by_hub)
        raise (AnswerLost(str(fault)) if fault.reason == "unreachable" and not isinstance(error, _NOTHING_SENT) else fault) from None


def _whole(response: httpx.Response) -> httpx.Response:
    """Read to its end. Raises EnvironmentFault `unreliable`: it is endless."""
    data, until_s = bytearray(), time.monotonic() + LONGEST_S
    for block in response.iter_bytes():
        data += block
        if len(data) > MOST_BYTES or time.monotonic() > until_s:
            raise endless(response)
    return _read_response(response, bytes(data))


async def whole(response: httpx.Response, most_bytes: int, heard: Callable[[], None]) -> httpx.Response:
    """As `_whole`, on a loop, whose own deadline holds. `heard`: called whenever something of it has come."""
    data = bytearray()
    heard()
    async for block in response.aiter_bytes():
        heard()
        data += block
        if len(data) > most_bytes:
            raise endless(response)
    return _read_response(response, bytes(data))


def _read_response(response: httpx.Response, data: bytes) -> httpx.Response:
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_WIRE]
    return httpx.Response(response.status_code, headers=headers, content=data, request=response.request)


def endless(response: httpx.Response) -> EnvironmentFault:
    message = f"What the engine at {response.url.netloc.decode()} answers is longer than there can be. Nothing of it is used."
    return EnvironmentFault("unreliable", message)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def unreachable(url: str, error: Exception, by_hub: bool = False) -> EnvironmentFault:
    """`by_hub`: as of Caller."""
    if by_hub:
        return EnvironmentFault("unreachable", "This site does not answer the hub now.")
    untrusted = _untrusted(error)
    if untrusted is not None:
        return EnvironmentFault("certificate", _certificate_words(url, untrusted))
    message = f"The engine at {url} cannot be reached ({type(error).__name__}). Check that it runs and the network between."
    return EnvironmentFault("unreachable", message)


def _untrusted(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """httpx wraps what OpenSSL said."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _certificate_words(url: str, error: ssl.SSLCertVerificationError) -> str:
    why = error.verify_message or str(error)
    if error.verify_code in (_NAME_DIFFERS, _ADDRESS_DIFFERS):
        return f"The certificate of {url} is for another name ({why}). Connect to the name that the certificate is for."
    if error.verify_code in _OUT_OF_TIME:
        return f"The certificate of {url} is not valid now ({why}). Renew it, or set this machine's clock."
    return (
        f"The certificate of {url} is not trusted ({why}), so nothing was sent. Where it is your own, give --ca FILE: a PEM file of the "
        "authority that signed it, or of the certificate itself."
    )


def plain_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; raises what the engine refused with."""
    try:
        plain = checked(response).json()
    except ValueError:
        plain = None
    if not isinstance(plain, dict):
        raise _not_an_engine(response)
    return cast("dict[str, Any]", plain)


def checked(response: httpx.Response) -> httpx.Response:
    """The answer itself where it is one."""
    if response.is_success:
        return response
    try:
        problem = response.json()
        message, field = str(problem["message"]), str(problem["field"] or "")
        word, wait_s = str(problem["error"]), float(response.headers.get("retry-after", 0))
    except (ValueError, KeyError, TypeError):
        raise _not_an_engine(response) from None
    if word == "conflict":
        raise _conflict(problem, message, field)
    _raise(word, message, field, wait_s)


def _conflict(problem: dict[str, Any], message: str, field: str) -> Conflict:
    changed, since = problem.get("changed"), problem.get("since")
    parts = tuple(str(each) for each in cast("list[Any]", changed)) if isinstance(changed, list) else ()
    try:
        since_ns = from_iso(since) if isinstance(since, str) else None
    except ValueError:
        since_ns = None
    return Conflict(field, message, parts, str(problem.get("by") or ""), since_ns)


def _raise(word: str, message: str, field: str, wait_s: float) -> NoReturn:
    match word:
        case "bad_input":
            raise InputError(field, message.removeprefix(f"{field}: "))
        case "not_found":
            raise NotFound(message)
        case "not_signed_in":
            raise NotSignedIn(message, wait_s)
        case "not_permitted":
            refusal = PermissionDenied("do this")
            refusal.args = (message,)
            raise refusal
        case _:
            raise EnvironmentFault(word, message)


def _not_an_engine(response: httpx.Response) -> EnvironmentFault:
    message = f"What answers at {response.url.netloc.decode()} is no Watchroom engine of this version (status {response.status_code})."
    return EnvironmentFault("unreachable", message)


def _save_to_folder(response: httpx.Response, folder: Path) -> Path:
    suffix = SUFFIXES.get(response.headers.get("content-type", ""), "")
    part = None
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=suffix, delete=False) as file:
            part = Path(file.name)
            _write_blocks(response, file, folder)
        return part
    except OSError as error:
        _drop(part)
        raise EnvironmentFault("disk", f"The clip could not be stored in {folder} ({error.strerror}). Free some space there.") from None
    except httpx.HTTPError:
        _drop(part)
        raise


def _write_blocks(response: httpx.Response, file: IO[bytes], folder: Path) -> None:
    """Raises OSError where too little of the disk would be left."""
    size = looked_at = 0
    for block in response.iter_bytes():
        size += len(block)
        if size - looked_at > _LOOK_BYTES:
            looked_at = size
            if shutil.disk_usage(folder).free < DISK_FREE_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.write(block)


def _drop(part: Path | None) -> None:
    if part is not None:
        part.unlink(missing_ok=True)
