"""A whole engine: backups, tidying, settings as a file, the log and diagnostics through a session's port."""

import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.cameras.picture_zone import PictureZone
from engine.model.command import ChangeSettings, Credentials, PutCamera, PutWebhook
from engine.model.errors import InputError, PermissionDenied
from engine.model.fire.smoke import Lookout
from engine.model.people.commands import PutPerson
from engine.model.settings import CameraSettings, RecordingSettings, Settings
from engine.model.site import BleDeviceSettings
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.model.upkeep import (
    BackUpNow,
    CompareSettings,
    ExportSettings,
    GetDiagnostics,
    GetUpkeep,
    ImportSettings,
    KeepBounds,
    ListLog,
    LogLevel,
    PlanTidy,
    TidyNow,
)
from engine.recording.clips.clip_rows import keep_row
from engine.recording.files import sha256_of
from engine.runtime.local import LocalPort
from engine.runtime.storage.backup_folder import BackupFolder
from tests.engine.store import records
from tests.fakes.people_site import ADMIN, PeopleSite, people_site
from tests.fakes.waiting import until

PLANTED = ("hunter2-secret", "tok_9f8e7d6c5b4a39281706f5e4d3c2b1a0", "cam-pass-77", "T000/B000/incomingsecret")


def port_of(site: PeopleSite, session: Session = ADMIN) -> LocalPort:
    return LocalPort(site.engine, lambda: session)


def furnished(site: PeopleSite) -> None:
    site.tell(PutCamera(CameraSettings("gate", "North gate", "rtsp://192.0.2.7/main", enabled=False), Credentials("root", "cam-pass-77")))
    site.tell(PutWebhook(WebhookSettings("hook", "https://hooks.example.org/T000/B000/incomingsecret", enabled=False), "hunter2-secret"))


