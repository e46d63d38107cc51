"""Taking a port of this machine, and waiting until it is served."""

import errno
import socket
import threading

import uvicorn

from engine.gateway.border.bind import Bind
from engine.model.errors import EnvironmentFault

START_S, STOP_S = 15.0, 5.0
BACKLOG = 128


def listen(bind: Bind) -> socket.socket:
    """Raises EnvironmentFault (`port_taken`)."""
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, _EXCLUSIVE, 1)
        listening.bind((bind.host, bind.port))
        listening.listen(BACKLOG)
    except (OSError, UnicodeError, ValueError) as error:
        listening.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = (error.strerror if isinstance(error, OSError) else None) or "no such address"
        what = "is taken by another program" if taken else f"cannot be used ({why})"
        raise EnvironmentFault("port_taken", f"{bind.host}:{bind.port} {what}; choose another with --bind.") from None
    return listening


# On Windows SO_REUSEADDR would let two programs share a port; elsewhere it only skips the wait after a restart.
_EXCLUSIVE: int = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)


def wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    tick = threading.Event()
    for _ in range(round(START_S / 0.01)):
        if server.started:
            return
        if not thread.is_alive():
            break
        tick.wait(0.01)
    raise EnvironmentFault("gateway", "The HTTP interface did not start; see the log above.")
