"""Sequences of smoke and plumes, which of them belong together, and the incidents that plumes corroborate."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, Text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _sequences()
    _plumes()
    op.create_table(
        "incident_smoke",
        Column("plume_id", Text, primary_key=True),
        Column("incident_id", Text, nullable=False),
        Column("since_ns", BigInteger, nullable=False),
        Column("until_ns", BigInteger, nullable=False),
        Column("body", JSON, nullable=False),
    )
    op.create_index("ix_incident_smoke_until", "incident_smoke", ["until_ns"])


def _sequences() -> None:
    op.create_table(
        "smoke_sequences",
        Column("id", Text, primary_key=True),
        Column("camera_id", Text, nullable=False),
        Column("view_id", Text, nullable=False),
        Column("started_ns", BigInteger, nullable=False),
        Column("last_seen_ns", BigInteger, nullable=False),
        Column("max_conf", Double),
        Column("frames", Integer, nullable=False),
        Column("best_box", JSON, nullable=False),
        Column("azimuth_deg", Double),
        Column("cone_deg", Double),
        Column("detector", Text, nullable=False),
        Column("experimental", Boolean, nullable=False),
        Column("validation", Text, nullable=False),
        Column("score", Double),
        Column("attempts", Integer, nullable=False),
        Column("label", Text),
        Column("labelled_by", Text, nullable=False),
        Column("plume_id", Text, nullable=False),
        Column("simulated", Boolean, nullable=False),
    )
    columns = ["started_ns", "id", "camera_id", "max_conf", "validation", "label"]
    op.create_index("ix_smoke_sequences_started", "smoke_sequences", columns)


def _plumes() -> None:
    op.create_table(
        "smoke_plumes",
        Column("id", Text, primary_key=True),
        Column("started_ns", BigInteger, nullable=False),
        Column("last_seen_ns", BigInteger, nullable=False),
        Column("place", JSON),
        Column("incident_id", Text, nullable=False),
        Column("simulated", Boolean, nullable=False),
    )
    op.create_index("ix_smoke_plumes_started", "smoke_plumes", ["started_ns", "id"])
    op.create_index("ix_smoke_plumes_seen", "smoke_plumes", ["last_seen_ns", "id"])
    op.create_table("smoke_links", Column("plume_id", Text, primary_key=True), Column("sequence_id", Text, primary_key=True))
    op.create_index("ix_smoke_links_sequence", "smoke_links", ["sequence_id", "plume_id"])
    op.create_table(
        "smoke_words",
        Column("first_id", Text, primary_key=True),
        Column("second_id", Text, primary_key=True),
        Column("together", Boolean, nullable=False),
    )
    op.create_index("ix_smoke_words_second", "smoke_words", ["second_id"])
