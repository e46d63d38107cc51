"""The part of a demo that is played beside the engine: what its cameras see and its nodes hear, and people who can be made to fall."""

from typing import TYPE_CHECKING

from engine.runtime.basis import Basis
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.sources.simulated import Stage, StageHere, StageProcess

if TYPE_CHECKING:
    from engine.sources.node.hub import NodeHub


class DemoStage(Side):
    """Nothing, where a site is no demo.

    Attributes:
        walkers: ids of the people. stage: of all simulated sensors; it knows which of the people falls when.
        hub: hears its nodes; None: nobody does.
    """

    def __init__(self, basis: Basis, added: CommandLineSettings) -> None:
        self._clock = basis.clock
        self.hub: NodeHub | None = None
        self.stage: Stage = StageProcess() if added.radio is not None and added.radio.nodes is not None else StageHere()
        self.walkers = added.radio.walkers if added.radio is not None else ()
        self._nodes = added.radio.nodes if added.radio is not None else None

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        if self._nodes is not None and self.hub is not None:
            supervisor.start("radio-sim", self._nodes(self.hub, self._clock, self.stage))

    def on_close(self) -> None:
        self.stage.close()
