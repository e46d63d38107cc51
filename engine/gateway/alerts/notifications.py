"""`/api/v1/notifications`: who is told outside the console, by whichever way: one list, as on the System page.

Webhooks are kept apart from the other channels in the settings, because they post events as well as alerts; here they are one kind of them.
They are added and changed on the System page, where their secrets are typed.
"""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import optional_iso
from engine.model.alerts.delivery import ChannelState
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, WebhookSettings
from engine.model.command import RemoveChannel, RemoveWebhook
from engine.model.question import ListChannels

router = APIRouter(prefix="/api/v1/notifications", tags=["notifications"])


class NotificationOut(BaseModel):
    """No secret is in here, and of an address only its host."""

    kind: ChannelKind
    id: str
    name: str
    enabled: bool
    address: str | None = Field(description="the host it goes to; null while that is not known")
    alerts_from: int | None = Field(description="told of alerts of this severity and above; null: of none")
    events: list[str] | None = Field(description="told of events of these kinds (webhooks); null: of none")
    secret_stored: bool = Field(description="a password, a token, or a webhook's secret for signing")
    waiting: int
    arrived: int
    given_up: int
    last_arrived: str | None
    last_error: str | None = Field(description="of the newest failure since then")
    failing_since: str | None

    @classmethod
    def of(cls, settings: ChannelSettings | WebhookSettings, state: ChannelState) -> "NotificationOut":
        wants = _wants(settings)
        return cls(
            kind=state.kind,
            id=settings.id,
            name=settings.display_name if isinstance(settings, ChannelSettings) else settings.id,
            enabled=settings.enabled,
            address=state.address or None,
            alerts_from=None if wants is None else int(wants.min_severity),
            events=_events(settings),
            secret_stored=state.password_stored,
            waiting=state.waiting,
            arrived=state.arrived,
            given_up=state.given_up,
            last_arrived=optional_iso(state.last_arrived_ns),
            last_error=state.last_error or None,
            failing_since=optional_iso(state.failing_since_ns),
        )


class NotificationsOut(BaseModel):
    notifications: list[NotificationOut]


@router.get("", summary="Who is told outside the console, and whether messages arrive")
def notifications(port: PortOf) -> NotificationsOut:
    """Channels in the order of the settings, then webhooks."""
    states = {state.id: state for state in port.ask(ListChannels())}  # an id is of one channel or one webhook only
    settings = port.snapshot().settings
    several = (*settings.notifications, *settings.webhooks)
    return NotificationsOut(notifications=[NotificationOut.of(each, states[each.id]) for each in several if each.id in states])


@router.delete("/{notification_id}", status_code=204, summary="Nothing is sent there any more; its secrets are deleted")
def remove(port: PortOf, notification_id: str) -> None:
    is_hook = any(hook.id == notification_id for hook in port.snapshot().settings.webhooks)
    port.command(RemoveWebhook(notification_id) if is_hook else RemoveChannel(notification_id))


def _wants(settings: ChannelSettings | WebhookSettings) -> AlertWants | None:
    return settings.wants if isinstance(settings, ChannelSettings) else settings.alerts


def _events(settings: ChannelSettings | WebhookSettings) -> list[str] | None:
    if isinstance(settings, ChannelSettings) or not settings.events:
        return None
    return list(settings.kinds) or ["fall"]
