"""An engine that is killed as soon as it has answered, for each kind of command: `python -m tests.fakes.command_kills DATA ROUNDS [KIND]`.

All of a round on one data folder, each in a process of its own, forked from one that has loaded everything and started nothing. The next
engine on the folder is sent the command again under its id, and looks for what the one before it was told. Every line on stdout is JSON:
`kind`, what became of it (`kept`, `of the moment`, `refused`, `lost`), `why`, and how long the command took (`ms`).
"""

import contextlib
import gc
import importlib
import json
import os
import pickle
import shutil
import signal
import sys
import threading
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from engine.model.command_terms import new_key
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.time import SystemClock
from engine.runtime.access import passwords
from engine.runtime.catalogue import COMMANDS, audit_entries
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.secrets.secrets import system_keyring
from engine.store.database import connection
from engine.vision.models import ModelStore
from tests.fakes.compiled_once import sharing_engine
from tests.fakes.durable import past, people, settings
from tests.fakes.durable.site import Case, Site

TABLE: dict[type, Case] = {**settings.CASES, **people.CASES, **past.CASES}  # type: ignore[dict-item]
Told = tuple[Any, str, float, str, str]  # command, outcome, seconds, its id, who gave it


def _given(folder: Path, kind: type, before: Told | None, pipe: int) -> None:
    """In a process of its own: look for what was told before, tell a command of this kind, and end in the microsecond after the answer."""
    site = Site(folder)
    if before is not None:
        _say(_found(site, before))
    command = TABLE[kind].prepare(site)
    site.flush()
    key, began_s = new_key(), time.perf_counter()
    try:
        outcome = site.tell(command, key)
    except WatchroomError as error:
        expected = TABLE[kind].refused
        became = "of the moment" if expected and expected in str(error) else "refused"
        _say({"kind": kind.__name__, "became": became, "why": str(error)})
        os._exit(0)
    os.write(pipe, pickle.dumps((command, outcome, time.perf_counter() - began_s, key, site.session.user.id)))
    os.kill(os.getpid(), signal.SIGKILL)


def _found(site: Site, told: Told) -> dict[str, object]:
    command, outcome, lasted_s, key, user_id = told
    case, said = TABLE[type(command)], {"kind": type(command).__name__, "ms": round(1000 * lasted_s, 1)}
    try:
        noted = {(row.verb, row.subject) for row in site.engine.record.store.audit(100)}
        missing = [row[:2] for row in audit_entries(command, outcome, site.engine.auditor.pseudonym) if row[:2] not in noted]
        if missing:
            return {**said, "became": "lost", "why": f"not in the audit: {missing}"}
        again = _sent_again(site, command, key) if user_id == site.session.user.id else None
        if again not in (None, outcome):
            return {**said, "became": "lost", "why": f"sent again it was answered with {again!r} instead of {outcome!r}"}
        if case.kept is None:
            return {**said, "became": "of the moment", "why": case.why}
        return {**said, "became": "kept" if case.kept(site, command, outcome) else "lost", "why": ""}
    except Exception:  # noqa: BLE001 - told, and the next one is tried
        return {**said, "became": "lost", "why": traceback.format_exc()[-800:]}


def _sent_again(site: Site, command: Any, key: str) -> str | None:
    """What it is answered with under the same id; None: the answer ends with the engine."""
    spec = COMMANDS[type(command)]
    if not spec.durable:
        return None
    try:
        return site.tell(command, key)
    except EnvironmentFault as fault:
        if spec.secret_outcome and fault.reason == "answer_not_kept":
            return None
        raise


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


def _last(folder: Path, before: Told | None) -> None:
    if before is not None:
        _say(_found(Site(folder), before))


def _forked(run: Any) -> bytes:
    """What it wrote into its pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            run(writing)
        except BaseException:  # noqa: BLE001 - told as its end
            _say({"kind": "", "became": "failed", "why": traceback.format_exc()[-1500:]})
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


def kill(folder: Path, kinds: list[type]) -> None:
    before: Told | None = None
    for kind in kinds:
        told = _forked(lambda pipe, kind=kind, before=before: _given(folder, kind, before, pipe))
        before = pickle.loads(told) if told else None  # noqa: S301 - of its own child
    _forked(lambda _: _last(folder, before))


def load(folder: Path) -> None:
    """What an engine loads only as it goes, before any is forked: each of them would load it anew."""

    def look(pipe: int) -> None:
        Site(folder)
        os.write(pipe, pickle.dumps(sorted(sys.modules)))
        os._exit(0)

    for name in pickle.loads(_forked(look)):  # noqa: S301 - of its own child
        with contextlib.suppress(Exception):  # some are parts of others and cannot be loaded by name
            importlib.import_module(name)
    system_keyring()  # looks through everything that is installed
    data = DataFolder(folder)
    with data.lock():  # statements are compiled, and readers of the wire made, by opening what the child has left; nothing is started
        Engine(data, SystemClock(), ModelStore(folder.parent / "no-models")).record.close()
    assert threading.active_count() == 1, "a process with threads is not forked"
    gc.collect()
    gc.freeze()
    shutil.rmtree(folder, ignore_errors=True)  # processes of an engine that is gone end a moment later


if __name__ == "__main__":
    passwords.PasswordHasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)  # type: ignore[misc, assignment]
    connection.create_engine = sharing_engine
    named, into = set(sys.argv[3:]), Path(sys.argv[1])
    into.mkdir()
    load(into / "loaded")
    for number in range(int(sys.argv[2])):
        site = into / f"round-{number}"
        kill(site, [kind for kind in TABLE if not named or kind.__name__ in named])
        shutil.rmtree(site, ignore_errors=True)
