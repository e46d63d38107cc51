"""What a Bluetooth device is to this site, in words. Pure."""

from collections.abc import Callable
from operator import attrgetter, itemgetter

from engine.model.people.person import Person
from engine.model.radio.radio import BleDeviceView
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.devices.node_words import Note
from widgets.translation import tr

_GONE_NS = 60 * SECOND


@dataclass(frozen=True, slots=True)
class BleRow:
    """A device as it is heard, as it is registered (None: it is not), whose it is, and its best scanner's name."""

    view: BleDeviceView
    settings: BleDeviceSettings | None = None
    person: Person | None = None
    scanner: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, their devices, and the one of these that was heard last (None: none since the engine started)."""

    person: Person
    devices: tuple[BleDeviceSettings, ...] = ()
    heard: BleDeviceView | None = None
    scanner: str = ""


def ble_rows(
    views: tuple[BleDeviceView, ...], settings: Settings, persons: tuple[Person, ...], scanner: Callable[[str], str]
) -> tuple[BleRow, ...]:
    """All that is heard, and what is registered but has not been heard since the engine started. `scanner` names a scanner's id."""
    known = {device.address: device for device in settings.ble_devices}
    people = {person.id: person for person in persons}
    rows = [_ble_row(view, known.get(view.device) or known.get(view.address), people, scanner) for view in views]
    heard = {row.settings.address for row in rows if row.settings is not None}
    silent = (device for device in settings.ble_devices if device.address not in heard)
    return (
        *rows,
        *(_ble_row(BleDeviceView(device.address, device.address, label=device.label), device, people, scanner) for device in silent),
    )


def _ble_row(view: BleDeviceView, settings: BleDeviceSettings | None, people: dict[str, Person], scanner: Callable[[str], str]) -> BleRow:
    person = people.get(settings.person_id) if settings is not None else None
    return BleRow(view, settings, person, scanner(view.best_scanner) if view.best_scanner else "")


def person_rows(people: tuple[Person, ...], devices: tuple[BleRow, ...]) -> tuple[PersonRow, ...]:
    return tuple(_person_row(person, [row for row in devices if row.person == person]) for person in people)


def _person_row(person: Person, rows: list[BleRow]) -> PersonRow:
    newest = max((row for row in rows if row.view.last_seen_ns), key=attrgetter("view.last_seen_ns"), default=None)
    devices = tuple(row.settings for row in rows if row.settings is not None)
    return PersonRow(person, devices, newest.view if newest else None, newest.scanner if newest else "")


def ble_title(row: BleRow) -> str:
    """Its label, the name it tells, or who made it."""
    view = row.view
    label = row.settings.label if row.settings else view.label
    return label or view.name or (tr("{0} device").format(view.company) if view.company else tr("Unnamed device"))


def ble_address(row: BleRow) -> str:
    """The address it is registered or heard under."""
    return row.settings.address if row.settings else row.view.address or row.view.device


def ble_color(row: BleRow) -> str:
    """The person's, or its own where nobody carries it; empty while it is not registered."""
    return row.person.color if row.person else row.settings.color if row.settings else ""


def kind_word(kind: str) -> str:
    """Of a registered device; a kind of somebody else's making is shown as it is."""
    return {"person": tr("carried by a person"), "pet": tr("on an animal"), "object": tr("object")}.get(kind, kind)


def is_gone(view: BleDeviceView, now_ns: int) -> bool:
    """It has not been heard for a minute: its strength and place are old."""
    return now_ns - view.last_seen_ns > _GONE_NS


def ble_state(row: BleRow, now_ns: int) -> tuple[str, str]:
    """Word and level of what it does: `Carried`, `Left behind`, `Moves`, `Not heard` …"""
    if not row.view.last_seen_ns or is_gone(row.view, now_ns):
        return tr("Out of range"), "neutral"
    if row.view.left_behind:
        return tr("Left behind"), "moderate" if row.person else "neutral"
    return (tr("Carried"), "good") if row.person else (tr("In range"), "low")


def ble_notes(row: BleRow, now_ns: int) -> tuple[Note, ...]:
    found: list[Note] = []
    if row.view.left_behind and row.view.last_seen_ns and not is_gone(row.view, now_ns):
        found.append(Note(tr("It has not moved for long: it counts as left behind and does not locate its owner."), "moderate"))
    if row.view.rotates and row.settings is None:
        text = tr("It changes its address every few minutes. To recognise it, register it with its identity key (IRK).")
        found.append(Note(text, "low"))
    if row.settings is None:
        found.append(Note(tr("Not registered: no data about it is stored."), "neutral"))
    return tuple(found)


def matches(row: BleRow, text: str) -> bool:
    """Whether every word of `text` is in its name, address, maker, owner or scanner."""
    person = row.person.name if row.person else ""
    hay = f"{ble_title(row)} {row.view.name} {ble_address(row)} {row.view.address} {row.view.company} {person} {row.scanner}".casefold()
    return all(word in hay for word in text.casefold().split())


def heard_by(view: BleDeviceView) -> tuple[tuple[str, int], ...]:
    """(scanner, dBm), strongest first."""
    if view.heard:
        return tuple(sorted(view.heard, key=itemgetter(1), reverse=True))
    return ((view.best_scanner, view.rssi_dbm),) if view.best_scanner and view.rssi_dbm is not None else ()
