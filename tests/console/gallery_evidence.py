"""The dialog of evidence packs in its states, for the gallery; and a site that has some."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QWidget

from console.pages.investigate.investigate import InvestigatePage
from console.window import MainWindow
from engine.model.cameras.segment import EvidenceLock
from engine.model.history.evidence import Case, HiddenRegion, Pack, PackRequest, Redaction
from engine.model.time import SECOND
from engine.recording.pack.manifest import Manifest, Proof
from tests.console.gallery_incidents import wait
from tests.fakes.engine import FakeEngine

MINUTE_NS = 60 * SECOND
DAY_NS = 24 * 60 * MINUTE_NS
LONG = "Break-in at the loading dock behind the old warehouse, second gate by the river"
CORNER = HiddenRegion("dock", ((0.1, 0.1), (0.4, 0.1), (0.4, 0.5)))
HIDDEN = "It cannot be run again: the observations tell of everybody, so they do not go with a pack in which something is hidden."
NO_VIDEO = "No video was recorded in this time."


def packed_site() -> FakeEngine:
    """Three packs, two of them in an open case, and a case that is closed. Newest last."""
    engine = FakeEngine()
    for camera_id, name in (("yard", "Yard"), ("gate", "North gate"), ("dock", "Loading dock behind the old warehouse")):
        engine.add_camera(camera_id, name, f"rtsp://10.0.0.1/{camera_id}")
    now_ns, past = engine.now_ns, engine.past
    past.cases = [
        Case("case-2", LONG, "Asked for by the police, number 4711", "ada", now_ns - 3 * DAY_NS),
        Case("case-1", "Lorry at the gate", "", "ida", now_ns - 40 * DAY_NS, closed=True),
    ]
    past.packs = [
        _pack("pack-1", "The lorry", now_ns - 40 * DAY_NS, ("gate",), "case-1", Redaction.NONE, (), (NO_VIDEO,)),
        _pack("pack-2", "What the neighbours may see", now_ns - 2 * DAY_NS, (), "", Redaction.FACES, (), (HIDDEN,)),
        _pack(
            "pack-3", "Somebody climbs over the fence", now_ns - DAY_NS, ("yard", "dock"), "case-2", Redaction.NONE, (CORNER,), (HIDDEN,)
        ),
        _pack("pack-4", "The whole night as it was recorded", now_ns - 9 * 60 * MINUTE_NS, (), "case-2", Redaction.NONE, (), ()),
    ]
    engine.locks = (EvidenceLock("lk-1", now_ns - 2 * DAY_NS, now_ns, "Asked for by the police", "ida", now_ns),)
    return engine


def _pack(
    pack_id: str,
    title: str,
    at_ns: int,
    camera_ids: tuple[str, ...],
    case_id: str,
    redaction: Redaction,
    hidden: tuple[HiddenRegion, ...],
    missing: tuple[str, ...],
) -> Pack:
    note = "Seen from the road at seven" if hidden else ""
    since_ns = at_ns - 40 * MINUTE_NS
    request = PackRequest(since_ns, since_ns + 12 * MINUTE_NS, title, note, camera_ids, (), case_id, redaction, hidden)
    file = f"packs/{title.lower().replace(' ', '-')[:40]}-{pack_id}.zip"
    return Pack(pack_id, request, "ada", at_ns, file, 48 << 20, "3b1f9c04d7a85e62" * 4, missing)


def manifest() -> Manifest:
    """Of a pack from elsewhere, without what ties it to an audit."""
    request, proof = PackRequest(0, 60 * SECOND, "Break-in"), cast(Proof, None)
    return Manifest("pack-9", "Harbour", "UTC", "ida", 90 * SECOND, "0.1.0", request, proof, missing=(NO_VIDEO,), simulated=True)


class EvidenceGallery:
    _scratch: Path
    save: Callable[[QWidget, str], None]

    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def show_evidence_packs(self) -> None:
        engine = packed_site()
        with engine.running():
            window = self.window(engine)
            dialog = _page(window).packs.show("pack-3")
            wait(lambda: dialog.current() is not None)
            self.save(dialog, "evidence-packs")
            dialog.cases.list.select_moment("case-1")
            dialog.cases.chosen.emit()
            self.save(dialog, "evidence-packs-closed")
            sure = dialog.remove()
            assert sure is not None
            self.save(sure, "evidence-packs-remove")
            sure.reject()
            dialog.reject()
            window.close()

    def show_evidence_packs_none(self) -> None:
        engine = FakeEngine()
        engine.add_camera("yard", "Yard")
        with engine.running():
            window = self.window(engine)
            dialog = _page(window).packs.show()
            wait(lambda: dialog.cases.list.model().rowCount() > 0)
            self.save(dialog, "evidence-packs-none")
            dialog.reject()
            window.close()


def _page(window: MainWindow) -> InvestigatePage:
    window.show_page("investigate")
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    return page
