"""FFmpeg's errors as sentences that say what happened and what to do."""

import errno

import av.error

from engine.model.errors import EnvironmentFault

_ENCRYPTED = ("rtsps:", "https:")
_BY_TYPE: tuple[tuple[type[av.error.FFmpegError], str, str], ...] = (
    (av.error.HTTPUnauthorizedError, "credentials", "{at} refuses the user name or password. Check them in the camera's settings."),
    (av.error.HTTPForbiddenError, "forbidden", "{at} forbids this user to watch. Check the user's rights on the camera."),
    (av.error.HTTPNotFoundError, "not_found", "The camera answers, but has no stream {at}. Check the path in the address."),
    (av.error.HTTPClientError, "error_answer", "{at} answers with an error. Check the address, and the camera's own page."),
    (av.error.HTTPError, "error_answer", "{at} answers with an error. Check the address, and the camera's own page."),
    (av.error.ConnectionRefusedError, "refused", "Nothing answers at {at}. Check that the camera is on, and the port."),
    (av.error.ConnectionResetError, "closed", "{at} closed the connection."),
    (av.error.BrokenPipeError, "closed", "{at} closed the connection."),
    (av.error.EOFError, "closed", "{at} closed the connection."),
    (av.error.TimeoutError, "timeout", "{at} does not answer. Check that the camera is on and in reach."),
    (av.error.ExitError, "timeout", "{at} does not answer. Check that the camera is on and in reach."),
    (av.error.FileNotFoundError, "not_found", "There is no file {at}. Check the path."),
    (av.error.IsADirectoryError, "unreadable", "{at} is a folder. For a folder of pictures write folder:{at}."),
    (av.error.PermissionError, "no_access", "{at} may not be read by this program. Check its permissions."),
    (av.error.ProtocolNotFoundError, "unreadable", "{at} leads to a kind of address that is not allowed for a camera."),
)


def explain(error: av.error.FFmpegError, at: str) -> EnvironmentFault:
    """The fault to raise instead. `at` is the address or path as it may be shown.

    The FFmpeg error itself holds the address with credentials: raise the result outside the `except` block, so that it is not chained.
    """
    for kind, reason, sentence in _BY_TYPE:
        if isinstance(error, kind):
            return EnvironmentFault(reason, sentence.format(at=at))
    if isinstance(error, av.error.InvalidDataError | av.error.ArgumentError):
        return EnvironmentFault("unreadable", f"{at} gives nothing that can be read as video. Check the address, or the file.")
    if error.errno == errno.EIO and at.lower().startswith(_ENCRYPTED):
        return EnvironmentFault("tls", f"The encrypted connection to {at} fails. Check that the camera encrypts at this port.")
    return EnvironmentFault("unreachable", f"{at} cannot be reached ({error.strerror or 'no reason given'}). Check name and network.")


def too_large(at: str, width: int, height: int, most: int) -> EnvironmentFault:
    """`most`: pixels of a picture that may be decoded."""
    shown = f"{width:,} × {height:,} pixels ({width * height / 1e6:.1f} megapixels)"
    return EnvironmentFault(
        "too_large",
        f"{at} gives pictures of {shown}; the limit of this camera is {most / 1e6:g} megapixels. "
        "Choose a smaller resolution, or raise the limit.",
    )


def timed_out(at: str) -> EnvironmentFault:
    return EnvironmentFault("timeout", f"{at} does not answer. Check that the camera is on and in reach.")


def stalled(at: str, seconds: float) -> EnvironmentFault:
    return EnvironmentFault("stalled", f"{at} sent nothing for {seconds:g} s. The connection is made anew.")


def closed(at: str) -> EnvironmentFault:
    return EnvironmentFault("closed", f"{at} closed the connection.")


def interrupted(at: str) -> EnvironmentFault:
    return EnvironmentFault("interrupted", f"Reading {at} was stopped.")
