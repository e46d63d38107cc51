"""A risk map for the console: what the engine's own rules answer over a surface that a test gives."""

from dataclasses import dataclass, field, replace
from typing import Any

from engine.model.question_type import Question
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListHotspots, ListNeighbourhoods, ListOutlines
from engine.model.risk.risk import AreaOutline, NeighbourhoodRisk, RiskState
from engine.model.time import SECOND
from engine.risk.grid import Grid
from engine.risk.hotspots import explained, hotspots, risk_picture
from engine.risk.surface import RiskSurface
from tests.fakes.unanswered import UNANSWERED

HALF_LIFE_NS = 12 * 3600 * SECOND


@dataclass(slots=True)
class FakeRisk:
    """`surface` None: the engine has no map yet."""

    surface: RiskSurface | None = None
    state: RiskState = field(default_factory=RiskState)
    faded: bool = False
    outlines: tuple[AreaOutline, ...] = ()
    expected: tuple[NeighbourhoodRisk, ...] = ()

    def answer(self, question: Question, now_ns: int) -> Any:
        """UNANSWERED for other questions."""
        surface = self.surface or RiskSurface(Grid(), HALF_LIFE_NS)
        match question:
            case ListHotspots():
                return hotspots(surface, question, now_ns)
            case ExplainRisk():
                return explained(surface, question, now_ns)
            case GetRiskPicture():
                shown = risk_picture(surface, question, now_ns, self.faded)
                return replace(shown, simulated=self.state.simulated)
            case ListNeighbourhoods():
                return self.expected
            case ListOutlines():
                return self.outlines
            case _:
                return UNANSWERED
