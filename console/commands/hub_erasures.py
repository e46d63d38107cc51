"""`watchroom hub erasures`: people who are being erased at the sites, and were."""

import argparse
import json

from engine.model.people.erasure import Erasure, ErasureStage, asked_at_hub
from engine.model.time import SECOND, Clock, to_iso
from engine.model.wire import to_plain
from engine.store.shared.record import SharedRecord, SharedSite

MOST = 200  # of a site
PAST_NS = 30 * 86_400 * SECOND  # refused ones are told for so long


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also those that are done")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(parsed: argparse.Namespace, record: SharedRecord, clock: Clock) -> int:
    for site in record.sites():
        for erasure in _of(record, site, clock.now_ns()):
            if parsed.all or erasure.stage is not ErasureStage.DONE:
                print(json.dumps({"site": site.key, **_plain(erasure)}) if parsed.json else _line(record, site, erasure))
    return 0


def _of(record: SharedRecord, site: SharedSite, now_ns: int) -> tuple[Erasure, ...]:
    """What the site has not been told or did not take, then what it told."""
    kept = record.intents.all_of(site.key, now_ns - PAST_NS, now_ns)
    asked = (erasure for intent in kept if (erasure := asked_at_hub(intent)) is not None)
    return (*asked, *record.erasures.of_site(site.key, MOST))


def _plain(erasure: Erasure) -> dict[str, object]:
    plain = to_plain(erasure)
    return {**plain, "id": _local(erasure.id), "asked": _iso(plain.pop("asked_ns")), "ended": _iso(plain.pop("ended_ns"))}


def _line(record: SharedRecord, site: SharedSite, erasure: Erasure) -> str:
    whom = _local(erasure.id)
    if erasure.stage is ErasureStage.WAITING:
        whom = record.erasures.name_of(site.key, whom) or whom
    asked = f"asked {_iso(erasure.asked_ns)}" + (f" by {erasure.by}" if erasure.by else "")
    ended = f"  ended {_iso(erasure.ended_ns)}" if erasure.ended_ns is not None else ""
    why = f"  {erasure.outcome}" if erasure.outcome else ""
    return f"{site.key}  {whom}  {erasure.stage}  {asked}{ended}{why}"


def _iso(at_ns: int | None) -> str | None:
    return None if at_ns is None else to_iso(at_ns)


def _local(id_: str) -> str:
    return id_.rpartition("/")[2]
