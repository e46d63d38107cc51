"""Messages to people and programs elsewhere: which are due, the channels they go by, and the brokers that show how the site is."""

from collections.abc import Callable, Iterable

from engine.model.alerts.delivery import Delivery
from engine.model.event import Event
from engine.model.observation import Observation
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.runtime.alerts.alert_side import AlertSide
from engine.runtime.basis import Basis
from engine.runtime.messages.webhook import CHANNEL, WebhookChannel, deliveries_for
from engine.runtime.notify.brokers import Brokers
from engine.runtime.notify.desk import AlertDesk, BrokerDesk, make_channels
from engine.runtime.notify.vault import Vault
from engine.runtime.outbound.outbox import Outbox
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor


class MessageSide(Side):
    """`on_step` on the engine thread, all else on any.

    Args:
        names: of everybody known, to be taken out of messages to those who must not read them.
    """

    def __init__(self, basis: Basis, alerts: AlertSide, names: Callable[[], Iterable[str]]) -> None:
        self._basis, self._alerts, self._settings = basis, alerts, basis.settings
        self._applied = basis.settings.now()
        self.vault = Vault(basis.secrets, basis.environment)
        self.brokers = Brokers(self.vault)
        self.broker_desk = BrokerDesk(self.brokers, self._settings)
        self._desk = AlertDesk(self._settings, names, alerts.alert, basis.clock)
        self.outbox = self._make_outbox()

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        """What was replayed is told too: what was to follow from it may have been lost in the crash."""
        record = self._basis.record
        self.outbox.take([event for event in record.replayed_events if not event.shadow], replayed=True)
        self._desk.start(self._alerts.view(self._settings.now()).alerts, record.replayed_alerts, self.outbox)
        supervisor.start("outbox", self.outbox.run)
        self._show_counts()
        supervisor.start("brokers", self.broker_desk.run)

    def on_settings(self, settings: Settings) -> None:
        before, self._applied = self._applied, settings
        if (settings.webhooks, settings.notifications) != (before.webhooks, before.notifications):
            self.outbox.again()
            self.broker_desk.configure()
        self._show_counts()

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if result.alerts:
            self._desk.take(result.alerts, self.outbox)
            self._show_counts()
        for event in result.events:
            if not event.shadow:  # a gesture on trial raises nothing
                self.outbox.take((event,))

    def webhook_secret(self, webhook_id: str) -> str | None:
        """What calls of a webhook are signed with. May raise EnvironmentFault."""
        return self._basis.secrets.get(webhook_key(webhook_id))

    def keep_webhook_secret(self, webhook_id: str, secret: str) -> None:
        """An empty one forgets what is kept. May raise EnvironmentFault."""
        self._basis.secrets.keep(webhook_key(webhook_id), secret)

    def _show_counts(self) -> None:
        self.broker_desk.show(self._alerts.counts(), self._settings.now())

    def _make_outbox(self) -> Outbox:
        record, clock, settings = self._basis.record, self._basis.clock, self._settings

        def make(event: Event, now_ns: int) -> tuple[Delivery, ...]:
            return deliveries_for(event, settings.now(), now_ns)

        channels = {CHANNEL: WebhookChannel(settings, self.webhook_secret, clock), **make_channels(settings, self.vault, self.brokers)}
        trouble = self._basis.troubles.of("webhooks")
        return Outbox(record.store, record.writer, make, channels, clock, trouble, unwanted=self._desk.unneeded)


def webhook_key(webhook_id: str) -> str:
    return f"webhook/{webhook_id}"
