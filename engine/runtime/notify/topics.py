"""What a broker is told: topics, payloads, and how Home Assistant finds them (home-assistant.io/integrations/mqtt, “MQTT discovery”)."""

import hashlib
import json
import re

from engine import __version__
from engine.model.alerts.notify_settings import ChannelSettings
from engine.model.alerts.settings import SiteMode
from engine.model.value_class import dataclass

ONLINE, OFFLINE = "online", "offline"


@dataclass(frozen=True, slots=True)
class SiteState:
    """What is kept at the broker of a site. `open_alerts`: with those somebody works on; `new_alerts`: nobody has acknowledged."""

    site: str = ""
    mode: SiteMode = SiteMode.HOME
    open_alerts: int = 0
    new_alerts: int = 0


def availability_topic(channel: ChannelSettings) -> str:
    return f"{channel.topic}/availability"


def alert_topic(channel: ChannelSettings) -> str:
    return f"{channel.topic}/alert"


def state_messages(channel: ChannelSettings, state: SiteState) -> dict[str, str]:
    """By topic; kept by the broker."""
    return {
        f"{channel.topic}/mode": state.mode.value,
        f"{channel.topic}/alerts": str(state.open_alerts),
        f"{channel.topic}/new_alerts": str(state.new_alerts),
    }


def discovery_messages(channel: ChannelSettings, state: SiteState) -> dict[str, str]:
    """By topic; kept by the broker. None where the settings do not want it."""
    if not channel.discovery:
        return {}
    node = node_id(channel)
    parts: dict[tuple[str, str], dict[str, object]] = {
        ("sensor", "mode"): {
            "name": "Mode",
            "state_topic": f"{channel.topic}/mode",
            "icon": "mdi:shield-home",
            "device_class": "enum",
            "options": [mode.value for mode in SiteMode],
        },
        ("sensor", "alerts"): {"name": "Open alerts", "state_topic": f"{channel.topic}/alerts", "icon": "mdi:bell", **_COUNTED},
        ("sensor", "new_alerts"): {
            "name": "Unacknowledged alerts",
            "state_topic": f"{channel.topic}/new_alerts",
            "icon": "mdi:bell-alert",
            **_COUNTED,
        },
        ("event", "alert"): {"name": "Alert", "state_topic": alert_topic(channel), "icon": "mdi:alert", "event_types": ["alert", "test"]},
    }
    return {
        f"{channel.discovery}/{component}/{node}/{name}/config": json.dumps(_with_device(part, channel, node, name, state))
        for (component, name), part in parts.items()
    }


_COUNTED: dict[str, object] = {"state_class": "measurement", "unit_of_measurement": "alerts"}


def _with_device(part: dict[str, object], channel: ChannelSettings, node: str, name: str, state: SiteState) -> dict[str, object]:
    device = {"identifiers": [node], "name": state.site or "Watchroom", "manufacturer": "Watchroom", "sw_version": __version__}
    return part | {
        "unique_id": f"{node}_{name}",
        "object_id": f"{node}_{name}",
        "availability_topic": availability_topic(channel),
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "device": device,
    }


def node_id(channel: ChannelSettings) -> str:
    """The same for as long as the topics are, whatever the channel is called."""
    plain = re.sub("[^A-Za-z0-9_]+", "_", channel.topic).strip("_")
    return f"watchroom_{plain}_{hashlib.sha256(channel.topic.encode()).hexdigest()[:6]}"
