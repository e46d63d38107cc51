"""Commands and questions: notification channels."""

import asyncio
import json
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.delivery import ChannelState, Delivery
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, WebhookSettings, check_url
from engine.model.command import ChannelSecrets, PutChannel, RemoveChannel, TestChannel
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.question import ListChannels
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.runtime.hosts import SettingsHost
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.messages.message_side import MessageSide
from engine.runtime.notify.brokers import Brokers
from engine.runtime.notify.desk import make_channels
from engine.runtime.notify.http_post import check_token, ntfy_parts
from engine.runtime.notify.message import test_message
from engine.runtime.notify.topics import alert_topic
from engine.runtime.notify.vault import PARTS, Vault
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited,
    not_audited,
    site_wide,
)
from engine.runtime.outbound.outbox import ATTEMPT_S, Attempt, Channel
from engine.runtime.recorder.record import Record
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.settings.settings_undo import Restore, settings_undo
from engine.runtime.settings.site_settings import FixedSettings

LONGEST_SECRET = 500
_POSTED = (ChannelKind.SLACK, ChannelKind.NTFY)


class NotifyHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def messages(self) -> MessageSide: ...

    @property
    def record(self) -> Record: ...


def _list(engine: NotifyHost, _: ListChannels, __: Session, ___: Scope | None) -> tuple[ChannelState, ...]:
    return _states(engine)


def _states(engine: NotifyHost) -> tuple[ChannelState, ...]:
    """Of the webhooks, then of the channels. May raise EnvironmentFault."""
    settings = engine.settings
    hooks = (_hook_state(engine, hook) for hook in settings.webhooks)
    return (*hooks, *(_state(engine, channel) for channel in settings.notifications))


def _hook_state(engine: NotifyHost, hook: WebhookSettings) -> ChannelState:
    signed = bool(engine.messages.webhook_secret(hook.id))
    address = urlsplit(hook.url).hostname or ""
    return _with_counts(engine, ChannelState(hook.id, ChannelKind.WEBHOOK, address, url_stored=True, password_stored=signed))


def _state(engine: NotifyHost, channel: ChannelSettings) -> ChannelState:
    vault = engine.messages.vault
    url = vault.get(channel.id, "url") if channel.kind in _POSTED else ""
    state = ChannelState(
        channel.id,
        channel.kind,
        (urlsplit(url).hostname or "") if channel.kind in _POSTED else channel.host,
        url_stored=bool(url),
        password_stored=bool(vault.get(channel.id, "password")),
        from_environment=vault.from_environment(channel.id),
    )
    counted = _with_counts(engine, state)
    link = engine.messages.brokers.link(channel.id)
    if link is None or not link.trouble or counted.last_error:
        return counted
    return replace(counted, last_error=link.trouble, failing_since_ns=engine.clock.now_ns() - round(link.failing_s * SECOND))


def _with_counts(engine: NotifyHost, state: ChannelState) -> ChannelState:
    known = engine.record.store.receiver_state(state.kind.value, state.id)
    return replace(
        state,
        waiting=known.waiting,
        arrived=known.arrived,
        given_up=known.given_up,
        last_arrived_ns=known.last_arrived_ns,
        last_error=known.last_error,
        failing_since_ns=known.failing_since_ns,
    )


def _put_channel(engine: NotifyHost, command: PutChannel, session: Session) -> str:
    channel, secrets = command.channel, command.secrets
    _check(engine, channel, secrets)
    _with(engine.settings, channel)  # raises InputError before a secret is touched
    is_new = _channel_by_id(engine.settings, channel.id) is None
    if is_new:  # a new one never inherits what an earlier one of the same name has left
        engine.messages.vault.forget(channel.id)
    for part, secret in _typed_secrets(secrets).items():
        engine.messages.vault.keep(channel.id, part, secret)
    engine.update_settings(lambda now: _with(now, channel), session.user.name)
    if not is_new and _typed_secrets(secrets):
        engine.messages.broker_desk.renew(channel.id)
        engine.messages.outbox.again()
    return channel.id


