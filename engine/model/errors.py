"""The exception tree.

    WatchroomError
    ├── InputError          what was asked or configured is wrong; names the field (Conflict: somebody else has changed it meanwhile)
    ├── NotFound            there is no such thing
    ├── PermissionDenied    the session may not do this verb
    ├── NotSignedIn         no session, or it has ended (SessionLapsed: its user may go on with the password)
    └── EnvironmentFault    the world failed: device gone, disk full, file damaged

Anything else that is raised is a bug. An *expected* state (camera lost, disk low) is a value, not an exception.
"""

from engine.model.capability import Capability


class WatchroomError(Exception):
    """Base of every error the engine raises on purpose. `str(error)` is a sentence that can be shown to a user."""


class InputError(WatchroomError):
    """Bad input; `field` says which (dotted path, empty when the whole input is meant)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


class Conflict(InputError):
    """Somebody else has changed what would be overwritten. `changed`: paths of the fields; `by` and `since_ns`: who did and when, as far as
    is known. Nothing was done."""

    def __init__(self, field: str, message: str, changed: tuple[str, ...] = (), by: str = "", since_ns: int | None = None) -> None:
        super().__init__(field, message)
        self.args = (message,)
        self.changed, self.by, self.since_ns = changed, by, since_ns


class NotFound(WatchroomError):
    """No such camera, event, clip, user …"""


class LeftOut(NotFound):
    """The settings of the site leave out what this needs: one of these capabilities."""

    def __init__(self, *capabilities: Capability) -> None:
        names = " and ".join(f"{each.label} (capabilities.{each} in its settings)" for each in capabilities)
        super().__init__(f"This site does without {names}.")
        self.capabilities = capabilities


class Removed(NotFound):
    """There was one, which is no longer kept."""


class PermissionDenied(WatchroomError):
    """The session lacks the verb that the call needs."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"This account may not {verb.replace('_', ' ')}.")
        self.verb = verb


class BeyondCameras(PermissionDenied):
    """The session is limited to some cameras, and what it asks for concerns others, or the whole site."""

    def __init__(self, verb: str) -> None:
        super().__init__(verb)
        self.args = ("This account is limited to some cameras, and this concerns others or the whole site. Ask an admin who sees all.",)


class FacesHidden(PermissionDenied):
    """The session could see faces once it has said why."""

    def __init__(self) -> None:
        super().__init__("unmask")
        self.args = ("Faces are hidden at this site. Show them first, with a reason; it stays in the audit.",)


class NotSignedIn(WatchroomError):
    """The token or password is unknown, expired or locked out."""

    def __init__(self, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SessionLapsed(NotSignedIn):
    """The session is as old as one may become. The password lets its user go on; until then a lock screen may count alerts."""

    def __init__(self) -> None:
        super().__init__("The session has ended. Sign in again.")


class EnvironmentFault(WatchroomError):
    """The world failed. `reason` is a short machine-readable word, the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ShareUsed(EnvironmentFault):
    """Whoever asks has their share of what there is for all; there is more for them in `retry_after_s`."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__("busy", message)
        self.retry_after_s = retry_after_s


def not_the_password(error: NotSignedIn) -> InputError:
    """What a door said, for whoever was asked only for the password: that it is not right, or is not asked for in a while."""
    return InputError("password", str(error) if error.retry_after_s else "is not right")


def fault_word(error: Exception) -> str:
    """One word for why something does not work: an `EnvironmentFault`'s reason, `input` where what was given makes no sense, `bug` where
    that is Watchroom's own fault; empty for the other refusals."""
    if isinstance(error, EnvironmentFault):
        return error.reason
    if isinstance(error, WatchroomError):
        return "input" if isinstance(error, InputError) else ""
    return "bug"
