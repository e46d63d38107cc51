"""SIGKILL while the journal is written: nothing that append had confirmed is lost."""

import signal
import subprocess
import sys
from pathlib import Path

from engine.recording.journal import Journal
from tests.engine.recording.observations import numbered, plain

WRITER = """
import sys
from pathlib import Path
from engine.recording.journal import Journal
from tests.engine.recording.observations import numbered
journal = Journal(Path(sys.argv[1]), segment_bytes=20_000)
while True:
    journal.append(numbered(journal.last_number + 1, 6))
    print(journal.last_number, flush=True)
"""


def test_killed_again_and_again_the_journal_stays_sound(tmp_path: Path) -> None:
    confirmed = 0
    for round_ in range(3):
        confirmed = _write_until_killed(tmp_path, confirmed + 120 + 37 * round_)
        journal = Journal(tmp_path)
        assert journal.last_number >= confirmed
        confirmed = journal.last_number
        got = list(journal.read())
        journal.close()
        assert journal.damage == []
        assert [n.number for n in got] == list(range(1, confirmed + 1))
    assert plain(got) == plain(numbered(1, confirmed))


def _write_until_killed(folder: Path, until: int) -> int:
    """Let another process write until it has confirmed this number, kill it, and return the last number it confirmed."""
    root = Path(__file__).parents[3]
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=root)
    assert writer.stdout is not None
    confirmed = 0
    while confirmed < until:
        confirmed = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    rest = writer.communicate()[0].split("\n")[:-1]
    return int(rest[-1]) if rest else confirmed
