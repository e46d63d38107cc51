"""A text to hand on to whoever helps: how everything is, without secrets, and with numbers in place of names and addresses."""

import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlsplit

from engine import __version__
from engine.model.health import ModelRun
from engine.model.places import place_names
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import to_iso
from engine.model.upkeep import LogLine, UpkeepView
from engine.model.wire import to_plain
from engine.runtime.health.log_ring import redacted

MOST_LINES = 200
SHORTEST = 2  # characters of a name that is replaced; shorter ones are in every word
_ADDRESS = re.compile(
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){1,6}:(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,5})?(?![\w:])"
)
_NUMBERS = ("recording", "detection", "gates", "upkeep", "radio")


def diagnostics(snapshot: Snapshot, upkeep: UpkeepView, log: Sequence[LogLine], names: Iterable[str], folders: Iterable[str] = ()) -> str:
    """`names`: of people, users and whatever else must not be in it. Cameras, nodes, places and devices are told apart by numbers.
    `folders`: in which the name of somebody's account often is."""
    hide = Hiding({**dict.fromkeys(folders, "(folder)"), **_replacements(snapshot, names)})
    parts = (_head(snapshot), _cameras(snapshot), _figures(snapshot, upkeep), _troubles(snapshot), _settings(snapshot), _log(log))
    return "\n".join(hide(line) for part in parts for line in part) + "\n"


