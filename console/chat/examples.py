"""Three questions to begin with, of what this site has: its people, its cameras, its alerts."""

from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.translation import tr

_LONGEST_NAME = 40


def example_questions(snapshot: Snapshot, key: str = "") -> tuple[str, ...]:
    """In the language on screen, as the offline planner reads it.

    `key`: of the site that is asked; where all of several are, the questions name nothing of one, which others do not have, and may not
    get.
    """
    several = snapshot.several_sites and snapshot.site(key) is None
    known = (person for person in snapshot.people.persons if person.archived_ns is None and person.id.startswith(f"{key}/" if key else ""))
    people = [] if several else sorted(person.name for person in known if len(person.name) <= _LONGEST_NAME)
    cameras = [] if several else _cameras(snapshot.settings_at(key))
    return (
        tr("When was {0} last seen?").format(people[0]) if people else tr("Who was seen today?"),
        tr("How many events at {0} today?").format(cameras[0]) if cameras else tr("How many events were there today?"),
        tr("Why was the last alert raised?"),
    )


def _cameras(settings: Settings) -> list[str]:
    return [camera.name for camera in settings.cameras if len(camera.name) <= _LONGEST_NAME]
