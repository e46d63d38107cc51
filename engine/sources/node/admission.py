"""Which nodes are let in, and as what."""

from engine.model.radio.radio import NodeState
from engine.model.site import NodeSettings
from engine.model.value_class import dataclass
from engine.sources.node import orders
from engine.sources.node.messages import Hello
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.registry import KnownNode
from engine.sources.node.session import NodeSession
from engine.sources.node.tokens import NodeTokens


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refusal`: the reason that the node is told; empty when it is let in."""

    state: NodeState
    refusal: str = ""


class Admission:
    """Any thread; computes only."""

    def __init__(self, tokens: NodeTokens, pairing: PairingDoor) -> None:
        self._tokens, self._pairing = tokens, pairing

    def judge(self, session: NodeSession, hello: Hello, configured: NodeSettings | None, known: KnownNode | None) -> Verdict:
        paired = session.simulated or any(self._tokens.check(hello.mac, token) for token in (session.token, hello.token) if token)
        state = NodeState.ONLINE if paired else NodeState.UNPAIRED
        if not paired and not self._pairing.is_open:
            return Verdict(state, orders.INVALID_TOKEN)
        if configured is not None and not configured.enabled:
            return Verdict(state, orders.NODE_DISABLED)
        if known is not None and known.session is not None and not _may_replace(known, state, session):
            return Verdict(state, orders.INVALID_TOKEN)
        return Verdict(state)


def role_of(hello: Hello) -> str:
    """Every node sends and measures, unless it says that it cannot."""
    sends, measures = "tx" in hello.capabilities, "rx" in hello.capabilities
    return "tx_rx" if sends is measures else "tx" if sends else "rx"


def _may_replace(known: KnownNode, state: NodeState, session: NodeSession) -> bool:
    """A newer connection of the same MAC wins, but not one without a token over one with it, and no simulated node over a real one."""
    return not (known.state is NodeState.ONLINE and state is NodeState.UNPAIRED) and (known.simulated or not session.simulated)
