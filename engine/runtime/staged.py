"""The part of a demo that is played in the engine itself: nodes whose radio waves are made up, and people who can be made to fall."""

from engine.runtime.added import Added
from engine.runtime.basis import Basis
from engine.sources.node.hub import NodeHub
from engine.sources.simulated import FallScript


class Staged:
    """Nothing, where a site is no demo.

    Attributes:
        walkers: ids of the people. falls: which of them falls when.
    """

    def __init__(self, added: Added) -> None:
        self.falls = FallScript()
        self.walkers = added.radio.walkers if added.radio is not None else ()
        self._nodes = added.radio.nodes if added.radio is not None else None

    def start(self, basis: Basis, hub: NodeHub) -> None:
        if self._nodes is not None:
            basis.supervisor.start("radio-sim", self._nodes(hub, basis.clock, self.falls))
