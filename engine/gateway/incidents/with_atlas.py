"""The answer to a report, with what Atlas says of the incident where that comes in time."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from fastapi import Header

from engine.model.errors import InputError, NotFound
from engine.model.incidents.incident import Filed, Incident
from engine.model.question import GetIncident
from engine.runtime.local import LocalPort

LONGEST_S = 60.0
PreferOf = Annotated[
    str | None,
    Header(
        max_length=200,
        description="`wait=SECONDS` (RFC 7240): how long to wait for Atlas, 0 for not at all; else as long as a call to it may take",
    ),
]


def wait_of(prefer: str | None) -> float:
    """Seconds. Raises InputError (`Prefer`)."""
    for preference in (prefer or "").lower().replace(";", ",").split(","):
        name, _, value = preference.partition("=")
        if name.strip() == "wait":
            seconds = value.strip().strip('"')
            if not seconds.isascii() or not seconds.isdecimal():
                raise InputError("Prefer", "wait is not a whole number of seconds")
            return min(float(seconds), LONGEST_S)
    return LONGEST_S


async def with_atlas(port: LocalPort, filed: Filed, longest_s: float) -> Filed:
    """The report is kept already: whoever goes away meanwhile loses nothing, and what Atlas says later stands in the incident."""
    if longest_s <= 0 or _is_said(filed.incident):
        return filed
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(told.set)

    worth_s = port.expect_atlas(filed.incident, tell)
    if worth_s is None:
        return filed
    try:
        if _is_said(now := await _now(port, filed)):  # it had spoken before anybody waited
            return replace(filed, incident=now)
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), min(worth_s, longest_s))
        return replace(filed, incident=await _now(port, filed))
    finally:
        port.let_go_atlas(filed.incident, tell)


async def _now(port: LocalPort, filed: Filed) -> Incident:
    try:
        return (await asyncio.to_thread(port.ask, GetIncident(filed.incident.id))).incident
    except NotFound:  # it was taken away meanwhile
        return filed.incident


def _is_said(incident: Incident) -> bool:
    return incident.classification is not None and incident.classification.by == "atlas"
