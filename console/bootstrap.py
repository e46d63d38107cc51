"""The three ways to open the console: on the engine of this machine, on the demo site, on an engine elsewhere.

`link`: a moment to be shown first. Each makes the application first: without a display there is nothing to start an engine for.
"""

import ssl
from pathlib import Path

from console.app import make_application, run_console
from console.site import running
from engine.gateway.bind import Bind
from engine.runtime.added import Added
from engine.runtime.local import demo_port


def live(folder: Path, bind: Bind, added: Added, screenshots: Path | None, seconds: float | None, link: str = "") -> int:
    """The site of this machine; sign-in, or set-up at the first start."""
    make_application()
    with running(folder, bind, added, gateway_needed=False) as site:
        return run_console(site.door, data_folder=folder, screenshots=screenshots, seconds=seconds, link=link)


def demo(folder: Path, bind: Bind, added: Added, screenshots: Path | None, seconds: float | None, link: str = "") -> int:
    """The simulated site, signed in as a demo user."""
    make_application()
    with running(folder, bind, added, gateway_needed=False) as site:
        port = demo_port(site.engine)
        return run_console(site.door, data_folder=folder, demo_port=port, screenshots=screenshots, seconds=seconds, link=link)


def remote(url: str, verify: ssl.SSLContext | bool, folder: Path, screenshots: Path | None, seconds: float | None, link: str = "") -> int:
    """An engine elsewhere; `folder` keeps only this screen's own layout. `verify`: whom its certificate is to be from."""
    from engine.gateway.remote import RemoteDoor  # its HTTP client takes a while to load; the other two ways do without

    make_application()
    return run_console(RemoteDoor(url, verify), data_folder=folder, screenshots=screenshots, seconds=seconds, link=link)
