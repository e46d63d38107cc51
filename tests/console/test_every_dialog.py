"""Every dialog there is: known to the gallery, named, walked through by Tab, readable at 150 % text in every language, and with one thing
for each letter of Alt."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.dialogs.accounts.tokens import TokenDialog
from console.dialogs.accounts.user_edit import UserDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.find_camera import FindCameraDialog
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.frame import FramedDialog
from console.dialogs.messages.channel import ChannelDialog
from console.shell.preferences import use_look
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.alerts.notify_settings import ChannelKind
from tests.console.clipping import clipped, too_large
from tests.console.every_dialog import FRAMES, MAKERS, Make, Stage, all_dialogs, cameras, wait_for
from tests.console.flashes import windows_shown
from tests.console.mnemonics import clashes, clashes_anywhere
from tests.console.reach import nameless, unreached
from tests.fakes.devices import lively_site
from widgets.fields.change_look import change_look
from widgets.look import Look
from widgets.translation import LANGUAGES, WRITTEN_IN

SCREEN = (1280, 800)  # the least that 150 % text is for


@pytest.fixture(scope="module", autouse=True)
def large_text(qapp: QApplication) -> Iterator[None]:
    change_look(qapp, Look(text_percent=150))
    yield
    change_look(qapp, Look())


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def test_the_gallery_knows_every_dialog() -> None:
    unknown = {kind.__qualname__ for kind in all_dialogs() - MAKERS.keys() - FRAMES}
    assert not unknown, f"add to MAKERS in tests/console/every_dialog.py how these come about: {sorted(unknown)}"


@pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)
def test_a_dialog_is_named_reached_and_readable(kind: type[QDialog], stage: Stage, qtbot: QtBot) -> None:
    with windows_shown() as shown:
        dialog = MAKERS[kind](stage)
    assert type(dialog) is kind
    assert not [each for each in shown if not each.startswith((kind.__name__, MainWindow.__name__))]
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog and QApplication.focusWidget() is not None)
    faults = [f"no name: {each}" for each in nameless(dialog)] + [f"not reached: {each}" for each in unreached(dialog)]
    wait_for(lambda: not clipped(dialog))  # an answer that has just come is laid out with the next turn
    faults += [f"too large: {each}" for each in too_large(dialog, *SCREEN)] + clipped(dialog) + clashes_anywhere(dialog)
    faults += ["asks before it is left, though nobody changed anything"] if asks_untouched(dialog) else []
    dialog.done(0)
    assert not faults, "\n".join(faults)


def asks_untouched(dialog: QDialog) -> bool:
    """A dialog that somebody only opened holds no work."""
    return isinstance(dialog, FramedDialog) and dialog.has_unsaved_work()


OTHER_WAYS: dict[str, Make] = {
    "finding the first camera": lambda stage: FindCameraDialog(stage.bridge(cameras()), first=True),
    "the first camera": lambda stage: CameraDialog(stage.bridge(cameras()), first=True),
    "a new account": lambda stage: UserDialog(stage.bridge(cameras()), None),
    "MQTT": lambda stage: ChannelDialog(stage.bridge(cameras()), ChannelKind.MQTT),
    "ntfy": lambda stage: ChannelDialog(stage.bridge(cameras()), ChannelKind.NTFY),
    "Slack": lambda stage: ChannelDialog(stage.bridge(cameras()), ChannelKind.SLACK),
    "a device by hand": lambda stage: RegisterDeviceDialog(stage.bridge(lively_site())),
}


@pytest.mark.parametrize("way", OTHER_WAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_of_alt_in_the_other_ways_of_a_dialog(way: str, language: str, stage: Stage, qtbot: QtBot) -> None:
    """What a dialog shows depends on what it is for; the letters of all of it are told apart."""
    use_look(Look(text_percent=150, language=language))
    dialog = OTHER_WAYS[way](stage)
    qtbot.addWidget(dialog)
    dialog.show()
    found = clashes_anywhere(dialog)
    dialog.done(0)
    use_look(Look(text_percent=150, language=WRITTEN_IN))
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_token_with_all_that_can_be_ticked_is_readable(language: str, stage: Stage, qtbot: QtBot) -> None:
    use_look(Look(text_percent=150, language=language))
    dialog = TokenDialog(stage.bridge(cameras()))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.role.setCurrentIndex(dialog.role.findData(Role.ADMIN.value))
    dialog.verbs.more.setChecked(True)
    dialog.cameras.some.setChecked(True)
    for box in dialog.verbs.boxes.values():
        box.setChecked(False)
    wait_for(lambda: False, 0.1)
    wait_for(lambda: not clipped(dialog))
    found = clipped(dialog) + [f"too large: {each}" for each in too_large(dialog, *SCREEN)] + clashes(dialog)
    dialog.done(0)
    use_look(Look(text_percent=150, language=WRITTEN_IN))
    assert found == []


@pytest.fixture(params=[language for language in LANGUAGES if language != WRITTEN_IN])
def other_language(request: pytest.FixtureRequest) -> Iterator[None]:
    use_look(Look(text_percent=150, language=request.param))
    yield
    use_look(Look(text_percent=150, language=WRITTEN_IN))


@pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)
def test_a_dialog_is_readable_in_other_languages(kind: type[QDialog], other_language: None, stage: Stage) -> None:
    dialog = MAKERS[kind](stage)
    dialog.show()
    wait_for(lambda: False, 0.1)
    wait_for(lambda: not (clipped(dialog) or clashes(dialog)))
    faults = [f"too large: {each}" for each in too_large(dialog, *SCREEN)] + clipped(dialog) + clashes_anywhere(dialog)
    dialog.done(0)
    if isValid(dialog):
        dialog.deleteLater()
    assert not faults, "\n".join(faults)
