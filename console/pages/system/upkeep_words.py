"""What the engine keeps, in words. Pure."""

from console.recording_estimate import span_text
from engine.model.event import EventKind
from engine.model.risk.risk import TrainingState
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.upkeep import DiskForecast, Growth, UpkeepView
from widgets.fields.marked import marked
from widgets.maps.risk_words import training_text
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.time_text import clock_text, duration_text
from widgets.translation import inside, tr
from widgets.words import capitalised, kind_word

Facts = tuple[tuple[str, str], ...]
_MIB = 1 << 20
_DAY_S = 86_400


def restored_text(view: UpkeepView, now_ns: int) -> str:
    told = view.restored
    if told is None:
        return ""
    words = [
        tr("The database was damaged. At {0} it was restored from the backup of {1} and the journal.").format(
            clock_text(told.at_ns, now_ns), clock_text(told.backup_ns, now_ns)
        ),
        tr("Part of the journal was missing.") if told.gap else "",
        tr("The damaged file is kept in {0}.").format(told.aside),
    ]
    return " ".join(word for word in words if word)


def backup_facts(view: UpkeepView, snapshot: Snapshot, now_ns: int) -> Facts:
    newest = view.backups[0] if view.backups else None
    sizes = sum(backup.size_bytes for backup in view.backups)
    kept = tr("{0}, {1} in total; newest {2}, verified").format(
        number_text(len(view.backups)), size_text(sizes), clock_text(newest.made_ns, now_ns) if newest is not None else ""
    )
    schema = tr("{0}, schema {1}").format(size_text(snapshot.health.database_bytes), view.schema) if view.schema else ""
    return (
        (tr("Database"), schema),
        (tr("Backups"), kept if newest is not None else tr("None yet")),
        (tr("Next"), _next(view, now_ns)),
        (tr("Trouble"), view.backup_trouble),
    )


def _next(view: UpkeepView, now_ns: int) -> str:
    if view.due_ns is None:
        return tr("On request only")
    left_ns = max(0, view.due_ns - now_ns)
    return tr("In {0}").format(duration_text(left_ns // SECOND * SECOND)) if left_ns >= SECOND else tr("Now")


def disk_facts(view: UpkeepView) -> Facts:
    disk = view.disk
    if not disk.total_bytes:
        return ()
    free = tr("{0} of {1}").format(size_text(disk.free_bytes), size_text(disk.total_bytes))
    return ((tr("Free"), free), (tr("Estimated retention"), lasts_text(disk)), (tr("Grows by"), _growth_text(disk.growth)))


def lasts_text(disk: DiskForecast) -> str:
    basis = tr("at the growth of the last {0}").format(span_text(disk.basis_s / _DAY_S)) if disk.basis_s else ""
    if disk.days_left is not None:
        return tr("About {0}, {1}").format(span_text(disk.days_left), basis)
    if disk.bounded:
        return tr("Unlimited, {0}: all data reaches its limit before").format(basis)
    known = any(each.bytes_a_day is not None for each in disk.growth)
    return tr("Unlimited: no growth, {0}").format(basis) if known else tr("Available after 1 hour")


def days_note(disk: DiskForecast) -> str:
    """Short, for below the figure."""
    return tr("full in about {0}").format(span_text(disk.days_left)) if disk.days_left is not None else ""


def _growth_text(growth: tuple[Growth, ...]) -> str:
    growing = [each for each in growth if each.bytes_a_day is not None and each.bytes_a_day >= _MIB]
    growing.sort(key=lambda each: each.bytes_a_day or 0, reverse=True)
    return capitalised(", ".join(tr("{0} {1} a day").format(tr(each.name), size_text(round(each.bytes_a_day or 0))) for each in growing))


def statistics_facts(view: UpkeepView, snapshot: Snapshot) -> Facts:
    kinds = capitalised(", ".join(f"{_kind(each.kind)} {number_text(each.week)}" for each in view.events if each.week))
    day, week, ever = (sum(getattr(each, name) for each in view.events) for name in ("day", "week", "all"))
    events = tr("{0} in 24 hours, {1} in 7 days, {2} in all").format(number_text(day), number_text(week), number_text(ever))
    known = tr("{0} on file, {1} archived").format(number_text(view.persons), number_text(view.archived))
    lost = ", ".join(f"{tr(_LOST.get(name, name))} {number_text(count)}" for name, count in view.losses if count)
    return (
        (tr("Events"), events),
        (tr("In 7 days"), kinds),
        (tr("People"), known),
        (tr("Dropped"), capitalised(lost) or tr("Nothing since the engine started")),
        (tr("Messages"), tr("{0} queued").format(number_text(view.outbox))),
        (tr("Risk forecast"), forecast_text(snapshot)),
        (tr("Clocks"), clocks_text(snapshot)),
        (tr("Open files"), number_text(view.handles) if view.handles >= 0 else ""),
        (tr("Radio processing"), {"compiled": tr("Compiled"), "numpy": tr("Not compiled (slower)")}.get(snapshot.health.radio_kernels, "")),
    )


def forecast_text(snapshot: Snapshot) -> str:
    """When it was learnt last, from what, how that ended, and when it is learnt again."""
    if not snapshot.risk.enabled:
        return tr("Switched off")
    training = snapshot.risk.training
    said = training_text(training, snapshot.at_ns)
    if training.state is not TrainingState.DONE:
        return said
    return tr("{0}. It took {1} and covers {2} cells").format(
        said, duration_text(training.ended_ns - training.started_ns), number_text(training.cells)
    )


def _kind(name: str) -> str:
    """What a newer engine counts is named as it names it."""
    return inside(kind_word(EventKind(name))) if name in frozenset(EventKind) else name.replace("_", " ")


_LOST = {
    "refused": marked("requests refused"),
    "journal": marked("observations missing in the journal"),
    "mailbox": marked("frames not processed"),
    "radio": marked("frames of radio nodes"),
}


def clocks_text(snapshot: Snapshot) -> str:
    """Of this machine, and of every source that says what time it is."""
    own = tr("this computer {0}").format(f"{number_text(snapshot.health.clock_skew_ms / 1000, '+.1f')} s")
    cameras = [(view.settings.name, view.health.clock_ahead_s) for view in snapshot.cameras]
    told = [f"{name} {number_text(ahead, '+.1f')} s" for name, ahead in cameras if ahead is not None]
    silent = sum(ahead is None for _, ahead in cameras)
    rest = [tr("{0} cameras do not report time").format(silent)] if silent else []
    return capitalised(", ".join([own, *told, *rest]))
