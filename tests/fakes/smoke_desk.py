"""What operators do with smoke, for the console: plumes are made one as the engine makes them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.command import Command
from engine.model.errors import NotFound
from engine.model.fire.smoke import ListedPlume
from engine.model.fire.smoke_commands import MergeSmoke

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine


def execute_smoke(engine: "FakeEngine", command: Command) -> str | None:
    """None for other commands. Raises NotFound."""
    match command:
        case MergeSmoke(plume_id, other_id):
            known = {listed.plume.id: listed for listed in engine.smoke.plumes}
            if plume_id not in known or other_id not in known:
                raise NotFound("There is no such plume any more.")
            known[plume_id] = _one(known[plume_id], known.pop(other_id))
            engine.smoke = replace(engine.smoke, plumes=tuple(known.values()))
            return plume_id
        case _:
            return None


def _one(kept: ListedPlume, other: ListedPlume) -> ListedPlume:
    plume = replace(kept.plume, sequence_ids=(*kept.plume.sequence_ids, *other.plume.sequence_ids))
    return ListedPlume(plume, (*kept.sequences, *other.sequences))
