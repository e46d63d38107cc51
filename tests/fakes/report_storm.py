"""An engine whose reporters never stop, for tests that kill it: `python -m tests.fakes.report_storm DATA FIRST THREADS`.

Every line on stdout is the id of a report that was acknowledged, or `audit N` of a row that was kept in the audit. Places are so few that
many reports are of the same occurrence. A webhook that nobody hears wants to know of every incident.
"""

import itertools
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore
from tests.fakes.reports import report

PLACES = 20
HOOK = WebhookSettings("gate", "http://127.0.0.1:9/hook", kinds=("incident",))


def storm(data: Path, first: int, threads: int) -> None:
    folder, clock = DataFolder(data), SystemClock()
    printing, numbers = threading.Lock(), itertools.count(first)
    with folder.lock():
        engine = Engine(folder, clock, ModelStore(data.parent / "no-models"))
        engine.start()
        engine.update_settings(lambda now: replace(now, webhooks=(HOOK,)), "storm")

        def note() -> None:
            for number in itertools.count(first):
                with suppress(EnvironmentFault):  # the database is busy for too long: it is not kept, and nobody was told that it is
                    engine.audit.keep(AuditRow(clock.now_ns(), "storm", AuditVerb.CHANGE_SETTINGS, detail=f"turn {number}"))
                    with printing:
                        print(f"audit {number}", flush=True)
                time.sleep(0.02)

        def send() -> None:
            while True:
                with printing:
                    number = next(numbers)
                now_ns = clock.now_ns()
                said = report(number, north_deg=number % PLACES * 0.001)
                filed = engine.reports.file(replace(said, occurred_ns=now_ns, received_ns=now_ns))
                with printing:
                    print(filed.report.id, flush=True)

        threading.Thread(target=note, daemon=True).start()
        for _ in range(threads):
            threading.Thread(target=send, daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    storm(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
