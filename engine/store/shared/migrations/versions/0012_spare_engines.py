"""Spare engines: which members of a hub are spares, what they record for which site, and sealed settings that wait for them."""

from alembic import op

revision = "0012"
down_revision = "0011"

_TABLES = """
ALTER TABLE shared_sites ADD COLUMN spare_key text NOT NULL DEFAULT '';
ALTER TABLE shared_sites ADD COLUMN spare text NOT NULL DEFAULT '';
ALTER TABLE shared_sites ADD COLUMN stands_for text NOT NULL DEFAULT '';
ALTER TABLE shared_sites ADD COLUMN standing_ns bigint;
ALTER TABLE shared_sites ADD COLUMN stood_ns bigint NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX ix_shared_sites_spare_key ON shared_sites (spare_key) WHERE spare_key != '' AND retired_ns IS NULL;
CREATE UNIQUE INDEX ix_shared_sites_stands_for ON shared_sites (spare, stands_for) WHERE spare != '';
ALTER TABLE site_codes ADD COLUMN spare boolean NOT NULL DEFAULT false;
CREATE TABLE spare_packages (
    site text COLLATE "C" NOT NULL REFERENCES shared_sites (key) ON DELETE CASCADE,
    spare_key text NOT NULL,
    version bigint NOT NULL,
    package bytea NOT NULL,
    at_ns bigint NOT NULL,
    PRIMARY KEY (site, spare_key)
);
CREATE INDEX ix_spare_packages_spare ON spare_packages (spare_key);
"""


def upgrade() -> None:
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement.rstrip(";"))
