"""Alerts become messages: who is told is settled when an alert is raised, escalated, becomes worse, or is closed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import ChannelKind
from engine.model.event import Severity
from engine.model.settings import Settings
from engine.model.time import Clock, seconds_to_ns
from engine.model.value_class import dataclass
from engine.runtime.notify.brokers import Brokers, MqttChannel
from engine.runtime.notify.deliveries import NEVER_TOLD, Way, alert_deliveries, unneeded, ways
from engine.runtime.notify.http_post import PostedChannel
from engine.runtime.notify.mail import MailChannel
from engine.runtime.notify.topics import SiteState
from engine.runtime.notify.vault import Vault
from engine.runtime.outbound.outbox import Channel, Outbox
from engine.runtime.ports import SettingsSource

MOST_GROUPS = 10_000


@dataclass(frozen=True, slots=True)
class _LastNotified:
    level: int
    severity: Severity
    state: AlertState

    @classmethod
    def of(cls, alert: Alert) -> "_LastNotified":
        return cls(alert.level, alert.severity, alert.state)


class AlertDesk:
    """`take` on the engine thread, `unneeded` on the outbox's; both return at once.

    What was told of which group, for cooldowns, is not kept over a restart: then it is rather told once more.

    Args:
        names: of everybody known, to be taken out of messages to those who must not read them.
        alert: an open alert by its id, None when it is closed.
    """

    def __init__(
        self, settings: SettingsSource, names: Callable[[], Iterable[str]], alert: Callable[[str], Alert | None], clock: Clock
    ) -> None:
        self._settings = settings
        self._names = names
        self._alert = alert
        self._clock = clock
        self._known: dict[str, _LastNotified] = {}
        self._told: OrderedDict[tuple[ChannelKind, str, str], tuple[int, Severity]] = OrderedDict()

    def start(self, open_alerts: Iterable[Alert], replayed: Iterable[Alert], outbox: Outbox) -> None:
        """Before the first `take`. `replayed`: said again by a recovery, so that what they call for may not have been noted."""
        again = {alert.id: alert for alert in replayed}
        self._known = {alert.id: _LastNotified.of(alert) for alert in open_alerts if alert.id not in again}
        self.take(again.values(), outbox)

    def take(self, alerts: Iterable[Alert], outbox: Outbox) -> None:
        """Alerts that are new or changed."""
        for alert in alerts:
            before = self._known.get(alert.id)
            if alert.open:
                self._known[alert.id] = _LastNotified.of(alert)
            else:
                self._known.pop(alert.id, None)
            if _calls(alert, before):
                outbox.put(self._deliveries(alert, NEVER_TOLD if before is None else before.level))
            if alert.state is not AlertState.NEW:
                outbox.drop(alert.id)

    def unneeded(self, delivery: Delivery) -> str:
        return unneeded(delivery, self._alert(delivery.event_id))

    def _deliveries(self, alert: Alert, told_level: int) -> list[Delivery]:
        now_ns, settings = self._clock.now_ns(), self._settings.now()
        chosen = {(way.kind.value, way.id): way for way in ways(settings)}
        made = alert_deliveries(alert, settings, now_ns, told_level, self._names())
        return [each for each in made if self._is_due(chosen[each.channel, each.receiver], alert, told_level, now_ns)]

    def _is_due(self, way: Way, alert: Alert, told_level: int, now_ns: int) -> bool:
        """Whether the group's cooldown is over, or does not count: for what is graver, and for what nobody acknowledges."""
        key = (way.kind, way.id, alert.group or alert.id)
        at_ns, severity = self._told.get(key, (None, alert.severity))
        cools = at_ns is not None and now_ns - at_ns < seconds_to_ns(way.wants.cooldown_s)
        if alert.open and cools and severity >= alert.severity and told_level == NEVER_TOLD:
            return False
        self._told[key] = now_ns, alert.severity
        self._told.move_to_end(key)
        while len(self._told) > MOST_GROUPS:
            self._told.popitem(last=False)
        return True


class BrokerDesk:
    """Keeps the brokers' picture of the site; a thread of its own makes and ends connections, so that no caller waits for a network."""

    def __init__(self, brokers: Brokers, settings: SettingsSource) -> None:
        self._brokers = brokers
        self._settings = settings
        self._changed = threading.Event()
        self._renewed: set[str] = set()
        self._lock = threading.Lock()  # guards _renewed

    def configure(self) -> None:
        self._changed.set()

    def renew(self, channel_id: str) -> None:
        """The channel's password is another."""
        with self._lock:
            self._renewed.add(channel_id)
        self._changed.set()

    def show(self, counts: tuple[int, int], settings: Settings) -> None:
        """`counts`: alerts that are open, and those of them that nobody has acknowledged. Returns at once."""
        self._brokers.show(SiteState(settings.site_name, settings.alerts.mode, *counts))

    def run(self, stopping: threading.Event) -> None:
        """The thread's body."""
        self._changed.set()
        try:
            while not stopping.is_set():
                if self._changed.wait(0.2):
                    self._changed.clear()
                    self._apply()
        finally:
            self._brokers.close()

    def _apply(self) -> None:
        with self._lock:
            renewed, self._renewed = self._renewed, set()
        self._brokers.configure(self._settings.now())
        for channel_id in renewed:
            self._brokers.renew(channel_id, self._settings.now())


def make_channels(settings: SettingsSource, vault: Vault, brokers: Brokers) -> Mapping[str, Channel]:
    """By kind, all but webhooks."""
    return {
        ChannelKind.EMAIL.value: MailChannel(settings, vault),
        ChannelKind.SLACK.value: PostedChannel(ChannelKind.SLACK, settings, vault),
        ChannelKind.NTFY.value: PostedChannel(ChannelKind.NTFY, settings, vault),
        ChannelKind.MQTT.value: MqttChannel(settings, brokers),
    }


def _calls(alert: Alert, before: _LastNotified | None) -> bool:
    """Whether there is something to tell: it is new, or worse, or nobody has answered, or it is over."""
    if alert.state is AlertState.CLOSED:
        return before is None or before.state is not AlertState.CLOSED
    if alert.state is not AlertState.NEW:
        return False
    return before is None or alert.level > before.level or alert.severity > before.severity
