"""The ways to open the console: on the engine of this machine, on the demo site, on an engine elsewhere, and there as a display.

Each makes the application first: without a display there is nothing to start an engine for. `start`: of a window that is on screen
meanwhile, beside which the engine is started.
"""

import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.app import make_application, run_console
from console.session.token_file import TokenFile
from console.site import Site, running
from console.start.start import Start
from console.wall.display import DisplayEntry
from engine.gateway.border.bind import Bind
from engine.model.port import EngineDoor, EnginePort
from engine.model.settings import SOFTWARE_DECODER
from engine.model.value_class import dataclass
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.health.log_file import log_kept
from engine.runtime.keeping.renewal import Renewal
from engine.runtime.local import demo_port

if TYPE_CHECKING:
    from console.sites.many_sites import ManySites


@dataclass(frozen=True, slots=True)
class StartView:
    """`link`: a moment to be shown first. The rest as of `run_console`."""

    screenshots: Path | None = None
    seconds: float | None = None
    link: str = ""
    full_screen: bool = False


def live(folder: Path, bind: Bind, added: CommandLineSettings, shown: StartView, start: Start | None = None) -> int:
    """The site of this machine; sign-in, or set-up at the first start. Again where its record has to be put together again."""
    make_application()
    while True:
        with _entered(start, partial(running, folder, bind, added, gateway_needed=False)) as site:
            renewal = site.engine.kept_up.renewal
            code = _run(site.door, folder, shown, renewal=renewal, start=start)
        if not renewal.asked.is_set():
            return code


def demo(folder: Path, bind: Bind, added: CommandLineSettings, shown: StartView, start: Start | None = None) -> int:
    """The simulated site, signed in as a demo user."""
    make_application()
    with _entered(start, partial(running, folder, bind, added, gateway_needed=False)) as site:
        return _run(site.door, folder, shown, demo_port=demo_port(site.engine), start=start)


def remote(
    url: str,
    verify: ssl.SSLContext | bool,
    folder: Path,
    shown: StartView,
    token: TokenFile | None = None,
    start: Start | None = None,
    decoder: str = SOFTWARE_DECODER,
) -> int:
    """An engine elsewhere; `folder` keeps only this screen's own layout, and its log. `verify`: whom its certificate is to be from.

    `token`: of a display, which nobody signs in. Raises InputError where it cannot be read at the start: somebody sets it up just now.
    `decoder`: of the cameras' packets on this machine, as in the settings of a camera.
    """
    from engine.gateway.remote.port import RemoteDoor  # its HTTP client takes a while to load; the other two ways do without

    door = RemoteDoor(url, verify, decoder)
    if token is not None:
        token.read()
    make_application()
    with log_kept(folder / "logs" / "console.log"):
        return _run(door, folder, shown, display=None if token is None else DisplayEntry(door, token), engine_here=False, start=start)


def sites(folder: Path, shown: StartView, start: Start | None = None) -> int:
    """Several engines elsewhere, as the list in `folder` names them. Raises EnvironmentFault `damaged`: it cannot be read."""
    from console.sites.many_sites import ManySites

    make_application()
    with log_kept(folder / "logs" / "console.log"):
        return _run(None, folder, shown, sites=ManySites(folder), engine_here=False, start=start)


def _entered(start: Start | None, made: Callable[..., AbstractContextManager[Site]]) -> AbstractContextManager[Site]:
    return made() if start is None else start.beside.entered(partial(made, gateway_after=start.settled))


def _run(
    door: EngineDoor | None,
    folder: Path,
    shown: StartView,
    demo_port: EnginePort | None = None,
    display: DisplayEntry | None = None,
    renewal: Renewal | None = None,
    engine_here: bool = True,
    start: Start | None = None,
    sites: "ManySites | None" = None,
) -> int:
    return run_console(
        door,
        data_folder=folder,
        demo_port=demo_port,
        screenshots=shown.screenshots,
        seconds=shown.seconds,
        link=shown.link,
        full_screen=shown.full_screen,
        display=display,
        renewal=renewal,
        engine_here=engine_here,
        first_shown=None if start is None else start.end_window,
        sites=sites,
    )
