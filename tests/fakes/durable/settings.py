"""Commands that change settings, accounts and what a site is made of."""

import base64
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from engine.fire.places import utc_day
from engine.model.accounts.access import AccessSettings, Role, Session
from engine.model.accounts.commands import (
    ChangeAccess,
    ChangePassword,
    ChangeUser,
    ConfirmPassword,
    CreateToken,
    ResetPassword,
    RevokeToken,
)
from engine.model.alerts.commands import ChangeAlerting, ChangeAtlas, SetSiteMode
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, WebhookSettings
from engine.model.alerts.settings import SiteMode
from engine.model.cameras.floor_image import PutFloorImage, RemoveFloorImage
from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    CancelJob,
    ChangeSettings,
    ChannelSecrets,
    CreateUser,
    Credentials,
    IdentifyNode,
    InstallModels,
    MeasureModels,
    ProvisionNode,
    PutBleDevice,
    PutCamera,
    PutChannel,
    PutNode,
    PutWebhook,
    RebootNode,
    RemoveAnchor,
    RemoveBleDevice,
    RemoveCamera,
    RemoveChannel,
    RemoveNode,
    RemoveUser,
    RemoveWebhook,
    RestartCamera,
    SetPairing,
    SimulateFall,
    TestCamera,
    TestChannel,
    TestWebhook,
    UpdateNodes,
)
from engine.model.errors import NotSignedIn
from engine.model.fire.commands import ChangeFire, ImportFireWeather, RefreshFire
from engine.model.history.chat import ChangeChat
from engine.model.ptz.commands import (
    AdjustLens,
    CentreCamera,
    GoHome,
    GoToPreset,
    PtzCommand,
    ReleaseCamera,
    RemovePreset,
    SendTalk,
    SetHome,
    SetPreset,
    StartTour,
    SteerCamera,
    StopTour,
    SwitchOutput,
)
from engine.model.ptz.view import OutputAction
from engine.model.site import BleDeviceSettings, NodeSettings, ScannerCalibration, SiteAnchor
from engine.model.upkeep import ImportSettings
from engine.runtime.incidents.incident_side import ATLAS_KEY
from engine.runtime.settings.settings_exchange import export_text
from tests.fakes.durable.site import CAMERA, PASSWORD, Case, Site, new
from tests.fakes.waiting import until

MAC, PHONE, IRK = "AA:BB:CC:00:00:01", "C4:7C:8D:6A:1B:2C", "0123456789abcdef0123456789abcdef"
LAMP = replace(CAMERA, id="lamp", name="Lamp", url="rtsp://192.0.2.2/lamp")
HOOK = WebhookSettings("wh-1", "http://127.0.0.1:9/hook")
MAIL = ChannelSettings("ch-1", ChannelKind.NTFY)
NTFY = ChannelSecrets("http://127.0.0.1:9/topic", "token")
NEXT_PASSWORD = "another battery horse"
MOVED = "the camera does it, and keeps it or not"
STEERING: tuple[PtzCommand, ...] = (
    *(SteerCamera(CAMERA.id, 1.0), CentreCamera(CAMERA.id, 0.5, 0.5), AdjustLens(CAMERA.id, 0.5), GoToPreset(CAMERA.id, "1")),
    *(GoHome(CAMERA.id), ReleaseCamera(CAMERA.id), StartTour(CAMERA.id, "round"), StopTour(CAMERA.id), SendTalk(CAMERA.id, "gICA")),
    *(SwitchOutput(CAMERA.id, "lamp", OutputAction.ON), SetPreset(CAMERA.id, "Gate"), RemovePreset(CAMERA.id, "1"), SetHome(CAMERA.id)),
)
MOMENT_JOB = "a job, which ends with the engine"
PICTURE = base64.b64encode(cv2.imencode(".png", np.zeros((30, 40, 3), np.uint8))[1].tobytes()).decode()


