"""Killed while acts are kept and heads are signed, again and again: every act that was told to be kept is there once, and all is whole."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.model.time import ManualClock
from engine.runtime.audit.audit_verify import verify_audit
from engine.store import open_store

KEEPS = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from engine.model.accounts.audit import AuditRow
from engine.model.time import SystemClock
from engine.runtime.audit.audit_heads import AuditHeads
from engine.runtime.audit.auditing import Auditor
from engine.runtime.secrets.secrets import SecretStore
from engine.store import open_store

folder, clock = Path(sys.argv[1]), SystemClock()
store = open_store(folder / "watchroom.db", clock)
auditor = Auditor(store, AuditHeads(folder, SecretStore(folder, lambda: None)), clock, lambda *_: None)
for number in range(10**6):
    auditor.keep(AuditRow(clock.now_ns(), sys.argv[3], "sign_in", str(number)))
    print(number, flush=True)
    auditor.sign()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is tested on POSIX systems only.")
def test_killed_while_acts_are_kept_none_is_lost_or_doubled(tmp_path: Path) -> None:
    kept: dict[str, int] = {}
    for run, lines in enumerate((1, 9, 20)):
        kept[f"run-{run}"] = _keep_until_killed(tmp_path, f"run-{run}", lines)
        verdict = verify_audit(tmp_path)
        assert verdict.fault is None, verdict.message
        assert verdict.rows - verdict.signed <= 1, "each act was signed before the next"
    store = open_store(tmp_path / "watchroom.db", ManualClock(0))
    rows = list(reversed(store.audit(10_000)))
    store.close()
    for run, last in kept.items():
        numbers = [int(row.subject) for row in rows if row.by == run]
        assert numbers == list(range(len(numbers))) and len(numbers) in (last + 1, last + 2)


def _keep_until_killed(folder: Path, run: str, lines: int) -> int:
    """The last act that was told to be kept."""
    command = [sys.executable, "-c", KEEPS, str(folder), str(Path(__file__).parents[3]), run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout.read().split()]
    return told[-1]
