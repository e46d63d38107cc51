"""What is known about a person, in words."""

from collections.abc import Mapping

from engine.model.people.person import Consent, NameSource, Person
from engine.model.people.settings import PeopleSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.time_text import clock_text, day_text, relative_text
from widgets.translation import tr

DAY_NS = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person with their faces, the best first, and where they were seen last in words. `sites`: where they are known, of one who is
    linked over several; names: what they are called at the others."""

    person: Person
    faces: tuple[str, ...] = ()
    where: str = ""
    sites: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def known_people(
    persons: tuple[Person, ...], photos: tuple[tuple[str, tuple[str, ...]], ...], cameras: Mapping[str, str]
) -> tuple[KnownPerson, ...]:
    """`cameras`: id → name."""
    faces = dict(photos)
    return tuple(KnownPerson(person, faces.get(person.id, ()), where_text(person, cameras)) for person in persons)


def where_text(person: Person, cameras: Mapping[str, str]) -> str:
    if person.last_camera_id:
        return cameras.get(person.last_camera_id, tr("a removed camera"))
    return tr("by radio") if person.last_seen_ns is not None else ""


def source_text(source: NameSource) -> str:
    return {
        NameSource.GENERATED: tr("Not named yet"),
        NameSource.VOICE: tr("Named by voice"),
        NameSource.OPERATOR: tr("Named by an operator"),
    }[source]


def consent_text(consent: Consent) -> str:
    return {Consent.UNKNOWN: tr("Not asked"), Consent.GIVEN: tr("Given"), Consent.REFUSED: tr("Refused: not recognised by face or voice")}[
        consent
    ]


def consent_word(consent: Consent) -> str:
    return {Consent.UNKNOWN: tr("Not asked"), Consent.GIVEN: tr("Given"), Consent.REFUSED: tr("Refused")}[consent]


def seen_text(at_ns: int | None, now_ns: int) -> str:
    """With zone, and how long ago beside it."""
    return tr("never") if at_ns is None else f"{clock_text(at_ns, now_ns)}, {relative_text(at_ns, now_ns)}"


def visits_text(visits: int) -> str:
    return tr("One visit") if visits == 1 else tr("{0} visits").format(visits)


def faces_text(count: int) -> str:
    return {0: tr("No face"), 1: tr("1 face")}.get(count, tr("{0} faces").format(count))


def retention_text(person: Person, settings: PeopleSettings) -> str:
    """When they are kept aside and erased, if they are not seen again."""
    if person.locked:
        return tr("Locked: exempt from erasure until unlocked.")
    since_ns = person.last_seen_ns if person.last_seen_ns is not None else person.created_ns
    erased = _day(since_ns + round(settings.erase_days * DAY_NS))
    if person.archived_ns is not None:
        return tr("Archived since {0}, erased after {1}, unless seen again.").format(_day(person.archived_ns), erased)
    archived = _day(since_ns + round(settings.archive_days * DAY_NS))
    return tr("Archived after {0}, erased after {1}, unless seen again.").format(archived, erased)


def person_matches(known: KnownPerson, wanted: str) -> bool:
    """Every word of what is searched for is in the name or the note."""
    text = " ".join((known.person.name, *known.names, known.person.note)).casefold()
    return all(word in text for word in wanted.casefold().split())


def _day(at_ns: int) -> str:
    return day_text(at_ns)
