"""A risk map for the console: what the engine's own rules answer over a surface that a test gives."""

from dataclasses import dataclass, field, replace

from engine.model.question import Answer, Question
from engine.model.risk import AreaOutline, NeighbourhoodRisk, RiskState
from engine.model.risk_question import ExplainRisk, GetRiskPicture, ListHotspots, ListNeighbourhoods, ListOutlines
from engine.model.time import SECOND
from engine.risk.grid import Grid
from engine.risk.hotspots import explained, hotspots, picture
from engine.risk.surface import RiskSurface

HALF_LIFE_NS = 12 * 3600 * SECOND


@dataclass(slots=True)
class FakeRisk:
    """`surface` None: the engine has no map yet."""

    surface: RiskSurface | None = None
    state: RiskState = field(default_factory=RiskState)
    faded: bool = False
    outlines: tuple[AreaOutline, ...] = ()
    expected: tuple[NeighbourhoodRisk, ...] = ()

    def answer(self, question: Question, now_ns: int) -> Answer | None:
        """None for other questions."""
        surface = self.surface or RiskSurface(Grid(), HALF_LIFE_NS)
        match question:
            case ListHotspots():
                return Answer(hotspots=hotspots(surface, question, now_ns))
            case ExplainRisk():
                return Answer(reasons=explained(surface, question, now_ns))
            case GetRiskPicture():
                shown = picture(surface, question, now_ns, self.faded)
                return Answer(risk_picture=replace(shown, simulated=self.state.simulated))
            case ListNeighbourhoods():
                return Answer(neighbourhoods=self.expected)
            case ListOutlines():
                return Answer(outlines=self.outlines)
            case _:
                return None
