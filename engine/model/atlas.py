"""The Atlas service as it is configured, and how it does."""

from dataclasses import dataclass
from enum import StrEnum

from engine.model.errors import InputError


@dataclass(frozen=True, slots=True)
class AtlasSettings:
    """Classification elsewhere. The key is in the secret store under `atlas/key`, never in here.

    `rollout_percent`: share of incidents, by a stable hash, that are sent; the others are classified here. `coordinate_digits`: decimals
    of a degree that coordinates are rounded to before they leave. `contract`: `planned` or `real`, the two versions that are spoken.
    `fallback_enabled` False: what Atlas is asked about stays unclassified until it answers, instead of getting what its words say.
    """

    enabled: bool = False
    url: str = ""
    product: str = "halo"
    contract: str = "planned"
    rollout_percent: int = 100
    coordinate_digits: int = 3
    timeout_s: float = 10.0
    retries: int = 2
    allow_private: bool = False
    fallback_enabled: bool = True

    def __post_init__(self) -> None:
        if self.enabled and not self.url.startswith(("http://", "https://")):
            raise InputError("url", "has to begin with http:// or https://")
        if self.contract not in ("planned", "real"):
            raise InputError("contract", f"{self.contract[:20]!r} is neither planned nor real")
        if not 0 <= self.rollout_percent <= 100:
            raise InputError("rollout_percent", f"{self.rollout_percent} is outside 0–100")
        if not 1 <= self.coordinate_digits <= 6:
            raise InputError("coordinate_digits", f"{self.coordinate_digits} is outside 1–6")
        if not 0.1 <= self.timeout_s <= 60:
            raise InputError("timeout_s", f"{self.timeout_s} is outside 0.1–60")
        if not 0 <= self.retries <= 5:
            raise InputError("retries", f"{self.retries} is outside 0–5")


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
