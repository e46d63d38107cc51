"""The video of alerts, for sites that send it: pieces that are sealed by the hub's keys, which the database does not hold."""

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = """
CREATE TABLE clip_files (
    id text COLLATE "C" PRIMARY KEY REFERENCES clips (id) ON DELETE CASCADE,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    have bigint NOT NULL,
    state text NOT NULL,
    at_ns bigint NOT NULL
);
CREATE INDEX ix_clip_files_at ON clip_files (at_ns);
CREATE TABLE clip_pieces (
    id text COLLATE "C" NOT NULL REFERENCES clip_files (id) ON DELETE CASCADE,
    at bigint NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (id, at)
);
ALTER TABLE clip_pieces ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX ix_alerts_event ON alerts (event_id) WHERE event_id != '';
"""


def upgrade() -> None:
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement.rstrip(";"))
