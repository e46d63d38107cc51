"""Persons whom sites describe for purposes that have a gallery."""

from alembic import op

revision = "0013"
down_revision = "0012"

_TABLES = """
CREATE TABLE gallery_entries (
    id text COLLATE "C" PRIMARY KEY,
    purpose text COLLATE "C" NOT NULL REFERENCES people_purposes (id) ON DELETE CASCADE,
    person text COLLATE "C" NOT NULL,
    digest text NOT NULL,
    until_ns bigint NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE gallery_holders (
    site text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (site, id)
);
ALTER TABLE people_purposes ADD COLUMN gallery boolean NOT NULL DEFAULT false
"""


def upgrade() -> None:
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement)
