"""How one PTZ camera is steered: by whom first, its tours, its way home."""

from typing import Annotated

from engine.model.accounts.access import AccessSettings, AccountPriority, Role
from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

MOST_TOURS, MOST_STOPS = 20, 100
LEAST_DWELL_S = 2.0


@dataclass(frozen=True, slots=True)
class TourStop:
    """`preset`: its token in the camera."""

    preset: Annotated[str, Setting("Preset", min_length=1, max_length=64)]
    dwell_s: Annotated[float, Setting("Stay for", unit="s", ge=LEAST_DWELL_S, le=3600)] = 15.0

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class PtzTour:
    """A sequence of presets that the engine runs, over and over."""

    id: Annotated[str, Setting("Id", min_length=1, max_length=64)]
    name: Annotated[str, Setting("Name", min_length=1, max_length=100)]
    stops: Annotated[tuple[TourStop, ...], Setting("Stops")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        if not 1 <= len(self.stops) <= MOST_STOPS:
            raise InputError("stops", f"{self.name}: has {len(self.stops)} stops; a tour needs 1 to {MOST_STOPS}")


@dataclass(frozen=True, slots=True)
class PtzSettings:
    """`home_preset`: token of the preset that is this camera's home; empty: the camera's own home position."""

    hold_s: Annotated[
        float, Setting("Control is held after the last movement for", unit="s", ge=1, le=300, help="Then the camera is free for others.")
    ] = 10.0
    operator_priority: Annotated[int, Setting("Priority of operators", ge=1, le=100, help="A higher number takes over.")] = 10
    investigator_priority: Annotated[int, Setting("Priority of investigators", ge=1, le=100)] = 20
    admin_priority: Annotated[int, Setting("Priority of administrators", ge=1, le=100)] = 30
    accounts: Annotated[tuple[AccountPriority, ...], Setting("Priority of single accounts", help="Instead of that of their role.")] = ()
    speed: Annotated[float, Setting("Top speed, as a share of the camera's own", ge=0.05, le=1, decimals=2, step=0.05)] = 1.0
    home_after_s: Annotated[
        float, Setting("Return home when nobody has steered for", unit="s", ge=0, le=86_400, help="0: it stays where it is.")
    ] = 0.0
    home_preset: Annotated[
        str, Setting("Home preset", max_length=64, help="Empty: the camera's own home position. Zones and privacy areas belong to it.")
    ] = ""
    resume_s: Annotated[
        float, Setting("Resume a tour when nobody has steered for", unit="s", ge=1, le=3600, help="A tour pauses while somebody steers.")
    ] = 30.0
    cover_away: Annotated[
        bool,
        Setting(
            "Cover the picture away from home",
            help="Only with privacy areas: they are drawn for the home position and cover the wrong places elsewhere.",
        ),
    ] = True
    tours: Annotated[tuple[PtzTour, ...], Setting("Tours")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        if len(self.tours) > MOST_TOURS:
            raise InputError("tours", f"are {len(self.tours)}; at most {MOST_TOURS} are taken")
        ids = [tour.id for tour in self.tours]
        twice = next((each for each in ids if ids.count(each) > 1), None)
        if twice is not None:
            raise InputError("tours", f"{twice!r} is used twice")

    def priority(self, account: str, role: Role, access: AccessSettings) -> int:
        """Of an account of this name and role; the higher one steers. What this camera says of the account goes before the site's word."""
        own = next((each.priority for each in self.accounts if each.account == account), access.ptz_priority(account))
        of_role = {Role.OPERATOR: self.operator_priority, Role.INVESTIGATOR: self.investigator_priority, Role.ADMIN: self.admin_priority}
        return of_role[role] if own is None else own

    def tour(self, tour_id: str) -> PtzTour | None:
        return next((tour for tour in self.tours if tour.id == tour_id), None)
