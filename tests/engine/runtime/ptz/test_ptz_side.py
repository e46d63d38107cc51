"""Who steers a PTZ camera, where it is, its presets, tours, outputs and talk; what of that is in the audit and in the journal."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.model.accounts.access import AccessSettings, AccountPriority, Role
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.ptz.commands import SendTalk, SteerCamera
from engine.model.ptz.settings import PtzSettings, PtzTour, TourStop
from engine.model.ptz.view import OutputAction, PtzState
from engine.runtime.ptz.deadman import STILL
from engine.runtime.ptz.talk import SILENT_S
from engine.sources.camera.ptz import client
from tests.engine.runtime.ptz.ptz_desk import ANNA, BEN, RITA, PtzDesk, ptz_desk, session
from tests.fakes.http_login import Login
from tests.fakes.ptz_camera import PtzCamera, ptz_camera
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until

RIGHT = (1.0, 0.0, 0.0)


@pytest.fixture
def camera() -> Iterator[PtzCamera]:
    with ptz_camera() as camera:
        yield camera


@pytest.fixture
def desk(camera: PtzCamera, tmp_path: Path) -> Iterator[PtzDesk]:
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        yield desk


def arrives(desk: PtzDesk) -> None:
    until(lambda: not desk.view().moving, "the camera has come to where it went")


def go_home(desk: PtzDesk) -> None:
    desk.side.wait(desk.side.take("yard", ANNA).go_home())
    arrives(desk)


# who steers


def test_an_equal_or_lower_priority_waits_and_is_told_who_and_how_long(desk: PtzDesk) -> None:
    desk.side.steer("yard", RIGHT, ANNA)
    with pytest.raises(EnvironmentFault, match=r"Anna steers this camera with priority 10\. It is free in ([1-9]|10) s") as refused:
        desk.side.steer("yard", RIGHT, BEN)
    assert refused.value.reason == "held"
    control = desk.view().control
    assert control is not None and (control.by, control.by_id, control.priority) == ("Anna", "us-Anna", 10)


def test_a_higher_priority_takes_over_and_the_loser_can_read_by_whom(desk: PtzDesk) -> None:
    desk.side.steer("yard", RIGHT, ANNA)
    desk.side.steer("yard", RIGHT, RITA)
    control = desk.view().control
    assert control is not None and (control.by, control.taken_from) == ("Rita", "Anna")
    with pytest.raises(EnvironmentFault, match="Rita steers this camera with priority 30"):
        desk.side.steer("yard", RIGHT, ANNA)
    assert [(row.by, row.detail) for row in desk.rows] == [
        ("Anna", "session session-Anna"),
        ("Rita", "session session-Rita, taken from Anna"),
    ]


def test_an_account_may_have_a_priority_of_its_own(camera: PtzCamera, tmp_path: Path) -> None:
    with ptz_desk(tmp_path, camera, accounts=(AccountPriority("Ben", 50),)) as desk:
        desk.wait_online()
        desk.side.steer("yard", RIGHT, RITA)
        desk.side.steer("yard", RIGHT, BEN)
        control = desk.view().control
        assert control is not None and control.by == "Ben"


def test_after_the_hold_it_is_free_and_the_same_person_may_change_consoles(camera: PtzCamera, tmp_path: Path) -> None:
    with ptz_desk(tmp_path, camera, hold_s=1.0) as desk:
        desk.wait_online()
        desk.side.steer("yard", RIGHT, ANNA)
        desk.side.steer("yard", RIGHT, session("Anna", session_id="another-console"))
        until(lambda: desk.view().control is None, "it is free")
        desk.side.steer("yard", RIGHT, BEN)


def test_taking_it_is_kept_once_and_movements_are_not(desk: PtzDesk) -> None:
    for _ in range(10):
        desk.side.steer("yard", RIGHT, ANNA)
    desk.side.steer("yard", STILL, ANNA)
    assert [row.verb for row in desk.rows] == [AuditVerb.TAKE_CAMERA]


def test_standing_still_takes_no_camera_from_anybody(desk: PtzDesk) -> None:
    desk.side.steer("yard", STILL, BEN)
    assert desk.view().control is None and desk.rows == []


def test_cameras_that_cannot_be_steered_say_so(desk: PtzDesk, camera: PtzCamera) -> None:
    with pytest.raises(EnvironmentFault, match="Wall has no ONVIF address"):
        desk.side.steer("wall", RIGHT, ANNA)
    with pytest.raises(NotFound):
        desk.side.steer("nowhere", RIGHT, ANNA)
    with pytest.raises(EnvironmentFault, match="does not say that it can"):
        desk.side.talk("yard", b"\xff", ANNA)


@pytest.mark.parametrize("value", [1.01, -2.0, float("nan"), float("inf")])
def test_speeds_are_shares(value: float) -> None:
    with pytest.raises(InputError):
        SteerCamera("yard", value)


# what the camera says of itself


def test_what_it_has_is_offered_and_nothing_else(desk: PtzDesk) -> None:
    view = desk.view()
    assert view.can.pan_tilt and view.can.zoom and view.can.centre and view.can.home and view.can.focus and not view.can.talk
    assert [preset.name for preset in view.presets] == ["Gate", "Yard"]
    assert [(output.token, output.pulse) for output in view.outputs] == [("lamp", False), ("door", True)]
    assert [tour.id for tour in view.tours] == ["camera:t1"]


def test_a_camera_without_ptz_has_its_outputs_only(tmp_path: Path) -> None:
    with ptz_camera(PtzCamera(media=("media", "deviceio"))) as camera, ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        assert not desk.view().can.moves and len(desk.view().outputs) == 2


@pytest.mark.parametrize("action", ["GetServices", "GetProfiles", "GetNode", "GetStatus"])
@pytest.mark.parametrize("fault", ["huge", "closing"])
def test_a_camera_that_misbehaves_at_the_start_costs_nothing_but_itself(camera: PtzCamera, tmp_path: Path, fault: str, action: str) -> None:
    getattr(camera.faults, fault).add(action)
    with ptz_desk(tmp_path, camera) as desk:
        until(lambda: desk.view().state is not PtzState.CONNECTING, "it is told how it is")
        getattr(camera.faults, fault).clear()
        until(
            lambda: (desk.view().state is PtzState.ONLINE and desk.view().can.pan_tilt) or desk.view().state is PtzState.ONLINE,
            "it is reached",
        )


def test_the_wrong_login_is_said_and_no_login_goes_to_where_it_was_not_given_for(camera: PtzCamera, tmp_path: Path) -> None:
    with ptz_desk(tmp_path, camera, login=None) as desk:
        until(lambda: desk.view().state is PtzState.OFFLINE, "it is told")
        assert "login in the camera's settings" in desk.view().trouble


def test_redirects_are_not_followed(camera: PtzCamera, tmp_path: Path) -> None:
    camera.redirects["/onvif/ptz"] = "http://127.0.0.1:9/stolen"
    with ptz_desk(tmp_path, camera) as desk:
        until(lambda: desk.view().state is PtzState.OFFLINE, "it is told")
        assert "redirects" in desk.view().trouble


# where it is


def test_away_from_home_is_told_to_the_pipeline_and_at_home_again(desk: PtzDesk, camera: PtzCamera) -> None:
    go_home(desk)
    assert "yard" not in desk.away
    desk.side.wait(desk.side.take("yard", ANNA, "presets").go_to_preset("1"))
    assert "yard" in desk.away, "before the camera moves"
    arrives(desk)
    assert camera.position == pytest.approx((0.5, 0.1, 0.2), abs=0.01) and desk.view().away
    go_home(desk)
    assert "yard" not in desk.away
    assert desk.moves[-4:] == [(True, False), (False, False), (True, False), (False, True)]


def test_a_movement_by_somebody_else_is_seen(desk: PtzDesk, camera: PtzCamera) -> None:
    go_home(desk)
    camera.push((0.3, 0.0, 0.0))
    until(lambda: desk.view().away, "it is away")
    camera.push((0.0, 0.0, 0.0))
    until(lambda: not desk.view().away, "it is at home")
    assert camera.count("Stop") == 0, "nobody fights with whoever moved it"


def test_home_is_not_believed_where_the_camera_says_to_be_elsewhere(desk: PtzDesk, camera: PtzCamera) -> None:
    """It takes the request, does not move, and says that it is still: where private areas would be uncovered in the wrong place."""
    go_home(desk)
    desk.side.wait(desk.side.take("yard", ANNA, "presets").go_to_preset("1"))
    arrives(desk)
    camera.faults.stuck = camera.faults.says_still = True
    go_home(desk)
    assert desk.view().away and "yard" in desk.away


def test_where_it_was_is_known_after_a_restart(camera: PtzCamera, tmp_path: Path) -> None:
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        desk.side.wait(desk.side.take("yard", ANNA, "presets").go_to_preset("1"))
        arrives(desk)
    with ptz_desk(tmp_path, camera) as desk:
        assert "yard" in desk.away and desk.moves == [(False, False)], "at once, before the camera answers"


def test_a_bug_in_reaching_a_camera_is_told_and_it_is_reached_again(
    camera: PtzCamera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described, bugs = client.PtzClient._describe, 1

    def describe(this: client.PtzClient, on: Any) -> Any:
        nonlocal bugs
        if bugs:
            bugs -= 1
            raise RuntimeError("a bug")
        return described(this, on)

    monkeypatch.setattr(client.PtzClient, "_describe", describe)
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        assert [(note.component, note.message) for note in desk.errors.newest_first()] == [("ptz yard", "RuntimeError: a bug")]


def test_it_returns_home_when_nobody_has_steered_for_a_while(camera: PtzCamera, tmp_path: Path) -> None:
    with ptz_desk(tmp_path, camera, home_after_s=1.0) as desk:
        desk.wait_online()
        desk.side.wait(desk.side.take("yard", ANNA, "presets").go_to_preset("1"))
        camera.wait_for("GotoHomePosition")
        until(lambda: not desk.view().away, "it is at home")


def test_a_click_is_brought_to_the_middle(desk: PtzDesk, camera: PtzCamera) -> None:
    desk.side.wait(desk.side.take("yard", ANNA, "centre").centre(1.0, 0.0))
    arrives(desk)
    assert camera.position == pytest.approx((0.1, 0.1, 0.0), abs=0.01), "right and up"


# presets, outputs, tours


def test_presets_are_made_and_removed(desk: PtzDesk, camera: PtzCamera) -> None:
    head = desk.side.take("yard", RITA, "presets")
    token = desk.side.wait(head.set_preset("Door", ""))
    assert [preset.name for preset in desk.view().presets] == ["Gate", "Yard", "Door"]
    desk.side.wait(head.remove_preset(token))
    assert "Door" not in [preset.name for preset in desk.view().presets]
    with pytest.raises(NotFound):
        desk.side.wait(head.go_to_preset(token))


def test_a_refusal_is_said_in_words(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.refusing.add("GotoPreset")
    with pytest.raises(EnvironmentFault, match="Yard: the camera refuses: Out of order"):
        desk.side.wait(desk.side.take("yard", ANNA, "presets").go_to_preset("1"))


def test_outputs_are_switched_and_a_pulse_ends_by_itself(desk: PtzDesk, camera: PtzCamera) -> None:
    head = desk.side.head("yard")
    desk.side.wait(head.switch("lamp", OutputAction.ON))
    assert camera.outputs["lamp"] and desk.view().outputs[0].active
    desk.side.wait(head.switch("lamp", OutputAction.OFF))
    desk.side.wait(head.switch("lamp", OutputAction.PULSE))
    assert not camera.outputs["lamp"] and camera.count("SetRelayOutputState") == 4
    with pytest.raises(NotFound):
        desk.side.wait(head.switch("nothing", OutputAction.ON))


TOUR = PtzTour("round", "Round", (TourStop("1", 2.0), TourStop("2", 2.0)))


def test_a_tour_goes_from_preset_to_preset_pauses_and_resumes(camera: PtzCamera, tmp_path: Path) -> None:
    with ptz_desk(tmp_path, camera, tours=(TOUR,), resume_s=1.0) as desk:
        desk.wait_online()
        desk.side.wait(desk.side.take("yard", ANNA).start_tour("round"))
        camera.wait_for("GotoPreset", 2)
        desk.side.steer("yard", RIGHT, ANNA)
        until(lambda: desk.view().tour_paused, "it pauses")
        went = camera.count("GotoPreset")
        desk.side.steer("yard", STILL, ANNA)
        until(lambda: camera.count("GotoPreset") > went, "it resumes")
        assert not desk.view().tour_paused
    with ptz_desk(tmp_path, camera, tours=(TOUR,)) as desk:
        desk.wait_online()
        assert desk.view().tour_id == "round", "a restart of the engine ends no tour"
        desk.side.wait(desk.side.head("yard").stop_tour())
        assert desk.view().tour_id == ""


def test_a_tour_over_a_preset_that_is_gone_goes_on(camera: PtzCamera, tmp_path: Path) -> None:
    tour = PtzTour("round", "Round", (TourStop("99", 2.0), TourStop("2", 2.0)))
    with ptz_desk(tmp_path, camera, tours=(tour,)) as desk:
        desk.wait_online()
        desk.side.wait(desk.side.take("yard", ANNA).start_tour("round"))
        camera.wait_for("GotoPreset", 2)
        assert desk.view().state is PtzState.ONLINE


def test_the_cameras_own_tour_is_started_and_stopped(desk: PtzDesk, camera: PtzCamera) -> None:
    head = desk.side.take("yard", ANNA)
    desk.side.wait(head.start_tour("camera:t1"))
    assert camera.touring == "t1" and desk.view().tour_id == "camera:t1"
    desk.side.wait(head.stop_tour())
    assert camera.touring == ""


def test_settings_refuse_nonsense() -> None:
    with pytest.raises(InputError, match="needs 1 to"):
        PtzTour("a", "A", ())
    with pytest.raises(InputError, match="used twice"):
        PtzSettings(tours=(TOUR, TOUR))


# two-way talk


@pytest.mark.parametrize("payload", [0, 8], ids=["PCMU", "PCMA"])
def test_what_is_said_is_played_by_the_camera(camera: PtzCamera, tmp_path: Path, payload: int) -> None:
    film = write_clip(tmp_path / "film.mp4", Clip(width=160, height=96, gop=10))
    rtsp = RtspServer({"yard": film}, Login("admin", "correct horse"), backchannels={"yard": payload})
    with rtsp as server, ptz_desk(tmp_path, camera, server.url("yard")) as desk:
        until(lambda: desk.view().can.talk, "it says that it plays sound")
        for _ in range(5):
            desk.side.talk("yard", b"\x80" * 800, ANNA)
            time.sleep(0.1)
        talker = desk.view().talk
        assert talker is not None and talker.by == "Anna"
        with pytest.raises(EnvironmentFault, match="Anna talks through this camera"):
            desk.side.talk("yard", b"\x80" * 800, BEN)
        wanted = b"\x80" if payload == 0 else b"\xaa"
        until(lambda: server.heard.get("yard", b"").count(wanted) >= 4000, "it has played it")
        until(lambda: desk.rows[-1].verb == AuditVerb.STOP_TALKING, "talk ends by itself", SILENT_S + 3)
        assert [row.verb for row in desk.rows] == [AuditVerb.TALK, AuditVerb.STOP_TALKING]


def test_a_camera_without_a_backchannel_is_not_offered_talk(camera: PtzCamera, tmp_path: Path) -> None:
    film = write_clip(tmp_path / "film.mp4", Clip(width=160, height=96, gop=10))
    with RtspServer({"yard": film}) as server, ptz_desk(tmp_path, camera, server.url("yard")) as desk:
        desk.wait_online()
        time.sleep(0.3)
        assert not desk.view().can.talk


def test_a_piece_of_sound_is_bounded() -> None:
    with pytest.raises(InputError):
        SendTalk("yard", "A" * 5000)


def test_the_priority_of_an_account_is_that_of_the_camera_then_of_the_site_then_of_the_role() -> None:
    site = AccessSettings().with_ptz_priority("Ben", 40)
    camera = PtzSettings(accounts=(AccountPriority("Ben", 50),))
    assert camera.priority("Ben", Role.OPERATOR, site) == 50
    assert PtzSettings().priority("Ben", Role.OPERATOR, site) == 40
    assert PtzSettings().priority("Ben", Role.OPERATOR, site.with_ptz_priority("Ben", None)) == 10
