"""Alerts to Slack and to ntfy: JSON over HTTP, to an address that is a secret."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import Settings
from engine.runtime.notify.message import lines
from engine.runtime.notify.vault import Vault, without_secrets
from engine.runtime.outbound.http import Poster
from engine.runtime.outbound.outbox import Attempt
from engine.runtime.outbound.outward import InHouse, Resolver, resolve
from engine.runtime.ports import SettingsSource

LONGEST_TOKEN = 500
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


class PostedChannel:
    """Slack's incoming webhooks, and those that take the same (Mattermost, Rocket.Chat); ntfy. The outbox's loop only."""

    def __init__(self, kind: ChannelKind, settings: SettingsSource, vault: Vault, resolver: Resolver = resolve) -> None:
        self._kind = kind
        self._settings = settings
        self._vault = vault
        self._poster = Poster(resolver)

    async def send(self, delivery: Delivery) -> Attempt:
        channel = wanted_channel(self._settings.now(), self._kind, delivery.receiver)
        if channel is None:
            return Attempt.unwanted(f"The channel {delivery.receiver} was removed or switched off.")
        try:
            url, token = self._vault.get(channel.id, "url"), self._vault.get(channel.id, "password")
        except EnvironmentFault as fault:
            return Attempt.failed(str(fault))
        if not url:
            return Attempt.failed(f"The address of {channel.display_name} is not stored. Enter it again.")
        try:
            check_token(token)
        except InputError:
            return Attempt.failed(f"The token of {channel.display_name} has signs that no token has. Enter it again.")
        attempt = await self._post(channel, url, token, delivery)
        return replace(attempt, error=without_secrets(attempt.error, url, token))

    async def _post(self, channel: ChannelSettings, url: str, token: str, delivery: Delivery) -> Attempt:
        said = json.loads(delivery.body)
        headers = {"Content-Type": "application/json", "User-Agent": "Watchroom", "Idempotency-Key": delivery.key}
        in_house = InHouse.ALLOWED if channel.allow_private else InHouse.REFUSED
        if self._kind is ChannelKind.SLACK:
            return await self._poster.post(url, json.dumps(slack_body(said), ensure_ascii=False), headers, in_house)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        server, topic = ntfy_parts(url)
        return await self._poster.post(server, json.dumps(ntfy_body(said, topic), ensure_ascii=False), headers, in_house)


def wanted_channel(settings: Settings, kind: ChannelKind, channel_id: str) -> ChannelSettings | None:
    """One that is there and switched on."""
    found = (channel for channel in settings.notifications if channel.id == channel_id and channel.kind is kind)
    return next((channel for channel in found if channel.enabled), None)


def slack_body(said: dict[str, Any]) -> dict[str, Any]:
    """As docs.slack.dev/messaging/formatting-message-text wants it: `&`, `<` and `>` are written otherwise, nothing else is markup."""
    return {"text": "\n".join((_slack_text(said["title"]), *map(_slack_text, lines(said))))}


def ntfy_body(said: dict[str, Any], topic: str) -> dict[str, Any]:
    """As docs.ntfy.sh/publish/#publish-as-json wants it; its priorities 1–5 are our severities."""
    body = {"topic": topic, "title": said["title"], "message": "\n".join(lines(said)), "priority": said["severity_level"]}
    return body | ({"click": said["link"]} if said.get("link") else {})


def ntfy_parts(url: str) -> tuple[str, str]:
    """Where messages are published, and the topic, which is the address's last part. Raises InputError (field `url`)."""
    parts = urlsplit(url)
    server, _, topic = parts.path.rstrip("/").rpartition("/")
    if not _TOPIC.fullmatch(topic):
        raise InputError("url", "has to end with a topic of letters, digits, - and _, such as https://ntfy.sh/my-topic")
    return urlunsplit((parts.scheme, parts.netloc, f"{server}/", "", "")), topic


def check_token(token: str) -> None:
    """Raises InputError (field `password`)."""
    if len(token) > LONGEST_TOKEN or not all("!" <= each <= "~" for each in token):
        raise InputError("password", f"needs at most {LONGEST_TOKEN} letters, digits and signs, without spaces")


def _slack_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
