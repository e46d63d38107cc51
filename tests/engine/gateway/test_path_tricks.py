"""Every route with something in its path that a client chooses, and every file that is given out: nobody gets a file by another name
than its own, nor one that lies elsewhere, whatever is asked for."""

import http.client
import shutil
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import quote, urlsplit

import httpx
import pytest

from console.site import Site
from engine.gateway.border import guards
from engine.model.accounts.access import Role
from engine.model.cameras.segment import Segment
from engine.model.command import Command
from engine.model.question import ListClips
from engine.model.question_type import Question
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.route_table import all_routes

MARK = "canary-5d1f"  # stands in files that nobody may get
SECRETS = "secrets.json"
UP = ("../", "..\\", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "%252e%252e%252f", "%c0%ae%c0%ae%c0%af", "....//", "\uff0e\uff0e\uff0f")
REFUSED = {400, 401, 403, 404, 405, 409, 413, 414, 415, 421, 422, 431}
METHODS = ("get", "head", "post", "put", "patch", "delete")
UPGRADE = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """`gives_files`: something else than JSON. method: `ws` for a WebSocket."""

    method: str
    path: str
    gives_files: bool

    @property
    def places(self) -> list[str]:
        return [part for part in self.path.split("/") if part.startswith("{")]

    def targets(self, tricks: list[str]) -> Iterator[str]:
        """The path with each trick in each of its places."""
        for place in self.places:
            for trick in tricks:
                yield "/".join(trick if part == place else "x" if part.startswith("{") else part for part in self.path.split("/"))


class Border:
    """Requests whose target is sent as it is: clients and libraries tidy it up."""

    def __init__(self, site: Site, token: str) -> None:
        place = urlsplit(site.url)
        self._place = (place.hostname or "", place.port or 0)
        self._token = token
        self._line = http.client.HTTPConnection(*self._place, timeout=30)

    def ask(self, method: str, target: str) -> tuple[int, bytes]:
        """Once more where the server had hung up on the connection meanwhile."""
        try:
            return self._ask(method, target)
        except (ConnectionError, http.client.HTTPException):
            self._line.close()
            return self._ask(method, target)

    def _ask(self, method: str, target: str) -> tuple[int, bytes]:
        body = b"{}" if method in ("post", "put", "patch") else None
        self._line.putrequest("GET" if method == "ws" else method.upper(), target, skip_accept_encoding=True)
        self._line.putheader("Authorization", f"Bearer {self._token}")
        for name, value in UPGRADE if method == "ws" else ():
            self._line.putheader(name, value)
        if body:
            self._line.putheader("Content-Type", "application/json")
            self._line.putheader("Content-Length", str(len(body)))
        self._line.endheaders(body)
        answer = self._line.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._line.close()


@pytest.fixture(scope="module")
def canaries(site: Site) -> list[Path]:
    """Files in the data folder, beside it, and far from it."""
    folder = site.engine.data.path
    made = [folder / "canary.txt", folder / "canary.jpg", folder / "thumbnails" / "canary.mp4", folder.parent / "canary.txt"]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MARK)
    return made


@pytest.fixture(scope="module")
def tricks(canaries: list[Path], site: Site) -> list[str]:
    """One in each place of a path."""
    ups = [up + name for up in UP for name in ("canary", "canary.txt", SECRETS)] + [3 * up + "canary.txt" for up in UP]
    own = [str(path) for path in canaries] + [str(site.engine.data.path / SECRETS)]
    absolute = [*own, *(quote(path, safe="") for path in own), "file://" + own[0], "C:\\" + SECRETS, "//" + own[0], "~/" + SECRETS]
    cut = [f"{up}canary.txt%00.mp4" for up in ("", "../", "%2e%2e%2f")] + ["%00", "x%00", "x%0d%0aSet-Cookie:%20a=b"]
    odd = [".", "..", "%2e", "%2e%2e", "/", "%2f", "*", "a" * 4_000, "\u202e4pm.x", "%ed%a0%80", "%ff%fe"]
    return [_sendable(each) for each in (*ups, *absolute, *cut, *odd)]


