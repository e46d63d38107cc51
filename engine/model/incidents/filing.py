"""A report as somebody signed in files it, and the number by which people quote one."""

from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory, SourceOfReport
from engine.model.value_class import dataclass

_NUMBER_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class FileReport:
    """As `POST /api/v1/incidents`, for consoles. The outcome is the id of the incident that the report is in now.

    occurred_ns None: now. media: ids that `EnginePort.send_report_media` gave. accuracy_m: see `Report`. key: for idempotency. Raises
    InputError.
    """

    verb: ClassVar[Verb] = Verb.SEE_LIVE
    category: IncidentCategory
    description: str
    latitude: float
    longitude: float
    occurred_ns: int | None = None
    severity: Severity = Severity.MODERATE
    media: tuple[str, ...] = ()
    source: SourceOfReport = SourceOfReport.CITIZEN
    accuracy_m: float = 0.0
    key: str = ""


FilingCommand: TypeAlias = FileReport


def report_number(report_id: str) -> str:
    """To be quoted on the phone: `7F3A-91C2`."""
    digits = report_id.rpartition("-")[2][:_NUMBER_CHARACTERS].upper()
    return f"{digits[:4]}-{digits[4:]}" if len(digits) == _NUMBER_CHARACTERS else digits


def number_digits(text: str) -> str:
    """The digits of a number, as ids of reports have them; empty where the text is no such number."""
    digits = text.strip().lower().replace("-", "")
    is_number = len(digits) == _NUMBER_CHARACTERS and all(each in "0123456789abcdef" for each in digits)
    return digits if is_number else ""


def has_number(report_id: str, digits: str) -> bool:
    """Whether a report is quoted by these digits (not empty)."""
    return report_id.startswith("rp-") and report_id.rpartition("-")[2].startswith(digits)
