"""The folder of a spare: its key, the sites that it is for, what they sealed for it, and for each of them the data folder of an engine."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.runtime.atomic_file import leave_to_folder_owner, write_atomically
from engine.runtime.hub.nkeys import KeyKind, checked_public
from engine.runtime.hub.spares.sealing import SealedHead, SpareKey, read_head, unseal
from engine.runtime.hub.spares.spare_package import SparePackage, forgotten, read_package, secret_keys
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.settings_file import copy_of, load_settings, save_settings

_FILE = "spare.json"


@dataclass(frozen=True, slots=True)
class SpareChoice:
    """What the spare's administrator said. `sites`: public keys of sites whose settings are taken. most: sites at a time."""

    sites: tuple[str, ...] = ()
    most: int = 1


class SpareFolder:
    """Any thread. Raises EnvironmentFault (`spare_key`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = SpareKey.in_folder(path)
        self._packages, self._sites = path / "packages", path / "sites"
        for folder in (self._packages, self._sites):
            folder.mkdir(mode=0o700, exist_ok=True)

    def choice(self) -> SpareChoice:
        """Raises EnvironmentFault (`spare`)."""
        path = self.path / _FILE
        try:
            return read_as(SpareChoice, json.loads(path.read_text("utf-8"))) if path.exists() else SpareChoice()
        except (OSError, ValueError, TypeError, InputError) as error:
            raise EnvironmentFault("spare", f"The file {path} cannot be read ({error}). Restore it, or accept the sites again.") from None

    def accept(self, site_key: str) -> None:
        """Raises InputError (`key`), EnvironmentFault."""
        checked_public(site_key, KeyKind.USER)
        known = self.choice()
        self._write(replace(known, sites=(*(key for key in known.sites if key != site_key), site_key)))

    def refuse(self, site_key: str) -> None:
        """Raises NotFound, EnvironmentFault."""
        known = self.choice()
        if site_key not in known.sites:
            raise NotFound(f"This spare accepts no site with the key {site_key[:80]}.")
        self._write(replace(known, sites=tuple(key for key in known.sites if key != site_key)))

    def set_most(self, most: int) -> None:
        """Raises InputError (`most`), EnvironmentFault."""
        if not 1 <= most <= 64:
            raise InputError("most", "has to be between 1 and 64 sites")
        self._write(replace(self.choice(), most=most))

    def _write(self, choice: SpareChoice) -> None:
        path = self.path / _FILE
        write_atomically(path, json.dumps(to_plain(choice)).encode())
        leave_to_folder_owner(path)

    def site_folder(self, site: str) -> Path:
        """Of the engine that stands in for that site; its parent exists."""
        return self._sites / site

    # what sites sealed

    def heads(self) -> Mapping[str, SealedHead]:
        """By site: of what is here."""
        found: dict[str, SealedHead] = {}
        for path in self._packages.glob("*.sealed"):
            try:
                found[path.stem] = read_head(path.read_bytes())
            except (OSError, InputError):
                continue  # it is asked for again
        return found

    def versions(self) -> Mapping[str, int]:
        """By site: of what is here."""
        return {site: head.version for site, head in self.heads().items()}

    def keep(self, site: str, sealed: bytes, signer: str) -> None:
        """In place of an older one. `signer`: the site's public key as the hub says it. Raises InputError (`package`): it is not of a site
        that this spare accepts, for another spare, changed, or older than what is here; EnvironmentFault."""
        head = self._unsealed_package(sealed, site, signer)[0]
        if head.version <= self.versions().get(site, 0) and self._is_of(site, signer):
            raise InputError("package", "is older than the one that is here")
        write_atomically(self._packages / f"{site}.sealed", sealed)

    def package(self, site: str, signer: str) -> SparePackage:
        """Raises NotFound: there is none; InputError (`package`), as `keep`."""
        path = self._packages / f"{site}.sealed"
        if not path.exists():
            raise NotFound(f"{site} sent no settings yet.")
        return self._unsealed_package(path.read_bytes(), site, signer)[1]

    def forget(self, site: str) -> None:
        """What it sealed, and what of it is in the folder of its engine, which does not run: logins and addresses. What was recorded stays.
        Raises EnvironmentFault, InputError."""
        (self._packages / f"{site}.sealed").unlink(missing_ok=True)
        path = self.site_folder(site) / "settings.toml"
        if path.exists():
            settings, secrets = load_settings(path), SecretStore(path.parent)
            for key in secret_keys(settings):
                secrets.remove(key)
            save_settings(path, forgotten(settings))
            copy_of(path).unlink(missing_ok=True)

    def _is_of(self, site: str, signer: str) -> bool:
        """What is here is of the key that the site has now; one that joined anew begins again."""
        try:
            return read_head((self._packages / f"{site}.sealed").read_bytes()).signer == signer
        except (OSError, InputError):
            return False

    def _unsealed_package(self, sealed: bytes, site: str, signer: str) -> tuple[SealedHead, SparePackage]:
        if signer not in self.choice().sites:
            raise InputError("package", f"is of {site}, whose key {signer} this spare does not accept")
        head, text = unseal(sealed, self.key, signer)
        package = read_package(text)
        if package.site != site:
            raise InputError("package", f"is of {package.site[:40]}, not of {site}")
        return head, package
