"""Who is told outside the console: one list of all kinds over HTTP."""

import httpx
import pytest

from console.site import Site
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, WebhookSettings
from engine.model.command import PutChannel, PutWebhook
from engine.model.event import Severity
from tests.engine.gateway.answers import assert_problem

PATH = "/api/v1/notifications"
WANTS = AlertWants(min_severity=Severity.HIGH)


@pytest.fixture
def told(site: Site, admin: str) -> None:
    port = site.door.enter(admin)
    broker = ChannelSettings("house", ChannelKind.MQTT, "The house", "broker.invalid", wants=WANTS, enabled=False)
    port.command(PutChannel(broker))
    port.command(PutWebhook(WebhookSettings("hook", "https://hooks.invalid/secret-path", enabled=False), "for signing"))
    port.close()


def test_webhooks_and_channels_are_one_list_and_are_removed_alike(client: httpx.Client, admin: str, told: None) -> None:
    assert_problem(client.get(PATH), 403, "not_permitted")
    boss = {"Authorization": f"Bearer {admin}"}
    answer = client.get(PATH, headers=boss)
    assert answer.status_code == 200 and "secret-path" not in answer.text and "for signing" not in answer.text
    broker, hook = answer.json()["notifications"]
    assert (broker["kind"], broker["name"], broker["address"], broker["alerts_from"]) == ("mqtt", "The house", "broker.invalid", 4)
    assert (hook["kind"], hook["name"], hook["address"], hook["alerts_from"]) == ("webhook", "hook", "hooks.invalid", None)
    assert (broker["events"], hook["events"]) == (None, ["fall"]) and (broker["secret_stored"], hook["secret_stored"]) == (False, True)
    assert_problem(client.delete(f"{PATH}/hook"), 403, "not_permitted")
    assert client.delete(f"{PATH}/hook", headers=boss).status_code == 204
    assert [each["kind"] for each in client.get(PATH, headers=boss).json()["notifications"]] == ["mqtt"]
    assert client.delete(f"{PATH}/house", headers=boss).status_code == 204
    assert_problem(client.delete(f"{PATH}/house", headers=boss), 404, "not_found")
