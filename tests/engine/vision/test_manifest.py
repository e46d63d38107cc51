import hashlib
from pathlib import Path

import pytest

from engine.model.errors import InputError
from engine.vision.manifest import (
    FACE_DETECTION,
    FACE_RECOGNITION,
    POSE_DETECTION,
    POSE_LANDMARKS,
    REID,
    VOICE_ACTIVITY,
    built_in_manifest,
    read_manifest,
)

ENTRY = """
[[models]]
id = "a"
role = "detector"
title = "A"
licence = "MIT"
url = "https://example.org/models/a.onnx"
sha256 = "{digest}"
size_bytes = 10
digest_source = "x"
input = "i"
output = "o"
"""
DIGEST = "0123456789abcdef" * 4


def test_the_files_that_are_here_have_the_digests_that_are_named(shared: Path) -> None:
    """Every file of the shared folder is known to the manifest, by its true size and digest."""
    known = {file.name: file for spec in built_in_manifest().models for file in spec.files}
    paths = sorted((shared / "data/models").glob("*.onnx"))
    assert len(paths) == 8
    for path in paths:
        assert known[path.name].size_bytes == path.stat().st_size
        assert known[path.name].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_official_files_come_over_https_and_carry_a_licence() -> None:
    for spec in built_in_manifest().models:
        assert spec.url.startswith("https://")
        assert spec.licence in ("MIT", "Apache-2.0")
        assert spec.input and spec.output and spec.digest_source
        assert not spec.downloadable or spec.size_bytes > 0
    assert [spec.id for spec in built_in_manifest().models if not spec.downloadable] == ["osnet-x025"]


def test_file_name_comes_from_the_address() -> None:
    (spec,) = read_manifest(ENTRY.format(digest=DIGEST)).models
    assert [(file.name, file.variant) for file in spec.files] == [("a.onnx", "official")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (ENTRY.format(digest="12ab"), "12ab"),
        (ENTRY.format(digest=DIGEST) * 2, "twice"),
        (ENTRY.format(digest=DIGEST).replace("size_bytes = 10", 'size_bytes = "10"'), "size_bytes"),
        (ENTRY.format(digest=DIGEST) + "colour = 3", "colour"),
        (ENTRY.format(digest=DIGEST).replace('role = "detector"\n', ""), "role"),
        ("[[models", "models.toml"),
    ],
)
def test_a_broken_manifest_names_what_is_wrong(text: str, named: str) -> None:
    with pytest.raises(InputError, match=named):
        read_manifest(text)


def test_recognisers_carry_their_own_threshold() -> None:
    """The published one of SFace, the measured one of its stand-in; a recogniser without one is refused."""
    (recogniser,) = (spec for spec in built_in_manifest().models if spec.role == FACE_RECOGNITION)
    assert [(file.adapter, file.match_threshold) for file in recogniser.files] == [("sface", 0.363), ("mobilefacenet", 0.41)]
    without = ENTRY.format(digest=DIGEST).replace('"detector"', f'"{FACE_RECOGNITION}"')
    with pytest.raises(InputError, match="match_threshold"):
        read_manifest(without)


def test_models_that_only_tests_may_use_are_never_downloaded() -> None:
    specs = built_in_manifest().models
    restricted = [stand_in for spec in specs for stand_in in spec.stand_ins if "tests only" in stand_in.licence_note]
    assert [stand_in.file for stand_in in restricted] == ["MobileFaceNet_foamliu.onnx"]
    assert {"MobileFaceNet_foamliu.onnx"}.isdisjoint(spec.url.rsplit("/", 1)[-1] for spec in specs)


def test_every_role_of_people_has_a_model() -> None:
    roles = [spec.role for spec in built_in_manifest().models]
    for role in (FACE_DETECTION, FACE_RECOGNITION, REID, VOICE_ACTIVITY, POSE_DETECTION, POSE_LANDMARKS):
        assert roles.count(role) == 1
