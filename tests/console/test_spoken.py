"""What the engine says, on screen in German: by way of the bridge, and where refusals become text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from pytestqt.qtbot import QtBot

import engine.model
from console.bridge import EngineBridge
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.cameras.camera import CameraDialog
from console.pages.live.live import LivePage
from console.pages.system.system import SystemPage
from console.screen_reader import SPOKEN, Interpreter
from console.window import MainWindow
from console.words import error_text, sentence
from engine.model.accounts.audit import AuditRow
from engine.model.command import PutCamera
from engine.model.errors import EnvironmentFault, InputError, PermissionDenied
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from engine.model.snapshot import Snapshot
from tests.console.real_engine import ADMIN, PASSWORD, SITE_NAME, click, stage, type_into
from tests.fakes.engine import FakeEngine
from widgets import translation
from widgets.translation import WRITTEN_IN, use_language

LOST = "Nothing answers at 10.0.0.3:554. Check that the camera is on, and the port."
VERLOREN = "Unter 10.0.0.3:554 antwortet nichts. Prüfen, ob die Kamera an ist, und den Port."
SENTENCES = re.compile(r"(reason|troubles?|message|last_error|failures|missing|flip|conflict|damage|holding|detail)$")
BY_PEOPLE = {  # what people wrote, or what no screen shows as it comes
    "Alert.shelved_reason",
    "ShelveAlert.reason",
    "AskRecord.message",
    "UnderstandQuestion.message",
    "ErasePerson.reason",
    "UnmaskFaces.reason",
    "EvidenceLock.reason",
    "LockEvidence.reason",
    "Lockout.failures",
    "ForecastTried.trouble",
    "CameraStateChanged.reason",
    "NodeChanged.reason",
    "DecoderInfo.reason",  # shown as CameraHealth.decoder_reason
    "FieldRefusal.message",  # shown by console.dialogs.sites.templates, which says it
    "OrderOutcome.message",  # shown by console.dialogs.sites.template_words, which says it
    "SkippedSite.reason",  # shown by console.dialogs.people.compare_sites, which says it
    "WrongLine.message",  # shown by console.dialogs.alerts.rule_text, which says it
}


@pytest.fixture(autouse=True)
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


def test_no_field_with_sentences_is_forgotten() -> None:
    """Of the model's values, by what their fields are called."""
    modules = (import_module(each.name) for each in walk_packages(engine.model.__path__, "engine.model."))
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type) and is_dataclass(kind)}
    named = {f"{kind.__name__}.{field.name}" for kind in kinds for field in fields(kind) if SENTENCES.search(field.name)}
    spoken = {f"{kind.__name__}.{name}" for kind, names in SPOKEN.items() for name in names}
    assert sorted(named - spoken - BY_PEOPLE) == []
    assert all(set(names) <= {field.name for field in fields(kind)} for kind, names in SPOKEN.items())


def test_a_snapshot_turns_and_what_did_not_change_is_turned_once(engine: FakeEngine) -> None:
    engine.set_state("yard", CameraState.LOST, LOST)
    interpreter, snapshot = Interpreter(), engine.snapshot
    turned = interpreter.turned(snapshot)
    yard = turned.camera("yard")
    assert yard is not None and yard.health.reason == VERLOREN
    assert turned.camera("gate") is snapshot.camera("gate")
    later = interpreter.turned(replace(snapshot, number=snapshot.number + 1))
    assert later.camera("yard") is yard
    use_language(WRITTEN_IN)
    assert interpreter.turned(snapshot) is snapshot


def test_an_answer_turns_within_tuples() -> None:
    rows = (AuditRow(1, "ada", "x", detail="all nodes"), AuditRow(2, "ada", "x", detail="Yard"))
    turned = Interpreter().turned((rows, "all nodes"))
    assert [row.detail for row in turned[0]] == ["alle Knoten", "Yard"] and turned[0][1] is rows[1]
    assert turned[1] == "all nodes", "only fields that are known to hold sentences"
    assert Interpreter().turned(None) is None


def said_on(live: LivePage) -> str:
    """By the tile of yard."""
    tile = live.wall._tiles.get("yard")
    return tile.chrome.status.reason if tile is not None else ""


def test_a_lost_camera_tells_why_in_german_on_its_tile(
    engine: FakeEngine, open_window: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation, "of_this_machine", lambda: "de")
    window = open_window()
    engine.set_state("yard", CameraState.LOST, LOST)
    live = window.page("live")
    assert isinstance(live, LivePage)
    qtbot.waitUntil(lambda: said_on(live) == VERLOREN)
    window.show_page("system")
    system = window.page("system")
    assert isinstance(system, SystemPage)
    qtbot.waitUntil(lambda: VERLOREN in system.details.text())


def test_a_real_engine_says_what_its_camera_lacks(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "of_this_machine", lambda: "de")
    gone = tmp_path / "gone.mp4"
    with stage(tmp_path / "data", qtbot, "german") as at:
        at.console.enter()
        dialog = at.dialog(SetupDialog)
        for name, text in (("site_name", SITE_NAME), ("name", ADMIN), ("password", PASSWORD)):
            type_into(dialog.fields.field(name).edit(), text)
        click(dialog.button)
        at.wait_window()
        port = at.site.door.sign_in(ADMIN, PASSWORD)
        try:
            port.command(PutCamera(CameraSettings("yard", "Yard", str(gone))))
        finally:
            port.close()
        said = f"Es gibt keine Datei {gone}. Den Pfad prüfen."
        at.until(lambda: said_on(at.live) == said, "the tile says it in German")


def test_a_refused_form_says_why_in_german_under_its_field(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = CameraDialog(bridge)
    qtbot.addWidget(dialog)
    for name, text in (("url", "rtsp://x/1"), ("name", "Yard 2")):
        dialog.form.fields.field(name).edit().setText(text)
    engine.fail("command", InputError("cameras.yard-2.name", "needs 1 to 120 characters"))
    dialog.save.click()
    field = dialog.form.fields.field("name")
    qtbot.waitUntil(lambda: field.message() == "Braucht 1 bis 120 Zeichen.")


def test_the_same_snapshot_is_announced_once(engine: FakeEngine, bridge: EngineBridge) -> None:
    """Though its troubles read otherwise than the engine's."""
    trouble = EnvironmentFault("away", "The engine is behind")
    told: list[Snapshot] = []
    bridge._timer.stop()
    bridge.snapshot_changed.connect(told.append)
    for _ in range(2):
        engine.fail("snapshot", trouble)
        bridge._drain()
    assert [snapshot.health.troubles[0] for snapshot in told] == ["Die Engine ist im Rückstand"]


def test_refusals() -> None:
    assert error_text(InputError("cameras.yard.url", "is empty; give a stream address, a file or a device")) == (
        "Ist leer; die Adresse eines Streams, eine Datei oder ein Gerät angeben."
    )
    assert sentence("is empty", "Die Adresse") == "Die Adresse ist leer."
    assert error_text(PermissionDenied("delete")) == "Dieses Konto darf nicht löschen."
    assert error_text(EnvironmentFault("x", "A sentence that nobody wrote.")) == "A sentence that nobody wrote."
