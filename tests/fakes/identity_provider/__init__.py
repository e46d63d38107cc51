"""An identity provider of one's own for a test: `oidc-provider` (npm) on loopback, and a person with a browser who signs in at it."""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from platformdirs import user_cache_path

from benchmarks.history.postgres_server import free_port

_FOLDER = Path(__file__).parent
_INSTALL_S = 120
SECRET = "of this test alone"


class IdentityProvider:
    """`start` again is at the same address; codes and tokens of before are good no longer."""

    def __init__(self, node: str, folder: Path) -> None:
        self._node, self._folder = node, folder
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [self._node, "server.mjs", str(self._port), SECRET]
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self._process.stdout is not None
        lines: list[str] = []
        while "ready\n" not in lines:
            lines.append(self._process.stdout.readline())
            assert lines[-1], "".join(lines)[-2000:]

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def put_people(self, **groups: list[str]) -> None:
        """Those there are now, by their id, with their groups; their names are that with a capital."""
        people = {person: {"name": person.capitalize(), "groups": names} for person, names in groups.items()}
        httpx.put(f"{self.issuer}/people", content=json.dumps(people)).raise_for_status()


class Person:
    """With a browser, which may be anywhere. `name`: of their account at the provider."""

    def __init__(self, name: str) -> None:
        self._name = name

    def sign_in(self, url: str) -> str:
        """All the way to where the provider sends them; what is shown there."""
        with httpx.Client(follow_redirects=True, timeout=20) as browser:
            return self._fill(browser, browser.get(url))

    def confirm_device(self, url: str, code: str) -> str:
        """Enters the code that a console shows; what is shown at the end."""
        with httpx.Client(follow_redirects=True, timeout=20) as browser:
            action, fields = _form(browser.get(url)) or ("", {})
            return self._fill(browser, browser.post(action, data=fields | {"user_code": code}))

    def _fill(self, browser: httpx.Client, page: httpx.Response) -> str:
        """Every form that comes, as somebody who agrees to all of it."""
        while (form := _form(page)) is not None:
            action, fields = form
            page = browser.post(action, data=fields | {name: self._name for name in ("login", "password") if name in fields})
        return page.text


def _form(page: httpx.Response) -> tuple[str, dict[str, str]] | None:
    """Its address and fields; None: the page has none."""
    form = re.search(r"<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", page.text, re.DOTALL)
    if form is None:
        return None
    fields: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|button)[^>]*>", form[2]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is not None and name[1] != "abort":
            fields[name[1]] = unescape(value[1]) if value is not None else ""
    return urljoin(str(page.url), unescape(form[1])), fields


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Skips where it cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js with npm is not installed on this machine (Debian: nodejs, npm).")
    provider = IdentityProvider(node, _installed(npm))
    provider.start()
    try:
        yield provider
    finally:
        provider.kill()


def _installed(npm: str) -> Path:
    """Once for each version of the lock file."""
    lock = hashlib.sha256((_FOLDER / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = user_cache_path("watchroom-tests", ensure_exists=True)
    folder = cache / f"identity-provider-{lock}"
    if not folder.exists():
        made = Path(tempfile.mkdtemp(dir=cache))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_FOLDER / name, made)
        trouble = _install(npm, made)
        if trouble:
            shutil.rmtree(made)
            pytest.skip(f"oidc-provider cannot be installed from npm here: {trouble}")
        _put(made, folder)
    shutil.copy(_FOLDER / "server.mjs", folder)
    return folder


def _install(npm: str, folder: Path) -> str:
    """Why it could not be; empty: it was."""
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"]
    try:
        subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_S, check=True)
    except subprocess.TimeoutExpired:
        return f"no answer in {_INSTALL_S} s"
    except subprocess.CalledProcessError as error:
        return str(error.stderr).strip()[-200:]
    return ""


def _put(made: Path, folder: Path) -> None:
    """Another test may have been faster."""
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made)
