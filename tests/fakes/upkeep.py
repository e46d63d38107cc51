"""Backups, tidying, the disk, the log and settings as a file, of an engine in memory."""

from typing import TYPE_CHECKING, Any

from engine.model.upkeep import (
    Backup,
    BackUpNow,
    CompareSettings,
    DiskForecast,
    EventCount,
    ExportSettings,
    GetDiagnostics,
    GetUpkeep,
    Growth,
    ImportSettings,
    KeepBounds,
    ListLog,
    LogLevel,
    LogLine,
    PlanTidy,
    SettingChange,
    TidyNow,
    TidyPart,
    TidyReport,
    UpkeepView,
)
from tests.fakes.unanswered import UNANSWERED

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine

GIB = 1 << 30
HOUR_NS = 3600 * 10**9


class FakeUpkeep:
    """What it answers can be replaced; `imported` has the texts that were taken, `bounds` the limits that plans were asked for."""

    def __init__(self, now_ns: int) -> None:
        made = now_ns - HOUR_NS // 3
        backups = tuple(Backup(f"b{i}", made - i * HOUR_NS, i, "0016", "0" * 64, 210 << 20, "0.1.0") for i in range(24))
        growth = (Growth("clips", 14 * GIB, 1.4 * GIB), Growth("database", 230 << 20, 12 << 20), Growth("other", 90 << 20, 0.0))
        disk = DiskForecast(87 * GIB, 240 * GIB, growth, 61.6, 3.2 * 86_400)
        events = (EventCount("person", 212, 1430, 20_811), EventCount("fall", 1, 3, 9), EventCount("zone_visit", 14, 88, 402))
        self.view = UpkeepView(
            backups, due_ns=made + HOUR_NS, disk=disk, events=events, handles=84, schema="0016", persons=12, archived=3, outbox=0
        )
        self.plan = TidyReport(now_ns, True, (TidyPart("clips older than 30 days or beyond 20 GiB", 212, 3 * GIB),))
        self.log = (
            LogLine(now_ns, LogLevel.WARNING, "engine.runtime.cameras.camera", "Gate: no picture for 10 s, connecting again"),
            LogLine(now_ns - HOUR_NS, LogLevel.INFO, "engine.runtime.recorder.record", "record opened: 0 observations replayed"),
        )
        self.changes = (
            SettingChange("recording.keep_clips_days", "30.0", "12.0"),
            SettingChange("cameras[gate].name", "Gate", "North gate"),
        )
        self.imported: list[str] = []
        self.bounds: list[KeepBounds] = []

    def answer(self, question: object) -> Any:
        match question:
            case GetUpkeep():
                return self.view
            case PlanTidy(bounds):
                self.bounds += () if bounds is None else (bounds,)
                return self.plan
            case ListLog(limit, level, contains):
                levels = list(LogLevel)
                lines = [line for line in self.log if levels.index(line.level) >= levels.index(level) and contains in line.text]
                return tuple(lines[:limit])
            case GetDiagnostics():
                return "Watchroom\nall well\n"
            case ExportSettings():
                return 'format = "watchroom-settings"\n'
            case CompareSettings():
                return self.changes
            case _:
                return UNANSWERED

    def execute(self, engine: "FakeEngine", command: object) -> str | None:
        match command:
            case BackUpNow():
                return engine.start_job("backup", "Back up the record", 4, message="Copying")
            case TidyNow():
                return engine.start_job("tidy", "Clean up", 4, message="Removing what is too old")
            case ImportSettings(text):
                self.imported.append(text)
                return ""
            case _:
                return None
