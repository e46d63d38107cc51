"""The video of alerts that sites sent: sealed pieces, below the facts of their clips, with which they go."""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import text

from engine.model.value_class import dataclass
from engine.store.guarded import GuardedTables

_WANTED = text(
    "SELECT c.id, coalesce(f.have, 0) AS have FROM clips c LEFT JOIN clip_files f ON f.id = c.id"
    " WHERE split_part(c.id, '/', 1) = :site AND c.started_ns >= :since_ns AND c.event_id != '' AND coalesce(f.state, 'coming') = 'coming'"
    " AND EXISTS (SELECT 1 FROM alerts a WHERE a.event_id = c.event_id) ORDER BY c.started_ns DESC, c.id DESC LIMIT :most"
)
_BEGIN = text(
    "INSERT INTO clip_files (id, size, sha256, have, state, at_ns)"
    " SELECT c.id, :size, :sha256, 0, :state, :at_ns FROM clips c WHERE c.id = :id ON CONFLICT (id) DO UPDATE"
    " SET size = excluded.size, sha256 = excluded.sha256, have = 0, state = excluded.state, at_ns = excluded.at_ns"
)


class FileState(StrEnum):
    COMING = "coming"
    THERE = "there"
    GONE = "gone"  # the site has it no longer


@dataclass(frozen=True, slots=True)
class ClipFile:
    """`have`: so many bytes of `size` are here. sha256: hex, of all."""

    id: str
    size: int
    sha256: str
    have: int
    state: FileState


class ClipFileTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault. Ids are those of the shared record."""

    def to_fetch(self, site: str, since_ns: int, most: int) -> tuple[tuple[str, int], ...]:
        """Clips of alerts whose video is not here, the newest first, with how many bytes of each are."""
        with self._read() as connection:
            rows = connection.execute(_WANTED, {"site": site, "since_ns": since_ns, "most": most})
            return tuple((str(row.id), int(row.have)) for row in rows)

    def file(self, clip_id: str) -> ClipFile | None:
        with self._read() as connection:
            row = connection.execute(text("SELECT * FROM clip_files WHERE id = :id"), {"id": clip_id}).first()
        return None if row is None else ClipFile(row.id, int(row.size), row.sha256, int(row.have), FileState(row.state))

    def begin(self, clip_id: str, size: int, sha256: str, at_ns: int, state: FileState = FileState.COMING) -> None:
        """Anew, where some of it was here. Of a clip that is not known nothing is kept."""
        with self._write() as connection:
            connection.execute(text("DELETE FROM clip_pieces WHERE id = :id"), {"id": clip_id})
            connection.execute(_BEGIN, {"id": clip_id, "size": size, "sha256": sha256, "at_ns": at_ns, "state": state.value})

    def add(self, clip_id: str, at: int, length: int, sealed: bytes) -> int:
        """What follows on what is here; how much is here then. `length`: of the piece before it was sealed."""
        with self._write() as connection:
            moved = "UPDATE clip_files SET have = have + :length WHERE id = :id AND have = :at AND state = 'coming' RETURNING have"
            have = connection.scalar(text(moved), {"id": clip_id, "at": at, "length": length})
            if have is None:
                return int(connection.scalar(text("SELECT have FROM clip_files WHERE id = :id"), {"id": clip_id}) or 0)
            piece = {"id": clip_id, "at": at, "data": sealed}
            connection.execute(text("INSERT INTO clip_pieces (id, at, data) VALUES (:id, :at, :data)"), piece)
            return int(have)

    def finish(self, clip_id: str) -> None:
        with self._write() as connection:
            connection.execute(text("UPDATE clip_files SET state = 'there' WHERE id = :id AND have = size"), {"id": clip_id})

    def pieces(self, clip_id: str) -> Iterator[bytes]:
        """Sealed, in their order; one at a time."""
        at = -1
        while True:
            with self._read() as connection:
                following = "SELECT at, data FROM clip_pieces WHERE id = :id AND at > :at ORDER BY at LIMIT 1"
                row = connection.execute(text(following), {"id": clip_id, "at": at}).first()
            if row is None:
                return
            at = int(row.at)
            yield bytes(row.data)
