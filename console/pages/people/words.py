"""What the People page says about everybody together."""

from console.dialogs.cameras.recognition import troubles
from console.recognition_by_site import recognises, recognition_by_site
from engine.model.event import Event
from engine.model.people.person import NameSource, Person
from engine.model.people.settings import PeopleSettings
from engine.model.radio.fused import FusedTrack
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.people.person_words import seen_text
from widgets.translation import tr

_HERE_NS = 10 * SECOND


def headline(snapshot: Snapshot) -> str:
    count = len(snapshot.people.persons)
    if count == 0:
        return tr("No people on file")
    return tr("1 person on file") if count == 1 else tr("{0} people on file").format(number_text(count))


def summary(snapshot: Snapshot) -> str:
    if not recognises(snapshot):
        return tr("Recognition is off: faces and voices are not compared.")
    nameless = sum(person.name_source is NameSource.GENERATED for person in snapshot.people.persons)
    counts = [tr("{0} without a name").format(number_text(nameless))] if nameless else []
    by_site = recognition_by_site(snapshot)
    if len(by_site) > 1:
        return " · ".join([*counts, *(_site_words(name, settings) for name, settings in by_site)])
    settings = by_site[0][1]
    return " · ".join([tr("Recognised for: {0}").format(_purpose(settings)), *counts, _retention(settings)])


def _site_words(name: str, settings: PeopleSettings) -> str:
    if not settings.biometrics:
        return tr("Recognition is off at {0}").format(name)
    return tr("Recognised at {0} for: {1}, {2}").format(name, _purpose(settings), _retention(settings))


def _purpose(settings: PeopleSettings) -> str:
    return settings.purpose.strip().removesuffix(".")


def _retention(settings: PeopleSettings) -> str:
    days = number_text(settings.archive_days, "g"), number_text(settings.erase_days, "g")
    return tr("archived after {0} days unseen, erased after {1}").format(*days)


def notices(snapshot: Snapshot, may_change: bool, may_unmask: bool = True) -> tuple[tuple[str, str], ...]:
    found = [(text, level) for text, level in troubles(snapshot) if text != snapshot.people.face_trouble]
    if snapshot.settings.recognition.blur_faces and not may_unmask:
        found.append((tr("Faces are blurred at this site and your account may not unmask them, so no photos are shown."), "low"))
    without = [name for name, settings in recognition_by_site(snapshot) if not settings.biometrics]
    if snapshot.people.persons and without and recognises(snapshot):
        found.append((tr("At {0} people are identified by their devices and by operators only.").format(", ".join(without)), "low"))
    elif snapshot.people.persons and without:
        way = tr("To switch it on, enter its purpose in Recognition settings.") if may_change else tr("An administrator can switch it on.")
        found.append((tr("People are identified by their devices and by operators only. {0}").format(way), "low"))
    return tuple(found)


def here_text(snapshot: Snapshot, person_id: str) -> str:
    """Where somebody is at this moment, empty when they are nowhere to be seen."""
    fused = snapshot.people.fused
    tracks = fused.tracks if fused is not None else ()
    track = next((t for t in tracks if t.identity is not None and t.identity.person_id == person_id), None)
    if track is not None:
        return tr("Here now, {0}").format(_place_words(snapshot, track))
    if any(identity.person_id == person_id for _, identity in snapshot.people.names):
        return tr("In view now")
    person = snapshot.people.person(person_id)
    seen_ns = person.last_seen_ns if person is not None else None
    return tr("Seen a moment ago") if seen_ns is not None and snapshot.at_ns - seen_ns < _HERE_NS else ""


def _place_words(snapshot: Snapshot, track: FusedTrack) -> str:
    names = {zone.id: zone.name for zone in snapshot.settings.floor.zones}
    zones = ", ".join(names[zone] for zone in track.zone_ids if zone in names)
    return zones or tr("{0} m east, {1} m north").format(number_text(track.position[0], ".1f"), number_text(track.position[1], ".1f"))


def sighting_text(snapshot: Snapshot, event: Event, now_ns: int) -> str:
    """Where and when the picture of a sighting was taken, as far as its event says."""
    camera = snapshot.settings.camera(event.camera_id)
    where = camera.name if camera is not None else tr("a removed camera")
    return f"{where} · {seen_text(event.ended_ns or event.started_ns, now_ns)}"


def no_sighting_text(person: Person, past_allowed: bool) -> str:
    """Why there is no picture of the last sighting."""
    if not past_allowed:
        return tr("Your account may not see recorded data.")
    if person.last_seen_ns is None:
        return tr("Not seen yet. The picture of the last sighting appears here.")
    if not person.last_camera_id:
        return tr("Last located by radio, which takes no pictures.")
    return tr("The record holds no picture of the last sighting.")
