"""A fall that was asked for on the demo site, as whoever asked for it is told: `SimulateFall` answers with it, as text."""

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class StagedFall:
    """`walker_id`: who. zone_id: of the floor, where; empty: in none. at_ns: when, UTC."""

    walker_id: str
    zone_id: str
    at_ns: int

    def to_text(self) -> str:
        return f"{self.walker_id}@{self.zone_id}@{self.at_ns}"

    @classmethod
    def from_text(cls, text: str) -> "StagedFall":
        walker_id, zone_id, at_ns = text.rsplit("@", 2)
        return cls(walker_id, zone_id, int(at_ns))
