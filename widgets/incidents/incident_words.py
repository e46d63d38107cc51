"""Words of incidents and reports, ready for translation; what reporters wrote, made safe to show."""

import hashlib
import re
import unicodedata

from engine.model.incidents.incident import (
    CategorySource,
    Classification,
    Corroboration,
    Incident,
    IncidentCategory,
    IncidentState,
    IncidentStatus,
    SourceOfReport,
)
from widgets.number_text import number_text
from widgets.translation import tr

_RUN = 28
_LONG_WORD = re.compile(rf"(\S{{{_RUN}}})(?=\S)")
_OVERRIDES = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")


def category_word(category: str) -> str:
    """Of a word that is none of ours (a classifier's) the word itself."""
    known = {
        IncidentCategory.THEFT: tr("Theft"),
        IncidentCategory.ASSAULT: tr("Assault"),
        IncidentCategory.VANDALISM: tr("Vandalism"),
        IncidentCategory.BURGLARY: tr("Burglary"),
        IncidentCategory.VEHICLE_CRIME: tr("Vehicle crime"),
        IncidentCategory.DRUG_RELATED: tr("Drug related"),
        IncidentCategory.VIOLENCE: tr("Violence"),
        IncidentCategory.WEAPONS: tr("Weapons"),
        IncidentCategory.DISTURBANCE: tr("Disturbance"),
        IncidentCategory.SUSPICIOUS_ACTIVITY: tr("Suspicious activity"),
        IncidentCategory.FIRE: tr("Fire"),
        IncidentCategory.OTHER: tr("Other"),
    }
    return known[IncidentCategory(category)] if category in known else one_line(category.replace("_", " ")) or tr("No category")


def category_text(incident: Incident) -> str:
    """With who said it, where no person did: `Theft (key words)`."""
    word = category_word(incident.category)
    if incident.category_by is CategorySource.WORDS:
        return tr("{0} (keywords)").format(word)
    return tr("{0} (Atlas)").format(word) if incident.category_by is CategorySource.ATLAS else word


def category_reason_text(incident: Incident) -> str:
    """How the category was settled; with who said it and how sure, where it was no person."""
    reason = one_line(incident.category_reason) or category_word(incident.category)
    if incident.category_confidence is None:
        return reason
    by = tr("keywords") if incident.category_by is CategorySource.WORDS else "Atlas"
    return f"{reason} ({by}, {number_text(100 * incident.category_confidence, '.0f')} %)"


def status_word(status: IncidentStatus) -> str:
    return {
        IncidentStatus.CREATED: tr("Created"),
        IncidentStatus.CORROBORATED: tr("Corroborated"),
        IncidentStatus.PENDING_REVIEW: tr("Pending review"),
        IncidentStatus.DUPLICATE: tr("Duplicate"),
    }[status]


def state_word(state: IncidentState) -> str:
    return {IncidentState.OPEN: tr("Open"), IncidentState.CLOSED: tr("Closed"), IncidentState.MERGED: tr("Merged")}[state]


def source_word(source: str) -> str:
    known = {
        SourceOfReport.CITIZEN: tr("Citizen"),
        SourceOfReport.PATROL: tr("Patrol"),
        SourceOfReport.OFFICIAL: tr("Official"),
        SourceOfReport.IMPORT: tr("Import"),
        SourceOfReport.PUBLIC: tr("Public"),
    }
    return known[SourceOfReport(source)] if source in known else tr("Citizen")


def pseudonym(reporter: str, source: str) -> str:
    """The same for the same reporter everywhere, and not who it is."""
    if not reporter:
        return tr("{0}, anonymous").format(source_word(source))
    return f"{source_word(source)} {hashlib.sha256(reporter.encode()).hexdigest()[:6].upper()}"


def why_joined(link: Corroboration | None, with_similarity: bool = True) -> str:
    """By which rule a report is in its incident."""
    if link is None:
        return ""
    alike = tr(", picture similarity {0} %").format(round(100 * link.similarity)) if with_similarity and link.similarity is not None else ""
    return {
        "first_report": tr("First report: sets place and time of the incident."),
        "near_in_place_and_time": tr("Joined: same category, close in place and time{0} (score {1}).").format(
            alike, number_text(link.score, ".2f")
        ),
        "same_reporter": tr("Same reporter; counted once."),
    }.get(link.rule, one_line(link.rule.replace("_", " ")))


def distance_text(metres: float | None) -> str:
    if metres is None:
        return ""
    if metres < 999.5:
        return tr("{0} m").format(round(metres))
    return tr("{0} km").format(number_text(metres / 1000, ".1f") if metres < 99_950 else number_text(metres / 1000, ",.0f"))


def gap_text(seconds: float) -> str:
    whole = round(abs(seconds))
    if whole < 120:
        return tr("{0} s").format(whole)
    return tr("{0} min").format(round(whole / 60)) if whole < 7200 else tr("{0} h").format(round(whole / 3600))


def coordinates_text(latitude: float, longitude: float, digits: int = 5) -> str:
    """`59.32930° N, 18.06860° E`."""
    return f"{latitude_text(latitude, digits)}, {longitude_text(longitude, digits)}"


def latitude_text(latitude: float, digits: int) -> str:
    side = tr("N") if latitude >= 0 else tr("S")
    return f"{number_text(abs(latitude), f'.{digits}f')}° {side}"


def longitude_text(longitude: float, digits: int) -> str:
    """`18.07° E`; also of a longitude beyond the 180th meridian."""
    turned = (longitude + 180) % 360 - 180
    side = tr("E") if turned >= 0 else tr("W")
    return f"{number_text(abs(turned), f'.{digits}f')}° {side}"


def classified_by(said: Classification) -> str:
    return {"atlas": tr("Atlas"), "local": tr("Keywords (local)"), "reporter": tr("Reporter")}.get(said.by, one_line(said.by))


def part_word(part: str) -> str:
    """Of a field that can be set by an operator."""
    return {"category": tr("category"), "severity": tr("severity"), "description": tr("description")}.get(part, part)


def edited_text(incident: Incident) -> str:
    if not incident.edited:
        return ""
    return tr("Edited by an operator; not changed automatically: {0}.").format(", ".join(part_word(part) for part in incident.edited))


def one_line(text: str) -> str:
    """What somebody wrote, for one line: no breaks, nothing that turns the direction of what stands beside it."""
    return " ".join(_harmless(text).split())


def whole_text(text: str) -> str:
    """What somebody wrote, whole; words too long for any line can be broken."""
    return _LONG_WORD.sub("\\1\u200b", _harmless(text).strip())


def _harmless(text: str) -> str:
    return "".join(sign for sign in text if sign not in _OVERRIDES and (sign in "\n\t" or unicodedata.category(sign) != "Cc"))
