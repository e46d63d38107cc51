"""Rules and settings for several sites: templates with their versions, orders to sites, and what sites tell of what they have."""

from alembic import op

revision = "0010"
down_revision = "0009"

_TABLES = """
CREATE TABLE templates (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL UNIQUE
);
CREATE TABLE template_versions (
    template text COLLATE "C" NOT NULL REFERENCES templates (id),
    number bigint NOT NULL,
    at_ns bigint NOT NULL,
    by text NOT NULL,
    note text NOT NULL,
    fields json NOT NULL,
    PRIMARY KEY (template, number)
);
CREATE TABLE template_orders (
    id text COLLATE "C" PRIMARY KEY,
    site text COLLATE "C" NOT NULL,
    act text NOT NULL,
    template text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    seen text NOT NULL,
    asked_ns bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    user_name text NOT NULL,
    role text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    outcome jsonb,
    ended_ns bigint
);
CREATE INDEX ix_template_orders_waiting ON template_orders (site, asked_ns) WHERE state = 'waiting';
CREATE INDEX ix_template_orders_asked ON template_orders (site, template, act, asked_ns);
CREATE TABLE site_templates (
    site text COLLATE "C" PRIMARY KEY,
    digest text NOT NULL,
    accepts boolean NOT NULL,
    applied jsonb NOT NULL,
    told_ns bigint NOT NULL
);
"""


def upgrade() -> None:
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement.rstrip(";"))
