"""What sessions look for in the record, with what only the running engine knows: names, and how large a camera's picture is."""

from collections import defaultdict

from engine.model.question import Answer
from engine.model.timeline import SearchRecord
from engine.runtime.engine import Engine


def search_record(engine: Engine, question: SearchRecord) -> Answer:
    """Words that name a camera, a zone, a node or a person find what has to do with it. Raises InputError."""
    return engine.record.store.search(question, _names(engine), _size(engine, question))


def _names(engine: Engine) -> dict[str, tuple[str, ...]]:
    settings = engine.settings
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in (*settings.cameras, *settings.floor.zones, *settings.floor.portals, *engine.people.persons.values()):
        found[each.name].append(each.id)
    return {name: tuple(ids) for name, ids in found.items() if name}


def _size(engine: Engine, question: SearchRecord) -> tuple[int, int] | None:
    """Of the picture that a camera's boxes are in; None where it was not seen since the start."""
    for unit in engine.cameras.all():
        if (unit.settings.id,) == question.filter.camera_ids:
            health = unit.health()
            return (health.width, health.height) if health.width and health.height else None
    return None
