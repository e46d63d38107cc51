"""What admins tell the engine about questions in words; on the caller's thread."""

import ipaddress
from dataclasses import replace
from urllib.parse import urlsplit

from engine.model.chat import ChatSettings
from engine.model.errors import InputError
from engine.runtime.engine import Engine

LONGEST_KEY = 500


def change_chat(engine: Engine, chat: ChatSettings, key: str | None, by: str) -> None:
    """Raises InputError, EnvironmentFault."""
    check_address(chat.base_url)
    if key:
        check_key(key)
    if key is not None:
        engine.claude.key.keep(key)
    engine.update_settings(lambda now: replace(now, chat=chat), by)
    engine.claude.prepare()


def check_address(url: str) -> None:
    """Encrypted, or of this very machine. Raises InputError."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("base_url", "is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise InputError("base_url", "needs to look like https://host/path")
    if parts.username is not None or parts.password is not None:
        raise InputError("base_url", "must not hold a login. The key goes into its own field")
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise InputError("base_url", "has to begin with https: names of places and what happened would be read on the way")


def check_key(key: str) -> None:
    if len(key) > LONGEST_KEY or not all(33 <= ord(sign) < 127 for sign in key):
        raise InputError("key", f"has to be 1 to {LONGEST_KEY} plain signs without spaces")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
