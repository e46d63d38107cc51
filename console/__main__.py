"""The command line: `watchroom` opens the console, `watchroom COMMAND` works without a screen.

Exit codes: 0 ok, 1 the check failed, 2 bad input (the message names the field), 3 environment (no display, no device, port taken).
"""

import argparse
import gc
import importlib
import logging
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from console.folders import default_data, demo_data
from console.help.help_texts import EXIT_CODES, described
from console.session.token_file import TokenFile
from console.shell.jump_links import read_link
from console.sound import listening
from engine import __version__
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied
from engine.model.plain_text import escaped
from engine.runtime.keeping.free_memory import limit_pools

if TYPE_CHECKING:
    from console.start.start import Start
    from engine.gateway.border.bind import Bind

# Before numpy is loaded: its many small products take ten times as long when BLAS wakes a thread for each.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BAD_INPUT, ENVIRONMENT = 2, 3
MOVED = "bench"

# Imported only when called: `watchroom models list` should not wait for a web server to load, nor anything here for Qt.
COMMANDS = {
    "engine": "run the engine without a screen",
    "analyse": "find and follow people in a video file",
    "models": "list, install and verify models",
    "token": "make tokens for machines",
    "users": "list the accounts of people, and give one a new password",
    "settings": "write all settings to a file, or take them from one",
    "backups": "list the copies of a site's record, and go back to one",
    "audit": "check that nobody changed what is written down about who did what",
    "ask": "ask in words what was recorded, and get an answer that names what it rests on",
    "evidence": "check an evidence pack, and run its record again",
    "hub": "keep one record of what many sites record",
    "join": "have this machine's site tell a hub what it records",
    "membership": "show what this machine's site allows its hub, and change whether it accepts settings",
    "leave": "have this machine's site tell its hub nothing more",
    "people": "say for what this site's people may be compared with those of other sites",
    "spare": "stand in for sites of a hub whose engine has failed",
    "spares": "say which spares may stand in for this machine's site",
    "fwi": "compute fire weather from noon weather",
    "risk": "test forecasts of incidents on the past",
    "csi": "look into recordings of Wi-Fi channel state information",
    "nodes": "simulate radio nodes",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Gives the exit code."""
    if arguments is None:  # the program itself: what it loads stays, and Python's 700 would have it looked through again and again
        gc.set_threshold(10_000)
        limit_pools()
        _load_for_good(sys.argv[1:])
    given = sys.argv[1:] if arguments is None else arguments
    return exit_code(lambda: _run(given))


def _load_for_good(given: list[str]) -> None:
    """The modules of a command, without a look for garbage meanwhile, and out of every later one."""
    if given and given[0] in COMMANDS:
        gc.disable()
        _command(given[0])
        gc.freeze()
        gc.enable()


def exit_code(work: Callable[[], int]) -> int:
    """Of work on the command line; what it could not do is said on stderr."""
    try:
        return work()
    except (InputError, NotFound, NotSignedIn, PermissionDenied) as error:
        return _refuse(str(error), BAD_INPUT)
    except EnvironmentFault as error:
        return _refuse(str(error), ENVIRONMENT)
    except BrokenPipeError:  # whoever read our output has enough
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        return 130


def _run(given: list[str]) -> int:
    if given and given[0] in COMMANDS:
        return _run_command(given[0], given[1:])
    if given and given[0] == MOVED:
        raise InputError(MOVED, "moved to the source code: run `python -m benchmarks NAME` in a checkout")
    return _run_console(_console_parser().parse_args(given))


def _run_command(name: str, arguments: list[str]) -> int:
    parsed = command_parser(name).parse_args(arguments)
    log_to_stderr(parsed.verbose)
    return _command(name).run(parsed)


def command_parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"watchroom {name}", description=described(COMMANDS[name]), epilog=EXIT_CODES)
    parser.add_argument("--verbose", action="store_true", help="log more, on stderr")
    _command(name).add_arguments(parser)
    return parser


def _command(name: str) -> Any:
    return importlib.import_module(f"console.commands.{name}")


def _console_parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<9} {what}" for name, what in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="watchroom",
        description="Open the operator console.",
        epilog="Commands without a screen (each has --help):\n" + "\n".join(lines) + f"\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("link", nargs="?", type=_link, help="a link to a moment, watchroom://at/…, to open on the Investigate page")
    parser.add_argument("--version", action="version", version=f"watchroom {__version__}")
    parser.add_argument("--data", type=Path, metavar="DIR", help=f"data folder (default {default_data()})")
    parser.add_argument("--demo", action="store_true", help="open the simulated demo site, signed in")
    parser.add_argument("--connect", metavar="URL", help="open an engine that runs elsewhere")
    parser.add_argument("--sites", action="store_true", help="open several engines that run elsewhere, in one console")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="with --connect: trust the certificates of this PEM file, and no others")
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="with --connect: a display that nobody signs in; the file holds a machine's token and may be read by its owner only",
    )
    parser.add_argument(
        "--decoder",
        metavar="NAME",
        help="with --connect: what decodes the cameras' streams here: software (default), auto (the first device that gives the same "
        "pictures), cuda, d3d11va, qsv, vaapi or videotoolbox",
    )
    parser.add_argument("--full-screen", action="store_true", help="fill the screen from the start (F11 changes that)")
    listening.add_listening(parser)
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="save a PNG of every page, then exit (needs --for)")
    parser.add_argument("--for", dest="seconds", type=float, metavar="S", help="exit after this many seconds")
    parser.add_argument("--verbose", action="store_true", help="log more, on stderr")
    return parser


def _link(text: str) -> str:
    """As it was given, so that an engine is only started for one that leads somewhere."""
    try:
        read_link(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} {error.message}") from None
    return text


def _run_console(parsed: argparse.Namespace) -> int:
    """What was given wrongly is said first; then the window comes, and the rest is loaded beside it."""
    log_to_stderr(parsed.verbose)
    if parsed.connect:
        listening.check_not_remote(parsed)
        listening.trusted(parsed.ca)
    if parsed.sites:
        listening.check_not_remote(parsed, "sites")
        if parsed.connect:
            raise InputError("sites", "opens several engines, and --connect one; leave one of them out")
    if parsed.token_file is not None and parsed.connect:
        TokenFile(parsed.token_file).read()
    for option, given in (("ca", parsed.ca), ("token-file", parsed.token_file), ("decoder", parsed.decoder)):
        if given is not None and not parsed.connect:
            raise InputError(option, "is of use only together with --connect")
    bind = listening.bind_of(parsed)
    from console.start import start_window
    from console.start.beside import StartLeft
    from console.start.start import started

    folder = parsed.data or (demo_data() if parsed.demo else default_data())
    signed_in = parsed.demo or parsed.token_file is not None
    doing = start_window.remote_words if parsed.connect or parsed.sites else start_window.engine_words
    try:
        with started(folder, doing, signed_in=signed_in, full_screen=parsed.full_screen, attended=parsed.seconds is None) as start:
            return _run_started(parsed, folder, bind, start)
    except StartLeft:
        return 0


def _run_started(parsed: argparse.Namespace, folder: Path, bind: "Bind", start: "Start") -> int:
    bootstrap = start.beside.run(load_bootstrap)
    shown = bootstrap.StartView(parsed.screenshots, parsed.seconds, parsed.link or "", parsed.full_screen)
    if parsed.sites:
        return bootstrap.sites(folder, shown, start)
    if parsed.connect:
        token = None if parsed.token_file is None else TokenFile(parsed.token_file)
        return bootstrap.remote(parsed.connect, listening.trusted(parsed.ca), folder, shown, token, start, parsed.decoder or "software")
    from console.given_models import install_given_models
    from console.site import demo_added
    from engine.runtime.command_line_settings import CommandLineSettings

    start.beside.run(lambda: install_given_models(parsed.models))
    if parsed.demo:
        return bootstrap.demo(folder, bind, listening.with_pairing(demo_added(), parsed), shown, start)
    return bootstrap.live(folder, bind, listening.with_pairing(CommandLineSettings(), parsed), shown, start)


def load_bootstrap() -> ModuleType:
    """What opens the console. Like the modules of a command, it stays out of every look for garbage."""
    from console import bootstrap

    gc.freeze()
    return bootstrap


def log_to_stderr(verbose: bool) -> None:
    from engine.runtime.health.log_file import OneLineFormatter

    level = logging.DEBUG if verbose else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter())
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in ("httpx", "httpcore", "alembic", "websockets", "PIL"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _refuse(message: str, code: int) -> int:
    print(f"watchroom: {escaped(message)}", file=sys.stderr)  # it may quote a file or a server
    return code


if __name__ == "__main__":
    multiprocessing.freeze_support()  # a replay's process, where Watchroom is one program without Python
    sys.exit(main())
