"""What a site seals only its spare reads, and nobody changes or replaces it on the way."""

import base64
import json
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.spares.sealing import KEY_FILE, SealedHead, SpareKey, read_head, seal, unseal

TEXT = b'{"password": "hunter2"}'


@pytest.fixture
def site() -> NKey:
    return NKey.new(KeyKind.USER)


@pytest.fixture
def key(tmp_path: Path) -> SpareKey:
    return SpareKey.in_folder(tmp_path)


def test_the_key_is_kept_for_its_owner_and_found_again(tmp_path: Path, key: SpareKey) -> None:
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert SpareKey.in_folder(tmp_path).public == key.public
    assert key.public.startswith("X") and key.public not in (tmp_path / KEY_FILE).read_text()
    assert repr(key) == f"SpareKey({key.public})"
    (tmp_path / KEY_FILE).write_text("no key")
    with pytest.raises(EnvironmentFault):
        SpareKey.in_folder(tmp_path)


def test_what_is_sealed_is_read_by_whom_it_is_for(site: NKey, key: SpareKey) -> None:
    sealed = seal(TEXT, site, key.public, 7)
    assert b"hunter2" not in sealed and base64.b64encode(b"hunter2")[:8] not in sealed
    assert unseal(sealed, key, site.public) == (SealedHead(site.public, key.public, 7), TEXT)
    assert read_head(sealed).version == 7
    assert seal(TEXT, site, key.public, 7) != sealed, "a key of its own each time"


def test_another_spare_reads_nothing(site: NKey, key: SpareKey, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(InputError, match="package"):
        unseal(seal(TEXT, site, key.public, 1), SpareKey.in_folder(other), site.public)


def test_a_hub_that_seals_something_itself_is_not_believed(site: NKey, key: SpareKey) -> None:
    """It knows the spare's public key, as everybody may."""
    hub = NKey.new(KeyKind.USER)
    forged = seal(b"{}", hub, key.public, 9)
    with pytest.raises(InputError):
        unseal(forged, key, site.public)
    head, body, signature = forged.split(b"\n")
    claimed = json.dumps({**json.loads(head), "signer": site.public}, sort_keys=True).encode()
    with pytest.raises(InputError):
        unseal(b"\n".join((claimed, body, signature)), key, site.public)


def test_a_hub_that_names_its_own_key_in_place_of_the_spares_gets_nothing(site: NKey, key: SpareKey) -> None:
    """The site seals to the key that its administrator typed; what is damaged in writing is refused."""
    with pytest.raises(InputError, match="key"):
        seal(TEXT, site, NKey.new(KeyKind.USER).public, 1)
    with pytest.raises(InputError, match="key"):
        seal(TEXT, site, f"{key.public[:-1]}{'A' if key.public[-1] != 'A' else 'B'}", 1)


@pytest.mark.parametrize("part", range(3))
def test_whatever_is_changed_on_the_way_is_refused(part: int, site: NKey, key: SpareKey) -> None:
    parts = seal(TEXT, site, key.public, 3).split(b"\n")
    for place in range(0, len(parts[part]), 7):
        changed = list(parts)
        letter = parts[part][place : place + 1]
        changed[part] = parts[part][:place] + (b"A" if letter != b"A" else b"B") + parts[part][place + 1 :]
        with pytest.raises(InputError):
            unseal(b"\n".join(changed), key, site.public)


@pytest.mark.parametrize("junk", [b"", b"\n\n", b"{}\n\n", b"a\nb\nc", b"\xff\n\xff\n\xff"])
def test_what_is_no_package_is_refused(junk: bytes, site: NKey, key: SpareKey) -> None:
    with pytest.raises(InputError, match="package"):
        unseal(junk, key, site.public)


def test_a_version_cannot_be_raised_without_the_site(site: NKey, key: SpareKey) -> None:
    head, body, signature = seal(TEXT, site, key.public, 3).split(b"\n")
    newer = json.dumps({**json.loads(head), "version": 4}, sort_keys=True).encode()
    with pytest.raises(InputError):
        unseal(b"\n".join((newer, body, signature)), key, site.public)
