"""Who is told of alerts, by which way, and when. Passwords, tokens and addresses that are secret themselves are never in here."""

import re
from dataclasses import field
from enum import StrEnum
from typing import Annotated

from engine.model.alerts.settings import Hours
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

MOST_CHANNELS = 30
MOST_RECIPIENTS = 50
LONGEST_COOLDOWN_S = 86_400.0
MOST_LEVEL = 10
_MAIL = re.compile(r"[^@\s,;<>\"\\]{1,64}@[^@\s,;<>\"\\]{1,190}")
_HOST = re.compile(r"\[?[A-Za-z0-9._:\-]{1,253}\]?")
_TOPIC = re.compile(r"[^#+\s/\x00][^#+\s\x00]{0,99}")


class ChannelKind(StrEnum):
    WEBHOOK = "webhook"  # kept as `WebhookSettings`
    EMAIL = "email"
    SLACK = "slack"
    NTFY = "ntfy"
    MQTT = "mqtt"


class Security(StrEnum):
    """How what is sent is kept from those on the way."""

    NONE = "none"
    STARTTLS = "starttls"  # begun in the clear, and given up where the other side does not encrypt
    TLS = "tls"


_PORTS = {
    (ChannelKind.EMAIL, Security.NONE): 25,
    (ChannelKind.EMAIL, Security.STARTTLS): 587,
    (ChannelKind.EMAIL, Security.TLS): 465,
    (ChannelKind.MQTT, Security.NONE): 1883,
    (ChannelKind.MQTT, Security.TLS): 8883,
}


