"""SIGKILL while clips are being recorded: what was announced is whole, what was not leaves no trace after the next start."""

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

from engine.model.settings import RecordingSettings
from engine.model.time import ManualClock
from engine.recording.clips.clips import ClipRecorder
from engine.recording.footage.playback import ClipReader

RECORDER = """
import itertools, sys, threading
from pathlib import Path
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND, ManualClock
from engine.model.wire import to_plain
from engine.recording.clips.clips import ClipRecorder
from tests.engine.recording.streams import COUNT, FRAME_NS, START_NS, later, stream
import json
made = threading.Event()
def announce(clip):
    print(json.dumps(to_plain(clip)), flush=True)
    made.set()
clock = ManualClock(START_NS)
recorder = ClipRecorder(Path(sys.argv[1]), clock, announce, lambda sentence: None, RecordingSettings(before_s=0.0, after_s=0.0))
recorder.start()
info, packets = stream("mjpeg")
recorder.on_stream("yard", info)
recorder.open_clip("ev-endless", "yard", START_NS)
for n in itertools.count():
    recorder.open_clip(f"ev-{n}-0", "yard", packets[0].captured_ns + n * COUNT * FRAME_NS)
    for packet in later(packets, n * COUNT * FRAME_NS):
        recorder.on_packet("yard", packet)
    recorder.close_clip(f"ev-{n}-0", packets[COUNT - 2].captured_ns + n * COUNT * FRAME_NS)
    made.wait(120)
    made.clear()
"""


def test_killed_while_recording_no_half_clip_is_left(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    announced: list[dict[str, object]] = []
    for _ in range(2):
        writer = subprocess.Popen([sys.executable, "-c", RECORDER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root)
        assert writer.stdout is not None
        announced += [json.loads(writer.stdout.readline()) for _ in range(3)]
        writer.send_signal(signal.SIGKILL)
        announced += [json.loads(line) for line in writer.communicate()[0].splitlines() if line.endswith("}")]
    assert list(tmp_path.rglob("*.part"))
    for clip in announced:
        file = tmp_path / str(clip["file"])
        assert hashlib.sha256(file.read_bytes()).hexdigest() == clip["sha256"]

    recorder = ClipRecorder(tmp_path, ManualClock(), lambda clip: None, lambda sentence: None, RecordingSettings())
    recorder.start()
    recorder.stop()
    assert recorder.removed_parts >= 1
    assert not list(tmp_path.rglob("*.part"))
    files = [path for path in (tmp_path / "clips").rglob("*") if path.is_file()]
    assert len(files) >= len(announced)
    for path in files:
        with ClipReader(path) as reader:
            assert len(list(reader.pictures())) > 5
