"""TLS to a PostgreSQL server, by the parameters of its address that all of PostgreSQL's own programs know: `sslmode`, `sslrootcert`.

Source: PostgreSQL's manual, 34.19 "SSL Support". Modes that encrypt without looking who is there are refused: whoever can listen can also
stand in between.
"""

import ssl
from typing import Any

from sqlalchemy import URL, Engine, event

from engine.model.errors import InputError

_FULL, _AUTHORITY, _PLAIN = "verify-full", "verify-ca", "disable"
_REFUSED = "Server refuses SSL"  # in the driver's words


def without_tls_parameters(url: URL) -> tuple[URL, ssl.SSLContext | bool | None]:
    """The rest of the address, and what proves the server: False: nothing is encrypted, as over a socket of this machine. None, where the
    address says nothing: encrypted where the server offers it, whoever it is (`encrypt_where_offered`). Raises InputError (`url`).
    """
    mode, authorities = (_parameter(url, name) for name in ("sslmode", "sslrootcert"))
    rest = url.difference_update_query(["sslmode", "sslrootcert"])
    match mode or (_FULL if authorities else ""):
        case "":
            return rest, False if "unix_sock" in url.query else None
        case "disable":
            return rest, False
        case "verify-full" | "verify-ca" as checked:
            if "unix_sock" in url.query:
                raise InputError("url", "names a socket of this machine, which knows no TLS: leave sslmode out")
            context = _authorities(authorities)
            context.check_hostname = checked == _FULL
            return rest, context
        case other:
            raise InputError("url", f"has sslmode={other[:20]}: it can be {_FULL}, {_AUTHORITY} or {_PLAIN}")


def encrypt_where_offered(engine: Engine) -> None:
    """The driver would do so by itself, and read all authorities of this machine for each connection, to ask none of them: that takes many
    times as long as connecting twice where the server speaks without TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: object, words: list[Any], named: dict[str, Any]) -> Any:
        try:
            return dialect.connect(*words, **named, ssl_context=context)
        except dialect.loaded_dbapi.InterfaceError as error:
            if str(error) != _REFUSED:
                raise
            return dialect.connect(*words, **named, ssl_context=False)


def _parameter(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else value[-1]


def _authorities(path: str) -> ssl.SSLContext:
    """Those of a PEM file alone, or those that this machine trusts."""
    try:
        return ssl.create_default_context(cafile=path) if path else ssl.create_default_context()
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            "url", f"has sslrootcert={path}, which holds no certificate that can be read ({error.strerror or error})"
        ) from None
