"""Chips of a search in words."""

from dataclasses import replace
from datetime import tzinfo

from console.searching.hit_words import hit_word, site_names
from engine.history.typed_search import FilterChip, FilterField, SearchSite, search_site
from engine.model.history.timeline import HitKind
from engine.model.snapshot import Snapshot
from widgets.time_text import clock_text
from widgets.translation import language_on_screen, tr


def site_of(snapshot: Snapshot) -> SearchSite:
    """What filters may name on this site, or on these."""
    found = search_site(snapshot.settings, snapshot.people.persons, snapshot.at_ns)
    return replace(found, sites=tuple(site_names(snapshot).items()), language=language_on_screen())


def chip_text(chip: FilterChip, now_ns: int, zone: tzinfo | None) -> str:
    if chip.field is FilterField.REJECTED:
        return tr("Rejected decisions")
    if chip.field is FilterField.RECORD:
        return tr("Result: {0}").format(hit_word(HitKind(chip.value)))
    if chip.field is FilterField.TIME:
        return tr("Time: {0}").format(chip.name or _span_text(chip, now_ns, zone))
    words = {
        FilterField.SITE: tr("Site: {0}"),
        FilterField.CAMERA: tr("Camera: {0}"),
        FilterField.PERSON: tr("Person: {0}"),
        FilterField.ZONE: tr("Zone: {0}"),
        FilterField.RULE: tr("Rule: {0}"),
        FilterField.KIND: tr("Kind: {0}"),
        FilterField.SEVERITY: tr("Severity: {0} or higher"),
        FilterField.STATE: tr("State: {0}"),
    }
    return words[chip.field].format(tr(chip.name) if chip.field in _NAMED_BY_US else chip.name)


def _span_text(chip: FilterChip, now_ns: int, zone: tzinfo | None) -> str:
    since = "" if chip.since_ns is None else clock_text(chip.since_ns, now_ns, zone)
    until = "" if chip.until_ns is None else clock_text(chip.until_ns, now_ns, zone)
    return f"{since} – {until}".strip()


_NAMED_BY_US = (FilterField.KIND, FilterField.SEVERITY, FilterField.STATE)