def _sendable(trick: str) -> str:
    """As bytes of a request line; what is not ASCII as UTF-8."""
    return quote(trick, safe="/\\%:.~*-_")


@pytest.fixture(scope="module")
def operations(client: httpx.Client) -> list[Operation]:
    paths: dict[str, dict[str, Any]] = client.get("/openapi.json", timeout=60).json()["paths"]
    found = [
        Operation(method, path, any(kind != "application/json" for said in way["responses"].values() for kind in said.get("content", {})))
        for path, ways in paths.items()
        for method, way in ways.items()
        if method in METHODS and "{" in path
    ]
    known = {(operation.method, operation.path) for operation in found}
    return found + [Operation(method, path, True) for method, path in all_routes() if "{" in path and (method, path) not in known]


@pytest.fixture(scope="module")
def border(site: Site, admin: str, monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Border]:
    """With an administrator's token: whatever is refused is refused to everybody."""
    monkeypatch_module.setattr(guards.Buckets, "take", lambda *_: 0.0)
    border = Border(site, admin)
    yield border
    border.close()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    patch = pytest.MonkeyPatch()
    yield patch
    patch.undo()


def test_no_path_of_the_interface_leads_out_of_its_place(
    border: Border, operations: list[Operation], tricks: list[str], canaries: list[Path], site: Site, lost_event: str
) -> None:
    """Those that give out files are tried with all tricks, each of the others with some."""
    files = {it.path for it in operations if it.gives_files}
    assert {"/api/v1/clips/{clip_id}", "/api/v1/segments/{segment_id}/file", "/api/v1/events/{event_id}/thumbnail"} <= files
    assert {"/ws/camera/{camera_id}", "/ws/sound/{camera_id}"} <= files
    before = {path: path.stat().st_mtime_ns for path in canaries}
    wrong: list[str] = []
    for number, operation in enumerate(operations):
        for target in operation.targets(tricks if operation.gives_files else tricks[number % 6 :: 6]):
            status, told = border.ask(operation.method, target)
            if status not in REFUSED or MARK.encode() in told or b"Traceback" in told:
                wrong.append(f"{operation.method} {target[:120]}: {status} {told[:80]!r}")
    assert wrong == []
    assert {path: path.stat().st_mtime_ns for path in canaries} == before, "nothing of them was written or removed"


def clip_of(site: Site, event_id: str) -> tuple[str, Path]:
    clip = site.engine.record.store.answer(ListClips(limit=1, event_id=event_id))[0]
    return clip.id, site.engine.data.path / clip.file


def test_a_recording_that_is_a_link_is_not_followed(
    client: httpx.Client, site: Site, lost_event: str, recorded: tuple[Segment, ...], canaries: list[Path], tmp_path: Path
) -> None:
    """Whoever may write in a folder of recordings, an archive on another machine say, does not choose what is given out."""
    clip_id, clip_file = clip_of(site, lost_event)
    segment = recorded[0]
    picture = site.engine.data.path / "thumbnails" / f"{lost_event}.jpg"
    for path, address in (
        (clip_file, f"/api/v1/clips/{clip_id}"),
        (site.engine.data.path / segment.file, f"/api/v1/segments/{segment.id}/file"),
        (picture, f"/api/v1/events/{lost_event}/thumbnail"),
    ):
        assert client.get(address).status_code == 200, address
        kept = tmp_path / path.name
        shutil.move(path, kept)
        try:
            path.symlink_to(canaries[0])
            answer = client.get(address)
            assert_problem(answer, 404, "not_found")
            assert MARK not in answer.text
        finally:
            path.unlink()
            shutil.move(kept, path)
        assert client.get(address).status_code == 200, address


