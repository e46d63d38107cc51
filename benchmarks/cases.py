"""Figures of this machine, beside peers in the same run."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.places import ONE_BY_ONE, STREET, given_or_shared
from console.help.help_texts import EXIT_CODES, described
from console.progress import progress, step
from engine.model.errors import EnvironmentFault, InputError

CHECK_FAILED = 1
_PETS = "data/mot/PETS09-S2L1/gt/gt.txt"
_PETS_SCALE = 0.625  # the truth was drawn on 768 × 576, the clip is 480 × 360


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = parser.add_subparsers(dest="name", metavar="NAME", required=True, title="benchmarks")
    for name, (add, _, what) in BENCHES.items():
        bench = names.add_parser(name, help=what, description=described(what), epilog=EXIT_CODES)
        bench.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
        bench.add_argument("--check", action="store_true", help="exit 1 where a target is not met")
        bench.add_argument("--progress", action="store_true", help="report progress on stderr where that is no terminal, too")
        add(bench)


def run(parsed: argparse.Namespace) -> int:
    _, measure, _ = BENCHES[parsed.name]
    with progress(parsed.progress):
        step(f"bench {parsed.name} runs", 0)
        result = report.framed(measure(parsed))
    print(report.as_json(result) if parsed.json else report.tables(result))
    return CHECK_FAILED if parsed.check and not all(target["met"] for target in result["targets"]) else 0


def _tracking_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mot", type=Path, metavar="FOLDER", help="folder of MOTChallenge sequences with det and gt")
    parser.add_argument("--sequence", action="append", metavar="NAME", help="only this sequence (may be given again)")
    parser.add_argument(
        "--half",
        choices=("all", "tuning", "held-out"),
        default="all",
        help="sequences of one half, with peers tuned on the tuning half (default all)",
    )
    parser.add_argument(
        "--made", type=int, metavar="SEEDS", help="made-up streets instead of sequences, 1–20 of one half (default held-out)"
    )


def _tracking(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.tracking import tracking

    if parsed.made is not None:
        if not 1 <= parsed.made <= 20:
            raise InputError("made", "takes 1–20")
        return tracking.run_made(parsed.made, "tuning" if parsed.half == "tuning" else "held-out")
    return tracking.run(given_or_shared(parsed.mot, "data/mot", "mot"), parsed.sequence, parsed.half)


def _zones_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mot", type=Path, metavar="FOLDER", help="folder of MOTChallenge sequences with det and gt")


def _zones(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.tracking import zones

    return zones.run(given_or_shared(parsed.mot, "data/mot", "mot"))


def _accuracy_arguments(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    parser.add_argument("--truth", type=Path, metavar="GT", help="true boxes, MOTChallenge text")
    parser.add_argument("--scale", type=float, metavar="F", help="pixels of the video per pixel of the truth")
    parser.add_argument("--detector", default="yolox-nano", metavar="ID", help="manifest id of the detector (default %(default)s)")
    parser.add_argument("--smallest", type=float, default=0.12, metavar="SHARE", help="smallest person, as a share of the picture's height")


def _accuracy(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.tracking import accuracy

    if parsed.video is not None and parsed.truth is None:
        raise InputError("truth", "is missing; a video of your own needs its true boxes")
    scale = parsed.scale or (_PETS_SCALE if parsed.truth is None else 1.0)
    truth = given_or_shared(parsed.truth, _PETS, "truth")
    return accuracy.run(given_or_shared(parsed.video, STREET, "video"), truth, scale, parsed.detector, parsed.smallest)


def _privacy_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pictures", type=int, default=300, metavar="N", help="of each measurement (default %(default)s)")
    parser.add_argument("--video", type=Path, metavar="FILE", help="whose pictures are used; without, a scene is made")


def _privacy(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import privacy

    return privacy.run(parsed.pictures, parsed.video)


def _seek_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeks", type=int, default=100, metavar="N", help="jumps of each kind (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S", help="of nine cameras in step, each way (default %(default)s)")


def _seek(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.video import seek

    try:
        return seek.run(parsed.seeks, parsed.seconds)
    except ImportError as error:
        raise EnvironmentFault("missing_package", f"This bench paints a wall and needs Qt ({error}). Install PySide6.") from None


def _video_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="a video to show (default: a made-up scene)")
    parser.add_argument("--seconds", type=float, default=5.0, metavar="S", help="length of each case (default %(default)s)")
    parser.add_argument("--tiles", type=int, nargs="+", default=[1, 4, 9, 16], metavar="N", help="numbers of tiles (default 1 4 9 16)")


def _video(parsed: argparse.Namespace) -> dict[str, Any]:
    try:
        from benchmarks.video import video
    except ImportError as error:
        raise EnvironmentFault("missing_package", f"This bench paints a wall and needs Qt ({error}). Install PySide6.") from None
    given = None if parsed.video is None else given_or_shared(parsed.video, STREET, "video")
    return video.run(given, parsed.seconds, tuple(parsed.tiles))


def _pipeline_arguments(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    parser.add_argument("--seconds", type=float, default=20.0, metavar="S", help="measured length of each case (default %(default)s)")
    parser.add_argument("--cameras", type=int, default=4, metavar="N", help="number of cameras (default %(default)s)")
    parser.add_argument("--fps", type=int, nargs="+", default=[15, 25], metavar="F", help="their frame rates, a case each (default 15 25)")


def _pipeline(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import pipeline

    return pipeline.run(given_or_shared(parsed.video, STREET, "video"), parsed.seconds, parsed.cameras, parsed.fps)


def _site_arguments(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    parser.add_argument("--seconds", type=float, default=20.0, metavar="S", help="measured length of each case (default %(default)s)")
    parser.add_argument("--cameras", type=int, default=32, metavar="N", help="sub-streams at once (default %(default)s)")


def _site(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import site

    return site.run(given_or_shared(parsed.video, STREET, "video"), parsed.seconds, parsed.cameras)


def _sites_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cameras", type=int, default=1_000, metavar="N", help="of the idle site (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=2.0, metavar="M", help="of the idle site's life, made up (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="of the demo site's, each way (default %(default)s)")
    parser.add_argument("--tiles", type=int, default=16, metavar="N", help="of each of three sites on one console (default %(default)s)")
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="what those show, in H.264 or H.265 (default: the shared clip)")


def _sites(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.sites import sites

    video = given_or_shared(parsed.video, ONE_BY_ONE, "video")
    return sites.run(video, parsed.cameras, parsed.minutes, parsed.seconds, parsed.tiles)


def _hub_alerts_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--alerts", type=int, default=100, metavar="N", help="raised and acknowledged (default %(default)s)")


def _hub_alerts(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.sites import hub_alerts

    return hub_alerts.run(parsed.alerts)


def _recording_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="a video for the cameras to show (default: a made-up scene)")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="length of each case (default %(default)s)")
    parser.add_argument("--cameras", type=int, default=8, metavar="N", help="number of cameras (default %(default)s)")


def _recording(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.video import recording

    given = None if parsed.video is None else given_or_shared(parsed.video, STREET, "video")
    return recording.run(parsed.cameras, parsed.seconds, given)


def _packet_feed_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="what the cameras show, in H.264 or H.265 (default: the shared clip)")
    parser.add_argument("--seconds", type=float, default=20.0, metavar="S", help="measured length of each case (default %(default)s)")
    parser.add_argument("--tiles", type=int, default=16, metavar="N", help="tiles over the slow line (default %(default)s)")


def _packet_feed(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import packet_feed

    if not 1 <= parsed.tiles <= 64 or not 1 <= parsed.seconds <= 3600:
        raise InputError("tiles", "takes 1–64, --seconds 1–3600")
    return packet_feed.run(given_or_shared(parsed.video, ONE_BY_ONE, "video"), parsed.seconds, parsed.tiles)


def _latency_arguments(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    parser.add_argument("--rtsp", action="append", default=[], metavar="URL", help="also start on this camera (may be given again)")
    parser.add_argument("--starts", type=int, default=5, metavar="N", help="starts per camera (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="how long events are followed (default %(default)s)")


def _latency(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import latency

    return latency.run(given_or_shared(parsed.video, STREET, "video"), parsed.rtsp, parsed.starts, parsed.seconds)


def _memory_arguments(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="folder of model files by their usual names")
    parser.add_argument("--minutes", type=float, default=5.0, metavar="M", help="how long each runs (default %(default)s)")


def _memory(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import memory

    models = given_or_shared(parsed.models, "data/models", "models")
    return memory.run(given_or_shared(parsed.video, STREET, "video"), models, parsed.minutes)


def _radio_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--captures", type=Path, metavar="FOLDER", help="folder of recordings of nodes with their truth")
    parser.add_argument("--no-rssi", action="store_true", help="every RSSI replaced by a constant")
    parser.add_argument("--world", action="store_true", help="also runs of our own room world (some minutes)")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="walks of that world (default %(default)s)")
    parser.add_argument(
        "--over-seeds", choices=("tuning", "held-out"), help="instead, the table over seeds of one half: made-up rooms, no files"
    )
    parser.add_argument("--first-seed", type=int, metavar="N", help="with --over-seeds: seeds from here on, of whatever half")
    parser.add_argument("--row", metavar="WORDS", help="with --over-seeds: the rows alone whose names begin so")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="with --over-seeds: a --json report of another version over the same seeds, subtracted"
    )


def _radio(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.radio import radio, seeded

    if parsed.over_seeds is not None:
        seeds = seeded.seeds_of(parsed.over_seeds == "held-out", parsed.seeds, parsed.first_seed)
        return radio.run_seeds(seeds, parsed.row, parsed.against, step)
    folder = given_or_shared(parsed.captures, "data/csi/nodesim", "captures")
    return radio.run(folder, not parsed.no_rssi, parsed.world, parsed.seeds, step)


def _motion_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--captures", type=Path, metavar="FOLDER", help="recordings of ESP32s: tristsou, wisensing (default: shared)")
    parser.add_argument("--made-only", action="store_true", help="made-up links only, no files")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="of each radio (default %(default)s)")
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out", help="seeds and files (default %(default)s)")


def _motion(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.radio import motion

    folder = None if parsed.made_only else given_or_shared(parsed.captures, "data/csi", "captures")
    if not 1 <= parsed.seeds <= 1_000:
        raise InputError("seeds", "takes 1–1000")
    return motion.run(folder, parsed.half == "held-out", parsed.seeds, step)


def _fusion_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ticks", type=int, default=300, metavar="N", help="measured ticks of each case (default %(default)s)")


def _fusion(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import fusion

    return fusion.run(parsed.ticks)


def _ingest_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, default=16, metavar="N", help="nodes that send (default %(default)s)")
    parser.add_argument("--rate", type=int, default=50, metavar="HZ", help="frames per second and link (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="length of each case (default %(default)s)")


def _ingest(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.radio import ingest

    if not 2 <= parsed.nodes <= 64 or not 1 <= parsed.rate <= 100 or not 1 <= parsed.seconds <= 3600:
        raise InputError("nodes", "takes 2–64, --rate 1–100 and --seconds 1–3600")
    return ingest.run(parsed.nodes, parsed.rate, parsed.seconds)


def _ble_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anchors", type=Path, metavar="CSV", help="scanners: id,x,y,z in metres")
    parser.add_argument("--readings", type=Path, metavar="CSV", help="what they heard: t,device,anchor,rssi")
    parser.add_argument("--out", type=Path, metavar="CSV", help="write positions here: t,device,x,y,sx,sy")
    parser.add_argument("--calibration", type=Path, metavar="CSV", help="fingerprints: t,anchor,rssi,x,y")
    parser.add_argument("--truth", type=Path, metavar="CSV", help="true places, to be scored against: t,device,x,y")
    parser.add_argument("--dataset", type=Path, metavar="FOLDER", help="without the above: the measured flat (default: the shared one)")
    parser.add_argument("--made", type=int, metavar="SEEDS", help="instead: so many made-up floors with twelve scanners")
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out", help="seeds of made-up floors (default %(default)s)")


def _ble(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.ble import ble, made_runs

    if parsed.made is not None:
        return made_runs.run_made(parsed.made, parsed.half == "held-out")
    if parsed.anchors is None and parsed.readings is None:
        return ble.run_flat(given_or_shared(parsed.dataset, "data/ble/marckolak", "dataset"), parsed.out)
    advice = "is missing; give --anchors and --readings, or neither for the measured flat"
    anchors, readings = _given(parsed, "anchors", advice), _given(parsed, "readings", advice)
    return ble.run_files(anchors, readings, parsed.out, parsed.calibration, parsed.truth)


def _given(parsed: argparse.Namespace, name: str, advice: str) -> Path:
    path: Path | None = getattr(parsed, name)
    if path is None:
        raise InputError(name, advice)
    return path


def _gestures_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--templates", type=Path, metavar="FOLDER", help="takes: MSR Action3D text or .npy; label = name up to the first _")
    parser.add_argument("--queries", type=Path, metavar="FOLDER", help="performances to recognise, named alike")
    parser.add_argument("--out", type=Path, metavar="CSV", help="write query,label,score here (default: nowhere)")
    parser.add_argument("--dataset", type=Path, metavar="FOLDER", help="without the above: MSR Action3D (default: the shared one)")


def _gestures(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.gestures import gestures

    if parsed.templates is None and parsed.queries is None:
        return gestures.run_dataset(given_or_shared(parsed.dataset, "data/skeleton/msraction3d", "dataset"))
    advice = "is missing; give --templates and --queries, or neither for MSR Action3D"
    return gestures.run_folders(_given(parsed, "templates", advice), _given(parsed, "queries", advice), parsed.out)


def _faces_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pairs", type=Path, metavar="CSV", help="labelled photographs: a,b,same (paths; 1 or 0)")
    parser.add_argument("--photos", type=Path, metavar="FOLDER", help="without --pairs: a folder with a folder of photographs per person")
    parser.add_argument("--out", type=Path, metavar="CSV", help="write a,b,score here (default: beside the pairs, NAME.scores.csv)")
    halves = ("all", "tuning", "held-out")
    parser.add_argument("--half", choices=halves, default="all", help="people of the folder, by a digest of their names (default all)")
    parser.add_argument("--size", type=float, default=1.0, metavar="SHARE", help="make photographs smaller first (default %(default)s)")


def _faces(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import faces

    if parsed.pairs is not None:
        return faces.run(given_or_shared(parsed.pairs, "", "pairs"), None, parsed.out, size=parsed.size)
    photos = given_or_shared(parsed.photos, "data/faces/ageitgey/examples/knn_examples/train", "photos")
    return faces.run(None, photos, parsed.out, half=parsed.half, size=parsed.size)


def _speech_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vad", type=Path, metavar="ONNX", help="the Silero voice detector (default: the shared one)")
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", help="speech in which nobody introduces themselves")
    parser.add_argument("--whisper", type=Path, metavar="FOLDER", help="also measure faster-whisper with the model in this folder")
    parser.add_argument("--voices", type=int, default=7, metavar="N", help="made-up voices at most (default %(default)s)")
    parser.add_argument("--piper", type=Path, action="append", default=[], metavar="ONNX", help="also a voice of piper; several")
    parser.add_argument("--real", type=Path, metavar="FOLDER", help="hours of speech without a name of the list: false names an hour")
    parser.add_argument("--real-minutes", type=float, default=60.0, metavar="M", help="of it at most (default %(default)s)")
    parser.add_argument("--real-tuning", action="store_true", help="of its tuning half instead of the held-out one")


def _speech(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.speech import speech

    vad = given_or_shared(parsed.vad, "data/models/silero_vad.onnx", "vad")
    people = given_or_shared(parsed.recordings, "data/speech", "recordings")
    real = None if parsed.real is None else speech.RealSpeech(parsed.real, parsed.real_minutes, not parsed.real_tuning)
    return speech.run(vad, people, parsed.whisper, parsed.voices, tuple(parsed.piper), real)


def _people_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seeds", type=int, default=20, metavar="N", help="sites, each with its own errors and mishaps (default %(default)s)"
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="length of each (default: 150, or 330 where a phone is left behind)")


def _people(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import people

    if not 1 <= parsed.seeds <= 1000 or (parsed.seconds is not None and not 10 <= parsed.seconds <= 3600):
        raise InputError("seeds", "takes 1–1000, --seconds 10–3600")
    return people.run(parsed.seeds, parsed.seconds, step)


def _closer_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--film", type=Path, metavar="VIDEO", help="people near enough to see their faces (default: the shared clip)")


def _closer(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import closer

    return closer.run(given_or_shared(parsed.film, "data/faces/ageitgey/examples/short_hamilton_clip.mp4", "film"))


def _falls_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="UR Fall clips with labels.csv (default: the shared ones)")
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="files of the detector and of poses (default: the shared ones)")
    parser.add_argument("--video", type=Path, action="append", metavar="VIDEO", help="people among whom nobody falls (may be given again)")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="held-out seeds of made-up falls (default %(default)s)")
    parser.add_argument("--tuning", action="store_true", help="only made-up falls, of the seeds that thresholds were chosen on")
    parser.add_argument("--without-poses", action="store_true", help="made-up falls before cameras whose people's poses are not estimated")


def _falls(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.gestures import falls, made_falls

    if parsed.tuning:
        cases, targets = made_falls.run(made_falls.TUNING_SEEDS[: parsed.seeds], not parsed.without_poses)
        return {"bench": "falls", "cases": cases, "targets": targets}
    streets = parsed.video or [given_or_shared(None, path, "video") for path in (STREET, ONE_BY_ONE)]
    data, models = given_or_shared(parsed.data, "data/fall", "data"), given_or_shared(parsed.models, "data/models", "models")
    result = falls.run(data, models, [given_or_shared(path, "", "video") for path in streets])
    cases, targets = made_falls.run(made_falls.HELD_OUT_SEEDS[: parsed.seeds], not parsed.without_poses)
    return result | {"cases": result["cases"] + cases, "targets": result["targets"] + targets}


def _correlate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--incidents", type=int, default=1_000_000, metavar="N", help="incidents that are there (default %(default)s)")
    own = "also on PostgreSQL with PostGIS: an empty database's address, or a server of its own where none is given"
    parser.add_argument("--postgres", nargs="?", const="", metavar="URL", help=own)


def _correlate(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.incidents import correlate

    if not 1_000 <= parsed.incidents <= 10_000_000:
        raise InputError("incidents", "takes 1,000 to 10,000,000")
    return correlate.run(parsed.incidents, parsed.postgres)


def _risk_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cells", type=int, default=100_000, metavar="N", help="cells of the map (default %(default)s)")


def _risk(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.incidents import risk

    if not 1_000 <= parsed.cells <= 1_000_000:
        raise InputError("cells", "takes 1,000 to 1,000,000")
    return risk.run(parsed.cells)


def _alike_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--looks", type=int, default=1_000_000, metavar="N", help="stays of a year (default %(default)s)")


def _alike(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import alike

    if not 1_000 <= parsed.looks <= 10_000_000:
        raise InputError("looks", "takes 1,000 to 10,000,000")
    return alike.run(parsed.looks)


def _timeline_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=10_000_000, metavar="N", help="events of a year (default %(default)s)")


def _timeline(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.history import timeline

    if not 1_000 <= parsed.events <= 100_000_000:
        raise InputError("events", "takes 1,000 to 100,000,000")
    try:
        return timeline.run(parsed.events)
    except ImportError as error:
        raise EnvironmentFault("missing_package", f"This bench draws a timeline and needs Qt ({error}). Install PySide6.") from None


def _looks_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="photographs and videos, in the folders of the shared ones (default)")
    parser.add_argument("--model", type=Path, metavar="ONNX", help="YOLOX-nano (default: the shared one)")
    parser.add_argument("--fit", type=Path, metavar="JSON", help="measure the scale of looks anew, write it there and judge that one")


def _looks(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.people import looks

    model = given_or_shared(parsed.model, "data/models/yolox_nano_kazuhito.onnx", "model")
    return looks.run(given_or_shared(parsed.data, "data", "data"), model, parsed.fit)


def _firelists_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sequences", type=int, default=1_000_000, metavar="N", help="sequences that are there (default %(default)s)")


def _firelists(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.incidents import firelists

    if not 1_000 <= parsed.sequences <= 10_000_000:
        raise InputError("sequences", "takes 1,000 to 10,000,000")
    return firelists.run(parsed.sequences)


def _inference_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="folder of model files by their usual names")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N", help="of the CPU (default 1 2)")


def _inference(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import inference

    if not all(1 <= count <= 64 for count in parsed.threads):
        raise InputError("threads", "takes 1 to 64")
    return inference.run(given_or_shared(parsed.models, "data/models", "models"), tuple(parsed.threads))


def _fwi_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cells", type=int, default=250_000, metavar="N", help="cells of the grid (default %(default)s)")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="what xclim answered, .npz (default: that of the source)")


def _fwi(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.incidents import fwi

    if not 1 <= parsed.cells <= 10_000_000:
        raise InputError("cells", f"{parsed.cells} is outside 1 to 10000000")
    return fwi.run(parsed.cells, parsed.answers)


def _storm_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reports", type=int, default=10_000, metavar="N", help="reports that are sent (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="within so long (default %(default)s)")
    parser.add_argument("--connections", type=int, default=50, metavar="N", help="over so many connections (default %(default)s)")


def _storm(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.incidents import storm

    if not 5 <= parsed.reports <= 50_000 or parsed.reports % 5 or not 0 <= parsed.seconds <= 3600 or not 1 <= parsed.connections <= 500:
        raise InputError("reports", "takes 5–50000 in fives, --seconds 0–3600 and --connections 1–500")
    return storm.run(parsed.reports, parsed.seconds, parsed.connections)


def _add_video(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="a video with people (default: the shared street scene)")


_Bench = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], dict[str, Any]], str]


def _replay_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=10.0, metavar="M", help="length of the record (default %(default)s)")


def _replay(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.history import replay

    if not 0.5 <= parsed.minutes <= 480:
        raise InputError("minutes", "takes 0.5–480")
    return replay.run(parsed.minutes)


def _shared_record_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=1_000_000, help="how many (default %(default)s)")
    parser.add_argument("--asks", type=int, default=100, help="of each question (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the sites and times that are asked for (default %(default)s)")


def _shared_record(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.history import shared_record

    return shared_record.run(parsed.events, parsed.asks, parsed.seed)


def _review_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="database of a site that ran, and is stopped")


def _review(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.history import review_rows

    return review_rows.run(parsed.record)


def _chat_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=1_000_000, metavar="N", help="events of the record (default %(default)s)")
    parser.add_argument("--each", type=int, default=12, metavar="N", help="how often each form is asked (default %(default)s)")


def _chat(parsed: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.history import chat

    if not 1_000 <= parsed.events <= 20_000_000 or not 1 <= parsed.each <= 1_000:
        raise InputError("events", "takes 1000–20000000, and --each 1–1000")
    return chat.run(parsed.events, parsed.each)


BENCHES: dict[str, _Bench] = {
    "chat": (_chat_arguments, _chat, "questions in words on a year of events: how fast, how true, and whether what is not so is struck"),
    "ingest": (_ingest_arguments, _ingest, "nodes over real sockets from another process: the border alone, and the whole engine"),
    "radio": (_radio_arguments, _radio, "people located by Wi-Fi: recordings and our own room through the pipeline, against the truth"),
    "motion": (_motion_arguments, _motion, "motion scores of CSI recordings: moving told from quiet, beside the usual scores"),
    "fusion": (_fusion_arguments, _fusion, "a tick from link features to tracks, by links and voxels, beside a plain copy"),
    "ble": (_ble_arguments, _ble, "phones located by their Bluetooth strength, beside the usual methods"),
    "faces": (_faces_arguments, _faces, "faces of labelled photographs told apart, named and searched for, beside the plain libraries"),
    "gestures": (_gestures_arguments, _gestures, "gestures recognised and refused on recorded skeletons, beside plain 1-NN DTW"),
    "speech": (_speech_arguments, _speech, "names from spoken introductions: made-up voices, sentences to refuse, recordings of people"),
    "people": (_people_arguments, _people, "three people through four cameras, six nodes and phones, beside each sensor alone"),
    "closer": (_closer_arguments, _closer, "faces, poses and looks of people in a film, as the engine looks at them: what it costs"),
    "falls": (_falls_arguments, _falls, "recorded falls through detector, poses and pipeline, and people who do not fall"),
    "looks": (_looks_arguments, _looks, "pictures of the same occurrence told from others by their looks, beside the usual ways"),
    "correlate": (_correlate_arguments, _correlate, "a new report among a million incidents, on SQLite and PostGIS, beside the bare index"),
    "firelists": (_firelists_arguments, _firelists, "pages of smoke that fire weather filters, among a million sequences"),
    "risk": (_risk_arguments, _risk, "an incident's update of the risk map, in memory and stored, and hot-spot queries"),
    "alike": (_alike_arguments, _alike, "who looks alike among a million stays of a year, beside a plain comparison in memory"),
    "timeline": (_timeline_arguments, _timeline, "a year of events saved, drawn at any zoom, and searched, beside plain SQL"),
    "inference": (_inference_arguments, _inference, "every model on every provider of this machine: time of a run, processor, deviation"),
    "fwi": (_fwi_arguments, _fwi, "fire weather of a grid of cells, and how far it is from what xclim answers"),
    "replay": (_replay_arguments, _replay, "the record of a window run again: how fast, whether it says the same, how long a seek takes"),
    "shared_record": (_shared_record_arguments, _shared_record, "a hub's answers of the past of one of 63 sites, by the events it has"),
    "review": (_review_arguments, _review, "rows an hour of a record: each event, and grouped into review items by several settings"),
    "storm": (_storm_arguments, _storm, "ten thousand reports in a minute on a whole engine, while somebody looks at it"),
    "tracking": (_tracking_arguments, _tracking, "the tracker alone on MOTChallenge detections, beside SORT, ByteTrack and OC-SORT"),
    "zones": (_zones_arguments, _zones, "crossings of lines in real scenes against their truth, and what zones in pictures cost"),
    "accuracy": (_accuracy_arguments, _accuracy, "detector and tracker on a real video with truth, beside ByteTrack and OC-SORT"),
    "privacy": (_privacy_arguments, _privacy, "burning privacy areas into pictures, recording those, covering what was recorded before"),
    "seek": (_seek_arguments, _seek, "jumps in a day of recorded video, steps back, nine cameras in step, beside plain PyAV"),
    "video": (_video_arguments, _video, "the video wall, beside bare decoding and the usual QLabels"),
    "pipeline": (_pipeline_arguments, _pipeline, "the engine under several cameras: rates, cost of each stage, memory"),
    "site": (_site_arguments, _site, "a larger site on one machine: many sub-streams, and what a camera of each size costs"),
    "hub_alerts": (_hub_alerts_arguments, _hub_alerts, "an alert taken through a hub: until it is answered, and until others see who"),
    "sites": (_sites_arguments, _sites, "a console of sites elsewhere: bytes and time of changes, tiles of three, one of them silent"),
    "recording": (_recording_arguments, _recording, "every camera recorded all the time, beside FFmpeg's own segments and a plain remux"),
    "memory": (
        _memory_arguments,
        _memory,
        "the engine, and the console with it, under four cameras with all models: memory after a minute, growth",
    ),
    "latency": (_latency_arguments, _latency, "from start to the first picture, and from an event to its row on screen"),
    "packet_feed": (_packet_feed_arguments, _packet_feed, "tiles of a console elsewhere: bitrate, first picture, rate over a slow line"),
}
