"""Settings as a file to take elsewhere: written without secrets, read strictly, compared before anything is changed."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from engine import __version__
from engine.model.errors import InputError
from engine.model.plain_text import check_texts
from engine.model.settings import CameraSettings, Settings
from engine.model.upkeep import LONGEST_SETTINGS, SettingChange
from engine.model.wire import read_as, to_plain
from engine.runtime.settings.settings_file import write_text

FORMAT = "watchroom-settings"
VERSION = 1
HEAD = ("format", "version", "written_by", "written_for")
SURE = {"format", "written_for", "site_name"}  # one of these is in every file of settings, also of a version before 0.1.0
LONGEST_SHOWN = 200
_HEAD = re.compile(r"(?i)[?&](?:[\w-]*(?:token|key|secret|pass(?:word)?|pwd|auth|sig(?:nature)?)[\w-]*)=[^&#]*")


def export_text(settings: Settings) -> str:
    """A TOML file: what it is and of which version, then all settings. Logins are in the secret store, not in settings; addresses lose
    what looks like one all the same."""
    head = f'format = "{FORMAT}"\nversion = {VERSION}\nwritten_by = "{__version__}"\n\n'
    return head + write_text(without_secrets(settings))


def without_secrets(settings: Settings) -> Settings:
    cameras = tuple(_clean_camera(camera) for camera in settings.cameras)
    webhooks = tuple(replace(webhook, url=_host_only(webhook.url)) for webhook in settings.webhooks)
    return replace(settings, cameras=cameras, webhooks=webhooks)


def read_text(text: str) -> Settings:
    """Settings of such a file, or of a `settings.toml`. Raises InputError, with the field, or `file`."""
    if len(text.encode("utf-8", "replace")) > LONGEST_SETTINGS:
        raise InputError("file", f"is larger than {LONGEST_SETTINGS >> 20} MiB; that is no file with settings")
    try:
        plain = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError("file", f"is not TOML ({error})") from None
    _check_head(plain)
    settings = read_as(Settings, {name: value for name, value in plain.items() if name not in HEAD})
    check_texts(settings)
    return settings


def completed(now: Settings, then: Settings) -> Settings:
    """With the addresses of now where those of the file are the same without what was taken out of them, and the numbers of cameras where
    it says none. Raises InputError: an address of a camera holds a login, which would be kept where everybody reads it."""
    for index, camera in enumerate(then.cameras):
        for name in ("url", "sub_url"):
            if _clean(getattr(camera, name)) != getattr(camera, name) and now.camera(camera.id) != camera:
                raise InputError(f"cameras[{index}].{name}", "holds a login; leave it out and enter it for the camera afterwards")
    known = {webhook.id: webhook for webhook in now.webhooks}
    webhooks = tuple(
        replace(webhook, url=known[webhook.id].url) if webhook.id in known and _host_only(known[webhook.id].url) == webhook.url else webhook
        for webhook in then.webhooks
    )
    cameras = tuple(_completed(now.camera(camera.id), camera) for camera in then.cameras)
    return replace(then, cameras=cameras, webhooks=webhooks)


def differences(now: Settings, then: Settings) -> tuple[SettingChange, ...]:
    """By dotted field; lists of things with an id are compared by it."""
    return tuple(_compare("", to_plain(now), to_plain(then)))


def compare_values(now: dict[str, Any], then: dict[str, Any]) -> tuple[SettingChange, ...]:
    """As `differences`, of plain values by field."""
    return tuple(_compare_objects("", now, then))


def _check_head(plain: dict[str, Any]) -> None:
    if not SURE & plain.keys():  # every field has a default: an empty file would be a site without cameras
        raise InputError("file", "is empty, or holds no settings of a site")
    kind, version = plain.get("format", FORMAT), plain.get("version", VERSION)
    if kind != FORMAT:
        raise InputError("format", f"is {kind!r}, not {FORMAT!r}: this is another kind of file")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError("version", f"{version!r} is no version of such a file")
    if version > VERSION:
        raise InputError("version", f"is {version}: a newer Watchroom wrote this file. This one reads up to {VERSION}; update it first")


def _compare(field: str, now: Any, then: Any) -> Iterator[SettingChange]:
    if now == then:
        return
    if isinstance(now, dict) and isinstance(then, dict):
        yield from _compare_objects(field, cast("dict[str, Any]", now), cast("dict[str, Any]", then))
    elif (pair := _by_id(now, then)) is not None:
        before, after = pair
        for key in dict.fromkeys((*before, *after)):
            yield from _compare(f"{field}[{key}]", before.get(key), after.get(key))
        if [k for k in before if k in after] != [k for k in after if k in before]:
            yield SettingChange(field, "in this order", "in another order")
    else:
        yield SettingChange(field, _short_value(now), _short_value(then))


def _compare_objects(field: str, now: dict[str, Any], then: dict[str, Any]) -> Iterator[SettingChange]:
    for name in dict.fromkeys((*now, *then)):
        yield from _compare(f"{field}.{name}".lstrip("."), now.get(name), then.get(name))


def _by_id(now: Any, then: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both lists by what names their members; None where they are no lists, or that is nothing."""
    if not isinstance(now, list) or not isinstance(then, list):
        return None
    before, after = cast("list[Any]", now), cast("list[Any]", then)
    for key in ("id", "mac", "address", "camera_id"):
        if all(isinstance(each, dict) and key in each for each in (*before, *after)):
            return {str(each[key]): each for each in before}, {str(each[key]): each for each in after}
    return None


def _short_value(value: Any) -> str:
    if value is None:
        return ""
    named = cast("dict[str, Any]", value).get("name") if isinstance(value, dict) else None
    text = str(named or cast("object", value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _clean_camera(camera: CameraSettings) -> CameraSettings:
    return replace(camera, url=_clean(camera.url), sub_url=_clean(camera.sub_url))


def _completed(now: CameraSettings | None, then: CameraSettings) -> CameraSettings:
    """A file from before cameras had numbers leaves them theirs."""
    if now is not None and not then.number:
        then = replace(then, number=now.number)
    return now if now is not None and _clean_camera(now) == then else then


def _host_only(url: str) -> str:
    """Of a webhook: what comes after the host is often the secret."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/", "", ""))


def _clean(url: str) -> str:
    """Without a login, and without arguments that name a secret."""
    parts = urlsplit(url)
    if parts.scheme and "@" in parts.netloc:
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        url = urlunsplit(parts)
    return _HEAD.sub(lambda found: found.group(0).partition("=")[0] + "=", url)
