"""Settings survive the file; what is wrong in a file is told by file, line and field."""

import stat
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.errors import EnvironmentFault, InputError
from engine.model.plain_text import CONTROL
from engine.model.risk.map_settings import MapSettings
from engine.model.settings import CameraSettings, DetectionSettings, GateSettings, RecordingSettings, Settings
from engine.runtime.settings.settings_exchange import completed, differences, export_text, read_text
from engine.runtime.settings.settings_file import SettingsFileError, load_settings, save_settings, write_text
from engine.runtime.settings.toml_places import line_of, places

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
TWO_CAMERAS = Settings(
    "Nordtor — «Süd»",
    (CameraSettings("yard", "Yard", "rtsp://10.0.0.9/1", masks=(SQUARE,)), CameraSettings("door", 'The "door"', "usb:0", paced=False)),
    gates=GateSettings(min_seen_s=1.25),
)

lines = st.characters(codec="utf-8").filter(lambda letter: not CONTROL.search(letter))
names = st.text(lines, min_size=1, max_size=12).filter(lambda text: text.strip())
cameras = st.builds(
    CameraSettings,
    id=st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True),
    name=names,
    url=st.sampled_from(["rtsp://a/1", "usb:0", "C:\\videos\\a.mp4", "/tmp/a b.mp4", "simulated:yard"]),
    enabled=st.booleans(),
    masks=st.lists(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=4).map(tuple), max_size=2).map(tuple),
    min_person_share=st.floats(0.01, 1),
)
any_settings = st.builds(
    Settings,
    site_name=st.text(lines, max_size=20),
    cameras=st.lists(cameras, max_size=3, unique_by=lambda camera: camera.id).map(tuple),
    detection=st.builds(DetectionSettings, detector=st.text(lines, max_size=8), rate_hz=st.floats(0.2, 60)),
    recording=st.builds(RecordingSettings, ring_mib=st.integers(1, 64)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@settings(max_examples=60)
@given(written=any_settings)
def test_any_settings_come_back_equal(tmp_path_factory: pytest.TempPathFactory, written: Settings) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    save_settings(path, written)
    assert load_settings(path) == written


def test_without_a_file_the_usual_settings_hold(path: Path) -> None:
    assert load_settings(path) == Settings()
    assert not path.exists()


def test_the_file_before_is_kept_and_both_are_for_their_owner(path: Path) -> None:
    save_settings(path, TWO_CAMERAS)
    save_settings(path, Settings())
    kept = path.with_name("settings.toml.bak")
    assert load_settings(path) == Settings()
    assert load_settings(kept) == TWO_CAMERAS
    assert {stat.S_IMODE(file.stat().st_mode) for file in (path, kept)} == {0o600}
    assert sorted(file.name for file in path.parent.iterdir()) == ["settings.toml", "settings.toml.bak"]


def test_a_map_service_of_before_is_not_allowed_in_the_own_network(path: Path) -> None:
    path.write_text('[map]\ntile_url = "http://10.0.0.5/{z}/{x}/{y}"\n')
    before = load_settings(path)
    assert before.map == MapSettings("http://10.0.0.5/{z}/{x}/{y}", allow_private=False)
    allowed = replace(before, map=replace(before.map, allow_private=True))
    save_settings(path, allowed)
    assert load_settings(path) == read_text(export_text(allowed)) == allowed
    assert [change.field for change in differences(before, allowed)] == ["map.allow_private"]


def test_saving_the_same_again_keeps_the_one_before(path: Path) -> None:
    save_settings(path, TWO_CAMERAS)
    save_settings(path, Settings())
    save_settings(path, Settings())
    assert load_settings(path.with_name("settings.toml.bak")) == TWO_CAMERAS


def test_a_save_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(path, TWO_CAMERAS)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EnvironmentFault) as fault:
        save_settings(path, Settings())
    assert "No space left on device" in str(fault.value)
    assert load_settings(path) == TWO_CAMERAS
    assert [file.name for file in path.parent.iterdir()] == ["settings.toml"]


HAND_WRITTEN = """\
# my site
site_name = "Farm"   # the = sign in a comment is none

detection.rate_hz = 4
detection.detector = 'auto'

[[cameras]]
id = "a"
name = \"\"\"
Over \\
two lines\"\"\"
url = "usb:0"
masks = [
  [[0, 0], [1, 0], [1, 1]],
  [[0.5, 0.5], [1, 0.5], [1, 1]],  # inner
]

[[cameras]]
id = "b"
name = "B # not a comment"
url = "usb:1"

[gates]
min_seen_s = 1
"""

MISTAKES: list[tuple[str, str, int, str, str]] = [
    # what is replaced, by what, the line, the field, words of the message
    ('"usb:1"', '"rtsp://192.0.2.1/\\r\\nX-Injected: 1"', 21, "cameras[1].url", "may not hold control characters (U+000D at position 18)"),
    ('"Farm"', '"Farm\\u001b[2J"', 2, "site_name", "may not hold control characters (U+001B"),
    ('"usb:1"', '"gopher://x"', 21, "cameras[1].url", "unknown scheme"),
    ('"usb:1"', '""', 21, "cameras[1].url", "is empty"),
    ("rate_hz = 4", 'rate_hz = "fast"', 4, "detection.rate_hz", "expected float, got str"),
    ("rate_hz = 4", "rate_hz = 900", 4, "detection.rate_hz", "outside 0.2–60"),
    ("min_seen_s = 1", "min_seen = 1", 24, "gates.min_seen", "did you mean 'min_seen_s'?"),
    ('site_name = "Farm"', 'sitename = "Farm"', 2, "sitename", "did you mean 'site_name'?"),
    ('id = "b"\n', "", 18, "cameras[1].id", "is missing"),
    ('id = "b"', 'id = "a"', 19, "cameras[1].id", "used twice"),
    ("[[0.5, 0.5]", "[[0.5, 7]", 13, "cameras[0].masks", "shares of the picture"),
    ("[[0.5, 0.5]", '[[0.5, "x"]', 15, "cameras[0].masks[1][0][1]", "expected float, got str"),
    ("[gates]", "[gate]", 23, "gate", "did you mean 'gates'?"),
    ("[gates]", "[gates", 23, "gates", "expected"),
    ("min_seen_s = 1", "min_seen_s = ", 24, "gates.min_seen_s", "invalid value"),
    ('name = "B # not a comment"', 'name = "B', 20, "cameras[1].name", "illegal character"),
    ("min_seen_s = 1", "min_seen_s 1", 24, "gates.min_seen_s", "expected '='"),
    ("min_seen_s = 1", "min_seen_s = 1\nmin_seen_s = 2", 25, "gates.min_seen_s", "cannot overwrite"),
    ("[gates]\nmin_seen_s = 1\n", "gates = [1,", 23, "cameras[1].gates[0]", ""),
    ("[[cameras]]\nid = \"b\"", "[cameras]\nid = \"b\"", 18, "cameras", ""),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "field", "words"), MISTAKES)
