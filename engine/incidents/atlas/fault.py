"""Why Atlas did not answer as it should, as a reason that decides what is done about it."""

from engine.model.errors import EnvironmentFault

OFF, OPEN, BUSY = "off", "open", "busy"  # not wanted; too many calls failed; it asks for later
TIMEOUT, UNREACHABLE, SERVER, INTERNAL = "timeout", "unreachable", "server", "internal"  # the last: 500, perhaps of this call alone
UNPROVEN, KEY_REFUSED, WRONG_PLACE = "unproven", "key_refused", "wrong_place"  # somebody has to act
ADDRESS_REFUSED, NO_KEY = "address_refused", "no_key"  # somebody has to act before anything is sent
NOT_JSON, TOO_LARGE = "not_json", "too_large"  # not Atlas that answers there, or not in its senses
MALFORMED, REFUSED = "malformed", "refused"  # this one answer breaks the contract; this one call is not taken
NOT_ANALYSED = "not_analysed"  # a placeholder where an analysis should be

_WORTH_ANOTHER = frozenset({TIMEOUT, UNREACHABLE, SERVER, INTERNAL, BUSY, NOT_JSON, TOO_LARGE, MALFORMED})
_ATLAS_WORKS = frozenset({OFF, OPEN, BUSY, REFUSED, NOT_ANALYSED})
_NOT_SENT = frozenset({ADDRESS_REFUSED, NO_KEY})


class AtlasFault(EnvironmentFault):
    """`str(fault)` is a sentence. retry_after_s: how long Atlas asks to be left alone, None where it does not say."""

    def __init__(self, reason: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason, message)
        self.retry_after_s = retry_after_s

    @property
    def worth_another(self) -> bool:
        """Whether the same call may go well a moment later."""
        return self.reason in _WORTH_ANOTHER

    @property
    def against_atlas(self) -> bool:
        """Whether it counts as a failure of the service, for the breaker and the figures."""
        return self.reason not in _ATLAS_WORKS and not self.not_sent

    @property
    def needs_somebody(self) -> bool:
        """Whether it is a trouble: Atlas fails, nothing is sent, or it does not take what it is sent."""
        return self.against_atlas or self.not_sent or self.reason == REFUSED

    @property
    def not_sent(self) -> bool:
        """Whether nothing left this machine: it says nothing about Atlas, but no call will do until somebody acts."""
        return self.reason in _NOT_SENT
