"""What is done at the hub itself, as a chain like that of each site; how far each site's clock is off."""

from alembic import op

revision = "0005"
down_revision = "0002"

_AUDIT = """
CREATE TABLE audit (
    seq bigint PRIMARY KEY,
    at_ns bigint NOT NULL,
    "by" text NOT NULL,
    verb text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL,
    hash text NOT NULL,
    by_id text NOT NULL
)
"""


def upgrade() -> None:
    op.execute(_AUDIT)
    op.execute("ALTER TABLE shared_sites ADD COLUMN clock_offset_ns bigint")
