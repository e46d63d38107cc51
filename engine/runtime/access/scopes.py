"""Who may do what, for every door: the verb that a session has, and the cameras that it is limited to.

What is not named here a limited session may not: it concerns others, or the site. Ports, the doors of nodes and of the PIN ask here, and
nowhere is a verb looked at alone where something is done, given or told."""

from collections.abc import Iterable

from engine.model.access import ROLE_VERBS, Grants, Role, Scope, Session, User, Verb, within
from engine.model.access_command import ChangePassword, ChangeUser, ConfirmPassword, CreateToken, ListTokens, ResetPassword, RevokeToken
from engine.model.alert_command import AssignAlert, ChangeAlert, DoStep, NoteAlert, PromoteHeld, SeeAlert, ShelveAlert
from engine.model.chat import AskRecord, ForgetChat, ListChat
from engine.model.command import CancelJob, Command, CreateUser, PutCamera, RemoveCamera, RemoveUser
from engine.model.errors import BeyondCameras, InputError, NotFound, PermissionDenied
from engine.model.evidence import ListCases, ListPacks, MakePack, PutCase, RemovePack
from engine.model.handover import ListHandovers, ReadHandover, WriteHandover
from engine.model.people_command import PrepareClip, UnmaskFaces
from engine.model.question import (
    AnalyseMedia,
    GetDecision,
    ListAlerts,
    ListClips,
    ListDecisions,
    ListEvents,
    ListSequences,
    Question,
    WhyNothing,
)
from engine.model.replay import ChangeReplay, GetDifference, GetReplay, ListReplays, MoveReplay, StartReplay, StopReplay
from engine.model.segment import KeepStill, ListLocks, ListSegments, LockEvidence
from engine.model.settings import CameraSettings
from engine.model.timeline import (
    CountDays,
    FindNeighbour,
    GetTimeline,
    ListBookmarks,
    ListSearches,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SaveSearch,
    SearchRecord,
    TrackBack,
)
from engine.model.undo import UndoRemoval
from engine.runtime.access.narrowing import shows_job
from engine.runtime.engine import Engine
from engine.sources.camera.source import opened_path

NO_FILES = "names a file or folder of the engine's machine, which nobody may who is limited to some cameras"
PIN_VERBS = ROLE_VERBS[Role.OPERATOR]  # of the session that the PIN opens

# The record answers these through views; the others are limited where they are answered.
ASKED: frozenset[type] = frozenset(
    {ListEvents, ListDecisions, ListSequences, ListClips, ListAlerts, GetDecision, WhyNothing, ListSegments, ListLocks}
    | {GetTimeline, FindNeighbour, CountDays, ListBookmarks, ListSearches, SearchRecord, TrackBack}
    | {AskRecord, ListChat, AnalyseMedia, ListReplays, GetReplay, GetDifference, ListTokens, ListHandovers}
    | {ListPacks, ListCases}
)
_FREELY: frozenset[type] = frozenset(
    {ForgetChat, UnmaskFaces, StartReplay, MoveReplay, ChangeReplay, StopReplay, ChangePassword, ConfirmPassword}
    | {WriteHandover, ReadHandover, UndoRemoval}
)
_ACCOUNTS = (CreateUser, ChangeUser, ResetPassword, RemoveUser, CreateToken, RevokeToken)  # looked at for everybody: `check_giving`


def scope_of(engine: Engine, session: Session) -> Scope | None:
    """None: no limit."""
    return session.scope(engine.settings.cameras)


def check_verb(session: Session, verb: Verb) -> None:
    """Raises PermissionDenied."""
    if not session.may(verb):
        raise PermissionDenied(verb)


def check_site(session: Session, verb: Verb) -> None:
    """Of what concerns the whole site, or what no camera saw: for nobody who is limited. Raises PermissionDenied, BeyondCameras."""
    check_verb(session, verb)
    if session.cameras is not None:
        raise BeyondCameras(verb)


def check_pin(engine: Engine, session: Session) -> None:
    """Whoever sets the PIN gives what it opens: an operator's session that sees everything. Raises PermissionDenied, BeyondCameras."""
    check_site(session, Verb.ADMINISTER)
    check_given(engine, session, PIN_VERBS, None)


def check_question(question: Question) -> None:
    """Of a limited session. Raises BeyondCameras."""
    if type(question) not in ASKED:
        raise BeyondCameras(question.verb)


def check_command(engine: Engine, command: Command, scope: Scope, session: Session) -> None:
    """Of a limited session. Raises BeyondCameras; NotFound for what it may not know to be there; InputError: a file of the machine."""
    if type(command) in _FREELY or isinstance(command, _ACCOUNTS):
        return
    if not _allowed(engine, command, scope, session):
        raise BeyondCameras(command.verb)
    if isinstance(command, PutCamera):
        _check_no_files(engine.settings.camera(command.camera.id), command.camera)


