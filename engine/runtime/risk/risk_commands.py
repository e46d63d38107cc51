"""What sessions tell the engine to do about the forecast of incidents, carried out on the caller's thread."""

from engine.model.risk_command import ImportNeighbourhoods, RetrainRisk, RiskCommand
from engine.runtime.engine import Engine


def execute_risk(engine: Engine, command: RiskCommand) -> str:
    """Raises InputError, EnvironmentFault. The caller has checked the verb."""
    match command:
        case RetrainRisk():
            return engine.training.retrain()
        case ImportNeighbourhoods(text):
            return engine.training.import_neighbourhoods(text)
