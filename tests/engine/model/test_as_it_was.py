"""The change that would change nothing."""

from dataclasses import replace

import pytest

from engine.model.accounts.access import AccessSettings
from engine.model.accounts.commands import ChangeAccess
from engine.model.alerts.commands import ChangeAtlas
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, WebhookSettings
from engine.model.as_it_was import as_it_was
from engine.model.command import ChangeSettings, Command, PutCamera, PutChannel, PutNode, PutWebhook, RemoveCamera
from engine.model.fire.commands import ChangeFire
from engine.model.history.chat import ChangeChat
from engine.model.review.review import ReviewSettings
from engine.model.settings import CameraSettings, Settings
from engine.model.site import NodeSettings

CAMERA = CameraSettings("door", "Door", "rtsp://192.0.2.1/door")
NODE, HOOK = NodeSettings("AA:BB:CC:00:00:01", "Corridor"), WebhookSettings("wh-1", "http://127.0.0.1:9/hook")
CHANNEL = ChannelSettings("ch-1", ChannelKind.NTFY)
SETTINGS = Settings(cameras=(CAMERA,), nodes=(NODE,), webhooks=(HOOK,), notifications=(CHANNEL,))


@pytest.mark.parametrize(
    ("change", "before"),
    [
        (ChangeSettings(site_name="Other", review=ReviewSettings(gap_s=99)), ChangeSettings(site_name="My site", review=ReviewSettings())),
        (ChangeSettings(time_zone="Europe/Paris"), ChangeSettings(time_zone=SETTINGS.alerts.time_zone)),
        (ChangeAccess(AccessSettings(7.0)), ChangeAccess(SETTINGS.access)),
        (ChangeAtlas(replace(SETTINGS.atlas, product="Night"), "key"), ChangeAtlas(SETTINGS.atlas)),
        (ChangeChat(SETTINGS.chat, "key"), ChangeChat(SETTINGS.chat)),
        (ChangeFire(SETTINGS.fire, "password"), ChangeFire(SETTINGS.fire)),
        (PutCamera(replace(CAMERA, name="Gate")), PutCamera(CAMERA)),
        (PutNode(replace(NODE, name="Hall")), PutNode(NODE)),
        (PutChannel(CHANNEL), PutChannel(CHANNEL)),
        (PutWebhook(HOOK, "secret"), PutWebhook(HOOK)),
    ],
)
def test_it_has_the_values_that_are_there(change: Command, before: Command) -> None:
    assert as_it_was(change, SETTINGS) == before


@pytest.mark.parametrize(
    "change", [PutCamera(replace(CAMERA, id="new")), PutNode(replace(NODE, mac="AA:BB:CC:00:00:02")), RemoveCamera("door")]
)
def test_there_is_none_of_what_is_not_there(change: Command) -> None:
    assert as_it_was(change, SETTINGS) is None
