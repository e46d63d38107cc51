"""The brokers of the settings, each with its connection, and the channel that goes through them."""

import asyncio
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace

from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings
from engine.model.settings import Settings
from engine.runtime.notify.broker import TICK_S, Link
from engine.runtime.notify.http_post import wanted_channel
from engine.runtime.notify.topics import SiteState, alert_topic
from engine.runtime.notify.vault import Vault
from engine.runtime.outbound.http import trusted
from engine.runtime.outbound.outbox import Attempt
from engine.runtime.outbound.outward import Resolver, resolve
from engine.runtime.ports import SettingsSource


class Brokers:
    """`configure`, `renew` and `close` wait for connections that end; `show` does not. Any thread."""

    def __init__(
        self, vault: Vault, resolver: Resolver = resolve, *, tick_s: float = TICK_S, authorities: Callable[[], ssl.SSLContext] = trusted
    ) -> None:
        self._vault = vault
        self._resolver = resolver
        self._tick_s = tick_s
        self._authorities = authorities
        self._lock = threading.Lock()  # guards _links and _state
        self._links: dict[str, Link] = {}
        self._state: SiteState | None = None

    def configure(self, settings: Settings) -> None:
        """Connect to those that are new or have moved, let go of those that are gone."""
        wanted = {channel.id: channel for channel in settings.notifications if channel.kind is ChannelKind.MQTT and channel.enabled}
        with self._lock:
            gone = [link for link in self._links.values() if not _same(link.channel, wanted.get(link.channel.id))]
            for link in gone:
                del self._links[link.channel.id]
        for link in gone:  # before the new ones: the last word on a topic has to be theirs
            link.stop()
        with self._lock:
            for channel in wanted.values():
                if channel.id not in self._links:
                    self._links[channel.id] = self._new_link(channel)

    def renew(self, channel_id: str, settings: Settings) -> None:
        """Connect anew: its password is another."""
        with self._lock:
            link = self._links.pop(channel_id, None)
        if link is not None:
            link.stop()
        self.configure(settings)

    def show(self, state: SiteState) -> None:
        """What brokers keep of the site from now on."""
        with self._lock:
            self._state = state
            for link in self._links.values():
                link.show(state)

    def link(self, channel_id: str) -> Link | None:
        with self._lock:
            return self._links.get(channel_id)

    def trial(self, channel: ChannelSettings, password: str) -> Link:
        """A connection of its own, which the caller starts and stops, and which announces nothing."""
        return Link(channel, lambda: password, self._resolver, announces=False, tick_s=self._tick_s, authorities=self._authorities)

    def close(self) -> None:
        with self._lock:
            links, self._links = list(self._links.values()), {}
        for link in links:
            link.stop()

    def _new_link(self, channel: ChannelSettings) -> Link:
        link = Link(
            channel, lambda: self._vault.get(channel.id, "password"), self._resolver, tick_s=self._tick_s, authorities=self._authorities
        )
        if self._state is not None:
            link.show(self._state)
        link.start()
        return link


class MqttChannel:
    """The outbox's loop only; its attempt ends when the broker has confirmed the message or the connection has broken."""

    def __init__(self, settings: SettingsSource, brokers: Brokers) -> None:
        self._settings = settings
        self._brokers = brokers

    async def send(self, delivery: Delivery) -> Attempt:
        channel = wanted_channel(self._settings.now(), ChannelKind.MQTT, delivery.receiver)
        if channel is None:
            return Attempt.unwanted(f"The channel {delivery.receiver} was removed or switched off.")
        link = self._brokers.link(channel.id)
        if link is None:
            return Attempt.failed(f"The connection to {channel.host} is just being made anew.")
        return await asyncio.wrap_future(link.publish(alert_topic(channel), delivery.body))


def _same(before: ChannelSettings, now: ChannelSettings | None) -> bool:
    """Whether the connection is: whom and what is told over it changes nothing about that."""
    return now is not None and replace(before, name=now.name, wants=AlertWants()) == replace(now, wants=AlertWants())