def _signed_in(site: Site, name: str, password: str) -> bool:
    try:
        site.engine.accounts.sign_in(name, password)
    except NotSignedIn:
        return False
    return True


def _has_session(site: Site, token: str) -> bool:
    try:
        site.engine.accounts.session(token)
    except NotSignedIn:
        return False
    return True


def _as_new_user(site: Site) -> Session:
    """From here on, the site's session is that of a new admin who has signed in."""
    token, _ = site.engine.accounts.sign_in(site.user().name, PASSWORD)
    site.session = site.engine.accounts.session(token)
    return site.session


def _change_password(site: Site) -> ChangePassword:
    _as_new_user(site)
    return ChangePassword(PASSWORD, NEXT_PASSWORD)


def _confirm_password(site: Site) -> ConfirmPassword:
    _as_new_user(site)
    return ConfirmPassword(PASSWORD)


def _name_of(site: Site, user_id: str) -> str:
    return site.engine.accounts.user(user_id).name


def _revoke(site: Site) -> RevokeToken:
    site.token = site.tell(CreateToken("Reader", Role.OPERATOR))
    return RevokeToken(next(each.id for each in site.engine.accounts.machine_tokens() if each.label == "Reader"))


def _with_camera(site: Site) -> RemoveCamera:
    site.tell(PutCamera(LAMP, Credentials("root", "secret")))
    return RemoveCamera("lamp")


def _with_anchor(site: Site) -> RemoveAnchor:
    site.tell(ChangeSettings(anchor=SiteAnchor(45.0, 5.0, 0.0)))
    return RemoveAnchor()


def _with_node(site: Site) -> RemoveNode:
    site.tell(PutNode(NodeSettings(MAC, "Corridor")))
    return RemoveNode(MAC)


def _with_phone(site: Site) -> RemoveBleDevice:
    site.tell(PutBleDevice(BleDeviceSettings(PHONE, "Phone"), IRK))
    return RemoveBleDevice(PHONE)


def _with_hook(site: Site) -> RemoveWebhook:
    site.tell(PutWebhook(HOOK, "signed"))
    return RemoveWebhook("wh-1")


def _with_channel(site: Site) -> RemoveChannel:
    site.tell(PutChannel(MAIL, NTFY))
    return RemoveChannel("ch-1")


def _with_floor_image(site: Site) -> RemoveFloorImage:
    site.tell(PutFloorImage(0.1, picture=PICTURE))
    return RemoveFloorImage()


def _weather(site: Site) -> ImportFireWeather:
    site.tell(ChangeSettings(anchor=SiteAnchor(46.0, 5.0)))
    site.tell(ChangeFire(replace(site.engine.settings.fire, spin_up_days=1)))
    return ImportFireWeather(f"date,temperature,humidity,wind,rain\n{utc_day(site.engine.clock.now_ns())},30,20,40,0\n")


def _knows_weather(site: Site) -> bool:
    day = utc_day(site.engine.clock.now_ns())
    until(lambda: any(risk.fwi is not None for risk in site.engine.record.store.fire.risks(day)), "the class is known")
    return True


def _given(command: PtzCommand, _: Site) -> PtzCommand:
    return command


def _job(site: Site) -> CancelJob:
    return CancelJob(site.tell(TestCamera(LAMP)))


def _firmware(site: Site) -> UpdateNodes:
    site.tell(AddFirmware("0.3.0", base64.b64encode(b"\xe9" + bytes(1000)).decode()))
    return UpdateNodes("0.3.0")


def _with_walkers(site: Site) -> SimulateFall:
    site.engine.demo_stage.walkers = ("walker-1",)
    return SimulateFall()


def _webhooks(site: Site) -> set[str]:
    return {hook.id for hook in site.engine.settings.webhooks}


def _channels(site: Site) -> set[str]:
    return {channel.id for channel in site.engine.settings.notifications}


def _alerting(site: Site) -> ChangeAlerting:
    return ChangeAlerting(replace(site.engine.settings.alerts, escalate_s=99.0))


