"""People whom an identity provider signs in: what its groups may, sign-ins under way, and what each session is checked again by.

`body` and `refresh` are encrypted by the hub's keys, which the database does not hold.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

_TABLES = """
CREATE TABLE oidc_groups (
    name text COLLATE "C" PRIMARY KEY,
    role text NOT NULL,
    cameras json
);
CREATE TABLE oidc_flows (
    digest text COLLATE "C" PRIMARY KEY,
    body text NOT NULL,
    next_ns bigint NOT NULL,
    until_ns bigint NOT NULL
);
CREATE INDEX ix_oidc_flows_until ON oidc_flows (until_ns);
CREATE TABLE oidc_grants (
    session_id text COLLATE "C" PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    refresh text NOT NULL,
    due_ns bigint NOT NULL
);
CREATE INDEX ix_oidc_grants_due ON oidc_grants (due_ns);
"""


def upgrade() -> None:
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement.rstrip(";"))
