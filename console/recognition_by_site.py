"""Recognition where a console shows several sites, each with its own purpose and retention."""

from engine.model.people.settings import PeopleSettings
from engine.model.snapshot import Snapshot


def recognition_by_site(snapshot: Snapshot) -> list[tuple[str, PeopleSettings]]:
    """Each site's name and settings; a single one without a name where all recognise for the same purpose and as long."""
    found = [(site.name, site.settings.recognition) for site in snapshot.sites if site.shown and site.settings is not None]
    said = {(each.biometrics, each.purpose, each.archive_days, each.erase_days) for _, each in found}
    return found if len(said) > 1 else [("", found[0][1] if found else snapshot.settings.recognition)]


def recognises(snapshot: Snapshot) -> bool:
    """Whether any site does."""
    return any(settings.biometrics for _, settings in recognition_by_site(snapshot))