def _alerting_kept(site: Site, _: ChangeAlerting, version: str) -> bool:
    now = site.engine.settings.alerts
    return (str(now.version), now.escalate_s) == (version, 99.0)


CASES = {
    ChangeAccess: Case(lambda _: ChangeAccess(AccessSettings(7.0)), lambda site, *_: site.engine.settings.access == AccessSettings(7.0)),
    ChangePassword: Case(_change_password, lambda site, _, user_id: _signed_in(site, _name_of(site, user_id), NEXT_PASSWORD)),
    ConfirmPassword: Case(_confirm_password, lambda site, _, token: _has_session(site, token)),
    ChangeUser: Case(
        lambda site: ChangeUser(site.user().id, Role.OPERATOR, ("door",)),
        lambda site, _, user_id: site.engine.accounts.user(user_id).cameras == ("door",),
    ),
    ResetPassword: Case(
        lambda site: ResetPassword(site.user().id, NEXT_PASSWORD),
        lambda site, _, user_id: _signed_in(site, _name_of(site, user_id), NEXT_PASSWORD),
    ),
    CreateToken: Case(lambda _: CreateToken(new("token"), Role.OPERATOR), lambda site, _, token: _has_session(site, token)),
    RevokeToken: Case(_revoke, lambda site, _, token_id: token_id not in {each.id for each in site.engine.accounts.machine_tokens()}),
    CreateUser: Case(
        lambda _: CreateUser(new("user"), Role.OPERATOR, PASSWORD), lambda site, told, _: _signed_in(site, told.name, PASSWORD)
    ),
    RemoveUser: Case(
        lambda site: RemoveUser(site.user().id), lambda site, _, user_id: user_id not in {user.id for user in site.engine.accounts.users()}
    ),
    SetSiteMode: Case(lambda _: SetSiteMode(SiteMode.NIGHT), lambda site, *_: site.engine.settings.alerts.mode is SiteMode.NIGHT),
    ChangeAlerting: Case(_alerting, _alerting_kept),
    ChangeAtlas: Case(
        lambda site: ChangeAtlas(replace(site.engine.settings.atlas, product="Night"), "atlas-key"),
        lambda site, *_: site.engine.settings.atlas.product == "Night" and site.engine.basis.secrets.get(ATLAS_KEY) == "atlas-key",
    ),
    ChangeChat: Case(
        lambda site: ChangeChat(replace(site.engine.settings.chat, base_url="http://127.0.0.1:9/"), "chat-key"),
        lambda site, *_: site.engine.settings.chat.base_url == "http://127.0.0.1:9/" and site.engine.claude.key.get() == "chat-key",
    ),
    AddFirmware: Case(
        lambda _: AddFirmware("0.4.0", base64.b64encode(b"\xe9" + bytes(2000)).decode()),
        lambda site, _, version: site.engine.radio.firmware.version(version).version == "0.4.0",
    ),
    CalibrateScanner: Case(
        lambda _: CalibrateScanner("s1", ScannerCalibration("s1", -59.0, 2.0, 4.0)),
        lambda site, *_: [each.scanner for each in site.engine.settings.radio.calibrations] == ["s1"],
    ),
    CancelJob: Case(_job, why=MOMENT_JOB),
    ChangeSettings: Case(lambda _: ChangeSettings(site_name="Harbour"), lambda site, *_: site.engine.settings.site_name == "Harbour"),
    IdentifyNode: Case(
        lambda _: IdentifyNode(MAC), why="a lamp blinks for some seconds; only of a node that is connected", refused="no node"
    ),
    InstallModels: Case(lambda site: InstallModels(folder=str(site.engine.data.path)), why=MOMENT_JOB),
    MeasureModels: Case(lambda _: MeasureModels(), why=MOMENT_JOB),
    ProvisionNode: Case(
        lambda _: ProvisionNode(MAC, "home", "wifi password"), lambda site, _, line: site.engine.radio.hub.tokens.token(MAC) in line
    ),
    PutBleDevice: Case(
        lambda _: PutBleDevice(BleDeviceSettings(PHONE, "Phone"), IRK), lambda site, *_: site.engine.radio.ble.key(PHONE) == IRK
    ),
    RemoveBleDevice: Case(_with_phone, lambda site, *_: not site.engine.settings.ble_devices and not site.engine.radio.ble.key(PHONE)),
    PutCamera: Case(
        lambda _: PutCamera(LAMP, Credentials("root", "secret")),
        lambda site, *_: site.engine.settings.camera("lamp") is not None and site.engine.logins.get(LAMP) == Credentials("root", "secret"),
    ),
    RestartCamera: Case(lambda _: RestartCamera(LAMP.id), why="streams are opened anew; nothing of it is kept", refused="paused"),
    RemoveCamera: Case(_with_camera, lambda site, *_: site.engine.settings.camera("lamp") is None and site.engine.logins.get(LAMP) is None),
    PutChannel: Case(lambda _: PutChannel(MAIL, NTFY), lambda site, *_: _channels(site) == {"ch-1"}),
    RemoveChannel: Case(_with_channel, lambda site, *_: not _channels(site)),
    PutNode: Case(
        lambda _: PutNode(NodeSettings(MAC, "Corridor")),
        lambda site, *_: [node.name for node in site.engine.settings.nodes] == ["Corridor"],
    ),
    RemoveNode: Case(_with_node, lambda site, *_: not site.engine.settings.nodes),
    PutWebhook: Case(lambda _: PutWebhook(HOOK, "signed"), lambda site, *_: site.engine.messages.webhook_secret("wh-1") == "signed"),
    RemoveWebhook: Case(_with_hook, lambda site, *_: not _webhooks(site) and site.engine.messages.webhook_secret("wh-1") is None),
    RebootNode: Case(lambda _: RebootNode(MAC), why="a node starts anew; only one that is connected", refused="no node"),
    RemoveAnchor: Case(_with_anchor, lambda site, *_: site.engine.settings.anchor is None),
    SetPairing: Case(lambda _: SetPairing(True), why="open for some minutes, and closed by whatever ends the engine"),
    SimulateFall: Case(_with_walkers, why="somebody who is made up falls"),
    TestCamera: Case(lambda _: TestCamera(LAMP), why=MOMENT_JOB),
    TestChannel: Case(lambda _: TestChannel(MAIL, NTFY), why=MOMENT_JOB),
    TestWebhook: Case(lambda _: TestWebhook(HOOK, "signed"), why=MOMENT_JOB),
    **{type(each): Case(partial(_given, each), why=MOVED, refused="no ONVIF address") for each in STEERING},
    UpdateNodes: Case(_firmware, why=MOMENT_JOB),
    ChangeFire: Case(
        lambda site: ChangeFire(replace(site.engine.settings.fire, login="us", service_url="https://192.0.2.9/"), "fire-password"),
        lambda site, *_: site.engine.settings.fire.login == "us" and site.engine.fire_password.get() == "fire-password",
    ),
    ImportFireWeather: Case(_weather, lambda site, *_: _knows_weather(site)),
    RefreshFire: Case(lambda _: RefreshFire(), why="what is asked for at once is asked for at every start, too"),
    PutFloorImage: Case(
        lambda _: PutFloorImage(0.2, picture=PICTURE),
        lambda site, _, digest: (site.engine.data.path / "floor" / digest).is_file() and site.engine.settings.floor.image.digest == digest,
    ),
    RemoveFloorImage: Case(_with_floor_image, lambda site, *_: site.engine.settings.floor.image is None),
    ImportSettings: Case(
        lambda site: ImportSettings(export_text(replace(site.engine.settings, site_name="Imported"))),
        lambda site, *_: site.engine.settings.site_name == "Imported",
    ),
}