def _with(now: Settings, channel: ChannelSettings) -> Settings:
    known = _channel_by_id(now, channel.id)
    if known is not None and known.kind is not channel.kind:
        raise InputError("kind", f"{channel.id} is already a channel of the kind {known.kind.value}, and stays one")
    changed = tuple(channel if each.id == channel.id else each for each in now.notifications)
    return replace(now, notifications=changed if known is not None else (*now.notifications, channel))


def _remove_channel(engine: NotifyHost, command: RemoveChannel, session: Session) -> str:
    channel_id = command.channel_id

    def without(now: Settings) -> Settings:
        if _channel_by_id(now, channel_id) is None:
            raise NotFound(f"There is no channel {channel_id[:80]}.")
        return replace(now, notifications=tuple(each for each in now.notifications if each.id != channel_id))

    engine.update_settings(without, session.user.name)
    engine.messages.vault.forget(channel_id)
    return channel_id


def _secrets(engine: NotifyHost, command: RemoveChannel) -> Restore:
    vault, channel_id = engine.messages.vault, command.channel_id
    own = [part for part in PARTS if part not in vault.from_environment(channel_id)]
    kept = {part: vault.get(channel_id, part) for part in own}

    def restore() -> None:
        for part, secret in kept.items():
            vault.keep(channel_id, part, secret)

    return restore


def _channel_by_id(settings: Settings, channel_id: str) -> ChannelSettings | None:
    return next((channel for channel in settings.notifications if channel.id == channel_id), None)


def _typed_secrets(secrets: ChannelSecrets) -> dict[str, str]:
    parts = {"url": secrets.url, "password": secrets.password}
    return {part: secret.strip() if part == "url" else secret for part, secret in parts.items() if secret is not None}


def _check(engine: NotifyHost, channel: ChannelSettings, secrets: ChannelSecrets) -> None:
    """Raises InputError: a secret is missing, malformed, or would be sent elsewhere."""
    url, password = secrets.url, secrets.password
    if password is not None and len(password) > LONGEST_SECRET:
        raise InputError("password", f"needs at most {LONGEST_SECRET} characters")
    if channel.kind in _POSTED:
        if url is not None:
            check_url(url.strip())
        elif not _secret_in_use(engine, channel, "url"):
            raise InputError("url", "is needed")
    if channel.kind is ChannelKind.NTFY:
        ntfy_parts((url or _secret_in_use(engine, channel, "url")).strip())
        check_token(password or "")
    if password is None and _secret_in_use(engine, channel, "password") and _goes_elsewhere(engine, channel, url):
        what = "token" if channel.kind is ChannelKind.NTFY else "password"
        raise InputError("password", f"is needed again: a stored {what} is never sent to another place than it was entered for")
    if (
        channel.kind is ChannelKind.EMAIL
        and channel.user
        and not password
        and (password == "" or not _secret_in_use(engine, channel, "password"))
    ):
        raise InputError("password", "is needed for this user")


def _secret_in_use(engine: NotifyHost, channel: ChannelSettings, part: str) -> str:
    """A secret that would be used; for a new channel only the environment's."""
    vault = engine.messages.vault
    known = _channel_by_id(engine.settings, channel.id)
    if part in vault.from_environment(channel.id) or (known is not None and known.kind is channel.kind):
        return vault.get(channel.id, part)
    return ""


def _goes_elsewhere(engine: NotifyHost, channel: ChannelSettings, url: str | None) -> bool:
    known = _channel_by_id(engine.settings, channel.id)
    if "password" in engine.messages.vault.from_environment(channel.id) or known is None:
        return False
    if channel.kind is ChannelKind.NTFY:
        return url is not None and _origin(url.strip()) != _origin(engine.messages.vault.get(channel.id, "url"))
    return _server(known) != _server(channel)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _server(channel: ChannelSettings) -> tuple[object, ...]:
    return channel.host, channel.usual_port, channel.security, channel.user


