"""What a PostgreSQL server says when the world fails, as sentences. By its SQLSTATE: the driver's classes tell a failed login from a bug no
better than a full disk. Source: PostgreSQL's manual, appendix A.
"""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from engine.model.errors import EnvironmentFault

_UNREACHABLE = ("database_unreachable", "The database server does not answer. Check that it runs, its address and the login.")
_TLS = "SSL"  # in the driver's words where the server refuses it
_NO_TLS = ("no_tls", "The database server speaks without TLS only. Switch it on there (ssl = on), or use sslmode=disable.")
_READ_ONLY = ("read_only", "The database server takes no changes now. It may be a copy of another; choose that one.")
_FULL = ("disk_full", "The disk of the database server is full. Make room there.")
# By code, then by class (its first two characters).
_FAULTS: dict[str, tuple[str, str]] = {
    "28000": ("login_refused", "The database server does not let this account in. Check its name, and pg_hba.conf on the server."),
    "28P01": ("login_refused", "The database server refuses the password. Check the account and its password."),
    "3D000": ("no_database", "The server has no such database. Create it there (createdb), or correct the name."),
    "42501": (
        "no_permission",
        "The account may not make what it needs in the database. Make it the owner of the database, and have an administrator of the"
        " server run there: CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS btree_gist;",
    ),
    "25006": _READ_ONLY,
    "53100": _FULL,
    "53300": ("database_unreachable", "The database server has as many connections as it takes. Allow more there, or close others."),
    "58": ("disk_error", "The database server cannot read or write its files. Look into its log."),
    "XX001": ("database_damaged", "The database on the server is damaged. Restore it from a copy."),
    "XX002": ("database_damaged", "An index of the database on the server is damaged. Have an administrator run REINDEX there."),
    "08": _UNREACHABLE,
    "40": ("database_locked", "Others changed the same in the database meanwhile. Try again."),
    "53": ("database_unreachable", "The database server has not enough memory or other resources."),
    "55P03": ("database_locked", "Something on the database server holds what is needed. Try again."),
    "57014": ("too_long", "The database server would take too long for this. Ask for a shorter time, or for less."),
    "57": _UNREACHABLE,
}


@contextmanager
def postgres_faults() -> Generator[None]:
    """Turns what the server says when the world fails into `EnvironmentFault`; bugs pass through unchanged. A transaction that failed so
    was undone."""
    try:
        yield
    except DBAPIError as error:
        known = _fault_of_state(error)
        if known is None:
            raise
        reason, message = known
        raise EnvironmentFault(reason, f"{message} Nothing was changed.") from error
    except ssl.SSLError as error:  # while it connects, so nothing was sent
        why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason or str(error)
        message = (
            f"The database server does not prove by TLS that it is the right one ({why}). Check its name, its certificate and sslrootcert."
        )
        raise EnvironmentFault("certificate", message) from error


def sqlstate(error: DBAPIError) -> str:
    """Empty where the server did not get to say anything."""
    args = getattr(error.orig, "args", ())
    told: Any = args[0] if args else None
    return str(cast("dict[str, Any]", told).get("C", "")) if isinstance(told, dict) else ""


def _fault_of_state(error: DBAPIError) -> tuple[str, str] | None:
    code = sqlstate(error)
    found = _FAULTS.get(code) or _FAULTS.get(code[:2])
    if found is None and not code and isinstance(error, (OperationalError, InterfaceError)):
        return _NO_TLS if _TLS in str(error.orig) else _UNREACHABLE
    return found
