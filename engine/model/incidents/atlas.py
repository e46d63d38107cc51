"""The Atlas service as it is configured, and how it does."""

from enum import StrEnum
from typing import Annotated

from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class AtlasSettings:
    """Classification elsewhere. The key is in the secret store under `atlas/key`, never in here.

    `rollout_percent`: share of incidents, by a stable hash, that are sent; the others are classified here. `coordinate_digits`: decimals
    of a degree that coordinates are rounded to before they leave. `contract`: `planned` or `real`, the two versions that are spoken.
    `fallback_enabled` False: what Atlas is asked about stays unclassified until it answers, instead of getting what its words say.
    """

    enabled: Annotated[bool, Setting("Classify incidents with Atlas")] = False
    url: Annotated[str, Setting("Address")] = ""
    product: Annotated[str, Setting("Name of this product")] = "halo"
    contract: Annotated[str, Setting("Contract", help="planned or real.")] = "planned"
    rollout_percent: Annotated[int, Setting("Sampling rate", unit="%", ge=0, le=100)] = 100
    coordinate_digits: Annotated[
        int, Setting("Decimals of coordinates", ge=1, le=6, help="Coordinates are rounded before they are sent.")
    ] = 3
    timeout_s: Annotated[float, Setting("Time-out", unit="s", ge=0.1, le=60)] = 10.0
    retries: Annotated[int, Setting("Retries", ge=0, le=5)] = 2
    allow_private: Annotated[bool, Setting("Allow addresses in the local network or on this computer")] = False
    fallback_enabled: Annotated[bool, Setting("Classify locally when Atlas is unavailable")] = True

    def __post_init__(self) -> None:
        check_limits(self)
        if self.enabled and not self.url.startswith(("http://", "https://")):
            raise InputError("url", "has to begin with http:// or https://")
        if self.contract not in ("planned", "real"):
            raise InputError("contract", f"{self.contract[:20]!r} is neither planned nor real")


class AtlasState(StrEnum):
    OFF = "off"
    WORKING = "working"
    DOWN = "down"  # calls fail
    OPEN = "open"  # too many failed: no call is made until the breaker's pause is over


@dataclass(frozen=True, slots=True)
class AtlasHealth:
    """`since_ns`: in this state. waiting: calls in the outbox; dropped: pushed out of it for being too many. Shares are of incidents of
    the last seven days, None where there were none: `classified` by Atlas, `enriched` with patterns, `agreement` with what operators
    validated (`local_agreement`: of the classifier here on the same ones)."""

    state: AtlasState = AtlasState.OFF
    reason: str = ""
    since_ns: int = 0
    waiting: int = 0
    dropped: int = 0
    classified: float | None = None
    enriched: float | None = None
    mean_ms: float | None = None
    uptime: float | None = None
    links_per_week: float | None = None
    agreement: float | None = None
    local_agreement: float | None = None
    overridden: tuple[str, ...] = ()  # names of settings that the environment (`ATLAS_*`) decides
    key_stored: bool = False
