"""How often may be reported by one phone, from one address, and over one link."""

from collections.abc import Callable
from time import monotonic

from engine.gateway.border.buckets import Buckets
from engine.model.incidents.report_page import ReportPageSettings

_HOUR_S = 3600.0
_BURST = 0.25  # of an hour's share may come at once
_LEAST_BURST = 3


class ReportLimits:
    """On the network loop. In an hour at most 1.25 times each setting passes: its burst, and its rate.

    The narrowest limit is asked first, so that a phone that is refused uses up nothing of what it shares with others: one phone does not
    shut out those behind its address, and one address does not shut out a link.
    """

    def __init__(self, now_s: Callable[[], float] = monotonic) -> None:
        self._now_s = now_s
        self._rates: tuple[float, ...] = ()
        self._buckets: tuple[Buckets, ...] = ()

    def wait_s(self, settings: ReportPageSettings, link_id: str, address: str, phone: str) -> float:
        """0 when a report may pass, otherwise the seconds to wait."""
        rates = settings.per_phone_hour, settings.per_address_hour, settings.per_link_hour
        if rates != self._rates:
            self._rates = rates
            self._buckets = tuple(Buckets(each / _HOUR_S, max(_LEAST_BURST, round(each * _BURST)), self._now_s) for each in rates)
        phones, addresses, links = self._buckets
        return phones.take(f"{link_id} {address} {phone}") or addresses.take(address) or links.take(link_id)
