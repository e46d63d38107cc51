"""What was removed, in words."""

from engine.model.accounts.undo import RemovedKind, Undoable
from widgets.translation import tr


def gone_text(gone: Undoable) -> str:
    """`Camera Yard is removed.`"""
    one, named = _removal_texts(gone.kind)
    return named.format(gone.name) if gone.name else one


def back_text(gone: Undoable) -> str:
    """After it was taken back."""
    if gone.kind is RemovedKind.TEMPLATE:
        return tr("Settings restored.")
    return tr("{0} is back.").format(gone.name) if gone.name else tr("Restored.")


def undo_title(gone: Undoable) -> str:
    """For the palette."""
    return tr("Undo: {0}").format(gone_text(gone).rstrip("."))


def _removal_texts(kind: RemovedKind) -> tuple[str, str]:
    """Without a name, and with one."""
    return {
        RemovedKind.CAMERA: (tr("A camera is removed."), tr("{0} is removed.")),
        RemovedKind.NODE: (tr("A node is removed."), tr("{0} is removed.")),
        RemovedKind.DEVICE: (tr("A device is forgotten."), tr("{0} is forgotten.")),
        RemovedKind.WEBHOOK: (tr("A webhook is removed."), tr("{0} is removed.")),
        RemovedKind.CHANNEL: (tr("A channel is removed."), tr("{0} is removed.")),
        RemovedKind.MICROPHONE: (tr("A microphone is removed."), tr("{0} is removed.")),
        RemovedKind.ZONE: (tr("A zone is removed."), tr("Zone removed: {0}.")),
        RemovedKind.LINE: (tr("A line is removed."), tr("Line removed: {0}.")),
        RemovedKind.AREA: (tr("A masked area is removed."), tr("A masked area of {0} is removed.")),
        RemovedKind.PORTAL: (tr("A door is removed."), tr("Door removed: {0}.")),
        RemovedKind.WALL: (tr("A wall is removed."), tr("Wall removed: {0}.")),
        RemovedKind.POSE: (tr("A camera is off the plan."), tr("Off the plan: {0}.")),
        RemovedKind.LOOKOUT: (tr("A lookout is removed."), tr("Lookout removed: {0}.")),
        RemovedKind.RULE: (tr("A rule is removed."), tr("Rule removed: {0}.")),
        RemovedKind.ANCHOR: (tr("The site location is removed."), tr("The site location is removed.")),
        RemovedKind.FLOOR_IMAGE: (tr("The picture under the plan is removed."), tr("The picture under the plan is removed.")),
        RemovedKind.BOOKMARK: (tr("The bookmark is removed."), tr("The bookmark “{0}” is removed.")),
        RemovedKind.SEARCH: (tr("The search is forgotten."), tr("The search “{0}” is forgotten.")),
        RemovedKind.LOCK: (tr("The evidence is unlocked."), tr("The evidence is unlocked: {0}.")),
        RemovedKind.GESTURE: (tr("A gesture is removed."), tr("The gesture “{0}” is removed.")),
        RemovedKind.TOKEN: (tr("A token is revoked."), tr("The token “{0}” is revoked.")),
        RemovedKind.USER: (tr("An account is removed."), tr("The account {0} is removed.")),
        RemovedKind.CHAT: (tr("Your questions are forgotten."), tr("The question “{0}” is forgotten.")),
        RemovedKind.TEMPLATE: (tr("The hub changed settings."), tr("The hub changed settings: {0}.")),
        RemovedKind.PARTS: (tr("Several items are removed."), tr("Removed: {0}.")),
    }[RemovedKind(kind)]
