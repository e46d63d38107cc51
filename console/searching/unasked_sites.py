"""Which sites of a console over several do not answer a search, and why, each by its name."""

from console.bridge import EngineBridge
from engine.model.accounts.access import Verb
from engine.model.history.timeline import SearchFilter
from engine.model.sites import SiteReach, SiteState
from widgets.translation import tr


def unasked_sites(bridge: EngineBridge, wanted: SearchFilter) -> tuple[str, ...]:
    """Sentences. Whoever is left out by choice is not among them."""
    named = [{bridge.key_of(id_) for id_ in ids if id_} for ids in (wanted.camera_ids, (wanted.person_id,), (wanted.zone_id,))]
    asked = [site for site in bridge.sites if not wanted.sites or site.key in wanted.sites]
    return tuple(filter(None, (_why_unasked(site, any(keys and site.key not in keys for keys in named)) for site in asked)))


def _why_unasked(site: SiteState, is_elsewhere: bool) -> str:
    if is_elsewhere:
        return tr("{0} was not asked: what is chosen belongs to another site.").format(site.name)
    if site.reach is not SiteReach.ONLINE:
        return "" if site.copied else tr("{0} did not answer: it cannot be reached.").format(site.name)
    return "" if Verb.SEE_PAST in site.verbs else tr("{0} does not answer: you have no access to its past events.").format(site.name)
