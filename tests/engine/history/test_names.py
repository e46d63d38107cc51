"""Names with a slip of the pen mean what they would mean without it."""

from zoneinfo import ZoneInfo

from engine.history.grammar.grammar import parse
from engine.history.names import Directory, NamedEntity, NamedKind
from engine.model.history.query import Scope
from engine.model.time import SECOND

NOW_NS = 1_794_817_800 * SECOND
DIRECTORY = Directory(
    (
        NamedEntity(NamedKind.CAMERA, "office", "Office", 3),
        NamedEntity(NamedKind.ZONE, "z-office", "Office"),
        NamedEntity(NamedKind.ZONE, "z-door", "Office door"),
        NamedEntity(NamedKind.NODE, "n-shelf", "Office, shelf"),
    )
)


def scope_of(question: str) -> Scope:
    query = parse(question, DIRECTORY, NOW_NS, ZoneInfo("UTC"), None).query
    assert query is not None
    return query.scope


def test_a_misspelt_name_is_no_part_of_a_longer_one() -> None:
    scope = scope_of("is anyone in the ofice right now")
    assert scope == scope_of("is anyone in the office right now")
    assert (scope.camera_ids, scope.zone_ids, scope.sensor_ids) == (("office",), ("z-office",), ())


def test_a_misspelt_part_with_the_rest_is_the_longer_name() -> None:
    assert scope_of("is anyone at the ofice door right now").zone_ids == ("z-door",)
