"""A display that nobody signs in, on a real engine over its gateway: it starts by a token in a file, and comes back by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.__main__ import main
from console.app import Console
from console.pages.live.live import LivePage
from console.session.remembered import Remembered
from console.session.token_file import TokenFile
from console.site import Site, running
from console.wall import display
from console.wall.display import DisplayEntry
from console.window import MainWindow
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import AccessSettings, Role, Verb
from engine.model.errors import InputError
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.command_line_settings import CommandLineSettings
from tests.console.real_engine import LONGEST_MS, SITE_NAME, set_up
from tests.console.test_main import run
from tests.fakes.video import Clip, write_clip

LABEL = "Gate display"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses in which a test would only wait."""
    monkeypatch.setattr(display, "FIRST_S", 0.2)
    monkeypatch.setattr(display, "LOOK_MS", 50)


@pytest.fixture
def added(tmp_path: Path) -> CommandLineSettings:
    """Two cameras from a file."""
    video = write_clip(tmp_path / "yard.mp4", Clip())
    names = {"yard": "Yard", "vault": "Vault"}
    return CommandLineSettings(tuple(CameraSettings(each, name, str(video), min_person_share=1.0) for each, name in names.items()))


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "display.token")


def write(file: TokenFile, token: str, mode: int = 0o600) -> None:
    file.path.unlink(missing_ok=True)
    file.path.write_text(token + "\n")
    file.path.chmod(mode)


def token_of(site: Site, days: float | None = None) -> str:
    expires_ns = None if days is None else site.engine.clock.now_ns() + round(days * 86_400 * SECOND)
    return site.engine.accounts.create_token(Role.OPERATOR, LABEL, TokenWanted((Verb.SEE_LIVE,), ("yard",), expires_ns, "ada"))


@contextmanager
def console_at(url: str, file: TokenFile, folder: Path, *, full_screen: bool = False) -> Iterator[Console]:
    made = Console(
        RemoteDoor(url),
        Remembered.in_folder(folder),
        SystemClock(),
        lambda: None,
        full_screen=full_screen,
        display=DisplayEntry(RemoteDoor(url), file),
    )
    try:
        made.enter()
        yield made
    finally:
        made.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def live(console: Console) -> bool:
    """Its window shows the one camera that it may see, as live."""
    window = console.window
    snapshot = None if window is None else window.snapshot
    return snapshot is not None and [view.health.state for view in snapshot.cameras] == [CameraState.LIVE]


def window_of(console: Console, qtbot: QtBot) -> MainWindow:
    qtbot.waitUntil(lambda: live(console), timeout=LONGEST_MS)
    assert console.window is not None
    return console.window


def wait_for_words(console: Console, words: str, qtbot: QtBot) -> QWidget:
    qtbot.waitUntil(lambda: console.notice is not None and words in console.notice.why.text(), timeout=LONGEST_MS)
    assert console.notice is not None and console.notice.isVisible() and console.window is None
    return console.notice


def test_it_starts_without_asking_and_shows_what_the_token_allows(
    added: CommandLineSettings, file: TokenFile, tmp_path: Path, qtbot: QtBot
) -> None:
    with running(tmp_path / "site", Bind(), added, gateway_needed=True) as site:
        set_up(site)
        site.engine.update_settings(lambda now: replace(now, access=AccessSettings(0.01)), "test")
        write(file, token_of(site))
        with console_at(site.url, file, tmp_path, full_screen=True) as console:
            window = window_of(console, qtbot)
            assert console.dialog is None and console.notice is None and window.isFullScreen()
            assert SITE_NAME in window.windowTitle() and window.status.user_button.text() == LABEL
            assert "space" not in window.page_ids(), "of the whole site it sees nothing"
            said = [action.text().replace("&", "") for action in window.status.user_button.menu().actions()]
            assert not {"Sign out", "Lock", "Hand over…"} & set(said)
            ids = {action.id.rpartition(".")[2] for action in window.catalogue.everywhere}
            assert not {"lock", "password", "stay", "sign-out", "hand-over", "hand-overs"} & ids
            window.lock._now_s = lambda: 1e9
            window.lock.look()
            window.lock_now()
            assert not window.lock.locked, "nobody could open it again"
            window.toggle_full_screen()
            assert not window.isFullScreen()
            page = window.page("live")
            assert isinstance(page, LivePage)
            page.desk.choose_layout("9")
        with console_at(site.url, file, tmp_path) as console:
            page = window_of(console, qtbot).page("live")
            assert isinstance(page, LivePage) and page.desk.wall.wall_layout().id == "9", "its wall is kept"
        assert (tmp_path / "walls-token-Gate_display.json").is_file(), "by the token's name"


