"""Sites of a hub as a process: each writes events into its record as an engine does, and tells the hub. To be killed at any moment.

`python -m tests.soak.hub_site RATE FOLDER…`: what is in a record is named in `FOLDER/acknowledged`, one id a line, when it is; what was
said at the hub and has come in `FOLDER/judged`.
"""

import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import IntentEnd
from engine.model.event import Event, EventKind, Severity
from engine.model.people.gallery import GalleryOffer, GalleryReport, OwnDescription, OwnEntry
from engine.model.templates import OrderOutcome, OrderState
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_link import HubLink
from engine.runtime.hub.intent_messages import SignedIntent
from engine.runtime.hub.membership import read_membership
from engine.runtime.hub.purpose_messages import PurposeOffer, PurposeReport
from engine.runtime.hub.template_messages import SignedOrder, TemplateReport, digest_of_report
from engine.store import open_store

_AT_ONCE = 4


def main(folder: Path, rate_hz: float) -> None:
    clock, data = SystemClock(), DataFolder(folder)
    store, membership = open_store(data.database, clock), read_membership(folder)
    assert membership is not None
    asked = {"purposes": _NoPurposes(), "templates": _NoTemplates(), "gallery": _NoGallery()}
    link = HubLink(membership, folder, store.replication, clock, lambda _: None, lambda: 0, partial(_judge, folder), **asked)  # type: ignore[arg-type]
    threading.Thread(target=link.run, args=(lambda: False,), daemon=True).start()
    run = f"{time.time_ns():x}"
    with (folder / "acknowledged").open("a") as acknowledged:
        for number in range(1 << 30):
            events = [_event(f"ev-{run}-{number}-{each}", clock.now_ns()) for each in range(_AT_ONCE)]
            store.save(events)
            store.save([replace(event, ended_ns=event.started_ns + 1) for event in events[:2]])
            acknowledged.write("".join(f"{event.id}\n" for event in events))
            acknowledged.flush()
            time.sleep(_AT_ONCE / rate_hz)


class _NoPurposes:
    """A site asks its hub all the time, also where it has nothing to say; so do the two that follow."""

    def report(self) -> PurposeReport:
        return PurposeReport()

    def take(self, offer: PurposeOffer) -> bool:
        return False


class _NoTemplates:
    def report(self) -> TemplateReport:
        return TemplateReport(digest_of_report(False, ()), False)

    def obey(self, given: SignedOrder) -> OrderOutcome:
        return OrderOutcome(OrderState.REFUSED)


class _NoGallery:
    def report(self) -> GalleryReport:
        return GalleryReport()

    def describe(self, entry: OwnEntry) -> OwnDescription | None:
        return None

    def keep_only(self, offer: GalleryOffer) -> tuple[str, ...]:
        return ()


def _judge(folder: Path, given: SignedIntent) -> IntentEnd:
    """Named in `FOLDER/judged`; done."""
    with (folder / "judged").open("a") as judged:
        judged.write(f"{given.id}\n")
    return IntentEnd(given.id, IntentState.DONE)


def _event(event_id: str, at_ns: int) -> Event:
    return Event(event_id, EventKind.PERSON, "yard", "tr-1", Severity.MODERATE, at_ns, None, at_ns, 0.9, "de-1", reason="of a soak")


if __name__ == "__main__":
    sites = [threading.Thread(target=main, args=(Path(own), float(sys.argv[1])), daemon=True) for own in sys.argv[2:]]
    for each in sites:
        each.start()
    sites[0].join()
