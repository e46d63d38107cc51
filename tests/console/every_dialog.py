"""How every dialog of the console comes about, over fake engines: for the gallery, and for tests that walk through all of them.

A new dialog gets a line here, or `test_every_dialog.py` fails.
"""

import importlib
import pkgutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

import console
from console.bridge import EngineBridge
from console.dialogs.accounts.confirm_password import ConfirmPasswordDialog
from console.dialogs.accounts.pairing import PairingDialog
from console.dialogs.accounts.password import PasswordDialog
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.accounts.tokens import TokenDialog
from console.dialogs.accounts.unmask import UnmaskDialog
from console.dialogs.accounts.user_edit import UserDialog
from console.dialogs.accounts.users import UsersDialog
from console.dialogs.alerts.alert_rules import AlertRulesDialog
from console.dialogs.alerts.close_alert import CloseAlertDialog
from console.dialogs.alerts.hand_over import HandOverDialog, HandoverDialog, HandoversDialog
from console.dialogs.alerts.note_alert import NoteAlertDialog
from console.dialogs.alerts.shelve_alert import ShelveAlertDialog
from console.dialogs.alerts.what_to_try import WhatToTryDialog
from console.dialogs.alerts.why_nothing import WhyNothingDialog
from console.dialogs.cameras.activities import ActivitiesDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.cameras.find_camera import FindCameraDialog
from console.dialogs.cameras.lookouts import LookoutsDialog
from console.dialogs.cameras.microphone import ExpectedNamesDialog, MicrophoneDialog
from console.dialogs.cameras.ptz import PtzDialog
from console.dialogs.cameras.recognition import RecognitionDialog
from console.dialogs.cameras.recording import RecordingDialog
from console.dialogs.cameras.view_masks import ViewMasksDialog
from console.dialogs.chat.chat_history import ChatHistoryDialog
from console.dialogs.chat.chat_settings import ChatSettingsDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.devices.calibrate import CalibrateDialog
from console.dialogs.devices.firmware import FirmwareDialog
from console.dialogs.devices.firmware_update import UpdateDialog
from console.dialogs.devices.node import NodeDialog
from console.dialogs.devices.provision import ProvisionDialog
from console.dialogs.devices.radio_settings import RadioSettingsDialog
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.devices.scanner_survey import ScannerSurveyDialog
from console.dialogs.engine_folder import EngineFolderDialog
from console.dialogs.evidence.bookmark import BookmarkDialog
from console.dialogs.evidence.case import CaseDialog
from console.dialogs.evidence.combined_pack import CombinedPackDialog
from console.dialogs.evidence.lock_evidence import LockEvidenceDialog
from console.dialogs.evidence.pack import EvidencePackDialog
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.dialogs.evidence.verify_pack import VerifyPackDialog
from console.dialogs.fire.fire_weather import FireWeatherDialog
from console.dialogs.floor.floor import FloorDialog
from console.dialogs.floor.floor_image import FloorImageDialog
from console.dialogs.floor.floor_points import FloorPointsDialog
from console.dialogs.floor.planner import PlannerDialog
from console.dialogs.floor.site_anchor import SiteAnchorDialog
from console.dialogs.frame import FramedDialog
from console.dialogs.incidents.atlas import AtlasDialog
from console.dialogs.incidents.base_map import BaseMapDialog
from console.dialogs.incidents.file_report import FileReportDialog, ReportStart
from console.dialogs.incidents.import_reports import ImportReportsDialog
from console.dialogs.incidents.incident_settings import IncidentSettingsDialog
from console.dialogs.incidents.merge_incidents import MergeIncidentsDialog
from console.dialogs.incidents.report_link import ReportLinkDialog
from console.dialogs.incidents.report_page import ReportPageDialog
from console.dialogs.incidents.report_picture import ReportPictureDialog
from console.dialogs.incidents.risk_settings import RiskSettingsDialog
from console.dialogs.incidents.validate_incident import EditIncidentDialog, ValidateDialog
from console.dialogs.inference import InferenceDialog
from console.dialogs.messages.channel import ChannelDialog
from console.dialogs.messages.webhook import WebhookDialog
from console.dialogs.people.compare_sites import CompareSitesDialog, ReviewPairsDialog
from console.dialogs.people.enrol import EnrolClipDialog, EnrolDialog, EnrolPictureDialog
from console.dialogs.people.erase_person import ErasePersonDialog
from console.dialogs.people.erasures import ErasuresDialog
from console.dialogs.people.person import PersonDialog
from console.dialogs.people.person_edits import DetailsDialog, MergeDialog, PickPersonDialog, SplitDialog, SureEraseDialog
from console.dialogs.people.take_from_clip import TakeFromClipDialog
from console.dialogs.person_detector import PersonDetectorDialog, detector_to_offer
from console.dialogs.review_settings import ReviewSettingsDialog
from console.dialogs.save_wall import SaveWallDialog
from console.dialogs.saving import SavingDialog
from console.dialogs.site import SiteDialog
from console.dialogs.sites.certificate import CertificateDialog
from console.dialogs.sites.choose_site import ChooseSiteDialog
from console.dialogs.sites.edit_site import EditSiteDialog
from console.dialogs.sites.sites import SitesDialog
from console.dialogs.sites.template_edit import EditTemplateDialog, MakeTemplateDialog, TakeTemplateDialog
from console.dialogs.sites.templates import TemplatesDialog
from console.dialogs.trying import TryingDialog
from console.dialogs.upkeep.backups import BackupsDialog
from console.dialogs.upkeep.damaged import DamagedDialog
from console.dialogs.upkeep.import_settings import ImportSettingsDialog
from console.dialogs.upkeep.retention import RetentionDialog
from console.dialogs.upkeep.tidy import TidyDialog
from console.dialogs.upkeep.unreachable import UnreachableDialog
from console.dialogs.zones.zones import ZonesDialog
from console.help.camera_advice import advice_about
from console.pages.investigate.blob import WhyThere
from console.pages.live.live import LivePage
from console.palette.palette import Palette
from console.palette.shortcuts import ShortcutsDialog
from console.session.remembered import Remembered
from console.shell.closing import ClosingDialog
from console.shell.preferences import keep_look
from console.shell.preferences_dialog import PreferencesDialog
from console.shell.site_mode import SiteModeDialog
from console.sites.linked_people import LinkedPeople, ReachedHub
from console.sites.many_sites import ManySites
from console.sites.site_trust import SiteLook, Trust
from console.sites.sites_bridge import SitesBridge, SiteWish
from console.window import MainWindow
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote.pinning import SeenCertificate
from engine.model.accounts.handover import Handover, LeftKind, OpenItem
from engine.model.alerts.notify_settings import ChannelKind
from engine.model.alerts.settings import SiteMode
from engine.model.health import CameraState
from engine.model.history.evidence import Case
from engine.model.history.finding import CameraDescription, FoundCamera, FoundStream
from engine.model.incidents.incident import Incident
from engine.model.people.erasure import Erasure, ErasureStage
from engine.model.people.person import Person
from engine.model.people.person_links import LinkVerdict
from engine.model.ptz.settings import PtzSettings, PtzTour, TourStop
from engine.model.ptz.view import PtzAbilities, PtzPreset, PtzState, PtzView
from engine.model.settings import CameraSettings
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, ManualClock, SystemClock
from tests.console.gallery_alerts import alerting_site
from tests.console.gallery_evidence import packed_site
from tests.console.gallery_people import remembered_site
from tests.console.gallery_zones import zones_site
from tests.fakes.devices import PHONE, DevicesEngine, FakeCable, lively_site, node_mac, simple_fit
from tests.fakes.engine import FakeDoor, FakeEngine
from tests.fakes.gestures import GestureEngine
from tests.fakes.hub_people import FakeHubPeople, found_pair
from tests.fakes.measured_site import measured_site
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene
from tests.fakes.risky_town import risky_site
from tests.fakes.templates_at_hub import NOW_NS, SITES, TemplatesAtHub
from tests.fakes.town import reported_site
from widgets.devices.ble_words import ble_rows
from widgets.devices.node_words import node_rows
from widgets.look import current_look
from widgets.people.person_words import KnownPerson, known_people

