"""Webhooks by command on a real engine: kept with their secret, tried once, removed; the secret is never told."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.alerts.delivery import Delivery, DeliveryState, WebhookState
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.command import PutWebhook, RemoveWebhook, TestWebhook
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.question import ListWebhooks
from engine.model.snapshot import Job, JobState
from engine.model.time import SystemClock
from engine.model.wire import from_plain, to_plain
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.messages.webhook import signature
from engine.vision.models import ModelStore
from tests.engine.runtime.webhook_receiver import listening

HOOK = WebhookSettings("nurse", "http://127.0.0.1:9/hook", ("fall",))


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


def ended(port: LocalPort, job_id: str) -> Job:
    pause = threading.Event()
    while (job := next(job for job in port.snapshot().jobs if job.id == job_id)).state is JobState.RUNNING:
        pause.wait(0.01)
    return job


def test_a_webhook_is_kept_with_its_secret_which_is_never_told(port: LocalPort, engine: Engine):
    assert port.command(PutWebhook(HOOK, "s3cret")) == "nurse"
    assert engine.settings.webhooks == (HOOK,) and engine.messages.webhook_secret("nurse") == "s3cret"
    answer = port.ask(ListWebhooks())
    assert answer == (WebhookState("nurse", secret_stored=True),)
    assert "s3cret" not in json.dumps(to_plain(answer)) + json.dumps(to_plain(port.snapshot().settings)) + repr(PutWebhook(HOOK, "s3cret"))


def test_a_change_without_a_secret_keeps_it_and_an_empty_one_forgets_it(port: LocalPort, engine: Engine):
    port.command(PutWebhook(HOOK, "s3cret"))
    port.command(PutWebhook(replace(HOOK, enabled=False)))
    assert engine.messages.webhook_secret("nurse") == "s3cret" and not engine.settings.webhooks[0].enabled
    port.command(PutWebhook(HOOK, ""))
    assert engine.messages.webhook_secret("nurse") is None and not port.ask(ListWebhooks())[0].secret_stored


def test_one_that_is_removed_leaves_nothing_to_the_next_of_its_name(port: LocalPort, engine: Engine):
    port.command(PutWebhook(HOOK, "s3cret"))
    port.command(RemoveWebhook("nurse"))
    assert engine.settings.webhooks == () and engine.messages.webhook_secret("nurse") is None
    engine.messages.keep_webhook_secret("nurse", "left over")
    port.command(PutWebhook(HOOK))
    assert engine.messages.webhook_secret("nurse") is None
    with pytest.raises(NotFound):
        port.command(RemoveWebhook("nobody"))


def test_a_refused_change_leaves_the_secret_as_it_was(port: LocalPort, engine: Engine):
    port.command(PutWebhook(HOOK, "s3cret"))
    with pytest.raises(InputError, match="kinds"):
        port.command(PutWebhook(replace(HOOK, kinds=("thunder",)), "other"))
    with pytest.raises(InputError, match="secret"):
        port.command(PutWebhook(HOOK, "x" * 501))
    assert engine.messages.webhook_secret("nurse") == "s3cret" and engine.settings.webhooks == (HOOK,)


def test_a_test_is_signed_says_that_it_is_one_and_keeps_nothing(port: LocalPort, engine: Engine):
    port.command(PutWebhook(HOOK, "s3cret"))
    with listening(204) as receiver:
        job = ended(port, port.command(TestWebhook(replace(HOOK, url=receiver.url, enabled=False))))
        headers, body = receiver.call()
    assert (job.state, job.message) == (JobState.DONE, "127.0.0.1 took the test message, signed.")
    assert body["event_type"] == "test" and body["severity"] == "info"
    at_s = int(headers["Watchroom-Signature"].partition(",")[0].removeprefix("t="))
    assert headers["Watchroom-Signature"] == signature("s3cret", at_s, headers["raw"])
    assert engine.settings.webhooks == (HOOK,) and port.ask(ListWebhooks())[0].arrived == 0


def test_a_test_that_is_refused_says_why_and_can_go_without_a_signature(port: LocalPort):
    with listening(404) as receiver:
        job = ended(port, port.command(TestWebhook(replace(HOOK, url=receiver.url), "")))
        headers, _ = receiver.call()
    assert job.state is JobState.FAILED and "refused the message (404)" in job.message
    assert "Watchroom-Signature" not in headers


def test_what_the_record_says_of_a_receiver(port: LocalPort, engine: Engine):
    port.command(PutWebhook(HOOK))
    base = Delivery("a", "webhook", "nurse", "k", "e", "{}", 1, 1)
    rows = (
        replace(base, state=DeliveryState.GIVEN_UP, attempts=1, last_error="Old.", finished_ns=5),
        replace(base, id="b", state=DeliveryState.DELIVERED, attempts=1, finished_ns=9),
    )
    engine.record.store.save(rows)
    assert port.ask(ListWebhooks()) == (WebhookState("nurse", False, 0, 1, 1, 9, ""),)
    far = 2**62
    engine.record.store.save((replace(base, id="c", attempts=3, last_error="No answer.", due_ns=far), replace(base, id="d", due_ns=far)))
    assert port.ask(ListWebhooks()) == (WebhookState("nurse", False, 2, 1, 1, 9, "No answer.", 1),)


def test_only_admins_may_ask_and_the_wire_carries_it(engine: Engine):
    session = Session("s", User("u", "bo", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])
    with pytest.raises(PermissionDenied):
        LocalPort(engine, lambda: session).ask(ListWebhooks())
    command = PutWebhook(HOOK, "s3cret")
    assert from_plain(PutWebhook, to_plain(command)) == command
