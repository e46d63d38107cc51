"""Events as webhook calls: JSON over HTTP, signed where a secret is kept."""

import hashlib
import hmac
import json
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from engine.model.delivery import Delivery
from engine.model.errors import EnvironmentFault
from engine.model.event import Event, EventKind, Severity
from engine.model.notify_settings import WebhookSettings
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock, to_iso
from engine.runtime.outbox import Attempt
from engine.runtime.outward import Resolver, allowed_address, resolve

if TYPE_CHECKING:
    import httpx

CHANNEL = "webhook"
DEFAULT_KINDS = (EventKind.FALL.value,)
LONGEST_RETRY_AFTER_S = 3600.0
_AGAIN = (408, 425, 429)  # client errors that say "later"
_EVENT_TYPES = {EventKind.FALL: "fall_alert"}  # as clients of the reference know it; other kinds by their own name
_SEVERITIES = {Severity.CRITICAL: "critical", Severity.HIGH: "warning", Severity.MODERATE: "warning"}
_ABOUT_BLOBS = frozenset({EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.CROSSING, EventKind.FALL})


def deliveries_for(event: Event, settings: Settings, now_ns: int) -> tuple[Delivery, ...]:
    """One message for each webhook that wants events of this kind; the same event and level give the same ids."""
    wanting = [hook for hook in settings.webhooks if hook.enabled and event.kind.value in (hook.kinds or DEFAULT_KINDS)]
    if not wanting:
        return ()
    key, text = f"{event.id}.{event.level}", json.dumps(body(event, settings), ensure_ascii=False, separators=(",", ":"))
    return tuple(Delivery(f"dl-{key}-{CHANNEL}-{hook.id}", CHANNEL, hook.id, key, event.id, text, now_ns, now_ns) for hook in wanting)


def body(event: Event, settings: Settings) -> dict[str, object]:
    """What receivers get. `zone` is a zone's or portal's name; `position` is x, y, z in metres, Z up; `level` counts escalations."""
    places = {place.id: place.name for place in (*settings.floor.zones, *settings.floor.portals)}
    return {
        "event_type": _EVENT_TYPES.get(event.kind, event.kind.value),
        "timestamp": to_iso(event.started_ns),
        "site": settings.site_name,
        "zone": places.get(event.zone_id, event.zone_id),
        "person": event.person,
        "blob_id": event.subject_id if event.kind in _ABOUT_BLOBS else None,
        "subject_id": event.subject_id,
        "position": None if event.position is None else list(event.position),
        "severity": _SEVERITIES.get(event.severity, "info"),
        "severity_level": int(event.severity),
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
    """Posts messages; the outbox's loop only. No redirect is followed, no proxy asked, and the answer's body is not read.

    Over HTTPS a receiver proves its name by a certificate of a public authority, or of one that this machine trusts.

    Args:
        settings: asked at each message, so that a webhook that was removed or moved is not called at its old address.
        secret: the signing secret kept for a webhook's id, None where there is none. May raise EnvironmentFault.
    """

    def __init__(
        self, settings: Callable[[], Settings], secret: Callable[[str], str | None], clock: Clock, resolver: Resolver = resolve
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._resolver = resolver
        self._authorities: ssl.SSLContext | None = None  # read when first needed

    async def send(self, delivery: Delivery) -> Attempt:
        import httpx  # takes a while to load, and most sites have no webhook

        hook = next((hook for hook in self._settings().webhooks if hook.id == delivery.receiver), None)
        if hook is None or not hook.enabled:
            return Attempt.unwanted(f"The webhook {delivery.receiver} was removed or switched off.")
        try:
            return await self._post(hook, delivery)
        except EnvironmentFault as fault:
            return Attempt.refused(str(fault)) if fault.reason == "address_refused" else Attempt.failed(str(fault))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            unproven = _unproven(error)
            if unproven is not None:
                return Attempt.failed(_not_proven(_host(hook), unproven))
            return Attempt.failed(f"{_host(hook)} could not be reached ({_words(error)}).")

    async def _post(self, hook: WebhookSettings, delivery: Delivery) -> Attempt:
        import httpx

        parts = urlsplit(hook.url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await allowed_address(host, port, self._resolver)
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        url = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
        headers = {"Host": parts.netloc.rpartition("@")[2], **self._headers(delivery)}
        async with (
            httpx.AsyncClient(verify=self._trusted(), trust_env=False, follow_redirects=False) as client,
            client.stream("POST", url, content=delivery.body.encode(), headers=headers, extensions={"sni_hostname": host}) as answer,
        ):
            return _judged(answer, _host(hook))

    def _trusted(self) -> ssl.SSLContext:
        import httpx

        if self._authorities is None:
            self._authorities = httpx.create_ssl_context(trust_env=False)
            self._authorities.load_default_certs()
        return self._authorities

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "Watchroom", "Idempotency-Key": delivery.key}
        secret = self._secret(delivery.receiver)
        if secret:
            headers["Watchroom-Signature"] = signature(secret, self._clock.now_ns() // SECOND, delivery.body)
        return headers


def _judged(answer: "httpx.Response", host: str) -> Attempt:
    status = answer.status_code
    if answer.is_success:
        return Attempt.arrived()
    if 300 <= status < 400:
        return Attempt.refused(f"{host} redirects elsewhere ({status}), which is not followed. Enter the final address.")
    if answer.is_client_error and status not in _AGAIN:
        return Attempt.refused(f"{host} refused the message ({status}). Check the webhook's address and what its receiver expects.")
    return Attempt.failed(f"{host} answered {status}.", _retry_after_s(answer))


def _retry_after_s(answer: "httpx.Response") -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), LONGEST_RETRY_AFTER_S) if text.isascii() and text.isdecimal() else None


def _host(hook: WebhookSettings) -> str:
    """For messages: a webhook's path often is its password."""
    return urlsplit(hook.url).hostname or "The webhook"


def _unproven(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The refused certificate behind an error, if that is what it is about."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _not_proven(host: str, error: ssl.SSLCertVerificationError) -> str:
    why = error.verify_message.rstrip(".")
    advice = "Renew its certificate, or add the authority that made it to those this machine trusts and start Watchroom again"
    return f"{host} does not prove that it is {host} ({why}). Nothing was sent. {advice}."


def _words(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
