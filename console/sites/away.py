"""How a site that does not answer is told."""

from engine.model.sites import SiteReach, SiteState
from widgets.time_text import clock_text
from widgets.translation import tr


def away_text(site: SiteState) -> str:
    """Why what is shown of a site is not of now; empty where it is."""
    if site.reach is SiteReach.ONLINE:
        return ""
    since = clock_text(site.since_ns)
    words = {
        SiteReach.CONNECTING: tr("Connecting since {0}."),
        SiteReach.AWAY: tr("No answer since {0}."),
        SiteReach.LAPSED: tr("The session expired at {0}. Sign in again."),
        SiteReach.SIGNED_OUT: tr("Signed out since {0}."),
        SiteReach.REFUSED: tr("Its answers are not understood since {0}."),
    }[site.reach]
    said = words.format(since)
    return tr("{0} History is shown from the hub's copy.").format(said) if site.copied else said
