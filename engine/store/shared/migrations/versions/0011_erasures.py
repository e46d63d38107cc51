"""Erasures of people at sites, from when they are told of until they are done."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE erasures (
            site text COLLATE "C" NOT NULL,
            pseudonym text COLLATE "C" NOT NULL,
            told_ns bigint NOT NULL,
            ended_ns bigint,
            stays boolean NOT NULL DEFAULT false,
            PRIMARY KEY (site, pseudonym)
        )
        """
    )
    op.execute("CREATE INDEX ix_erasures_open ON erasures (told_ns) WHERE ended_ns IS NULL")
