"""What is to be told to the outside: one message to one receiver, kept until it arrived or was given up."""

from enum import StrEnum

from engine.model.alerts.notify_settings import ChannelKind
from engine.model.value_class import dataclass


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"  # nobody needs it any more


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one receiver. A later value with the same id replaces an earlier one only when more was tried.

    Attributes:
        id: derived from event, level, channel and receiver, so that making it twice is making it once.
        channel: how it is sent (`webhook`). receiver: the id of the settings that say where to.
        key: the same for every attempt and every receiver of one happening: event id and level.
        body: what is sent, as text, settled when it was made.
        due_ns: of the next attempt. attempts: made so far. last_error: of the newest attempt, empty when there was none.
    """

    id: str
    channel: str
    receiver: str
    key: str
    event_id: str
    body: str
    created_ns: int
    due_ns: int
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    last_error: str = ""
    finished_ns: int | None = None


@dataclass(frozen=True, slots=True)
class WebhookState:
    """How the messages to one webhook go, as the record says. Counts are of messages that are still kept.

    Attributes:
        secret_stored: whether messages are signed. The secret itself is never told.
        waiting: not yet sent, or tried in vain and to be tried again. given_up: refused, or tried for a day.
        last_arrived_ns: None when none has arrived. last_error: of the newest failure since then, empty when there was none.
        failing_since_ns: when the oldest message that failed since then was made.
    """

    id: str
    secret_stored: bool = False
    waiting: int = 0
    arrived: int = 0
    given_up: int = 0
    last_arrived_ns: int | None = None
    last_error: str = ""
    failing_since_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How the messages to one channel, or webhook, go. Figures as in `WebhookState`.

    Attributes:
        address: the host it goes to, empty while that is not known. Never the path of an address, which is its secret.
        url_stored, password_stored: which secrets there are (of webhooks: `password_stored` is the secret for signing).
        from_environment: names of the secrets that the environment gives, and the store does not.
    """

    id: str
    kind: ChannelKind
    address: str = ""
    url_stored: bool = False
    password_stored: bool = False
    waiting: int = 0
    arrived: int = 0
    given_up: int = 0
    last_arrived_ns: int | None = None
    last_error: str = ""
    from_environment: tuple[str, ...] = ()
    failing_since_ns: int | None = None
