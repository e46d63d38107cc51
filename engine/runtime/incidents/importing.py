"""Files of reports as jobs: read through, filed some at a time, and each row that is refused named."""

from collections import Counter
from dataclasses import field
from typing import Protocol

from engine.incidents.reading import MOST_BYTES, Misread, ReportReader
from engine.model.errors import InputError
from engine.model.incidents.imported import ImportResult, RefusedRow
from engine.model.incidents.incident import Filed, IncidentStatus, Report
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.incidents.reports import ReportDesk
from engine.runtime.jobs.jobs import Jobs, Progress

KIND = "import_reports"
AT_ONCE = 100  # reports in a commit
FILES_AT_ONCE = 2
TOLD = 20  # rows that the closing sentence names one by one
LISTED = 100  # rows that the result names one by one
_LOOK_EVERY = 1_000


class ImportingHost(Protocol):
    """What this needs of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def reports(self) -> ReportDesk: ...


@dataclass(slots=True)
class Tally:
    """How an import goes."""

    statuses: Counter[IncidentStatus] = field(default_factory=Counter[IncidentStatus])
    again: int = 0
    left_out: int = 0
    refused: list[RefusedRow] = field(default_factory=list[RefusedRow])

    def take(self, filed: Filed | InputError, place: str) -> None:
        if isinstance(filed, InputError):
            self.refuse(RefusedRow(place, filed.field, filed.message))
        elif filed.again:
            self.again += 1
        else:
            self.statuses[filed.status] += 1

    def refuse(self, row: RefusedRow) -> None:
        self.left_out += 1
        if len(self.refused) < LISTED:
            self.refused.append(row)

    def result(self) -> ImportResult:
        began = self.statuses[IncidentStatus.CREATED] + self.statuses[IncidentStatus.PENDING_REVIEW]
        joined, duplicates = self.statuses[IncidentStatus.CORROBORATED], self.statuses[IncidentStatus.DUPLICATE]
        return ImportResult(began, joined, duplicates, self.again, self.left_out, tuple(self.refused))

    def sentence(self) -> str:
        """What became of the file."""
        now = self.result()
        parts = [f"{now.kept:,} reports were kept: {now.began:,} incidents began, {now.joined:,} joined"]
        parts += [f"{now.known:,} were there already"] if now.known else []
        told = f"{', '.join(parts)}."
        if not now.left_out:
            return told
        more = f" … and {now.left_out - TOLD:,} more" if now.left_out > TOLD else ""
        return f"{told} {now.left_out:,} were left out: {'; '.join(map(_row_words, now.refused[:TOLD]))}{more}."


def start_import(engine: ImportingHost, data: bytes, form: str) -> str:
    """The id of the job. Raises InputError; EnvironmentFault (`busy`): two run already."""
    if len(data) > MOST_BYTES:
        raise InputError("data", f"is larger than {MOST_BYTES >> 20} MB. Split the file")
    if form not in ("csv", "geojson"):
        raise InputError("format", f"{form[:20]!r} is neither csv nor geojson")

    def body(_: str, progress: Progress) -> str:
        return import_reports(engine.reports, ReportReader(engine.reports.device, engine.clock.now_ns()), data, form, progress)

    return engine.jobs.start(KIND, "Import reports", body, at_once=FILES_AT_ONCE)


def import_reports(desk: ReportDesk, reader: ReportReader, data: bytes, form: str, progress: Progress) -> str:
    """File all that can be, some at a time; gives the closing sentence. The file is read through before anything is kept.

    Raises InputError: it cannot be read as a whole. EnvironmentFault: the record cannot be written. Cancelled. What was kept before stays,
    and the same file can be imported again.
    """
    progress.at(0, 0, "Reading the file")
    tally, good = _read_reports(reader, data, form, progress)
    for begin in range(0, len(good), AT_ONCE):
        progress.tell(tally.result())
        progress.at(begin, len(good), f"{begin} of {len(good)} reports are filed")
        _file(desk, good[begin : begin + AT_ONCE], tally)
    progress.tell(tally.result())
    progress.at(len(good), len(good))
    return tally.sentence()


def _read_reports(reader: ReportReader, data: bytes, form: str, progress: Progress) -> tuple[Tally, list[tuple[str, Report]]]:
    tally, good = Tally(), list[tuple[str, Report]]()
    for number, each in enumerate(reader.read_reports(data, form)):
        if number % _LOOK_EVERY == 0:
            progress.check()
        if isinstance(each, Misread):
            tally.refuse(RefusedRow(each.place, each.field, each.message))
        else:
            good.append(each)
    return tally, good


def _file(desk: ReportDesk, several: list[tuple[str, Report]], tally: Tally) -> None:
    for (place, _), filed in zip(several, desk.file_all([report for _, report in several]), strict=True):
        tally.take(filed, place)


def _row_words(row: RefusedRow) -> str:
    return str(Misread(row.place, row.field, row.message))
