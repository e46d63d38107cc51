"""Three questions to begin with, of what this site has: its people, its cameras, its alerts."""

from engine.model.settings import Settings
from engine.model.snapshot import Snapshot

_LONGEST_NAME = 40


def example_questions(snapshot: Snapshot) -> tuple[str, ...]:
    """In English, as the offline planner reads it."""
    known = (person for person in snapshot.people.persons if person.archived_ns is None)
    people = sorted(person.name for person in known if len(person.name) <= _LONGEST_NAME)
    cameras = _cameras(snapshot.settings)
    return (
        f"When was {people[0]} last seen?" if people else "Who was seen today?",
        f"How many events at {cameras[0]} today?" if cameras else "How many events were there today?",
        "Why was the last alert raised?",
    )


def _cameras(settings: Settings) -> list[str]:
    return [camera.name for camera in settings.cameras if len(camera.name) <= _LONGEST_NAME]
