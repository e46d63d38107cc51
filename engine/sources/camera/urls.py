"""Camera addresses: credentials out of them and into them, and forms of them that may be shown."""

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.plain_text import check_line, check_texts

_AUTHORITY = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_USER_INFO = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s'\"]*@")
_QUERY = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s'\"?]*)\?[^\s'\"]*")


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """The address without its user part, and what that part said.

    Passwords pasted without percent-encoding (`rtsp://admin:a#b/c@host/`) are understood where it is plain that they are meant.
    """
    match = _AUTHORITY.fullmatch(url.strip())
    if match is None:
        return url.strip(), None
    scheme, authority, rest = match["scheme"], match["authority"], match["rest"]
    if "@" not in authority and "@" in rest and _is_no_host(authority):
        authority, rest = _split_late(authority + rest)
    user_info, found, host = authority.rpartition("@")
    if not found:
        return url.strip(), None
    user, _, password = user_info.partition(":")
    return f"{scheme}{host}{rest}", Credentials(unquote(user), unquote(password)) if user_info else None


def _is_no_host(authority: str) -> bool:
    """`admin:a` of `admin:a#b@host`: what follows the colon is no port."""
    _, colon, port = authority.partition(":")
    return bool(colon) and not authority.startswith("[") and not port.isdigit()


def _split_late(text: str) -> tuple[str, str]:
    at = text.rindex("@")
    host = re.split(r"[/?#]", text[at:], maxsplit=1)[0]
    return text[: at + len(host)], text[at + len(host) :]


def with_credentials(url: str, credentials: Credentials | None) -> str:
    """The address with this login in it, percent-encoded; replaces one that is there. None leaves the address as it is."""
    if credentials is None:
        return url
    bare, _ = split_credentials(url)
    check_texts(credentials)  # FFmpeg writes them into the headers of its requests, decoded
    parts = parsed(bare)
    user_info = f"{quote(credentials.user, safe='')}:{quote(credentials.password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{user_info}@{parts.netloc}"))


def parsed(url: str) -> SplitResult:
    """The parts of an address.

    Raises:
        InputError: it cannot be taken apart, the port is none, or it holds control characters, which would end a line of the request.
    """
    check_line("url", url)  # `urlsplit` drops some of them without a word
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InputError("url", f"is no address: {error}") from None
    return parts


def public_url(url: str) -> str:
    """For sentences and logs: no user part and no query, which often holds a password or token."""
    return scrub(split_credentials(url)[0]).partition("?")[0]


def scrub(text: str, credentials: Credentials | None = None) -> str:
    """Foreign text (FFmpeg's messages) without user parts, queries and, where known, this login in plain or encoded form."""
    clean = _QUERY.sub(r"\1", _USER_INFO.sub(r"\1", text))
    if credentials is not None and credentials.password:
        for secret in {credentials.password, quote(credentials.password, safe="")}:
            clean = clean.replace(secret, "…")
    return clean
