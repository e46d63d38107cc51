"""The first start for the gallery: the set-up, finding a camera, what goes wrong on the way, and the wall without a camera."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.find_camera import FindCameraDialog
from console.dialogs.person_detector import PersonDetectorDialog
from console.window import MainWindow
from engine.model.command import RemoveCamera
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.finding import CameraDescription, FoundCamera, FoundStream
from tests.console.every_dialog import wait_for
from tests.fakes.engine import FakeDoor, FakeEngine

_DOOR = FoundCamera("http://192.168.1.20/onvif/device_service", "192.168.1.20", "Front door", "DS-2CD")
_GATE = FoundCamera("http://192.168.1.21/onvif/device_service", "192.168.1.21", "", "P3245")
_STREAMS = (
    FoundStream("Main", "rtsp://192.168.1.20:554/main", "H264", 2560, 1440, 25.0),
    FoundStream("Small", "rtsp://192.168.1.20:554/sub", "H264", 640, 360, 12.5),
)


def bare_site() -> FakeEngine:
    """Set up, without a camera."""
    engine = FakeEngine()
    for camera in engine.settings.cameras:
        engine.execute(RemoveCamera(camera.id))
    return engine


class FirstStartGallery:
    save: Callable[[QWidget, str], None]
    window: Callable[[FakeEngine], MainWindow]

    def show_first_set_up(self) -> None:
        engine = FakeEngine(users=())
        setup = SetupDialog(FakeDoor(engine))
        setup.show()
        self.save(setup, "first-1-set-up")
        for name, text in (("site_name", "Harbour office"), ("name", "ada"), ("password", "short")):
            setup.fields.field(name).edit().setText(text)
        self.save(setup, "first-1-short-password")
        setup.fields.field("password").edit().setText("correct horse battery")
        engine.setup_code = "417 092"
        setup.submit()
        wait_for(lambda: "code" in setup.fields.values())
        self.save(setup, "first-1-code")
        engine.fail("set_up", InputError("time_zone", f"{setup.zone.zone()!r} is no time zone like Europe/Stockholm"))
        setup.fields.field("code").edit().setText("417 092")
        setup.submit()
        wait_for(lambda: "no time zone" in setup.zone_note.text())
        self.save(setup, "first-1-zone")
        setup.close()

    def show_first_finding(self) -> None:
        engine = bare_site()
        engine.found_cameras = (_DOOR, _GATE)
        window = self.window(engine)
        window.begin_site(0.0)
        offer = window.findChild(PersonDetectorDialog)
        assert offer is not None
        self.save(offer, "first-2-person-detector")
        offer.reject()
        finding = window.findChild(FindCameraDialog)
        assert finding is not None
        self.save(window, "first-2-beside-finding")
        wait_for(lambda: finding.found.count() == 2)
        self.save(finding, "first-2-several")
        finding.found.setCurrentRow(0)
        engine.described = InputError("password", "192.168.1.20 refused this user or password. Use the camera's own login.")
        finding.describe()
        wait_for(lambda: "another user" in finding.fields.field("password").message())
        self.save(finding, "first-2-login")
        finding.fields.field("user").set_value("admin")
        finding.fields.field("password").set_value("correct horse")
        engine.described = EnvironmentFault("camera_unreachable", _SILENT)
        finding.describe()
        wait_for(lambda: "ONVIF" in finding.fields.field("address").message())
        self.save(finding, "first-2-silent")
        engine.described = CameraDescription(_DOOR.address, "Hikvision", "DS-2CD", "5.7", _STREAMS)
        finding.describe()
        wait_for(finding.use.isEnabled)
        self.save(finding, "first-2-streams")
        window.close()

    def show_first_adding(self) -> None:
        bridge = EngineBridge(bare_site().port())
        bridge.start()
        adding = CameraDialog(bridge, first=True)
        adding.show()
        self.save(adding, "first-3-adding")
        for name, text in (("url", "rtsp://192.168.1.20:554/main"), ("name", "Front door")):
            adding.form.fields.field(name).edit().setText(text)
        adding.bring_to_view(adding.form.show_fault("unreachable"))
        self.save(adding, "first-3-silent")
        adding.form.forget_fault()
        adding.form.more_fields.field("user").edit().setText("admin")
        adding.bring_to_view(adding.form.show_fault("credentials"))
        self.save(adding, "first-3-login")
        adding.close()
        bridge.close()

    def show_first_empty(self) -> None:
        window = self.window(bare_site())
        self.save(window, "first-4-empty")
        window.close()


_SILENT = (
    "192.168.1.20 does not answer as an ONVIF camera. Check that ONVIF is switched on in the camera's own settings, or type its address."
)
