"""Persons of several sites who may be one, for purposes that sites agreed to."""

from alembic import op

revision = "0009"
down_revision = "0008"

_TABLES = """
CREATE TABLE people_purposes (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    words text NOT NULL,
    basis text NOT NULL,
    keep_days integer NOT NULL
);
CREATE TABLE site_purposes (
    site text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (site, purpose)
);
CREATE TABLE person_pairs (
    purpose text COLLATE "C" NOT NULL REFERENCES people_purposes (id) ON DELETE CASCADE,
    a text COLLATE "C" NOT NULL,
    b text COLLATE "C" NOT NULL,
    described text COLLATE "C" NOT NULL,
    likeness double precision NOT NULL,
    model text NOT NULL,
    pictures jsonb NOT NULL,
    found_by text NOT NULL,
    found_ns bigint NOT NULL,
    verdict text NOT NULL DEFAULT 'open',
    judged_by text NOT NULL DEFAULT '',
    judged_ns bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (purpose, a, b)
);
CREATE INDEX ix_person_pairs_a ON person_pairs (a);
CREATE INDEX ix_person_pairs_b ON person_pairs (b)
"""


def upgrade() -> None:
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement)
