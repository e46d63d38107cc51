"""What every side of an engine is: one concern with its threads, its part of the settings and of what is shown."""

from typing import Protocol

from engine.model.observation import Observation
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.runtime.supervisor import Supervisor


class Side(Protocol):
    """Any thread, where nothing else is said. Whoever derives from it does nothing, until it says otherwise.

    The engine calls all sides in their order, at its end in the opposite one. Those of a start may raise EnvironmentFault.
    """

    def on_open(self) -> None:
        """The first words of a start: whoever keeps something is ready for it from here on."""

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        """Enter what the record knows, and start threads. The engine thread does not run yet."""

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        """The last part of a start: from here on something is observed."""

    def on_stop(self) -> None:
        """Nothing is taken any more; threads are told to end afterwards."""

    def on_finish(self) -> None:
        """The engine thread has ended, and its last step is taken. Not called where it does not end."""

    def on_close(self) -> None:
        """All threads have ended; the record is closed afterwards."""

    def on_settings(self, settings: Settings) -> None:
        """They changed, and are kept already."""

    def on_step(self, result: StepResult, observation: Observation) -> None:
        """After every step of the pipeline, on the engine thread; returns quickly."""

    def on_tidy(self, now_ns: int) -> None:
        """Now and then, on the thread `upkeep`: what is too old goes. `now_ns`: of the clock that ages are told by."""

    def on_models_changed(self) -> None:
        """A model was installed, removed or chosen anew."""

    def on_session_ended(self, session_id: str) -> None:
        """Its user signed out, or it ran out."""

    def on_session_renewed(self, session_id: str, renewed_id: str) -> None:
        """Its user goes on as the other one, with what was begun in it."""

    def show(self, shown: Snapshot) -> Snapshot:
        """With this side's part of all of now."""
        return shown