def test_a_mistake_is_named_by_file_line_and_field(path: Path, old: str, new: str, line: int, field: str, words: str) -> None:
    assert HAND_WRITTEN.count(old) == 1
    path.write_text(HAND_WRITTEN.replace(old, new), "utf-8")
    with pytest.raises(InputError) as refused:
        load_settings(path)
    assert isinstance(refused.value, SettingsFileError)
    assert (refused.value.line, refused.value.field) == (line, field), str(refused.value)
    assert str(refused.value).startswith(f"settings.toml, line {line}: {field}")
    assert words in str(refused.value)


def test_the_hand_written_file_itself_is_right(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + HAND_WRITTEN.replace("\n", "\r\n").encode())  # as an editor on Windows saves it
    settings = load_settings(path)
    assert [camera.id for camera in settings.cameras] == ["a", "b"]
    assert settings.detection.rate_hz == 4.0


def test_what_is_not_text_is_named(path: Path) -> None:
    path.write_bytes(b'site_name = "x"\n[gates]\nmin_seen_s = \xff\xfe\n')
    with pytest.raises(SettingsFileError, match=r"line 3: gates.min_seen_s: is not UTF-8 text"):
        load_settings(path)


def test_nesting_without_end_is_refused(path: Path) -> None:
    path.write_text("site_name = " + "[" * 100_000)
    with pytest.raises(SettingsFileError):
        load_settings(path)


def test_the_kept_file_is_mentioned_where_there_is_one(path: Path) -> None:
    save_settings(path, TWO_CAMERAS)
    save_settings(path, Settings())
    path.write_text("site_name = 3\n")
    with pytest.raises(SettingsFileError, match=r"settings\.toml\.bak"):
        load_settings(path)


@settings(max_examples=40)
@given(written=any_settings)
def test_every_field_of_a_written_file_is_found_on_a_line_that_holds_it(written: Settings) -> None:
    text = write_text(written)
    lines, found = text.split("\n"), dict(places(text))
    for field in _paths(tomllib.loads(text), ""):
        line = lines[found[field] - 1]
        last = field.rsplit(".", 1)[-1].split("[")[0]
        assert last in line or field.endswith("]"), (field, line)


def _paths(plain: Any, path: str) -> list[str]:
    if isinstance(plain, dict):
        return [deep for key, value in plain.items() for deep in _paths(value, f"{path}.{key}".lstrip("."))]
    if isinstance(plain, list):
        return [path, *(deep for index, value in enumerate(plain) for deep in _paths(value, f"{path}[{index}]"))]
    return [path]


@given(text=st.text(alphabet="ab.[]{}=\"'\\#,\n1 ", max_size=60), field=st.text(alphabet="ab.[]01", max_size=12))
def test_any_text_is_read_to_an_end(text: str, field: str) -> None:
    found = places(text)
    assert 1 <= line_of(found, field) <= text.count("\n") + 1


def test_a_file_from_before_cameras_had_numbers_leaves_them_theirs() -> None:
    cameras = tuple(CameraSettings(name, name, "film.mp4", number=number) for name, number in (("gate", 7), ("yard", 2)))
    now = Settings(cameras=cameras)
    then = replace(now, cameras=tuple(replace(camera, number=0) for camera in reversed(cameras)))
    assert [(camera.id, camera.number) for camera in completed(now, then).cameras] == [("yard", 2), ("gate", 7)]
