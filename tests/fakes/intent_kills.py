"""A site that is killed while it hears what was said at its hub: `python -m tests.fakes.intent_kills FOLDER POINT`.

Each run starts an engine on the folder, raises an alert, and is brought a note and an acknowledgement about it under the ids `<POINT>-note`
and `<POINT>-take`; at POINT it is gone. `POINT` `again`: everything of before is brought again, and a line of JSON says what became of it:
notes, owner and intents of each alert, and how often the audit has each intent.
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.model.accounts.access import Role, User
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.commands import ChangeAlert, NoteAlert
from engine.model.alerts.intent import Intent
from engine.model.event import Severity
from engine.model.incidents.incident import Corroboration, EvidenceKind, Incident, IncidentCategory
from engine.model.observation import IncidentChanged
from engine.model.question import ListAlerts, ListAudit
from engine.model.time import SystemClock
from engine.runtime.alerts.intent_judge import IntentJudge
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore

ENTERED, WRITTEN, AUDITED, ANSWERED = "entered", "written", "audited", "answered"
POINTS = ENTERED, WRITTEN, AUDITED, ANSWERED
AGAIN = "again"
BEN = User("hub-7", "Ben", Role.OPERATOR)


def main(folder: Path, point: str) -> None:
    engine = Engine(DataFolder(folder), SystemClock(), ModelStore(folder.parent / "models"))
    engine.start()
    said = folder.parent / "said.json"  # what the hub has
    if point == AGAIN:
        _say_all_again(engine, json.loads(said.read_text()))
        engine.stop()
        return
    alert = _raised(engine, point)
    known = json.loads(said.read_text()) if said.exists() else []
    said.write_text(json.dumps([*known, {"point": point, "alert": alert.id, "at_ns": engine.clock.now_ns()}]))
    for intent in _intents(json.loads(said.read_text())[-1]):
        if intent.id.endswith("take"):
            _die_at(engine, point)
        IntentJudge(engine).take(intent, intent.command, BEN)
    _die()


def _intents(said: dict[str, Any]) -> tuple[Intent, Intent]:
    note = NoteAlert(said["alert"], f"Called the owner ({said['point']}).")
    take = ChangeAlert((said["alert"],), AlertState.ACKNOWLEDGED, note="On my way.")
    return tuple(Intent(f"{said['point']}-{name}", each, said["at_ns"], "Ben", "7") for name, each in (("note", note), ("take", take)))  # type: ignore[return-value]


def _die_at(engine: Engine, point: str) -> None:
    """Around the acknowledgement; after `ANSWERED` the process is gone in any case."""
    if point == ENTERED:
        engine.alerts.bring = partial(_then_die, engine.alerts.bring)  # type: ignore[method-assign]
    elif point == WRITTEN:
        engine.record.store.audit = lambda limit: _die()  # type: ignore[method-assign,assignment]
    elif point == AUDITED:
        engine.audit.keep = partial(_then_die, engine.audit.keep)  # type: ignore[method-assign]


def _then_die(act: Callable[..., Any], *given: Any) -> None:
    act(*given)
    _die()


def _die() -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _raised(engine: Engine, name: str) -> Alert:
    now_ns = engine.clock.now_ns()
    said = (Corroboration(EvidenceKind.REPORT, f"re-{name}", "user:1", now_ns, "first", 1.0),)
    about = IncidentCategory.THEFT, "A bicycle is gone", 59.0, 18.0, now_ns, now_ns, now_ns, Severity.HIGH
    engine.mailbox.post(IncidentChanged(now_ns, Incident(f"in-{name}", *about, corroborations=said, revision=1)))
    while True:
        found = [each for each in engine.snapshot(with_users=False).alerts.alerts if each.incident_id == f"in-{name}"]
        if found:
            return found[0]
        time.sleep(0.01)


def _say_all_again(engine: Engine, said: list[dict[str, Any]]) -> None:
    judge = IntentJudge(engine)
    states = {intent.id: judge.take(intent, intent.command, BEN).state.value for each in said for intent in _intents(each)}
    engine.record.writer.flush(30)
    engine.auditor.finish()
    details = [row.detail for row in engine.record.store.answer(ListAudit())]
    alerts: dict[str, Any] = {}
    for each in said:
        (alert,) = engine.record.store.answer(ListAlerts(1, alert_id=each["alert"])).alerts
        rows = Counter(detail.rpartition("intent ")[2] for detail in details if f"intent {each['point']}-" in detail)
        acts = [act.intent_id for act in alert.hub_acts]
        alerts[each["point"]] = {"notes": len(alert.notes), "owner": alert.assignee_id, "acts": acts, "rows": dict(rows)}
    print(json.dumps({"states": states, "alerts": alerts}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