def test_backups_tidying_and_settings_through_a_port(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        furnished(site)
        assert site.job(site.tell(BackUpNow())).state is JobState.DONE
        (backup,) = BackupFolder(site.engine.data.path).all()
        view = port_of(site).ask(GetUpkeep())
        assert view is not None and [each.name for each in view.backups] == [backup.name]
        assert view.disk.total_bytes > view.disk.free_bytes > 0 and view.handles != 0 and view.restored is None

        stray = site.engine.data.clips / "2020-01-01" / "cl-1-0.mp4"
        stray.parent.mkdir()
        stray.write_bytes(b"film")
        os.utime(stray, (1, 1))
        planned = port_of(site).ask(PlanTidy())
        assert planned is not None and planned.planned
        assert [(part.what, part.count, part.size_bytes) for part in planned.parts] == [("files that nothing in the record names", 1, 4)]
        assert stray.exists(), "counting removes nothing"
        done = site.job(site.tell(TidyNow()))
        assert done.state is JobState.DONE and "1 files that nothing" in done.message and not stray.exists()
        again = port_of(site).ask(PlanTidy())
        assert again is not None and again.parts == ()

        text = port_of(site).ask(ExportSettings())
        assert not any(secret in text for secret in PLANTED) and "North gate" in text
        assert port_of(site).ask(CompareSettings(text)) == (), "what was taken out is no difference"
        changed = text.replace("North gate", "South gate").replace("keep_clips_days = 30.0", "keep_clips_days = 12.0")
        told = {change.field: (change.now, change.then) for change in port_of(site).ask(CompareSettings(changed))}
        assert told == {"cameras[gate].name": ("North gate", "South gate"), "recording.keep_clips_days": ("30.0", "12.0")}
        assert site.engine.settings.recording.keep_clips_days == 30, "looking changes nothing"
        site.tell(ImportSettings(changed))
        assert site.engine.settings.recording.keep_clips_days == 12
        assert site.engine.settings.webhooks[0].url.endswith("incomingsecret"), "what the file does not say stays"
        with pytest.raises(InputError) as refused:
            site.tell(ImportSettings(text.replace("keep_clips_days = 30.0", "keep_clips_days = -1.0")))
        assert refused.value.field == "recording.keep_clips_days"
        verbs = [row.verb for row in site.engine.record.store.audit()]
        assert {AuditVerb.EXPORT_SETTINGS, AuditVerb.IMPORT_SETTINGS, AuditVerb.TIDY} <= set(verbs)


def test_tidying_lists_clips_that_lost_their_row_and_does_not_remove_them(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        event, folder, now_ns = site.keep_event(1, "", ""), site.engine.data.path, site.engine.clock.now_ns()
        clip = replace(records.clip(1), event_id=event.id, started_ns=now_ns - 1, ended_ns=now_ns, size_bytes=4)
        clip = replace(clip, file=f"clips/2020-01-01/{clip.id}.mp4", thumbnail="")
        path = folder / clip.file
        path.parent.mkdir()
        path.write_bytes(b"film")
        os.utime(path, (1, 1))
        clip = replace(clip, sha256=sha256_of(path))
        keep_row(folder, clip)
        assert site.job(site.tell(TidyNow())).state is JobState.DONE
        site.flush()
        assert path.exists() and site.engine.record.store.clip(clip.id) == clip


def test_what_the_schedule_cannot_remove_is_told_until_it_can(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        event = site.keep_event(1, "", "")
        path = site.engine.data.path / site.keep_clip(event, 1, age_ns=40 * 86_400 * SECOND).file
        path.unlink()
        path.mkdir()
        (path / "in the way").touch()

        def told() -> list[str]:
            site.engine.upkeep.tidy()
            site.flush()
            site.engine.kept_up.sample()
            return [said for said in site.engine.troubles.sentences() if "cannot be deleted" in said]

        assert told() == ["1 clips that are to go cannot be deleted; a player may hold them. It is tried again every minute."]
        (path / "in the way").unlink()
        path.rmdir()
        assert told() == []


def test_a_stray_that_cannot_be_removed_is_told_and_the_rest_is_tidied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with people_site(tmp_path / "site") as site:
        strays = [site.engine.data.clips / "2020-01-01" / f"cl-{number}-0.mp4" for number in (1, 2)]
        strays[0].parent.mkdir()
        for stray in strays:
            stray.write_bytes(b"film")
            os.utime(stray, (1, 1))
        unlink = Path.unlink

        def held(path: Path, missing_ok: bool = False) -> None:
            if path == strays[0]:
                raise PermissionError(13, "Permission denied")
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", held)
        done = site.job(site.tell(TidyNow()))
        monkeypatch.undo()
        assert done.state is JobState.DONE and "1 files that nothing names cannot be deleted" in done.message
        assert [stray.exists() for stray in strays] == [True, False]


def test_an_import_cannot_show_or_tidy_away_what_the_site_keeps(tmp_path: Path) -> None:
    """As the dialogs cannot: its pictures as a camera, backups and an archive among what is tidied."""
    with people_site(tmp_path / "site") as site:
        folder = site.engine.data.path
        text = port_of(site).ask(ExportSettings())
        for old, new, field in (
            ('url = "rtsp://192.0.2.1/door"', f'url = "folder:{folder}/thumbnails"', "cameras[0].url"),
            ('archive_folder = ""', f'archive_folder = "{folder}/clips"', "recording.archive_folder"),
            ('backup_folder = ""', f'backup_folder = "{folder}/clips/../thumbnails"', "upkeep.backup_folder"),
        ):
            assert old in text
            told = "where this site keeps what it recorded" if field.startswith("cameras") else "data folder"
            wrong = text.replace(old, new)
            with pytest.raises(InputError, match=told) as shown:
                port_of(site).ask(CompareSettings(wrong))
            with pytest.raises(InputError, match=told) as refused:
                site.tell(ImportSettings(wrong))
            assert shown.value.field == refused.value.field == field
        before = site.engine.settings
        with pytest.raises(InputError, match="data folder"):
            site.tell(ChangeSettings(recording=replace(before.recording, archive_folder=str(folder / "clips"))))
        assert site.engine.settings == before


def test_what_other_limits_would_let_go_is_counted_before_they_are_set(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        site.tell(PutPerson("Ada Quux"))
        day_ns, now_ns = 86_400 * SECOND, site.engine.clock.now_ns()
        ended = [now_ns - days * day_ns for days in (100, 200, 300)]
        site.engine.record.store.save([replace(records.event(number, ended=at_ns), started_ns=at_ns) for number, at_ns in enumerate(ended)])
        bounds = KeepBounds(30, 20, 150, 30, 180, 730)
        plan = port_of(site).ask(PlanTidy(bounds))
        assert plan is not None and plan.planned and [(each.what, each.count) for each in plan.parts] == [("events older than 150 days", 2)]
        now = port_of(site).ask(PlanTidy())
        assert now is not None and now.parts == (), "what is set keeps them"
        assert site.engine.settings.recording == RecordingSettings(), "asking changes nothing"
        with pytest.raises(InputError) as refused:
            port_of(site).ask(PlanTidy(replace(bounds, keep_incidents_days=1)))
        assert refused.value.field == "keep_incidents_days"


def test_diagnostics_hold_neither_secrets_nor_names(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        furnished(site)
        site.tell(PutPerson("Ada Quux"))
        log = logging.getLogger("camera.test")
        log.warning("cannot open rtsp://root:cam-pass-77@192.0.2.7/main?token=%s", PLANTED[1])
        log.error("the North gate answered: Authorization: Bearer %s", PLANTED[1])
        log.info("Ada Quux is at the door")
        log.info("password=%s for user", "hunter2-secret")
        text = port_of(site).ask(GetDiagnostics())
        assert not any(secret in text for secret in PLANTED)
        assert not any(name in text for name in ("North gate", "192.0.2.7", "rita", "Ada", "gate:"))
        assert "camera 1: rtsp paused" in text and "cannot open" in text
        lines = port_of(site).ask(ListLog(level=LogLevel.WARNING, contains="AUTHOR"))
        assert len(lines) == 1 and lines[0].level is LogLevel.ERROR and PLANTED[1] not in lines[0].text


def test_diagnostics_hold_no_names_of_places_and_devices_nor_of_folders_and_services(tmp_path: Path) -> None:
    """Of whatever else the log may speak."""
    with people_site(tmp_path / "site") as site:
        area = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))

        def furnish(now: Settings) -> Settings:
            cameras = (replace(now.cameras[0], url="rtsp://[2001:db8::7]/door", zones=(PictureZone("z1", "Vault stairs", area),)),)
            chat = replace(now.chat, base_url="https://proxy.quux.example/v1")
            tower = Lookout("quarry-7", 59.3, 18.1, name="Ridge tower")
            return replace(
                now, cameras=cameras, chat=chat, lookouts=(tower,), ble_devices=(BleDeviceSettings("AA:BB:CC:DD:EE:01", "Zoe's phone"),)
            )

        site.engine.update_settings(furnish, "test")
        log = logging.getLogger("engine.test")
        for said in (
            "Zoe's phone was heard in Vault stairs",
            "no frame of Ridge tower (quarry-7) for an hour",
            f"cannot write {site.engine.data.path}/clips and {Path.home()}/x",
            "https://proxy.quux.example/v1 did not answer; proxy.quux.example is not found",
            "viewer fe80::1c2d:3e4f at [2001:db8:0:0:0:0:0:9]:4711, ::1; began 12:34:56, ratio 3::4",
        ):
            log.warning(said)
        text = port_of(site).ask(GetDiagnostics())
        planted = ("Zoe", "Vault", "Ridge", "quarry", str(site.engine.data.path), "quux", "fe80", "2001:db8", f"{Path.home()}/x")
        assert [word for word in planted if word in text] == []
        assert "12:34:56" in text, "times stay"


def test_an_operator_sees_how_it_is_and_no_more(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        port = port_of(site, Session("s", User("us-2", "bo", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR]))
        assert port.ask(GetUpkeep()) is not None
        for question in (
            PlanTidy(),
            PlanTidy(KeepBounds(1, 1, 1, 30, 1, 1)),
            ListLog(),
            GetDiagnostics(),
            ExportSettings(),
            CompareSettings(""),
        ):
            with pytest.raises(PermissionDenied):
                port.ask(question)
        with pytest.raises(PermissionDenied):
            port.command(BackUpNow())


def test_a_damaged_engine_comes_back_and_says_so(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        site.tell(ChangeSettings(recording=replace(RecordingSettings(), keep_clips_days=9)))
        assert site.job(site.tell(BackUpNow())).state is JobState.DONE
        database = site.engine.data.database
    with database.open("r+b") as file:
        file.write(bytes(200))
    with people_site(tmp_path / "site") as site:
        until(lambda: any("put together again" in said for said in site.engine.snapshot(True).health.troubles), "it is told")
        view = port_of(site).ask(GetUpkeep())
        assert view is not None and view.restored is not None and view.restored.aside.startswith("damaged/")
        assert AuditVerb.RESTORE_RECORD in [row.verb for row in site.engine.record.store.audit()]
