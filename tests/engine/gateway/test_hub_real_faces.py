"""Photographs of the same people at two sites of a hub, with the real networks: found by their faces, and nobody else."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.gateway.remote.hub import RemoteHub
from engine.model.people.commands import EnrolFace, PutPerson
from engine.model.snapshot import JobState
from engine.store.shared.record import SharedRecord
from engine.vision.models import ModelStore
from tests.fakes.linked_sites import MISSING, PASSWORD, LinkedSite, LinkedSites, linked_sites
from tests.fakes.postgres import new_record, postgres_or_skip

FILES = ("face_detection_yunet_2023mar.onnx", "MobileFaceNet_foamliu.onnx")
PHOTOS = {
    "alex": ("train/alex_lacamoire/img1.jpg", "test/alex_lacamoire1.jpg"),
    "biden": ("train/biden/biden.jpg", "train/biden/biden2.jpg"),
    "kit": ("train/kit_harington/john1.jpeg", "train/kit_harington/john2.jpeg"),
    "obama": ("train/obama/obama.jpg", "test/obama1.jpg"),
    "rose": ("train/rose_leslie/img1.jpg", "train/rose_leslie/img2.jpg"),
}
"""At north, at south."""


@pytest.fixture(scope="module")
def sites(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedSites]:
    for name in FILES:
        if not (shared / "data/models" / name).is_file():
            pytest.skip(f"The face model {name} is not in the shared folder.")
    models, patch = tmp_path_factory.mktemp("models"), pytest.MonkeyPatch()
    ModelStore(models).install(("yunet", "sface"), shared / "data/models")
    patch.setenv("WATCHROOM_MODELS", str(models))
    with postgres_or_skip() as server:
        record = SharedRecord(new_record(server, "real_faces"))
        with linked_sites(tmp_path_factory.mktemp("sites"), record, "north", "south") as sites:
            sites.all_agree(MISSING)
            yield sites
        record.close()
    patch.undo()


def enrolled(site: LinkedSite, name: str, photo: Path) -> str:
    person_id = site.tell(PutPerson(name))
    job = site.job(site.tell(EnrolFace(person_id, base64.b64encode(photo.read_bytes()).decode())))
    assert job.state is JobState.DONE, job.message
    return person_id


def test_each_is_proposed_as_themselves_and_as_nobody_else(sites: LinkedSites, shared: Path) -> None:
    folder = shared / "data/faces/ageitgey/examples/knn_examples"
    north, south = (
        {name: enrolled(sites[key], name, folder / photos[at]) for name, photos in PHOTOS.items()} for at, key in enumerate(sites.sites)
    )
    visit = RemoteHub(sites.hub.url).sign_in("Ada", PASSWORD)
    try:
        for name, person_id in north.items():
            sites["north"].put_under(person_id, MISSING)
            found = visit.people.compare("north", person_id, "missing").pairs
            assert [each.b for each in found] == [f"south/{south[name]}"], name
    finally:
        visit.close()