def test_a_link_in_the_folder_of_firmware_is_not_given_out(site: Site, admin: str, client: httpx.Client, canaries: list[Path]) -> None:
    folder = site.engine.data.path / "firmware"
    folder.mkdir(exist_ok=True)
    link = folder / "canary.bin"
    link.symlink_to(canaries[0])
    try:
        with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as asking:
            answer = asking.get("/firmware/canary.bin")
        assert answer.status_code == 404 and MARK not in answer.text
    finally:
        link.unlink()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_names_of_uploads_are_not_looked_at(site: Site, role: Role, canaries: list[Path]) -> None:
    """Nor is anything written where a name says."""
    folder = site.engine.data.path
    before = {path: path.stat().st_mtime_ns for path in folder.parent.iterdir()}
    token = site.engine.accounts.create_token(role, "test")
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as asking:
        for name in ("../canary.txt", "..\\canary.txt", str(canaries[3]), "a\x00b.jpg", "x" * 3_000):
            for address, field in (("/api/v1/media", "file"), ("/api/firmware/upload", "firmware")):
                answer = asking.post(address, files={field: (name, b"not a picture", "image/jpeg")})
                assert answer.status_code in REFUSED, (address, name[:40], answer.status_code, answer.text[:200])
                assert answer.json()["field"] != field or "Field required" not in answer.text, "it was read"
    assert all(path.read_text() == MARK for path in canaries)
    assert {path: path.stat().st_mtime_ns for path in folder.parent.iterdir() if path != folder}.keys() == before.keys() - {folder}


def test_a_firmware_is_kept_under_a_name_of_ours(site: Site, admin: str, canaries: list[Path]) -> None:
    """Whatever its file is called, and whatever version it claims."""
    image = bytes([0xE9]) + bytes(200)
    folder = site.engine.data.path / "firmware"
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as asking:
        for name, version, status in (
            ("../../canary-1.2.3.bin", "", 201),
            ("a.bin", "../../1", 422),
            ("a.bin", "..", 422),
            ("/etc/1.2", "", 201),
        ):
            before = set(folder.iterdir())
            answer = asking.post("/api/firmware/upload", params={"version": version}, files={"firmware": (name, image)})
            assert answer.status_code == status, answer.text
            made = set(folder.iterdir()) - before
            assert len(made) == (2 if status == 201 else 0) and all("canary" not in path.name and "etc" not in path.name for path in made)
    assert all(path.read_text() == MARK for path in canaries)


def named_only(union: Any) -> list[tuple[str, list[str]]]:
    """Questions or commands that need nothing but ids, and which ones."""
    found: list[tuple[str, list[str]]] = []
    for kind in get_args(union):
        hints = get_type_hints(kind)
        needed = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
        if needed and all(hints[name] is str and name.endswith("id") for name in needed):  # a name is kept as it is, and no place
            found.append((kind.__name__, needed))
    return found


def test_no_question_and_no_command_takes_an_id_for_a_place(site: Site, admin: str, canaries: list[Path]) -> None:
    """Consoles send ids in the body, where no router looks at them."""
    asked = [("ask", *each) for each in named_only(Question)] + [("command", *each) for each in named_only(Command)]
    assert len(asked) > 30
    before = {path: path.stat().st_mtime_ns for path in (*canaries, site.engine.data.path / "settings.toml", site.engine.data.database)}
    wrong: list[str] = []
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as asking:
        for way, kind, needed in asked:
            for trick in ("../canary", "../canary.txt", str(canaries[0]), "..\\canary.txt", f"thumbnails/../{SECRETS}"):
                answer = asking.post(f"/api/v1/port/{way}", json={"type": kind, **dict.fromkeys(needed, trick)})
                if answer.status_code not in REFUSED | {200} or MARK in answer.text or "Traceback" in answer.text:
                    wrong.append(f"{kind} {trick}: {answer.status_code} {answer.text[:120]}")
    assert wrong == []
    assert all(path.exists() for path in before) and all(path.read_text() == MARK for path in canaries)
