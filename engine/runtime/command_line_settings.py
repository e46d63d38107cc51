"""What the command line adds to the settings of a site that has none yet: the demo site, cameras, a town."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.command import Credentials
from engine.model.people.person import Person
from engine.model.settings import CameraSettings, RecordingSettings, Settings
from engine.model.site import BleDeviceSettings, Floor, NodeSettings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.settings.site_zone import with_zone
from engine.sources.simulated import SimulatedTown, Stage

if TYPE_CHECKING:
    from engine.sources.node.hub import NodeHub


@dataclass(frozen=True, slots=True)
class SiteRadio:
    """Floor, people and phones of a site that has none yet. `nodes`: run on a thread of the engine, until told to stop; `walkers`
    are the ids of simulated people who can be made to fall."""

    floor: Floor
    placed: tuple[NodeSettings, ...] = ()
    people: tuple[Person, ...] = ()
    ble_devices: tuple[BleDeviceSettings, ...] = ()
    walkers: tuple[str, ...] = ()
    nodes: "Callable[[NodeHub, Clock, Stage], Callable[[threading.Event], None]] | None" = None


@dataclass(frozen=True, slots=True)
class CommandLineSettings:
    """What the command line adds to the stored settings for this run and those to come. `recording`: where none was chosen before.

    town: simulated people around the site, who report what never happened; then simulated incidents count on the risk map. time_zone: an
    IANA name, of a site that has no settings at all yet.
    """

    cameras: tuple[CameraSettings, ...] = ()
    credentials: tuple[tuple[str, Credentials], ...] = ()
    site_name: str = ""
    recording: RecordingSettings | None = None
    radio: SiteRadio | None = None
    pairing_open: bool = False
    town: SimulatedTown | None = None
    time_zone: str = ""


NOTHING_ADDED = CommandLineSettings()


def first_settings(known: Settings, added: CommandLineSettings) -> Settings:
    """Those of this run, from those that are stored."""
    settings = replace(known, site_name=added.site_name or known.site_name, recording=_with_recording(known.recording, added))
    settings = _with_town(_with_radio(settings, added.radio), added.town)
    if added.time_zone and known == Settings():
        settings = with_zone(settings, added.time_zone)
    for camera in added.cameras:
        settings = settings.with_camera(camera)
    return settings


def first_people(settings: Settings, added: CommandLineSettings) -> tuple[Person, ...]:
    """Of the demo site, as long as its phones are those of the settings."""
    return added.radio.people if added.radio is not None and settings.ble_devices == added.radio.ble_devices else ()


def _with_radio(settings: Settings, added: SiteRadio | None) -> Settings:
    """What a person has set up is left as it is."""
    if added is None or settings.floor != Floor() or settings.nodes or settings.ble_devices:
        return settings
    return replace(settings, floor=added.floor, nodes=added.placed, ble_devices=added.ble_devices)


def _with_town(settings: Settings, town: SimulatedTown | None) -> Settings:
    """Where the site lies, and the town's lookouts, unless a person has said so."""
    if town is None or settings.anchor is not None or settings.lookouts:
        return settings
    return replace(settings, anchor=town.anchor, lookouts=town.lookouts)


def _with_recording(known: RecordingSettings, added: CommandLineSettings) -> RecordingSettings:
    return known if added.recording is None or known != RecordingSettings() else added.recording