LONG = "Loading dock behind the old warehouse, second gate by the river"
DOOR = FoundCamera("http://192.168.1.20/onvif/device_service", "192.168.1.20", "Front door", "DS-2CD")
STREAMS = (
    FoundStream("Main", "rtsp://192.168.1.20:554/main", "H264", 2560, 1440, 25.0),
    FoundStream("Small", "rtsp://192.168.1.20:554/sub", "H264", 640, 360, 12.5),
)
CERTIFICATE = SeenCertificate("", "", ("north.example", "10.20.30.40"), 1_790_000_000 * SECOND, 1_821_536_000 * SECOND)
MASK = ((0.62, 0.2), (0.8, 0.18), (0.78, 0.42), (0.6, 0.4))


class Stage:
    """An engine with its bridge, and a window where a dialog comes from one. `close` ends them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bridges: list[EngineBridge] = []
        self._windows: list[MainWindow] = []
        self._sites: list[ManySites] = []

    def sites(self) -> ManySites:
        """Two, one with a long name; somebody is signed in at the first."""
        made = ManySites(self._folder)
        made.sessions.keep(made.book.add("North gate", "https://north.example:8740"), FakeEngine().port())
        made.book.add(LONG, "https://10.20.30.40:8740")
        self._sites.append(made)
        return made

    def bridge(self, engine: FakeEngine) -> EngineBridge:
        """Started, with its first snapshot."""
        made = EngineBridge(engine.port())
        self._bridges.append(made)
        made.start()
        wait_for(lambda: made.snapshot is not None)
        return made

    def bridge_over_sites(self, engines: dict[str, FakeEngine]) -> EngineBridge:
        """Over those sites, by name; started, with all their cameras."""
        port = FederatedPort(
            Site(f"s{number}", name, lambda engine=engine: engine.port()) for number, (name, engine) in enumerate(engines.items())
        )
        made = SitesBridge(port)
        self._bridges.append(made)
        made.start()
        cameras = sum(len(engine.settings.cameras) for engine in engines.values())
        wait_for(lambda: made.snapshot is not None and len(made.snapshot.cameras) == cameras)
        return made

    def window(self, engine: FakeEngine) -> MainWindow:
        bridge = self.bridge(engine)
        remembered = Remembered.in_folder(self._folder)
        keep_look(remembered, f"look-{bridge.session.user.id}", current_look())  # a window takes its user's look over
        made = MainWindow(bridge, SystemClock(), remembered)
        self._windows.append(made)
        return made

    def close(self) -> None:
        for window in self._windows:
            window.close()
            window.deleteLater()
        for bridge in self._bridges:
            bridge.close()
        for sites in self._sites:
            sites.close()


def wait_for(there: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not there() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


def snapshot_of(bridge: EngineBridge) -> Snapshot:
    assert bridge.snapshot is not None
    return bridge.snapshot


def cameras() -> FakeEngine:
    """Four cameras, one of them with a long name."""
    engine = FakeEngine()
    for camera_id, name in (("yard", "Yard"), ("hall", "Hall"), ("gate", "North gate"), ("dock", LONG)):
        engine.add_camera(camera_id, name, f"rtsp://10.0.0.12/{camera_id}" if camera_id == "gate" else "simulated:yard")
    engine.add_event("yard", age_s=60)
    engine.found_cameras = (DOOR,)
    engine.described = CameraDescription(DOOR.address, "Hikvision", "DS-2CD", "5.7", STREAMS)
    return engine


def camera_of(bridge: EngineBridge, camera_id: str) -> CameraSettings:
    camera = snapshot_of(bridge).settings.camera(camera_id)
    assert camera is not None
    return camera


def radio() -> RadioEngine:
    """Nodes and people on a floor, two cameras."""
    engine = RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:3]))
    for camera_id, name in (("yard", "Yard"), ("gate", LONG)):
        engine.add_camera(camera_id, name)
    engine.tick()
    return engine


def towers() -> FakeEngine:
    engine = risky_site()
    for number in range(3):
        engine.add_camera(f"tower-{number}", f"Tower {number + 1}")
    return engine


def gestures() -> GestureEngine:
    engine = GestureEngine()
    engine.add_camera("yard", "Yard")
    return engine


def with_people(stage: Stage) -> tuple[EngineBridge, dict[str, KnownPerson]]:
    bridge = stage.bridge(remembered_site())
    snapshot = snapshot_of(bridge)
    found = known_people(snapshot.people.persons, snapshot.people.photos, {each.id: each.name for each in snapshot.settings.cameras})
    return bridge, {known.person.id: known for known in found}


def no_photo(face_id: str) -> QPixmap | None:
    return None


def on_devices(stage: Stage) -> tuple[EngineBridge, DevicesEngine]:
    engine = lively_site()
    return stage.bridge(engine), engine


def calibrate(stage: Stage) -> QDialog:
    bridge, engine = on_devices(stage)
    rows = ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str)
    scanners = ((node_mac(0), "Hall, over the door"), (node_mac(1), "Window"))
    return CalibrateDialog(bridge, SystemClock(), simple_fit, scanners, tuple(row for row in rows if row.settings is not None), PHONE)


def survey_scanners(stage: Stage) -> QDialog:
    bridge, engine = on_devices(stage)
    rows = ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str)
    scanners = ((node_mac(0), "Hall, over the door"), (node_mac(1), "Window"), (node_mac(2), "Kitchen shelf"))
    return ScannerSurveyDialog(bridge, SystemClock(), scanners, ("Stairs",), tuple(row for row in rows if row.settings is not None), PHONE)


def of_node(stage: Stage) -> QDialog:
    bridge, engine = on_devices(stage)
    return NodeDialog(bridge, node_rows(engine.radio.nodes, engine.settings.nodes)[0])


def update(stage: Stage) -> QDialog:
    bridge, engine = on_devices(stage)
    return UpdateDialog(bridge, node_rows(engine.radio.nodes, engine.settings.nodes))


def register(stage: Stage) -> QDialog:
    bridge, engine = on_devices(stage)
    rows = ble_rows(engine.radio.devices, engine.settings, engine.people.persons, lambda scanner: scanner)
    return RegisterDeviceDialog(bridge, next(row for row in rows if row.view.rotates))


def handover(stage: Stage) -> QDialog:
    engine = cameras()
    left = (
        OpenItem(LeftKind.ALERT, "al-1", engine.now_ns - 3600 * SECOND, "fall", 5, "hall"),
        OpenItem(LeftKind.CAMERA, "dock", engine.now_ns - 5 * 3600 * SECOND, "No answer for 12 s.", camera_id="dock"),
    )
    text = "The gate sticks: open it from inside.\nThe electrician comes at ten for the dock camera."
    return HandoverDialog(stage.bridge(engine), Handover("ho-1", engine.now_ns - 300 * SECOND, "bo", text, None, left, 14, 11))


def incidents(stage: Stage) -> tuple[EngineBridge, tuple[Incident, ...]]:
    engine = reported_site()
    return stage.bridge(engine), tuple(engine.incidents.record.incidents.values())


def merge_incidents(stage: Stage) -> QDialog:
    bridge, known = incidents(stage)
    return MergeIncidentsDialog(bridge, known[0], known[1:])


def merge_people(stage: Stage) -> QDialog:
    bridge, known = with_people(stage)
    return MergeDialog(bridge, no_photo, known["grace"], known["x1"])


def linked(stage: Stage) -> tuple[EngineBridge, LinkedPeople, Person]:
    """Ada of this site, and Grace as she might be known at another."""
    bridge, known = with_people(stage)
    hub = FakeHubPeople(found_pair("north/ada", "south/grace"), found_pair("north/ada", "south/x1", 0.52, LinkVerdict.DIFFERENT))
    links = LinkedPeople(bridge, lambda: (ReachedHub("hub", hub, {"north": "north", "south": "south"}),))
    return bridge, links, known["ada"].person


def compare_sites(stage: Stage) -> QDialog:
    bridge, links, ada = linked(stage)
    return CompareSitesDialog(bridge, links, no_photo, SystemClock(), replace(ada, id="ada"))


def review_pairs(stage: Stage) -> QDialog:
    bridge, links, _ = linked(stage)
    return ReviewPairsDialog(bridge, links, no_photo, SystemClock())


def split(stage: Stage) -> QDialog:
    bridge, known = with_people(stage)
    return SplitDialog(bridge, no_photo, known["ada"], known["ada"].faces[:2])


def pick_person(stage: Stage) -> QDialog:
    bridge, known = with_people(stage)
    lead = "The name stays with the person while tracked."
    return PickPersonDialog(bridge, "Who is this?", lead, "Con&firm", tuple(known.values()))


ERASURES = (
    Erasure("pe-4", ErasureStage.WAITING, 1_790_000_000 * SECOND, "Ana Ruiz"),
    Erasure("gone-4f1c2a90b3d5", ErasureStage.BEGUN, 1_790_000_300 * SECOND, "ada"),
    Erasure("pe-9", ErasureStage.REFUSED, 1_789_990_000 * SECOND, "Ben Hart", outcome="This needs the right to administer."),
    Erasure("gone-77ad01c4e2f0", ErasureStage.STAYS, 1_789_980_000 * SECOND, "ada", 1_789_980_100 * SECOND),
    Erasure("gone-0b9e5512a7cc", ErasureStage.DONE, 1_789_900_000 * SECOND, "ada", 1_789_900_090 * SECOND),
)


def erasures(stage: Stage) -> QDialog:
    engine = cameras()
    engine.erasures = ERASURES
    return ErasuresDialog(stage.bridge(engine))


def grey_picture() -> QImage:
    picture = QImage(640, 480, QImage.Format.Format_RGB32)
    picture.fill(QColor("#4a5566"))
    return picture


def about_ada(make: Callable[..., QDialog]) -> "Make":
    """Of dialogs that take a bridge and a person."""

    def opened(stage: Stage) -> QDialog:
        bridge, known = with_people(stage)
        return make(bridge, known["ada"].person)

    return opened


def save_wall(stage: Stage) -> QDialog:
    window = stage.window(cameras())
    page = window.page("live")
    assert isinstance(page, LivePage)
    return SaveWallDialog(page.book, page.desk, window)


def why_there(stage: Stage) -> QDialog:
    bridge = stage.bridge(radio())
    picture = snapshot_of(bridge)
    assert picture.radio.picture is not None
    return WhyThere(bridge, picture.radio.picture.blobs[0], picture)


def of_window(act: str) -> "Make":
    """Of dialogs that the main window opens itself."""

    def opened(stage: Stage) -> QDialog:
        window = stage.window(alerting_site())
        window.show()
        getattr(window.catalogue, act)()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        return dialog

    return opened


def ptz(stage: Stage) -> QDialog:
    """With all that a camera can have."""
    engine = cameras()
    yard = engine.settings.camera("yard")
    assert yard is not None
    tour = PtzTour("round", "Gate and yard", (TourStop("1"), TourStop("9")))
    engine.settings = engine.settings.with_camera(replace(yard, onvif="http://192.0.2.1", ptz=PtzSettings(tours=(tour,))))
    can = PtzAbilities(pan_tilt=True, zoom=True, home=True, set_home=True, presets=16)
    presets = (PtzPreset("1", "Gate"), PtzPreset("2", "Yard"))
    engine.ptz = (PtzView("yard", PtzState.ONLINE, can=can, presets=presets, away=True),)
    engine.publish()
    bridge = stage.bridge(engine)
    return PtzDialog(bridge, camera_of(bridge, "yard"))


def zones(stage: Stage) -> QDialog:
    bridge = stage.bridge(zones_site())
    return ZonesDialog(bridge, camera_of(bridge, "yard"))


def bookmark(stage: Stage) -> QDialog:
    engine = cameras()
    stretch = (engine.now_ns - 60 * SECOND, engine.now_ns)
    return BookmarkDialog(stage.bridge(engine), engine.now_ns - 60 * SECOND, "4 min ago", None, None, stretch)


def pack(stage: Stage) -> QDialog:
    engine = cameras()
    return EvidencePackDialog(stage.bridge(engine), engine.now_ns - 60 * SECOND, engine.now_ns, None)


def combined_pack(stage: Stage) -> QDialog:
    """Both sites make their part."""
    north, south = cameras(), cameras()
    bridge = stage.bridge_over_sites({"North gate": north, LONG: south})
    return CombinedPackDialog(bridge, north.now_ns - 60 * SECOND, north.now_ns, None)


def packs(stage: Stage) -> QDialog:
    dialog = EvidencePacksDialog(stage.bridge(packed_site()))
    wait_for(lambda: dialog.current() is not None)
    return dialog


def case(stage: Stage) -> QDialog:
    engine = cameras()
    return CaseDialog(stage.bridge(engine), Case("case-1", LONG, "Asked for by the police", "ada", engine.now_ns))


def lock_evidence(stage: Stage) -> QDialog:
    engine = cameras()
    return LockEvidenceDialog(stage.bridge(engine), SystemClock(), (engine.now_ns - 60 * SECOND, engine.now_ns), None)


def site_mode(stage: Stage) -> QDialog:
    return SiteModeDialog(SiteMode.HOME, snapshot_of(stage.bridge(alerting_site())).settings)


def what_to_try(stage: Stage) -> QDialog:
    engine = cameras()
    engine.set_state("gate", CameraState.LOST, "rtsp://10.0.0.12/gate does not answer. Check that it is on.", "timeout")
    bridge = stage.bridge(engine)
    return WhatToTryDialog(bridge, advice_about(snapshot_of(bridge), "gate"), "gate")


def user_edit(stage: Stage) -> QDialog:
    engine = cameras()
    return UserDialog(stage.bridge(engine), engine.users[0])


Make = Callable[[Stage], QDialog]


def person_detector(stage: Stage) -> PersonDetectorDialog:
    bridge = stage.bridge(cameras())
    assert bridge.snapshot is not None
    model = detector_to_offer(bridge, bridge.snapshot)
    assert model is not None
    return PersonDetectorDialog(bridge, model)


def sites_dialog(stage: Stage) -> QDialog:
    sites = stage.sites()
    return SitesDialog(sites.book, sites.sessions)


def templates_dialog(stage: Stage) -> QDialog:
    """With answers of a dry run."""
    dialog = TemplatesDialog(TemplatesAtHub(), SITES, clock=ManualClock(NOW_NS))
    wait_for(dialog.try_button.isEnabled)
    dialog.try_button.click()
    wait_for(dialog.apply_button.isEnabled)
    return dialog


def take_template(stage: Stage) -> QDialog:
    return TakeTemplateDialog(TemplatesAtHub(), SITES)


def edit_template(stage: Stage) -> QDialog:
    hub = TemplatesAtHub()
    return EditTemplateDialog(hub, "Night rules", hub.versions("tp-1")[0])


def certificate_changed(stage: Stage) -> QDialog:
    before, now = (replace(CERTIFICATE, fingerprint=":".join([pair] * 32)) for pair in ("C0", "5A"))
    return CertificateDialog("North gate", SiteLook(Trust.CHANGED, now), before)


def choose_site(stage: Stage) -> QDialog:
    sites = (SiteState("n", "North gate", SiteReach.ONLINE), SiteState("s", LONG, SiteReach.ONLINE))
    return ChooseSiteDialog(SiteWish(sites, True, lambda keys: None, lambda: None))


MAKERS: dict[type[QDialog], Make] = {
    ActivitiesDialog: lambda stage: ActivitiesDialog(stage.bridge(remembered_site())),
    AlertRulesDialog: lambda stage: AlertRulesDialog(stage.bridge(alerting_site()), SystemClock()),
    AtlasDialog: lambda stage: AtlasDialog(stage.bridge(reported_site())),
    BackupsDialog: lambda stage: BackupsDialog(stage.bridge(cameras())),
    BookmarkDialog: bookmark,
    CalibrateDialog: calibrate,
    ScannerSurveyDialog: survey_scanners,
    CameraDialog: lambda stage: CameraDialog(stage.bridge(cameras())),
    CameraPosesDialog: lambda stage: CameraPosesDialog(stage.bridge(radio()), "yard"),
    CertificateDialog: certificate_changed,
    ChannelDialog: lambda stage: ChannelDialog(stage.bridge(cameras()), ChannelKind.EMAIL),
    ChatHistoryDialog: lambda stage: ChatHistoryDialog(stage.bridge(cameras()), SystemClock()),
    ChatSettingsDialog: lambda stage: ChatSettingsDialog(stage.bridge(cameras())),
    CaseDialog: case,
    CloseAlertDialog: lambda stage: CloseAlertDialog("Fall, Laboratory"),
    ChooseSiteDialog: choose_site,
    ClosingDialog: lambda stage: ClosingDialog(tray=True, engine_here=True),
    ConfirmDialog: lambda stage: ConfirmDialog("Remove camera Yard?", "It is no longer watched. Its past stays.", "&Remove camera"),
    DamagedDialog: lambda stage: DamagedDialog(),
    DetailsDialog: about_ada(DetailsDialog),
    EditIncidentDialog: lambda stage: EditIncidentDialog(stage.bridge(reported_site()), incidents(stage)[1][0]),
    EditSiteDialog: lambda stage: EditSiteDialog(stage.sites().book),
    EngineFolderDialog: lambda stage: EngineFolderDialog(),
    EnrolClipDialog: about_ada(lambda bridge, person: EnrolClipDialog(bridge, SystemClock(), person)),
    EnrolPictureDialog: about_ada(EnrolPictureDialog),
    ErasePersonDialog: about_ada(ErasePersonDialog),
    CombinedPackDialog: combined_pack,
    EvidencePackDialog: pack,
    EvidencePacksDialog: packs,
    ExpectedNamesDialog: lambda stage: ExpectedNamesDialog(stage.bridge(cameras())),
    PtzDialog: ptz,
    FindCameraDialog: lambda stage: FindCameraDialog(stage.bridge(cameras())),
    FireWeatherDialog: lambda stage: FireWeatherDialog(stage.bridge(risky_site())),
    FirmwareDialog: lambda stage: FirmwareDialog(stage.bridge(lively_site())),
    FloorDialog: lambda stage: FloorDialog(stage.bridge(radio())),
    FloorImageDialog: lambda stage: FloorImageDialog(stage.bridge(radio())),
    FloorPointsDialog: lambda stage: FloorPointsDialog(stage.bridge(radio()), "yard"),
    HandOverDialog: lambda stage: HandOverDialog(stage.bridge(alerting_site())),
    HandoverDialog: handover,
    HandoversDialog: lambda stage: HandoversDialog(stage.bridge(alerting_site())),
    ImportReportsDialog: lambda stage: ImportReportsDialog(stage.bridge(reported_site())),
    ImportSettingsDialog: lambda stage: ImportSettingsDialog(stage.bridge(cameras()), "harbour.toml", ""),
    FileReportDialog: lambda stage: FileReportDialog(stage.bridge(reported_site()), ReportStart()),
    ReportLinkDialog: lambda stage: ReportLinkDialog(stage.bridge(reported_site()), "https://report.example"),
    ReportPageDialog: lambda stage: ReportPageDialog(stage.bridge(reported_site())),
    ReportPictureDialog: lambda stage: ReportPictureDialog("Picture of a report", grey_picture()),
    IncidentSettingsDialog: lambda stage: IncidentSettingsDialog(stage.bridge(reported_site())),
    InferenceDialog: lambda stage: InferenceDialog(stage.bridge(measured_site(cameras()))),
    LockEvidenceDialog: lock_evidence,
    LookoutsDialog: lambda stage: LookoutsDialog(stage.bridge(towers())),
    BaseMapDialog: lambda stage: BaseMapDialog(stage.bridge(risky_site())),
    MergeDialog: merge_people,
    MergeIncidentsDialog: merge_incidents,
    MicrophoneDialog: lambda stage: MicrophoneDialog(stage.bridge(cameras())),
    NodeDialog: of_node,
    NoteAlertDialog: lambda stage: NoteAlertDialog("Fall, Laboratory"),
    PairingDialog: lambda stage: PairingDialog(stage.bridge(lively_site())),
    Palette: of_window("open_palette"),
    CompareSitesDialog: compare_sites,
    ConfirmPasswordDialog: lambda stage: ConfirmPasswordDialog(stage.bridge(cameras())),
    PasswordDialog: lambda stage: PasswordDialog(stage.bridge(cameras())),
    PersonDetectorDialog: person_detector,
    PersonDialog: lambda stage: PersonDialog(stage.bridge(lively_site())),
    PickPersonDialog: pick_person,
    PlannerDialog: lambda stage: PlannerDialog(stage.bridge(radio())),
    PreferencesDialog: of_window("show_preferences"),
    ProvisionDialog: lambda stage: ProvisionDialog(stage.bridge(lively_site()), FakeCable()),
    RadioSettingsDialog: lambda stage: RadioSettingsDialog(stage.bridge(lively_site())),
    RecognitionDialog: lambda stage: RecognitionDialog(stage.bridge(remembered_site())),
    RecordingDialog: lambda stage: RecordingDialog(stage.bridge(cameras())),
    RegisterDeviceDialog: register,
    RetentionDialog: lambda stage: RetentionDialog(stage.bridge(cameras())),
    ReviewPairsDialog: review_pairs,
    ReviewSettingsDialog: lambda stage: ReviewSettingsDialog(stage.bridge(cameras())),
    RiskSettingsDialog: lambda stage: RiskSettingsDialog(stage.bridge(risky_site())),
    SaveWallDialog: save_wall,
    SetupDialog: lambda stage: SetupDialog(FakeDoor(FakeEngine(users=()))),
    ShelveAlertDialog: lambda stage: ShelveAlertDialog("Fall, Laboratory", SystemClock()),
    ShortcutsDialog: of_window("show_shortcuts"),
    SignInDialog: lambda stage: SignInDialog(FakeDoor(FakeEngine()), "You are signed out."),
    SiteAnchorDialog: lambda stage: SiteAnchorDialog(stage.bridge(reported_site())),
    SiteDialog: lambda stage: SiteDialog(stage.bridge(cameras())),
    SiteModeDialog: site_mode,
    SitesDialog: sites_dialog,
    TemplatesDialog: templates_dialog,
    TakeTemplateDialog: take_template,
    EditTemplateDialog: edit_template,
    SplitDialog: split,
    SureEraseDialog: about_ada(SureEraseDialog),
    ErasuresDialog: erasures,
    TakeFromClipDialog: lambda stage: TakeFromClipDialog(stage.bridge(gestures()), SystemClock(), "yard"),
    TidyDialog: lambda stage: TidyDialog(stage.bridge(cameras())),
    TokenDialog: lambda stage: TokenDialog(stage.bridge(cameras())),
    UnmaskDialog: lambda stage: UnmaskDialog(stage.bridge(remembered_site())),
    UnreachableDialog: lambda stage: UnreachableDialog("The engine at 10.0.0.5 does not answer. Check that it runs and try again."),
    UpdateDialog: update,
    UserDialog: user_edit,
    UsersDialog: lambda stage: UsersDialog(stage.bridge(cameras())),
    ValidateDialog: lambda stage: ValidateDialog(stage.bridge(reported_site()), incidents(stage)[1][0], True),
    VerifyPackDialog: lambda stage: VerifyPackDialog(stage.bridge(cameras())),
    ViewMasksDialog: lambda stage: ViewMasksDialog(stage.bridge(cameras()), "yard", "Masks of Yard, view 0", (MASK,), False),
    WebhookDialog: lambda stage: WebhookDialog(stage.bridge(cameras())),
    WhatToTryDialog: what_to_try,
    WhyNothingDialog: lambda stage: WhyNothingDialog(stage.bridge(alerting_site()), SystemClock()),
    WhyThere: why_there,
    ZonesDialog: zones,
}
FRAMES: frozenset[type[QDialog]] = frozenset(
    {FramedDialog, SavingDialog, EnrolDialog, TryingDialog, MakeTemplateDialog}
)  # what dialogs are built of; nobody opens them


def all_dialogs() -> frozenset[type[QDialog]]:
    """Every class of dialog that the console has, wherever it stands."""
    for module in pkgutil.walk_packages(console.__path__, "console."):
        if not module.name.startswith(("benchmarks", "console.commands.", "console.__main__")):
            importlib.import_module(module.name)
    return frozenset(found for found in _below(QDialog) if found.__module__.split(".")[0] in ("console", "widgets"))


def _below(kind: type[QDialog]) -> frozenset[type[QDialog]]:
    direct = frozenset(kind.__subclasses__())
    return direct.union(*(_below(each) for each in direct))
