"""What was said about alerts of sites that were away, and what those sites made of it."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE alerts ADD COLUMN hub_acts jsonb NOT NULL DEFAULT '[]'")
    view = str(op.get_bind().exec_driver_sql("SELECT pg_get_viewdef('one_site.alerts'::regclass)").scalar_one())
    columns, table, rows = view.partition("\n   FROM ")
    op.execute(f"CREATE OR REPLACE VIEW one_site.alerts AS {columns}, hub_acts{table}{rows}".replace(":", "\\:"))
    op.execute(
        """
        CREATE TABLE intents (
            id text COLLATE "C" PRIMARY KEY,
            site text COLLATE "C" NOT NULL,
            said_ns bigint NOT NULL,
            user_id text COLLATE "C" NOT NULL,
            user_name text NOT NULL,
            role text NOT NULL,
            cameras jsonb,
            command jsonb NOT NULL,
            seen_assignee text,
            state text NOT NULL DEFAULT 'waiting',
            outcome text NOT NULL DEFAULT '',
            ended_ns bigint
        )
        """
    )
    op.execute("CREATE INDEX ix_intents_waiting ON intents (site, said_ns) WHERE state = 'waiting'")
    op.execute("CREATE INDEX ix_intents_said ON intents (site, said_ns)")