def test_it_waits_for_its_engine_and_outlives_a_restart(added: CommandLineSettings, file: TokenFile, tmp_path: Path, qtbot: QtBot) -> None:
    with running(tmp_path / "site", Bind(), added, gateway_needed=True) as site:
        set_up(site)
        write(file, token_of(site))
        url = site.url
    bind = Bind("127.0.0.1", urlsplit(url).port or 0)
    with console_at(url, file, tmp_path) as console:
        wait_for_words(console, "cannot be reached", qtbot)
        with running(tmp_path / "site", bind, added, gateway_needed=True):
            window = window_of(console, qtbot)
            assert console.notice is None
        qtbot.waitUntil(lambda: not live(console), timeout=LONGEST_MS)
        assert console.window is window and window.isVisible(), "the last that was seen stays, as lost"
        with running(tmp_path / "site", bind, added, gateway_needed=True):
            assert window_of(console, qtbot) is window


def test_a_token_that_was_revoked_is_said_and_the_next_one_taken(
    added: CommandLineSettings, file: TokenFile, tmp_path: Path, qtbot: QtBot
) -> None:
    with running(tmp_path / "site", Bind(), added, gateway_needed=True) as site:
        set_up(site)
        write(file, token_of(site))
        with console_at(site.url, file, tmp_path) as console:
            window_of(console, qtbot)
            site.engine.accounts.revoke_token(site.engine.accounts.machine_tokens()[0].id, "ada")
            notice = wait_for_words(console, "revoked or has expired", qtbot)
            assert str(file.path) in console.notice.why.text() and "No live video" in notice.accessibleName()
            write(file, "no-such-token", mode=0o644)
            wait_for_words(console, "chmod 600", qtbot)
            blind = site.engine.accounts.create_token(Role.OPERATOR, LABEL, TokenWanted((Verb.SEE_PAST,), ("yard",)))
            write(file, blind)
            wait_for_words(console, "no permission for live video", qtbot)
            write(file, token_of(site))
            window_of(console, qtbot)
            assert console.notice is None


def test_pauses_grow_while_it_is_refused(qtbot: QtBot, file: TokenFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the engine may have it: a token that is not good is not tried for ever every second."""
    monkeypatch.setattr(display, "FIRST_S", 2.0)
    entry = DisplayEntry(RemoteDoor("http://127.0.0.1:9"), file)
    entry._pause_s = display.FIRST_S
    pauses: list[float] = []
    for _ in range(8):
        entry._out(InputError("token-file", "holds no token"))
        pauses.append(entry._again.interval() / 1000)
    assert pauses == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    entry.close()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o610])
def test_a_file_that_others_may_read_is_refused(file: TokenFile, mode: int) -> None:
    write(file, "abc", mode)
    with pytest.raises(InputError, match="chmod 600"):
        file.read()


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_what_only_its_owner_may_read_is_taken(file: TokenFile, mode: int) -> None:
    write(file, "abc-DEF_9", mode)
    assert file.read() == "abc-DEF_9"


@pytest.mark.parametrize("text", ["", "two words", "two\nlines", "ä", "x" * 300, "a\r\nX-Other: b"])
def test_what_is_no_token_is_refused_without_repeating_it(file: TokenFile, text: str) -> None:
    write(file, text)
    with pytest.raises(InputError, match="holds no token") as refused:
        file.read()
    assert not text or text not in str(refused.value)


def test_a_file_that_is_not_there_or_a_folder_is_said(file: TokenFile, tmp_path: Path) -> None:
    assert file.stamp() == (0, 0, 0)
    for path in (file.path, tmp_path):
        with pytest.raises(InputError, match="is no file"):
            TokenFile(path).read()


def test_the_command_line_refuses_before_anything_opens(file: TokenFile, capsys: pytest.CaptureFixture[str]) -> None:
    """Once as a program; the other ways to be wrong are refused by the same code here."""
    write(file, "abc", 0o644)
    readable = ("--connect", "http://127.0.0.1:9", "--token-file", str(file.path))
    done = run(*readable)
    assert done.returncode == 2 and done.stdout == "" and "chmod 600" in done.stderr and "token-file" in done.stderr
    for arguments, said in (
        (readable, "chmod 600"),
        (("--token-file", str(file.path)), "only together with --connect"),
        (("--connect", "http://127.0.0.1:9", "--token-file", f"{file.path}.not"), "is no file"),
    ):
        assert main(list(arguments)) == 2
        heard = capsys.readouterr()
        assert heard.out == "" and said in heard.err and "token-file" in heard.err
    with pytest.raises(SystemExit) as shown:
        main(["--help"])
    assert shown.value.code == 0 and "--full-screen" in capsys.readouterr().out