def _test(engine: NotifyHost, command: TestChannel, _: Session) -> str:
    """Start the job; gives its id."""
    channel, secrets = command.channel, command.secrets
    _check(engine, channel, secrets)
    used = {part: _secret_in_use(engine, channel, part) for part in ("url", "password")} | _typed_secrets(secrets)
    where = channel.host or urlsplit(used["url"]).hostname or channel.display_name

    def body(job_id: str, progress: Progress) -> str:
        progress.at(0, 1, f"Sending a test message to {where}")
        attempt = _tried(engine, channel, used, job_id)
        if not attempt.ok:
            raise EnvironmentFault("channel", attempt.error)
        progress.at(1, 1)
        return _took(channel, where)

    return engine.jobs.start("test_channel", f"Test {channel.display_name}", body)


def _took(channel: ChannelSettings, where: str) -> str:
    if channel.kind is ChannelKind.EMAIL:
        count = len(channel.recipients)
        return f"{where} took the test message for {channel.recipients[0] if count == 1 else f'{count} recipients'}. Look into the mailbox."
    if channel.kind is ChannelKind.MQTT:
        return f"{where} confirmed the test message on {alert_topic(channel)}."
    return f"{where} took the test message."


def _tried(engine: NotifyHost, channel: ChannelSettings, used: dict[str, str], job_id: str) -> Attempt:
    message = _message(engine, channel, job_id)
    if channel.kind is ChannelKind.MQTT:
        return _tried_broker(engine.messages.brokers, channel, used["password"], message.body)
    settings = replace(engine.settings, notifications=(replace(channel, enabled=True),))
    vault = Vault(_TypedSecrets(channel.id, used), {})
    sender = make_channels(FixedSettings(settings), vault, engine.messages.brokers)[channel.kind.value]
    return asyncio.run(_checked_channel(sender, message, channel.host or channel.display_name))


async def _checked_channel(sender: Channel, message: Delivery, where: str) -> Attempt:
    try:
        async with asyncio.timeout(ATTEMPT_S):
            return await sender.send(message)
    except TimeoutError:
        return Attempt.failed(f"{where} did not answer within {ATTEMPT_S:g} s.")


def _tried_broker(brokers: Brokers, channel: ChannelSettings, password: str, text: str) -> Attempt:
    link = brokers.trial(channel, password)
    told = link.publish(alert_topic(channel), text)
    link.start()
    try:
        return told.result(ATTEMPT_S)
    except TimeoutError:
        return Attempt.failed(f"{channel.host} did not answer within {ATTEMPT_S:g} s.")
    finally:
        link.stop()


def _message(engine: NotifyHost, channel: ChannelSettings, job_id: str) -> Delivery:
    now_ns = engine.clock.now_ns()
    text = json.dumps(test_message(engine.settings, now_ns), ensure_ascii=False, separators=(",", ":"))
    return Delivery(f"dl-{job_id}", channel.kind.value, channel.id, f"test-{now_ns}", "", text, now_ns, now_ns)


class _TypedSecrets:
    """Secrets as they were typed, kept nowhere."""

    def __init__(self, channel_id: str, parts: dict[str, str]) -> None:
        self._secrets = {f"channel/{channel_id}/{part}": secret for part, secret in parts.items()}

    def get(self, key: str) -> str | None:
        return self._secrets.get(key)

    def put(self, key: str, secret: str) -> None:
        self._secrets[key] = secret

    def remove(self, key: str) -> None:
        self._secrets.pop(key, None)


COMMANDS: Commands[NotifyHost] = (
    CommandSpec(
        PutChannel,
        handler=_put_channel,
        scope=site_wide,
        audit=audited(AuditVerb.PUT_CHANNEL, "channel.id", "channel.kind.value"),
        undo=NotUndoable("the channel is changed back, or removed"),
        durable=True,
        current=current_settings,
    ),
    CommandSpec(
        RemoveChannel,
        handler=_remove_channel,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_CHANNEL, "channel_id"),
        undo=settings_undo(_secrets),
        durable=True,
    ),
    CommandSpec(
        TestChannel,
        handler=_test,
        scope=site_wide,
        audit=not_audited("nothing is kept of a test"),
        undo=NotUndoable("the message has left"),
        durable=False,
    ),
)
QUESTIONS: Questions[NotifyHost] = (QuestionSpec(ListChannels, scope=QuestionScope.SITE_WIDE, handler=_list),)
