"""One evidence pack over two sites, in the window over both: chosen, followed by site, saved, verified."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from console.dialogs.evidence.combined_pack import CombinedPackDialog
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.pages.investigate.evidence.packs import PackDesk
from console.sites.many_sites import ManySites
from console.window import MainWindow
from engine.gateway.federation.packs import CombineStage
from engine.model.errors import EnvironmentFault
from engine.model.history.evidence import MakePack
from engine.model.sites import SiteReach
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.engine import FakeEngine
from tests.fakes.packs import Maker, PackFiles

Keys = Callable[[str], str]


@pytest.fixture
def desk(window: MainWindow, engines: dict[str, FakeEngine], tmp_path: Path) -> PackDesk:
    for number, (name, engine) in enumerate(engines.items()):
        maker = Maker(engine.settings.site_name, bytes(range(number, 32 + number)))
        engine.packs = PackFiles(engine.past, tmp_path / name, maker)
    sites = window.sites
    assert sites is not None
    return PackDesk(sites.bridge, None, window.toasts, window)  # type: ignore[arg-type]


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "out" / "Break-in.zip"
    found.parent.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(found), ""))
    return found


@pytest.fixture
def dialog(desk: PackDesk, engines: dict[str, FakeEngine], qtbot: QtBot) -> Iterator[CombinedPackDialog]:
    now_ns = min(engine.now_ns for engine in engines.values())
    made = desk.make((now_ns - 60 * SECOND, now_ns - SECOND), ())
    assert isinstance(made, CombinedPackDialog)
    made.form.name.set_value("Break-in")
    yield made
    if shiboken6.isValid(made):
        made.close()


def tick_until(holds: Callable[[], bool], engines: dict[str, FakeEngine], qtbot: QtBot) -> None:
    def ticked() -> bool:
        for engine in engines.values():
            engine.tick()
        return holds()

    qtbot.waitUntil(ticked, timeout=60_000)


def lose(sites: ManySites, key: str, window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    def silent() -> Snapshot:
        raise EnvironmentFault("unreachable", "South does not answer.")

    monkeypatch.setattr(sites.sessions.ports[key], "snapshot", silent)

    def away() -> bool:
        site = None if window.snapshot is None else window.snapshot.site(key)
        return site is not None and site.reach is SiteReach.AWAY

    qtbot.waitUntil(away, timeout=60_000)


def test_both_sites_make_their_part_and_one_file_holds_them(
    dialog: CombinedPackDialog, engines: dict[str, FakeEngine], target: Path, key_of: Keys, qtbot: QtBot
) -> None:
    assert any("its own part: North, South." in text for text in dialog.sites.texts())
    assert not dialog.form.zipped.isVisible() and dialog.make_button.isEnabled()
    dialog.make_button.click()
    assert dialog.parts.isVisible() and not dialog.form.isVisible() and dialog.cancel_button.isVisible()
    tick_until(lambda: dialog.open_button.isVisible(), engines, qtbot)
    assert set(dialog.parts.texts()) == {key_of("North"), key_of("South")}
    assert str(target) in dialog.words.text()
    with zipfile.ZipFile(target) as held:
        assert {f"parts/{name.lower()}-{key_of(name)}.zip" for name in engines} < set(held.namelist())
    dialog.verify()
    qtbot.waitUntil(lambda: not dialog.busy_now())
    said = dialog.outcome.texts()
    assert "North: All files match the manifest." in said
    assert sum("signed by a known key" in text for text in said) == 2
    assert nameless(dialog) == [] and unreachable(dialog) == []


def test_cameras_of_one_site_leave_the_other_out(
    dialog: CombinedPackDialog, engines: dict[str, FakeEngine], target: Path, qtbot: QtBot
) -> None:
    for number in range(dialog.form.cameras.count()):
        item = dialog.form.cameras.item(number)
        item.setCheckState(item.checkState().Checked if item.text() in ("Gate (North)", "Yard (South)") else item.checkState().Unchecked)
    dialog.make_button.click()
    tick_until(lambda: dialog.open_button.isVisible(), engines, qtbot)
    asked = {name: [each.request.camera_ids for each in engine.commands if isinstance(each, MakePack)] for name, engine in engines.items()}
    assert asked == {"North": [("own",)], "South": [("yard",)]}


def test_a_site_that_is_away_is_told_before_and_after(
    dialog: CombinedPackDialog,
    engines: dict[str, FakeEngine],
    sites: ManySites,
    window: MainWindow,
    target: Path,
    key_of: Keys,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    lose(sites, key_of("South"), window, monkeypatch, qtbot)
    qtbot.waitUntil(lambda: any("South cannot make its part" in text for text in dialog.sites.texts()))
    dialog.make_button.click()
    tick_until(lambda: dialog.open_button.isVisible(), engines, qtbot)
    assert "South is not in the pack: South does not answer." in dialog.outcome.texts()


def test_a_part_that_fails_is_tried_again_or_left_out(
    dialog: CombinedPackDialog, engines: dict[str, FakeEngine], target: Path, key_of: Keys, qtbot: QtBot
) -> None:
    engines["South"].evidence_trouble = "The disk is full."
    dialog.make_button.click()
    tick_until(lambda: dialog.without_button.isVisible(), engines, qtbot)
    assert dialog.parts.texts()[key_of("South")] == "The disk is full." and dialog.again_button.isVisible()
    engines["South"].past.packs.clear()
    dialog.again_button.click()
    assert dialog._making is not None
    combiner = dialog._making.combiner  # which was set to work by the click, and may be done before the screen looks
    tick_until(lambda: combiner.state().stage is CombineStage.INCOMPLETE and dialog.without_button.isVisible(), engines, qtbot)
    assert sum(job.kind == "evidence" for job in engines["South"].jobs.values()) == 2
    assert not target.exists()
    dialog.without_button.click()
    qtbot.waitUntil(lambda: dialog.open_button.isVisible(), timeout=60_000)
    assert "South is not in the pack: The disk is full." in dialog.outcome.texts()
    assert sum(isinstance(each, MakePack) for each in engines["North"].commands) == 1


def test_cancelled_it_can_be_made_again(
    dialog: CombinedPackDialog, engines: dict[str, FakeEngine], target: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    with monkeypatch.context() as held:
        for engine in engines.values():
            held.setattr(engine, "_progress", lambda job: None)
        dialog.make_button.click()
        qtbot.waitUntil(lambda: all(engine.jobs for engine in engines.values()))
        dialog.cancel_button.click()
        qtbot.waitUntil(lambda: dialog.make_button.isVisible())
    assert "Cancelled" in dialog.words.text() and dialog.form.isVisible() and not target.exists()
    dialog.make_button.click()
    tick_until(lambda: dialog.open_button.isVisible(), engines, qtbot)


def test_what_cannot_be_written_is_saved_elsewhere(
    dialog: CombinedPackDialog, engines: dict[str, FakeEngine], target: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    with monkeypatch.context() as chosen:
        chosen.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target.parent / "gone" / "pack.zip"), ""))
        dialog.make_button.click()
        tick_until(lambda: dialog.elsewhere_button.isVisible(), engines, qtbot)
    assert "Could not write" in dialog.trouble.text()
    dialog.elsewhere_button.click()
    tick_until(lambda: dialog.open_button.isVisible(), engines, qtbot)
    assert target.exists() and not dialog.trouble.isVisible()


def test_closed_it_goes_on_without_asking_and_a_message_says_how_it_ended(
    dialog: CombinedPackDialog, engines: dict[str, FakeEngine], window: MainWindow, target: Path, qtbot: QtBot
) -> None:
    engines["South"].evidence_trouble = "The disk is full."
    dialog.make_button.click()
    dialog.reject()
    tick_until(target.exists, engines, qtbot)
    qtbot.waitUntil(lambda: any("South is not in it." in text for text in messages(window)), timeout=60_000)


def messages(window: MainWindow) -> list[str]:
    return [toast.text() for toast in window.toasts.toasts()]


def test_a_name_without_its_ending_gets_it_and_replaces_nothing(
    dialog: CombinedPackDialog, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.write_bytes(b"mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target.with_suffix("")), ""))
    dialog.make_button.click()
    assert "Choose another name" in dialog.trouble.text() and target.read_bytes() == b"mine"


def test_a_part_in_the_list_of_packs_says_what_it_is_part_of(
    dialog: CombinedPackDialog, desk: PackDesk, engines: dict[str, FakeEngine], target: Path, qtbot: QtBot
) -> None:
    dialog.form.note.setPlainText("Found open at 7")
    dialog.make_button.click()
    tick_until(lambda: dialog.open_button.isVisible(), engines, qtbot)
    listed: list[EvidencePacksDialog] = []
    dialog.packs_wanted.connect(lambda _: listed.extend(desk._page.findChildren(EvidencePacksDialog)))
    dialog.all_button.click()
    packs = listed[0]
    qtbot.waitUntil(lambda: packs.current() is not None)
    facts = packs.details.facts
    assert facts.fact_text("Part of") == "combined pack of North, South" and facts.fact_text("Note") == "Found open at 7"
    packs.reject()
