"""Commands and questions: backups, clean-up, the log, diagnostics, and settings as a file."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.upkeep import (
    BackUpNow,
    CompareSettings,
    ExportSettings,
    GetDiagnostics,
    GetUpkeep,
    ImportSettings,
    ListLog,
    LogLine,
    PlanTidy,
    SettingChange,
    TidyNow,
    TidyReport,
    UpkeepView,
)
from engine.runtime.data_folder import DataFolder
from engine.runtime.keeping.upkeep_side import UpkeepSide
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited,
    audits_itself,
    not_audited,
    site_wide,
)
from engine.runtime.settings.command_line_choices import check_chosen
from engine.runtime.settings.settings_commands import AuditedSettingsHost, note_recognition
from engine.runtime.settings.settings_exchange import completed, differences, export_text, read_text


class UpkeepHost(AuditedSettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def data(self) -> DataFolder: ...

    @property
    def kept_up(self) -> UpkeepSide: ...


def _back_up(engine: UpkeepHost, _: BackUpNow, __: Session) -> str:
    return engine.kept_up.backups.begin()


def _tidy(engine: UpkeepHost, _: TidyNow, __: Session) -> str:
    return engine.kept_up.tidying.begin()


def _import(engine: UpkeepHost, command: ImportSettings, session: Session) -> str:
    """Raises InputError, EnvironmentFault."""
    by, before, given = session.user.name, engine.settings, read_text(command.text)
    engine.update_settings(lambda now: completed(now, given), by)
    changed = ", ".join(change.field for change in differences(before, engine.settings))
    engine.audit.note(AuditRow(engine.clock.now_ns(), by, AuditVerb.IMPORT_SETTINGS, detail=changed))
    note_recognition(engine, before.recognition, engine.settings.recognition, by)
    return ""


def _get(engine: UpkeepHost, _: GetUpkeep, __: Session, ___: Scope | None) -> UpkeepView:
    return engine.kept_up.view()


def _plan_tidy(engine: UpkeepHost, question: PlanTidy, _: Session, __: Scope | None) -> TidyReport:
    tidying = engine.kept_up.tidying
    return tidying.plan() if question.bounds is None else tidying.plan_for(question.bounds)


def _list_log(engine: UpkeepHost, question: ListLog, _: Session, __: Scope | None) -> tuple[LogLine, ...]:
    return engine.kept_up.log.matching_lines(question)


def _diagnostics(engine: UpkeepHost, _: GetDiagnostics, __: Session, ___: Scope | None) -> str:
    return engine.kept_up.diagnostics()


def _export(engine: UpkeepHost, _: ExportSettings, session: Session, __: Scope | None) -> str:
    """In the audit before it leaves. Raises EnvironmentFault."""
    engine.audit.keep(AuditRow.of(engine.clock.now_ns(), session.user, AuditVerb.EXPORT_SETTINGS))
    return export_text(engine.settings)


def _compare(engine: UpkeepHost, question: CompareSettings, _: Session, __: Scope | None) -> tuple[SettingChange, ...]:
    now = engine.settings
    then = completed(now, read_text(question.text))
    check_chosen(engine.data.path, now, then)
    return differences(now, then)


COMMANDS: Commands[UpkeepHost] = (
    CommandSpec(
        BackUpNow,
        handler=_back_up,
        scope=site_wide,
        audit=not_audited("a copy beside the record"),
        undo=NotUndoable("the copy is removed by its age"),
        durable=False,
    ),
    CommandSpec(
        TidyNow,
        handler=_tidy,
        scope=site_wide,
        audit=audited(AuditVerb.TIDY, OUTCOME),
        undo=NotUndoable("what retention removed is gone"),
        durable=False,
    ),
    CommandSpec(
        ImportSettings,
        handler=_import,
        scope=site_wide,
        audit=audits_itself("only the handler knows which fields changed"),
        undo=NotUndoable("the export from before is imported"),
        durable=True,
        unchecked_text=("text",),
    ),
)
QUESTIONS: Questions[UpkeepHost] = (
    QuestionSpec(GetUpkeep, scope=QuestionScope.SITE_WIDE, handler=_get),
    QuestionSpec(PlanTidy, scope=QuestionScope.SITE_WIDE, handler=_plan_tidy),
    QuestionSpec(ListLog, scope=QuestionScope.SITE_WIDE, handler=_list_log),
    QuestionSpec(GetDiagnostics, scope=QuestionScope.SITE_WIDE, handler=_diagnostics),
    QuestionSpec(ExportSettings, scope=QuestionScope.SITE_WIDE, handler=_export),
    QuestionSpec(CompareSettings, scope=QuestionScope.SITE_WIDE, handler=_compare),
)