@dataclass(frozen=True, slots=True)
class AlertWants:
    """Which alerts are told, and when.

    Attributes:
        rule_ids: only alerts of these rules; empty: of any.
        quiet: in these hours (site's time) nothing is sent: what is still not acknowledged when they end is sent then.
        critical_in_quiet: severity 5 is sent in quiet hours too.
        cooldown_s: after an alert, others of its group are not told for so long, unless they are graver.
        escalation_level: told from here on: 0 at once, 1 after nobody acknowledged for the escalation time, 2 after twice that.
        names: the message may say who it is; otherwise names are taken out of it.
        closing: told when the alert is closed, too.
    """

    min_severity: Annotated[Severity, Setting("Lowest severity")] = Severity.MODERATE
    rule_ids: Annotated[tuple[str, ...], Setting("Rules")] = ()
    quiet: Annotated[tuple[Hours, ...], Setting("Quiet hours")] = ()
    critical_in_quiet: Annotated[bool, Setting("Send critical alerts in quiet hours too")] = True
    cooldown_s: Annotated[float, Setting("Pause after an alert", unit="s", ge=0, le=LONGEST_COOLDOWN_S)] = 0.0
    escalation_level: Annotated[int, Setting("Send after this number of escalations", ge=0, le=MOST_LEVEL, help="0: at once.")] = 0
    names: Annotated[bool, Setting("Include names of people")] = False
    closing: Annotated[bool, Setting("Send when an alert is closed too")] = False

    def __post_init__(self) -> None:
        check_limits(self)
        if len(self.quiet) > 20:
            raise InputError("quiet", "are more than 20 stretches")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where events, alerts or both are posted. The address carries no credentials; a secret for signing is kept apart.

    `kinds`: of events; empty: falls only. `events`: whether events are posted at all. `alerts`: which alerts are, None: none.
    `allow_private`: the address may be in the own network, as it was typed; those of before had it so.
    """

    id: Annotated[str, Setting("Id")]
    url: Annotated[str, Setting("Address")] = field(repr=False)
    kinds: Annotated[tuple[str, ...], Setting("Events")] = ()
    enabled: Annotated[bool, Setting("Switched on")] = True
    events: Annotated[bool, Setting("Post all events")] = True
    alerts: Annotated[AlertWants | None, Setting("Posted alerts")] = None
    allow_private: Annotated[bool, Setting("Allow addresses in the local network or on this computer")] = True

    def __post_init__(self) -> None:
        _check_id(self.id)
        check_url(self.url)


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One way to tell people of alerts; `WebhookSettings` is another. Which parts of the address count, the kind says:

    email: `host`, `port`, `security`, `user`, `sender`, `recipients`; the secret is the password.
    slack: none; the secret is the address of the incoming webhook. ntfy: none; the secrets are the topic's address and a token.
    mqtt: `host`, `port`, `security` (none or tls), `user`, `topic` (what all topics begin with), `discovery` (Home Assistant's prefix,
    empty: it is not told); the secret is the password.

    `port` 0: the usual one. `allow_private`: the host may be in the own network or on this machine.
    """

    id: Annotated[str, Setting("Id")]
    kind: Annotated[ChannelKind, Setting("Kind")]
    name: Annotated[str, Setting("Name", max_length=120)] = ""
    host: Annotated[str, Setting("Server")] = ""
    port: Annotated[int, Setting("Port", ge=0, le=65_535, help="0: default port.")] = 0
    security: Annotated[Security, Setting("Encryption")] = Security.TLS
    user: Annotated[str, Setting("User")] = ""
    sender: Annotated[str, Setting("From")] = ""
    recipients: Annotated[tuple[str, ...], Setting("To")] = ()
    topic: Annotated[str, Setting("Topic")] = "watchroom"
    discovery: Annotated[str, Setting("Home Assistant's discovery")] = "homeassistant"
    allow_private: Annotated[bool, Setting("Allow addresses in the local network or on this computer")] = False
    wants: Annotated[AlertWants, Setting("Alerts sent")] = field(default_factory=AlertWants)
    enabled: Annotated[bool, Setting("Switched on")] = True

    def __post_init__(self) -> None:
        check_limits(self)
        _check_id(self.id)
        if self.kind is ChannelKind.WEBHOOK:
            raise InputError("kind", "webhooks are kept apart: put a webhook instead")
        if self.kind in (ChannelKind.EMAIL, ChannelKind.MQTT):
            self._check_server()
        if self.kind is ChannelKind.EMAIL:
            self._check_mail()
        if self.kind is ChannelKind.MQTT:
            self._check_topics()

    @property
    def display_name(self) -> str:
        return self.name or self.id

    @property
    def usual_port(self) -> int:
        return self.port or _PORTS.get((self.kind, self.security), 0)

    def _check_server(self) -> None:
        if not _HOST.fullmatch(self.host):
            raise InputError("host", "needs the name or address of a server, such as mail.example.org")
        if len(self.user) > 200 or not self.user.isprintable():
            raise InputError("user", "needs at most 200 printable characters")

    def _check_mail(self) -> None:
        if not _MAIL.fullmatch(self.sender):
            raise InputError("sender", "needs an address such as watchroom@example.org")
        if not 1 <= len(self.recipients) <= MOST_RECIPIENTS:
            raise InputError("recipients", f"are {len(self.recipients)}; 1 to {MOST_RECIPIENTS} are taken")
        wrong = next((each for each in self.recipients if not _MAIL.fullmatch(each)), None)
        if wrong is not None:
            raise InputError("recipients", f"{wrong[:100]!r} is no address such as nurse@example.org")
        if self.user and self.security is Security.NONE:
            raise InputError("security", "a password is never sent unencrypted to a mail server: choose STARTTLS or TLS, or no user")

    def _check_topics(self) -> None:
        if self.security is Security.STARTTLS:
            raise InputError("security", "is none or TLS for MQTT")
        if not _TOPIC.fullmatch(self.topic):
            raise InputError("topic", "needs 1 to 100 characters without spaces, # and +, not beginning with a slash")
        if self.discovery and not _TOPIC.fullmatch(self.discovery):
            raise InputError("discovery", "needs at most 100 characters without spaces, # and +, not beginning with a slash")


def check_url(url: str) -> None:
    """Raises InputError (field `url`)."""
    if not url.startswith(("http://", "https://")) or len(url) > 2000:
        raise InputError("url", "has to begin with http:// or https://")
    if "@" in re.split("[/?#]", url.partition("://")[2])[0]:
        raise InputError("url", "may carry no user name or password: they would be kept unprotected, and are not sent")


def _check_id(value: str) -> None:
    if not value or len(value) > 64 or not all(c.isalnum() or c in "-_" for c in value):
        raise InputError("id", f"{value[:70]!r} may hold only letters, digits, - and _, at most 64")
