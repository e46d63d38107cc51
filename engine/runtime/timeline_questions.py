"""What sessions look for in the record, with what only the running engine knows: names, and how large a camera's picture is."""

from collections import defaultdict

from engine.model.access import Scope, Session
from engine.model.places import places_of
from engine.model.question import Answer
from engine.model.timeline import SearchAlike, SearchRecord
from engine.runtime.engine import Engine


def search_record(engine: Engine, question: SearchRecord, scope: Scope | None = None) -> Answer:
    """Words that name a camera, a zone, a node or a person find what has to do with it. Raises InputError."""
    if scope is None:
        return engine.record.store.search(question, _names(engine), _size(engine, question))
    size = _size(engine, question) if all(camera_id in scope for camera_id in question.filter.camera_ids) else None
    return engine.record.store.within(scope).search(question, _names(engine), size)


def search_alike(engine: Engine, question: SearchAlike, session: Session) -> Answer:
    """Only among cameras that the session sees. Raises InputError, NotFound, EnvironmentFault."""
    scope = session.scope(engine.settings.cameras)
    return engine.alike.ask(question, None if scope is None else tuple(sorted(scope.camera_ids)))


def _names(engine: Engine) -> dict[str, tuple[str, ...]]:
    settings = engine.settings
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in (*settings.cameras, *places_of(settings), *engine.people.persons.values()):
        found[each.name].append(each.id)
    return {name: tuple(ids) for name, ids in found.items() if name}


def _size(engine: Engine, question: SearchRecord) -> tuple[int, int] | None:
    """Of the picture that a camera's boxes are in; None where it was not seen since the start."""
    for unit in engine.cameras.all():
        if (unit.settings.id,) == question.filter.camera_ids:
            health = unit.health()
            return (health.width, health.height) if health.width and health.height else None
    return None
