"""The part of a demo that is played beside the engine: what its cameras see and its nodes hear, and people who can be made to fall."""

from engine.runtime.basis import Basis
from engine.runtime.command_line_settings import CommandLineSettings
from engine.sources.node.hub import NodeHub
from engine.sources.simulated import Stage, StageHere, StageProcess


class DemoStage:
    """Nothing, where a site is no demo.

    Attributes:
        walkers: ids of the people. stage: of all simulated sensors; it knows which of the people falls when.
    """

    def __init__(self, added: CommandLineSettings) -> None:
        self.stage: Stage = StageProcess() if added.radio is not None and added.radio.nodes is not None else StageHere()
        self.walkers = added.radio.walkers if added.radio is not None else ()
        self._nodes = added.radio.nodes if added.radio is not None else None

    def start(self, basis: Basis, hub: NodeHub) -> None:
        if self._nodes is not None:
            basis.supervisor.start("radio-sim", self._nodes(hub, basis.clock, self.stage))

    def stop(self) -> None:
        """When nobody plays any more."""
        self.stage.close()
