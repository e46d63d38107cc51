"""What a version says on the wire, as golden files: `python -m tests.fakes.wire_release FOLDER`, once for each version that is released.

An engine of the demo site is asked over HTTP; commands are those that kill tests give, one of each kind.
"""

import gzip
import json
import sys
import tempfile
import time
import typing
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import httpx

from console.site import demo_added, running
from engine.gateway.border.bind import Bind
from engine.model import wire
from engine.model.errors import InputError
from engine.model.question import AnyQuestion
from engine.model.question_type import answer_type
from engine.model.snapshot import Snapshot
from engine.model.vocabulary import own_vocabulary, value_classes
from tests.fakes.hub_release import hub_messages

ADMIN, PASSWORD = "ada", "correct horse battery"
Plain = dict[str, Any]


def write(folder: Path, name: str, plain: Any) -> None:
    with gzip.GzipFile(folder / f"{name}.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode())


def read(folder: Path, name: str) -> Any:
    return json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes()))


def questions(snapshot: Plain) -> list[Any]:
    """One of each kind that a real site can answer, as wide as it can be."""
    now_ns = snapshot["at_ns"]
    first = lambda *path: next((each["id"] for each in _at(snapshot, path)), "x")  # noqa: E731
    wide: Plain = {
        "since_ns": now_ns - 10**12,
        "until_ns": now_ns,
        "at_ns": now_ns,
        "message": "What happened today?",
        "year": 2026,
        "month": 11,
    }
    wide |= {"time_zone": "UTC", "forward": False, "within_s": 1e6, "columns": 8, "picture": True, "latitude": 45.0, "longitude": 5.0}
    wide |= {"event_id": first("events"), "alert_id": first("alerts", "alerts"), "incident_id": first("incidents", "incidents")}
    wide |= {"camera_id": snapshot["cameras"][0]["settings"]["id"], "text": "person", "decision_id": snapshot["events"][0]["decision_id"]}
    found: list[Any] = []
    for kind in typing.get_args(AnyQuestion):
        given = {each.name: wide[each.name] for each in fields(kind) if each.name in wide}
        needed = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}
        try:
            found.append(kind(**given, **dict.fromkeys(needed - given.keys(), "1")))
        except (InputError, TypeError, ValueError):
            continue
    return found


def _at(plain: Plain, path: tuple[str, ...]) -> list[Plain]:
    found: Any = plain
    for name in path:
        found = found[name]
    return found


def answer_shapes() -> dict[str, dict[str, str]]:
    """Of every class that a snapshot or an answer is made of: the fields that a console of this version cannot do without."""
    roots = (Snapshot, *(answer_type(kind) for kind in typing.get_args(AnyQuestion)))
    return {kind.__name__: _needed(kind) for kind in sorted(value_classes(*roots), key=lambda each: each.__name__)}


def _needed(kind: Any) -> dict[str, str]:
    if not is_dataclass(kind):
        return {}
    hints = typing.get_type_hints(kind)
    needed = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    return {name: str(hints[name]) for name in needed}


def commands(folder: Path) -> list[Plain]:
    from tests.fakes.durable import past, people, settings
    from tests.fakes.durable.site import Site

    site = Site(folder)
    found: list[Plain] = []
    for kind, case in {**past.CASES, **people.CASES, **settings.CASES}.items():
        try:
            found.append(wire.to_plain(case.prepare(site), tagged=True))
        except Exception as error:  # noqa: BLE001 - what this machine cannot prepare is named, and the others are written
            print(kind.__name__, repr(error)[:200], file=sys.stderr)
    return found


def answers(client: httpx.Client, snapshot: Plain) -> list[Plain]:
    found: list[Plain] = []
    for question in questions(snapshot):
        asked = wire.to_plain(question, tagged=True)
        answer = client.post("/api/v1/port/ask", json=asked)
        if answer.status_code == 200 and len(answer.content) < 200_000:
            found.append({"question": asked, "answer": answer.json()["answer"]})
    return found


def record(folder: Path, data: Path) -> None:
    with running(data, Bind.parse("127.0.0.1:0"), demo_added(), gateway_needed=True) as site:
        site.door.set_up("Demo site", ADMIN, PASSWORD).close()
        with httpx.Client(base_url=site.url, trust_env=False, timeout=120) as client:
            signed_in = client.post("/api/v1/session", json={"name": ADMIN, "password": PASSWORD}).json()
            client.headers["Authorization"] = f"Bearer {signed_in['token']}"
            time.sleep(45)
            first = client.get("/api/v1/port/snapshot").json()
            write(folder, "snapshot", first)
            time.sleep(10)
            write(folder, "changes", client.get("/api/v1/port/snapshot", params={"mark": first["mark"]}).json())
            write(folder, "session", {**client.get("/api/v1/session").json()})
            write(folder, "tally", client.get("/api/v1/port/tally").json())
            write(folder, "answers", answers(client, first["snapshot"]))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "vocabulary", wire.to_plain(own_vocabulary()))
    write(folder, "shapes", answer_shapes())
    write(folder, "hub", hub_messages())
    with tempfile.TemporaryDirectory() as made:
        record(folder, Path(made))
    made_of = tempfile.mkdtemp()
    write(folder, "commands", commands(Path(made_of)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.flush()
    import os

    os._exit(0)  # an engine for kill tests has no end of its own
