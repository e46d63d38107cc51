"""Events, and alerts that were drawn up elsewhere, as webhook calls: JSON over HTTP, signed where a secret is kept."""

import hashlib
import hmac
import json
from collections.abc import Callable

from engine.model.alerts.cap import cap_severity
from engine.model.alerts.delivery import Delivery
from engine.model.errors import EnvironmentFault
from engine.model.event import Event, EventKind, Severity
from engine.model.places import place_name
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock, to_iso
from engine.runtime.outbound.http import Poster
from engine.runtime.outbound.outbox import Attempt
from engine.runtime.outbound.outward import InHouse, Resolver, resolve
from engine.runtime.ports import SettingsSource

CHANNEL = "webhook"
DEFAULT_KINDS = (EventKind.FALL.value,)
_EVENT_TYPES = {EventKind.FALL: "fall_alert"}  # as clients of the reference know it; other kinds by their own name
_SEVERITIES = {Severity.CRITICAL: "critical", Severity.HIGH: "warning", Severity.MODERATE: "warning"}
_ABOUT_BLOBS = frozenset({EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.CROSSING, EventKind.FALL})


def deliveries_for(event: Event, settings: Settings, now_ns: int) -> tuple[Delivery, ...]:
    """One message for each webhook that wants events of this kind; the same event and level give the same ids."""
    wanting = [hook for hook in settings.webhooks if hook.enabled and hook.events and event.kind.value in (hook.kinds or DEFAULT_KINDS)]
    if not wanting:
        return ()
    key, text = f"{event.id}.{event.level}", json.dumps(body(event, settings), ensure_ascii=False, separators=(",", ":"))
    return tuple(Delivery(f"dl-{key}-{CHANNEL}-{hook.id}", CHANNEL, hook.id, key, event.id, text, now_ns, now_ns) for hook in wanting)


def body(event: Event, settings: Settings) -> dict[str, object]:
    """What receivers get. `zone` is a place's name; `position` is x, y, z in metres, Z up; `level` counts escalations."""
    return {
        "event_type": _EVENT_TYPES.get(event.kind, event.kind.value),
        "timestamp": to_iso(event.started_ns),
        "site": settings.site_name,
        "zone": place_name(settings, event.zone_id),
        "person": event.person,
        "person_id": event.person_id,
        "gesture": event.label,
        "blob_id": event.subject_id if event.kind in _ABOUT_BLOBS else None,
        "subject_id": event.subject_id,
        "position": None if event.position is None else list(event.position),
        "severity": _SEVERITIES.get(event.severity, "info"),
        "severity_level": int(event.severity),
        "cap_severity": cap_severity(event.severity).value,
        "level": event.level,
        "detail": event.reason,
        "event_id": event.id,
        "simulated": event.simulated,
    }


def signature(secret: str, at_s: int, text: str) -> str:
    """`t=<unix seconds>,v1=<HMAC-SHA256 of "t.body" in hex>`: the time is signed too, so that an old call cannot be sent again."""
    digest = hmac.new(secret.encode(), f"{at_s}.{text}".encode(), hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"


class WebhookChannel:
    """Posts messages; the outbox's loop only.

    Args:
        settings: asked at each message, so that a webhook that was removed or moved is not called at its old address.
        secret: the signing secret kept for a webhook's id, None where there is none. May raise EnvironmentFault.
    """

    def __init__(self, settings: SettingsSource, secret: Callable[[str], str | None], clock: Clock, resolver: Resolver = resolve) -> None:
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._poster = Poster(resolver)

    async def send(self, delivery: Delivery) -> Attempt:
        hook = next((hook for hook in self._settings.now().webhooks if hook.id == delivery.receiver), None)
        if hook is None or not hook.enabled:
            return Attempt.unwanted(f"The webhook {delivery.receiver} was removed or switched off.")
        try:
            headers = self._headers(delivery)
        except EnvironmentFault as fault:
            return Attempt.failed(str(fault))
        in_house = InHouse.AS_TYPED if hook.allow_private else InHouse.REFUSED
        return await self._poster.post(hook.url, delivery.body, headers, in_house)

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "Watchroom", "Idempotency-Key": delivery.key}
        secret = self._secret(delivery.receiver)
        if secret:
            headers["Watchroom-Signature"] = signature(secret, self._clock.now_ns() // SECOND, delivery.body)
        return headers
