"""Who may see which cameras, tokens of machines, and what one shift leaves the next."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("users", sa.Column("cameras", sa.JSON(none_as_null=True)))
    op.add_column("users", sa.Column("last_sign_in_ns", sa.BigInteger))
    op.add_column("tokens", sa.Column("machine", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("tokens", sa.Column("verbs", sa.JSON(none_as_null=True)))
    op.add_column("tokens", sa.Column("cameras", sa.JSON(none_as_null=True)))
    op.add_column("tokens", sa.Column("by", sa.Text, nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("last_used_ns", sa.BigInteger))
    op.execute("UPDATE tokens SET machine = 1 WHERE expires_ns IS NULL")  # until now sessions always had an end, and tokens never
    op.create_table(
        "handovers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
    )
    op.create_index("ix_handovers_at", "handovers", ["at_ns", "id"])