def _allowed(engine: Engine, command: Command, scope: Scope, session: Session) -> bool:
    match command:
        case ChangeAlert(alert_ids) | ShelveAlert(alert_ids) | AssignAlert(alert_ids):
            return all(_alert_shown(engine, alert_id, scope) for alert_id in alert_ids)
        case NoteAlert(alert_id) | DoStep(alert_id) | SeeAlert(alert_id):
            return _alert_shown(engine, alert_id, scope)
        case PromoteHeld(decision_id):
            held = engine.alerts.held(decision_id)
            return _there(
                held is not None and held.camera_id in scope, "It is no longer held: somebody promoted it, or too much came after it."
            )
        case PrepareClip(clip_id):
            return _there(engine.record.store.within(scope).clip(clip_id) is not None, f"There is no clip {clip_id}.")
        case PutBookmark(camera_id=camera_id, bookmark_id=bookmark_id):
            return (not camera_id or camera_id in scope) and (not bookmark_id or _bookmark_shown(engine, bookmark_id, scope))
        case RemoveBookmark(bookmark_id):
            return _bookmark_shown(engine, bookmark_id, scope)
        case SaveSearch(name):
            searches = engine.record.store.answer(ListSearches()).searches
            return all(each.by_id == scope.by for each in searches if each.name == name.strip())
        case RemoveSearch(search_id):
            mine = engine.record.store.within(scope).answer(ListSearches()).searches
            return _there(any(each.id == search_id for each in mine), f"There is no saved search {search_id}.")
        case MakePack(request):
            known = not request.case_id or engine.evidence.has_case(request.case_id, scope)
            return _there(known, f"There is no case {request.case_id}.") and all(each in scope for each in request.camera_ids)
        case RemovePack(pack_id):
            return _there(engine.evidence.has_pack(pack_id, scope), f"There is no evidence pack {pack_id}.")
        case PutCase(case_id=case_id):
            return _there(not case_id or engine.evidence.has_case(case_id, scope), f"There is no case {case_id}.")
        case CancelJob(job_id):
            return _there(
                any(job.id == job_id and shows_job(job, scope) and job.by_id for job in engine.jobs.all()), f"There is no job {job_id}."
            )
        case LockEvidence(camera_ids=camera_ids):
            return bool(camera_ids) and all(camera_id in scope for camera_id in camera_ids)
        case PutCamera(camera):
            known = engine.settings.camera(camera.id)
            if known is not None:
                return session.sees(camera) and session.sees(known)
            return session.sees(camera) and (camera.id in scope or not _was_there(engine, camera.id))
        case RemoveCamera(camera_id) | KeepStill(camera_id):
            return camera_id in scope
        case _:
            return False


def _check_no_files(known: CameraSettings | None, camera: CameraSettings) -> None:
    """A path reaches all that the engine's account may read, which is more than some cameras. What was there before stays."""
    named = () if known is None else (known.url, known.sub_url)
    for field, url in (("url", camera.url), ("sub_url", camera.sub_url)):
        if url not in named and opened_path(url) is not None:
            raise InputError(field, NO_FILES)


def _was_there(engine: Engine, camera_id: str) -> bool:
    """A camera of before, whose past the id would open."""
    store = engine.record.store
    events = store.answer(ListEvents(limit=1, camera_id=camera_id)).events
    return bool(events or store.answer(ListSegments(0, 1 << 62, (camera_id,), 1)).segments)


def _there(shown: bool, otherwise: str) -> bool:
    """In the words in which the engine says that there is none at all."""
    if not shown:
        raise NotFound(otherwise)
    return True


def _alert_shown(engine: Engine, alert_id: str, scope: Scope) -> bool:
    alert = engine.alerts.alert(alert_id)
    otherwise = f"There is no open alert {alert_id[:80]!r}. Somebody may have closed it."
    return _there(alert is not None and alert.camera_id in scope, otherwise)


def _bookmark_shown(engine: Engine, bookmark_id: str, scope: Scope) -> bool:
    shown = engine.record.store.bookmarks.get(bookmark_id)
    return _there(shown.camera_id in scope or (not shown.camera_id and shown.by_id == scope.by), f"There is no bookmark {bookmark_id}.")


def check_giving(engine: Engine, command: Command, session: Session) -> None:
    """Nobody gives more than they have, nor takes from those who have more. Raises BeyondCameras, PermissionDenied, NotFound."""
    match command:
        case CreateUser(role=role, cameras=cameras) | CreateToken(role=role, verbs=(), cameras=cameras):
            check_given(engine, session, ROLE_VERBS[role], cameras)
        case CreateToken(verbs=verbs, cameras=cameras):
            check_given(engine, session, verbs, cameras)
        case ChangeUser(user_id, role, cameras):
            check_given(engine, session, ROLE_VERBS[role], cameras)
            _check_holder(engine, session, engine.accounts.user(user_id))
        case ResetPassword(user_id) | RemoveUser(user_id):
            _check_holder(engine, session, engine.accounts.user(user_id))
        case RevokeToken(token_id):
            held = next((each for each in engine.accounts.machine_tokens() if each.id == token_id), None)
            _there(held is not None and _within(engine, session, held.cameras), f"There is no token {token_id[:80]!r}.")
        case _:
            return


def check_given(engine: Engine, session: Session, verbs: Iterable[Verb], cameras: Grants | None) -> None:
    """Raises PermissionDenied, BeyondCameras."""
    beyond = sorted(frozenset(verbs) - session.verbs)
    if beyond:
        raise PermissionDenied(beyond[0])
    if not _within(engine, session, cameras):
        raise BeyondCameras(Verb.ADMINISTER)


def _check_holder(engine: Engine, session: Session, user: User) -> None:
    check_given(engine, session, ROLE_VERBS[user.role], user.cameras)


def _within(engine: Engine, session: Session, cameras: Grants | None) -> bool:
    return within(cameras, session.cameras, engine.settings.cameras)
