"""The sides that a site's settings may leave out. Of those that are, nothing is imported: hence the imports within functions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from engine.model.capability import Capability
from engine.model.errors import LeftOut
from engine.model.observation import Observation
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.demo.demo_stage import DemoStage
from engine.runtime.health.condition import Sensors
from engine.runtime.side import Side
from engine.runtime.sight import FrameWatcher

if TYPE_CHECKING:
    from engine.runtime.atlas.atlas_side import AtlasSide
    from engine.runtime.fire.fire_side import FireSide
    from engine.runtime.incidents.incident_side import IncidentSide
    from engine.runtime.incidents.report_looks import ReportLooks
    from engine.runtime.incidents.reports import ReportDesk
    from engine.runtime.incidents.sent_media import MediaShelf
    from engine.runtime.radio.radio_side import RadioSide
    from engine.runtime.report_page.report_page_side import ReportPageSide
    from engine.runtime.risk.risk_area import RiskArea
    from engine.runtime.risk.risk_side import RiskSide
    from engine.runtime.risk.risk_training import RiskTraining
    from engine.runtime.secrets.secrets import KeptSecret
    from engine.runtime.smoke.fire_watch import FireWatch
    from engine.runtime.smoke.smoke_keeping import SmokeKeeper
    from engine.runtime.smoke.smoke_side import SmokeSide

S = TypeVar("S")


class OptionalSides:
    """A property of what is left out raises LeftOut.

    Args:
        names: of people who are known here; they leave the site in no text.

    Raises (constructor):
        InputError: an `ATLAS_*` or a `RISK_*` variable is broken. EnvironmentFault.
    """

    def __init__(
        self, basis: Basis, added: CommandLineSettings, audit: NamelessAudit, demo: DemoStage, names: Callable[[], Iterable[str]]
    ) -> None:
        self._basis, self._added, self._audit = basis, added, audit
        has = frozenset(Capability) - basis.left_out
        self._radio = self._make_radio(demo) if Capability.RADIO in has else None
        self._incidents = self._make_incidents(names) if Capability.INCIDENTS in has else None
        self._report_page = self._make_report_page(self.incidents) if Capability.INCIDENTS in has else None
        self._risk = self._make_risk(self.incidents) if Capability.RISK in has else None
        self._fire = self._make_fire(self.incidents) if Capability.FIRE in has else None
        self.all: Sequence[Side] = tuple(self._in_order())

    @property
    def radio(self) -> "RadioSide":
        return _present(self._radio, Capability.RADIO)

    @property
    def incidents(self) -> "IncidentSide":
        return _present(self._incidents, Capability.INCIDENTS)

    @property
    def report_page(self) -> "ReportPageSide":
        return _present(self._report_page, Capability.INCIDENTS)

    @property
    def risk(self) -> "RiskArea":
        return _present(self._risk, Capability.RISK)

    @property
    def fire(self) -> "FireWatch":
        return _present(self._fire, Capability.FIRE)

    @property
    def sensors(self) -> Sequence[Sensors]:
        return () if self._radio is None else (self._radio,)

    @property
    def frame_watchers(self) -> Sequence[FrameWatcher]:
        return () if self._fire is None else (self._fire.smoke.own,)

    def report_picture(self, media_id: str) -> bytes | None:
        medium = None if self._incidents is None else self._incidents.sent.get(media_id)
        return None if medium is None or self._incidents is None else self._incidents.sent.picture(medium)

    def gather(self, now_ns: int) -> Sequence[Observation]:
        """What came since the last tick of the engine thread, and was not posted."""
        return () if self._radio is None else self._radio.gather(now_ns)

    def _in_order(self) -> Iterator[Side]:
        yield from (side for side in (self._radio, self._incidents, self._report_page, self._risk, self._fire) if side is not None)
        if self._added.town is not None and self._risk is not None and self._fire is not None:
            from engine.runtime.demo.demo_town import DemoTown

            yield DemoTown(self._added.town, self._basis, self.incidents, self._risk, self._fire)

    def _make_radio(self, demo: DemoStage) -> "RadioSide":
        from engine.runtime.radio.radio_side import RadioSide

        basis = self._basis
        side = RadioSide(basis.data.path, basis.clock, basis.secrets, basis.settings.now(), self._audit)
        if self._added.pairing_open:
            side.open_bench()
        basis.troubles.tell("node tokens", side.trouble or None)
        demo.hub, side.walkers = side.hub, demo.walkers
        return side

    def _make_incidents(self, names: Callable[[], Iterable[str]]) -> "IncidentSide":
        from engine.runtime.incidents.incident_side import IncidentSide

        return IncidentSide(self._basis, self._audit, names)

    def _make_report_page(self, incidents: "IncidentSide") -> "ReportPageSide":
        from engine.runtime.report_page.report_page_side import ReportPageSide

        return ReportPageSide(self._basis, incidents, self._audit)

    def _make_risk(self, incidents: "IncidentSide") -> "RiskArea":
        from engine.runtime.risk.risk_area import RiskArea

        side = RiskArea(self._basis, simulated=self._added.town is not None)
        incidents.reports.changed = side.map.changed
        return side

    def _make_fire(self, incidents: "IncidentSide") -> "FireWatch":
        from engine.runtime.smoke.fire_watch import FireWatch

        return FireWatch(self._basis, incidents.reports)


class OptionalByName:
    """For operations that concern what may be left out. A property of what is raises LeftOut."""

    optional: OptionalSides

    @property
    def radio(self) -> "RadioSide":
        return self.optional.radio

    @property
    def incidents(self) -> "IncidentSide":
        return self.optional.incidents

    @property
    def reports(self) -> "ReportDesk":
        return self.optional.incidents.reports

    @property
    def sent(self) -> "MediaShelf":
        return self.optional.incidents.sent

    @property
    def report_page(self) -> "ReportPageSide":
        return self.optional.report_page

    def report_picture(self, media_id: str) -> bytes | None:
        """JPEG of what was sent with a report; None where there is none, and where incidents are left out. Raises EnvironmentFault."""
        return self.optional.report_picture(media_id)

    @property
    def looks(self) -> "ReportLooks":
        return self.optional.incidents.looks

    @property
    def atlas(self) -> "AtlasSide":
        return self.optional.incidents.atlas

    @property
    def atlas_key(self) -> "KeptSecret":
        return self.optional.incidents.atlas_key

    @property
    def risk(self) -> "RiskSide":
        return self.optional.risk.map

    @property
    def training(self) -> "RiskTraining":
        return self.optional.risk.training

    @property
    def fire(self) -> "FireSide":
        return self.optional.fire.weather

    @property
    def fire_password(self) -> "KeptSecret":
        return self.optional.fire.password

    @property
    def smoke(self) -> "SmokeSide":
        return self.optional.fire.smoke

    @property
    def smoke_keeper(self) -> "SmokeKeeper":
        return self.optional.fire.keeper


def _present(side: S | None, capability: Capability) -> S:
    if side is None:
        raise LeftOut(capability)
    return side