class Hiding:
    """Replaces words that are known, then addresses, then what looks like a secret."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = {word.casefold(): instead for word, instead in words.items() if len(word) >= SHORTEST}
        longest_first = sorted(self._words, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None

    def __call__(self, text: str) -> str:
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._words.get(found.group(0).casefold(), "•••"), text)
        return redacted(_ADDRESS.sub("(address)", text))


def _replacements(snapshot: Snapshot, names: Iterable[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for kind, found in (("person", names), ("user", (user.name for user in snapshot.users)), ("camera", _camera_names(snapshot))):
        for number, name in enumerate(dict.fromkeys(found), 1):
            words.setdefault(name, f"{kind} {number}")
    for view in snapshot.cameras:
        for url in (view.settings.url, view.settings.sub_url):
            words |= dict.fromkeys(_of_address(url), "(address)")
    for number, node in enumerate(snapshot.settings.nodes, 1):
        words |= {node.mac: f"node {number}", node.name: f"node {number}"}
    settings = snapshot.settings
    for kind, found in (("place", place_names(settings).values()), ("device", _devices(settings))):
        for number, name in enumerate(dict.fromkeys(found), 1):
            words.setdefault(name, f"{kind} {number}")
    words |= {channel.host: "(host)" for channel in settings.notifications}
    services = (settings.atlas.url, settings.chat.base_url, settings.map.tile_url, settings.fire.service_url, settings.fire.weather_url)
    words |= {word: "(address)" for url in (*services, *(webhook.url for webhook in settings.webhooks)) for word in _of_address(url)}
    words |= {folder: "(folder)" for folder in (settings.recording.archive_folder, settings.upkeep.backup_folder)}
    words.setdefault(settings.site_name, "(site)")
    return {word: instead for word, instead in words.items() if word.strip()}


def _of_address(url: str) -> Iterator[str]:
    """The whole of it, and who it leads to."""
    if url:
        yield url
    with suppress(ValueError):  # no address after all
        yield urlsplit(url).hostname or ""


def _devices(settings: Settings) -> Iterator[str]:
    """Phones are often called after who carries them."""
    yield from (device.label for device in settings.ble_devices)
    for microphone in settings.microphones:
        yield from (microphone.name, microphone.device)


def _camera_names(snapshot: Snapshot) -> Iterator[str]:
    """Lookouts are called after places, too."""
    for view in snapshot.cameras:
        yield view.settings.name
    for view in snapshot.cameras:
        if view.settings.id != view.settings.name.casefold():
            yield view.settings.id
    for lookout in snapshot.settings.lookouts:
        yield from (lookout.name, lookout.camera_id)


def _head(snapshot: Snapshot) -> Iterator[str]:
    yield f"Watchroom {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}"
    yield f"now {to_iso(snapshot.at_ns)}, running since {to_iso(snapshot.health.started_ns)}"


def _cameras(snapshot: Snapshot) -> Iterator[str]:
    yield ""
    yield "cameras"
    for number, view in enumerate(snapshot.cameras, 1):
        health = view.health
        ahead = "unknown" if health.clock_ahead_s is None else f"{health.clock_ahead_s:+.1f} s"
        yield (
            f"  camera {number}: {view.settings.kind.value} {health.state.value}, {health.fps:.1f} fps, {health.width}×{health.height}"
            f" {health.codec}, {health.dropped} dropped, {health.latency_ms:.0f} ms, {health.reconnects} reconnects, clock {ahead},"
            f" decoder {health.decoder or 'none'}. {health.reason} {health.decoder_reason}".rstrip()
        )


def _figures(snapshot: Snapshot, upkeep: UpkeepView) -> Iterator[str]:
    health = snapshot.health
    yield ""
    yield "figures"
    yield f"  cpu {health.cpu_percent:.0f} % of a core, memory {health.memory_bytes >> 20} MiB, {health.threads} threads"
    yield f"  {upkeep.handles} open files and sockets"
    yield f"  database {health.database_bytes >> 20} MiB (schema {upkeep.schema}), waiting {health.writer_backlog}"
    days = "unknown" if upkeep.disk.days_left is None else f"{upkeep.disk.days_left:.1f}"
    yield f"  disk free {upkeep.disk.free_bytes >> 20} of {upkeep.disk.total_bytes >> 20} MiB, days left {days}"
    for growth in upkeep.disk.growth:
        rate = "unknown" if growth.bytes_a_day is None else f"{growth.bytes_a_day / 2**20:.0f} MiB a day"
        yield f"    {growth.name}: {growth.size_bytes >> 20} MiB, {rate}"
    yield f"  clock skew {health.clock_skew_ms:.0f} ms, detector {health.detector.name or 'none'}, {health.detector.inference_ms:.0f} ms"
    yield from (f"  {_model(run)}" for run in health.models)
    yield f"  radio kernels {health.radio_kernels or 'unknown'}"
    yield f"  backups {len(upkeep.backups)}. {upkeep.backup_trouble}"
    yield f"  persons {upkeep.persons}, kept aside {upkeep.archived}, messages waiting {upkeep.outbox}"
    yield from (f"  left out: {what} {count}" for what, count in upkeep.losses if count)
    yield from (f"  events: {each.kind} {each.day} a day, {each.week} a week, {each.all} in all" for each in upkeep.events)


def _model(run: ModelRun) -> str:
    tried = "; ".join(f"{each.provider}: {each.refusal or f'{each.ms:.1f} ms'}" for each in run.tried)
    return f"model {run.model} on {run.provider}, {run.ms:.1f} ms. {run.reason}" + (f" Tried: {tried}" if tried else "")


def _troubles(snapshot: Snapshot) -> Iterator[str]:
    yield ""
    yield "troubles"
    yield from (f"  {sentence}" for sentence in snapshot.health.troubles or ("none",))
    yield from (f"  {to_iso(note.at_ns)} {note.component} ×{note.count}: {note.message}" for note in snapshot.health.errors)


def _settings(snapshot: Snapshot) -> Iterator[str]:
    """Numbers and choices only, of parts that hold no names."""
    yield ""
    yield "settings"
    plain = cast("dict[str, Any]", to_plain(snapshot.settings))
    for part in _NUMBERS:
        values = {name: value for name, value in plain[part].items() if isinstance(value, (bool, int, float))}
        yield f"  {part}: " + ", ".join(f"{name} {value}" for name, value in values.items())


def _log(log: Sequence[LogLine]) -> Iterator[str]:
    yield ""
    yield "log, newest first"
    for line in log[:MOST_LINES]:
        yield f"  {to_iso(line.at_ns)} {line.level.value} {line.source}: {line.text}"
