"""Commands and questions: webhooks."""

import asyncio
import json
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.delivery import Delivery, WebhookState
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.command import PutWebhook, RemoveWebhook, TestWebhook
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.question import ListWebhooks
from engine.model.settings import Settings
from engine.model.time import Clock, to_iso
from engine.runtime.hosts import SettingsHost
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.messages.message_side import MessageSide
from engine.runtime.messages.webhook import CHANNEL, WebhookChannel
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
from engine.runtime.outbound.outbox import ATTEMPT_S, Attempt
from engine.runtime.recorder.record import Record
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.settings.settings_undo import Restore, settings_undo
from engine.runtime.settings.site_settings import FixedSettings

LONGEST_SECRET = 500
TEST_DETAIL = "A test from Watchroom. Nothing has happened."


class WebhookHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def messages(self) -> MessageSide: ...

    @property
    def record(self) -> Record: ...


def _list(engine: WebhookHost, _: ListWebhooks, __: Session, ___: Scope | None) -> tuple[WebhookState, ...]:
    """Of every webhook of the settings. May raise EnvironmentFault."""
    return tuple(_state(engine, hook.id) for hook in engine.settings.webhooks)


def _state(engine: WebhookHost, webhook_id: str) -> WebhookState:
    known = engine.record.store.receiver_state(CHANNEL, webhook_id)
    return replace(known, secret_stored=bool(engine.messages.webhook_secret(webhook_id)))


def _put_webhook(engine: WebhookHost, command: PutWebhook, session: Session) -> str:
    webhook, secret = command.webhook, command.secret
    _check_secret(secret)
    _with(engine.settings, webhook)  # raises InputError before a secret is touched
    is_new = all(hook.id != webhook.id for hook in engine.settings.webhooks)
    if secret is not None or is_new:  # a new one never inherits what an earlier one of the same name has left
        engine.messages.keep_webhook_secret(webhook.id, secret or "")
    engine.update_settings(lambda now: _with(now, webhook), session.user.name)
    return webhook.id


def _with(now: Settings, webhook: WebhookSettings) -> Settings:
    changed = tuple(webhook if hook.id == webhook.id else hook for hook in now.webhooks)
    return replace(now, webhooks=changed if webhook in changed else (*now.webhooks, webhook))


def _remove_webhook(engine: WebhookHost, command: RemoveWebhook, session: Session) -> str:
    webhook_id = command.webhook_id

    def without(now: Settings) -> Settings:
        if all(hook.id != webhook_id for hook in now.webhooks):
            raise NotFound(f"There is no webhook {webhook_id}.")
        return replace(now, webhooks=tuple(hook for hook in now.webhooks if hook.id != webhook_id))

    engine.update_settings(without, session.user.name)
    engine.messages.keep_webhook_secret(webhook_id, "")
    return webhook_id


def _check_secret(secret: str | None) -> None:
    if secret is not None and len(secret) > LONGEST_SECRET:
        raise InputError("secret", f"needs at most {LONGEST_SECRET} characters")


def _secret(engine: WebhookHost, command: RemoveWebhook) -> Restore:
    known = engine.messages.webhook_secret(command.webhook_id) or ""
    return lambda: engine.messages.keep_webhook_secret(command.webhook_id, known)


def _test(engine: WebhookHost, command: TestWebhook, _: Session) -> str:
    """Start the job; gives its id."""
    webhook, secret = command.webhook, command.secret
    _check_secret(secret)
    key = engine.messages.webhook_secret(webhook.id) if secret is None else secret
    settings = replace(engine.settings, webhooks=(replace(webhook, enabled=True),))
    channel = WebhookChannel(FixedSettings(settings), lambda _: key or None, engine.clock)
    host = urlsplit(webhook.url).hostname or webhook.id

    def body(job_id: str, progress: Progress) -> str:
        progress.at(0, 1, f"Sending a test message to {host}")
        attempt = asyncio.run(_attempt(channel, _message(engine, webhook, job_id), host))
        if not attempt.ok:
            raise EnvironmentFault("webhook", attempt.error)
        progress.at(1, 1)
        return f"{host} took the test message, {'signed' if key else 'not signed'}."

    return engine.jobs.start("test_webhook", f"Test webhook {webhook.id}", body)


def _message(engine: WebhookHost, webhook: WebhookSettings, job_id: str) -> Delivery:
    now_ns = engine.clock.now_ns()
    said = {"event_type": "test", "timestamp": to_iso(now_ns), "site": engine.settings.site_name, "severity": "info", "detail": TEST_DETAIL}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return Delivery(f"dl-{job_id}", CHANNEL, webhook.id, f"test-{now_ns}", "", text, now_ns, now_ns)


async def _attempt(channel: WebhookChannel, message: Delivery, host: str) -> Attempt:
    try:
        async with asyncio.timeout(ATTEMPT_S):
            return await channel.send(message)
    except TimeoutError:
        return Attempt.failed(f"{host} did not answer within {ATTEMPT_S:g} s.")


COMMANDS: Commands[WebhookHost] = (
    CommandSpec(
        PutWebhook,
        handler=_put_webhook,
        scope=site_wide,
        audit=audited(AuditVerb.PUT_WEBHOOK, "webhook.id"),
        undo=NotUndoable("the webhook is changed back, or removed"),
        durable=True,
        current=current_settings,
    ),
    CommandSpec(
        RemoveWebhook,
        handler=_remove_webhook,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_WEBHOOK, "webhook_id"),
        undo=settings_undo(_secret),
        durable=True,
    ),
    CommandSpec(
        TestWebhook,
        handler=_test,
        scope=site_wide,
        audit=not_audited("nothing is kept of a test"),
        undo=NotUndoable("the message has left"),
        durable=False,
    ),
)
QUESTIONS: Questions[WebhookHost] = (QuestionSpec(ListWebhooks, scope=QuestionScope.SITE_WIDE, handler=_list),)
