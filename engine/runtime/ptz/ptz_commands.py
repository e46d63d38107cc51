"""Commands: PTZ, presets, tours, outputs and two-way talk of cameras."""

import base64
import binascii
from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import InputError
from engine.model.ptz.commands import (
    AdjustLens,
    CentreCamera,
    GoHome,
    GoToPreset,
    PtzCommand,
    ReleaseCamera,
    RemovePreset,
    SendTalk,
    SetHome,
    SetPreset,
    StartTour,
    SteerCamera,
    StopTour,
    SwitchOutput,
)
from engine.runtime.access.scopes import require_found
from engine.runtime.operations.spec import OUTCOME, Commands, CommandSpec, NotUndoable, audited, audits_itself, not_audited, within_scope
from engine.runtime.ptz.ptz_side import PtzSide


class PtzHost(Protocol):
    """What these operations need of the engine."""

    @property
    def ptz(self) -> PtzSide: ...


def _sees(_: PtzHost, command: PtzCommand, __: Session, scope: Scope) -> bool:
    return require_found(command.camera_id in scope, f"There is no camera {command.camera_id}.")


_OWN = within_scope(_sees)
_MOVED = NotUndoable("the camera has moved by then; a preset brings it back")
_SWITCHED = NotUndoable("what the output opened or closed has happened by then")
_TAKING = audits_itself("taking a camera is kept, once, not every movement of it")


def _steer(engine: PtzHost, command: SteerCamera, session: Session) -> str:
    engine.ptz.steer(command.camera_id, (command.pan, command.tilt, command.zoom), session)
    return command.camera_id


def _centre(engine: PtzHost, command: CentreCamera, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session, "centre")
    engine.ptz.wait(head.centre(command.x, command.y))
    return command.camera_id


def _adjust(engine: PtzHost, command: AdjustLens, session: Session) -> str:
    by_iris = command.iris is not None or command.auto_iris
    ability = "auto_iris" if command.auto_iris else "iris" if by_iris else "autofocus" if command.autofocus is not None else "focus"
    head = engine.ptz.take(command.camera_id, session, ability)
    if by_iris:
        engine.ptz.wait(head.iris(None if command.auto_iris else command.iris))
    if command.autofocus is not None:
        engine.ptz.wait(head.autofocus(command.autofocus))
    if not by_iris and command.autofocus is None:
        engine.ptz.wait(head.focus(command.focus))
    return command.camera_id


def _go_to_preset(engine: PtzHost, command: GoToPreset, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session, "presets")
    engine.ptz.wait(head.go_to_preset(command.preset))
    return command.camera_id


def _go_home(engine: PtzHost, command: GoHome, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session)
    if not head.camera.ptz.home_preset:
        head.check_online("home")
    engine.ptz.wait(head.go_home())
    return command.camera_id


def _release(engine: PtzHost, command: ReleaseCamera, session: Session) -> str:
    engine.ptz.release(command.camera_id, session)
    return command.camera_id


def _start_tour(engine: PtzHost, command: StartTour, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session)
    engine.ptz.wait(head.start_tour(command.tour))
    engine.ptz.release(command.camera_id, session)
    return command.tour


def _stop_tour(engine: PtzHost, command: StopTour, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session)
    engine.ptz.wait(head.stop_tour())
    return command.camera_id


def _switch(engine: PtzHost, command: SwitchOutput, _: Session) -> str:
    """Outputs are not part of steering: a lamp may be switched while somebody else steers."""
    head = engine.ptz.head(command.camera_id)
    head.check_online()
    engine.ptz.wait(head.switch(command.output, command.action))
    return command.output


def _talk(engine: PtzHost, command: SendTalk, session: Session) -> str:
    try:
        mulaw = base64.b64decode(command.sound, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("sound", "is not base64") from None
    engine.ptz.talk(command.camera_id, mulaw, session)
    return command.camera_id


def _set_preset(engine: PtzHost, command: SetPreset, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session, "presets")
    return engine.ptz.wait(head.set_preset(command.name.strip(), command.preset))


def _remove_preset(engine: PtzHost, command: RemovePreset, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session, "presets")
    engine.ptz.wait(head.remove_preset(command.preset))
    return command.preset


def _set_home(engine: PtzHost, command: SetHome, session: Session) -> str:
    head = engine.ptz.take(command.camera_id, session, "set_home")
    engine.ptz.wait(head.set_home())
    return command.camera_id


def _spoken_output(command: SwitchOutput, outcome: str) -> str:
    return f"{outcome}, {command.action.value}"


def _home(_: object, __: str) -> str:
    return "home"


_PRESET_GONE = NotUndoable("the camera has forgotten where it looked")
COMMANDS: Commands[PtzHost] = (
    CommandSpec(SteerCamera, handler=_steer, scope=_OWN, audit=_TAKING, undo=_MOVED, durable=False),
    CommandSpec(CentreCamera, handler=_centre, scope=_OWN, audit=_TAKING, undo=_MOVED, durable=False),
    CommandSpec(AdjustLens, handler=_adjust, scope=_OWN, audit=_TAKING, undo=_MOVED, durable=False),
    CommandSpec(
        GoToPreset,
        handler=_go_to_preset,
        scope=_OWN,
        audit=audited(AuditVerb.GO_TO_PRESET, "camera_id", "preset"),
        undo=_MOVED,
        durable=False,
    ),
    CommandSpec(
        GoHome, handler=_go_home, scope=_OWN, audit=audited(AuditVerb.GO_TO_PRESET, "camera_id", _home), undo=_MOVED, durable=False
    ),
    CommandSpec(
        ReleaseCamera,
        handler=_release,
        scope=_OWN,
        audit=not_audited("it ends with the movement; taking it is kept"),
        undo=_MOVED,
        durable=False,
    ),
    CommandSpec(
        StartTour,
        handler=_start_tour,
        scope=_OWN,
        audit=audited(AuditVerb.START_TOUR, "camera_id", "tour"),
        undo=NotUndoable("StopTour ends it"),
        durable=False,
    ),
    CommandSpec(
        StopTour,
        handler=_stop_tour,
        scope=_OWN,
        audit=audited(AuditVerb.STOP_TOUR, "camera_id"),
        undo=NotUndoable("StartTour begins it again"),
        durable=False,
    ),
    CommandSpec(
        SwitchOutput,
        handler=_switch,
        scope=_OWN,
        audit=audited(AuditVerb.SWITCH_OUTPUT, "camera_id", _spoken_output),
        undo=_SWITCHED,
        durable=False,
    ),
    CommandSpec(
        SendTalk,
        handler=_talk,
        scope=_OWN,
        audit=audits_itself("its start and its end are kept, not each piece"),
        undo=NotUndoable("it has been heard"),
        durable=False,
    ),
    CommandSpec(
        SetPreset,
        handler=_set_preset,
        scope=_OWN,
        audit=audited(AuditVerb.SET_PRESET, "camera_id", OUTCOME),
        undo=NotUndoable("RemovePreset takes it away; one that was replaced is forgotten by the camera"),
        durable=False,
    ),
    CommandSpec(
        RemovePreset,
        handler=_remove_preset,
        scope=_OWN,
        audit=audited(AuditVerb.REMOVE_PRESET, "camera_id", "preset"),
        undo=_PRESET_GONE,
        durable=False,
    ),
    CommandSpec(
        SetHome,
        handler=_set_home,
        scope=_OWN,
        audit=audited(AuditVerb.SET_PRESET, "camera_id", _home),
        undo=NotUndoable("the camera has forgotten the one before"),
        durable=False,
    ),
)
