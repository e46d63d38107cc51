"""What a site gives its spares, and what a spare's folder keeps of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.access import Role
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, WebhookSettings
from engine.model.cameras.picture_zone import PictureZone
from engine.model.errors import InputError, NotFound
from engine.model.people.settings import PeopleSettings
from engine.model.settings import CameraSettings, DetectionSettings, RecordingSettings, Settings
from engine.model.time import SECOND
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.spares.sealing import seal
from engine.runtime.hub.spares.spare_folder import SpareFolder
from engine.runtime.hub.spares.spare_package import (
    GOOD_NS,
    SparePackage,
    for_spares,
    forgotten,
    pack_package,
    read_package,
    secret_keys,
    secrets_of,
    standing_by,
)
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.settings_file import load_settings, save_settings

AREA = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
NOW_NS = 1_800_000_000 * SECOND
GATE = CameraSettings(
    "gate", "Gate", "rtsp://10.0.0.5/main", decoder="cuda", number=3, privacy=(AREA,), zones=(PictureZone("z-1", "Road", AREA),)
)
SETTINGS = Settings(
    "North",
    cameras=(GATE, CameraSettings("film", "Film", "file:/srv/film.mp4", number=4), CameraSettings("stick", "Stick", "usb:0", number=5)),
    detection=DetectionSettings(detector="yolox-s", rate_hz=3, provider="cuda"),
    recording=RecordingSettings(archive_folder="/mnt/archive", keep_clips_days=9),
    recognition=PeopleSettings(biometrics=True, purpose="to open the door", blur_faces=True),
    webhooks=(WebhookSettings("hook", "https://example.org/x"),),
    notifications=(ChannelSettings("mail", ChannelKind.EMAIL, host="mail.example.org", sender="a@b.org", recipients=("c@d.org",)),),
)
SECRETS = {"camera/gate": "login-of-the-gate", "channel/mail/password": "m", "webhook/hook": "w", "claude": "never"}


def package(version_ns: int = NOW_NS, site: str = "north") -> SparePackage:
    settings = for_spares(SETTINGS)
    return SparePackage(site, version_ns, Role.OPERATOR, settings, secrets_of(settings, SECRETS.get))


def test_a_spare_gets_what_it_needs_of_the_settings_and_nothing_of_the_house() -> None:
    given = for_spares(SETTINGS)
    gate, film, stick = given.cameras
    assert (gate.zones, gate.privacy, gate.number, gate.decoder) == (GATE.zones, GATE.privacy, 3, "software")
    assert gate.enabled and not film.enabled and not stick.enabled, "what is on the site's machine is not elsewhere"
    assert given.detection == DetectionSettings(rate_hz=3), "models and devices are those of the spare"
    assert (given.recording.keep_clips_days, given.recording.archive_folder) == (9, "")
    assert not given.recognition.biometrics and given.recognition.blur_faces
    assert (given.webhooks, given.notifications, given.alerts) == (SETTINGS.webhooks, SETTINGS.notifications, SETTINGS.alerts)


def test_secrets_are_those_of_cameras_and_channels() -> None:
    assert dict(package().secrets) == {key: secret for key, secret in SECRETS.items() if key != "claude"}
    assert "claude" not in secret_keys(SETTINGS)
    assert "login-of" not in repr(package())


def test_while_it_stands_by_nothing_is_connected_and_nobody_told() -> None:
    waiting = standing_by(for_spares(SETTINGS))
    assert not any(camera.enabled for camera in waiting.cameras)
    assert not waiting.webhooks and not waiting.notifications
    assert [camera.privacy for camera in waiting.cameras] == [camera.privacy for camera in SETTINGS.cameras]


def test_what_is_forgotten_leaves_how_long_and_what_nobody_is_shown() -> None:
    left = forgotten(for_spares(SETTINGS))
    assert [camera.url for camera in left.cameras] == ["simulated:gate", "simulated:film", "simulated:stick"]
    assert left.cameras[0].privacy == (AREA,) and not left.cameras[0].enabled
    assert left.recording.keep_clips_days == 9 and left.recognition.blur_faces
    assert not left.webhooks and not left.notifications


def test_a_package_is_read_as_it_was_written_and_of_a_later_version_as_far_as_it_is_known() -> None:
    assert read_package(pack_package(package())) == package()
    later = pack_package(package()).replace(b'"site_name"', b'"of_a_later_version": 1, "site_name"')
    assert read_package(later) == package()
    for junk in (b"", b"[]", b'{"site": 1}'):
        with pytest.raises(InputError):
            read_package(junk)


@pytest.mark.parametrize(
    ("age_ns", "good"), [(0, True), (GOOD_NS, True), (GOOD_NS + 1, False), (-1800 * SECOND, True), (-7200 * SECOND, False)]
)
def test_a_package_is_good_for_so_long(age_ns: int, good: bool) -> None:
    assert package().is_good(NOW_NS + age_ns) is good


# the spare's folder


@pytest.fixture
def folder(tmp_path: Path) -> SpareFolder:
    return SpareFolder(tmp_path)


@pytest.fixture
def site() -> NKey:
    return NKey.new(KeyKind.USER)


def sealed(site: NKey, folder: SpareFolder, version: int, given: SparePackage | None = None) -> bytes:
    return seal(pack_package(given or package()), site, folder.key.public, version)


def test_only_what_an_accepted_site_sealed_is_taken(folder: SpareFolder, site: NKey) -> None:
    with pytest.raises(InputError, match="does not accept"):
        folder.keep("north", sealed(site, folder, 1), site.public)
    folder.accept(site.public)
    with pytest.raises(InputError, match="not of south"):
        folder.keep("south", sealed(site, folder, 1), site.public)
    folder.keep("north", sealed(site, folder, 1), site.public)
    assert folder.package("north", site.public) == package()
    assert folder.versions() == {"north": 1}
    kept = (folder.path / "packages" / "north.sealed").read_bytes()
    assert b"login-of-the-gate" not in kept, "at rest it is sealed"


def test_an_older_package_is_not_taken_again(folder: SpareFolder, site: NKey) -> None:
    """A hub that gives the logins of before in place of those of now."""
    folder.accept(site.public)
    folder.keep("north", sealed(site, folder, 5), site.public)
    for version in (4, 5):
        with pytest.raises(InputError, match="older"):
            folder.keep("north", sealed(site, folder, version), site.public)
    folder.keep("north", sealed(site, folder, 6, replace(package(), made_ns=NOW_NS + 1)), site.public)
    assert folder.package("north", site.public).made_ns == NOW_NS + 1


def test_a_site_that_joined_anew_is_accepted_anew(folder: SpareFolder, site: NKey) -> None:
    folder.accept(site.public)
    folder.keep("north", sealed(site, folder, 5), site.public)
    anew = NKey.new(KeyKind.USER)
    with pytest.raises(InputError):
        folder.package("north", anew.public)
    folder.accept(anew.public)
    folder.keep("north", sealed(anew, folder, 2), anew.public)
    assert folder.versions() == {"north": 2}


def test_what_is_refused_or_forgotten_is_gone(folder: SpareFolder, site: NKey) -> None:
    folder.accept(site.public)
    folder.keep("north", sealed(site, folder, 1), site.public)
    folder.refuse(site.public)
    with pytest.raises(InputError):
        folder.package("north", site.public)
    folder.forget("north")
    with pytest.raises(NotFound):
        folder.package("north", site.public)
    with pytest.raises(NotFound):
        folder.refuse(site.public)
    with pytest.raises(InputError, match="key"):
        folder.accept("U123")
    with pytest.raises(InputError, match="most"):
        folder.set_most(0)
    folder.set_most(3)
    assert SpareFolder(folder.path).choice().most == 3


def test_forgetting_a_site_takes_logins_and_addresses_out_of_its_engines_folder(folder: SpareFolder, site: NKey) -> None:
    """As where the spare was killed while it stood in, and the site withdrew it before it came back."""
    folder.accept(site.public)
    folder.keep("north", sealed(site, folder, 1), site.public)
    there = folder.site_folder("north")
    there.mkdir()
    given = package()
    save_settings(there / "settings.toml", standing_by(given.settings))
    save_settings(there / "settings.toml", given.settings)
    secrets = SecretStore(there, lambda: None)
    for key, secret in given.secrets:
        secrets.put(key, secret)
    folder.forget("north")
    left = "".join(path.read_text("utf-8") for path in there.iterdir())
    assert not any(word in left for word in ("10.0.0.5", "login-of-the-gate", "example.org"))
    assert load_settings(there / "settings.toml").recording.keep_clips_days == 9
    assert folder.versions() == {}
