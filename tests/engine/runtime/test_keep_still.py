"""A picture that leaves as a file is in the audit before it does, or it does not leave."""

from pathlib import Path

import pytest

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.cameras.segment import KeepStill
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.time import SECOND, to_iso
from tests.fakes.people_site import people_site


def test_a_picture_is_kept_in_the_audit_before_it_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with people_site(tmp_path / "site") as site:
        assert site.tell(KeepStill("door", 1_800_000_000 * SECOND)) == "door"
        newest = site.engine.record.store.audit(1)[0]
        assert (newest.verb, newest.subject, newest.by) == (AuditVerb.EXPORT, "door", "rita")
        assert newest.detail == f"picture of {to_iso(1_800_000_000 * SECOND)}"
        with pytest.raises(NotFound):
            site.tell(KeepStill("nowhere", 0))

        def refuse(*_: AuditRow) -> None:
            raise EnvironmentFault("disk_full", "The disk is full.")

        with monkeypatch.context() as patched:
            patched.setattr(site.engine.record.store, "add_audit", refuse)
            with pytest.raises(EnvironmentFault, match="audit"):
                site.tell(KeepStill("door", 1_800_000_000 * SECOND))
