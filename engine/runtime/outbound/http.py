"""Posting to a receiver whose address was judged after it was resolved."""

import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from engine.model.errors import EnvironmentFault
from engine.runtime.outbound.outbox import Attempt
from engine.runtime.outbound.outward import InHouse, Resolver, allowed_address, resolve

if TYPE_CHECKING:
    import httpx

LONGEST_RETRY_AFTER_S = 3600.0
_AGAIN = (408, 425, 429)  # client errors that say "later"


class Poster:
    """Posts on the outbox's loop only. No redirect is followed, no proxy asked, and the answer's body is not read.

    Over HTTPS a receiver proves its name by a certificate of a public authority, or of one that this machine trusts. What is said of a
    failure never holds the path of an address, which often is its password.
    """

    def __init__(self, resolver: Resolver = resolve) -> None:
        self._resolver = resolver
        self._authorities: ssl.SSLContext | None = None  # read when first needed

    async def post(self, url: str, content: str, headers: Mapping[str, str], in_house: InHouse) -> Attempt:
        import httpx  # takes a while to load, and most sites post nothing

        try:
            return await self._post(url, content, headers, in_house)
        except EnvironmentFault as fault:
            return Attempt.refused(str(fault)) if fault.reason == "address_refused" else Attempt.failed(str(fault))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            unproven = unproven_name(error)
            if unproven is not None:
                return Attempt.failed(not_proven(host_of(url), unproven))
            return Attempt.failed(f"{host_of(url)} could not be reached ({_error_words(error)}).")

    async def _post(self, url: str, content: str, headers: Mapping[str, str], in_house: InHouse) -> Attempt:
        import httpx

        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await allowed_address(host, port, self._resolver, in_house)
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        judged = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
        sent = {"Host": parts.netloc.rpartition("@")[2], **headers}
        trusted = self._trusted() if parts.scheme == "https" else False
        async with (
            httpx.AsyncClient(verify=trusted, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", judged, content=content.encode(), headers=sent, extensions={"sni_hostname": host}) as answer,
        ):
            return _judged(answer, host_of(url))

    def _trusted(self) -> ssl.SSLContext:
        if self._authorities is None:
            self._authorities = trusted()
        return self._authorities


def trusted() -> ssl.SSLContext:
    """The public authorities, and those that this machine trusts besides."""
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def host_of(url: str) -> str:
    return urlsplit(url).hostname or "The receiver"


def unproven_name(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The refused certificate behind an error, if that is what it is about."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def not_proven(host: str, error: ssl.SSLCertVerificationError) -> str:
    why = error.verify_message.rstrip(".")
    advice = "Renew its certificate, or add the authority that made it to those this machine trusts and start Watchroom again"
    return f"{host} does not prove that it is {host} ({why}). Nothing was sent. {advice}."


def _judged(answer: "httpx.Response", host: str) -> Attempt:
    status = answer.status_code
    if answer.is_success:
        return Attempt.arrived()
    if 300 <= status < 400:
        return Attempt.refused(f"{host} redirects elsewhere ({status}), which is not followed. Enter the final address.")
    if answer.is_client_error and status not in _AGAIN:
        return Attempt.refused(f"{host} refused the message ({status}). Check the address and what its receiver expects.")
    return Attempt.failed(f"{host} answered {status}.", _retry_after_s(answer))


def _retry_after_s(answer: "httpx.Response") -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), LONGEST_RETRY_AFTER_S) if text.isascii() and text.isdecimal() else None


def _error_words(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
