"""What sites tell of their records, which sites there are, and how far each has told.

Ids are ordered by their bytes, as at the sites. `words`: what an event or alert is found by, in every language alike.
"""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE shared_sites (
    key text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    stream text NOT NULL DEFAULT '',
    seq bigint NOT NULL DEFAULT 0,
    heard_ns bigint NOT NULL DEFAULT 0,
    retired_ns bigint,
    public_key text NOT NULL DEFAULT ''
);
CREATE TABLE site_codes (
    digest text PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    until_ns bigint NOT NULL
);
CREATE TABLE events (
    id text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL,
    camera_id text COLLATE "C" NOT NULL,
    subject_id text NOT NULL,
    severity bigint NOT NULL,
    started_ns bigint NOT NULL,
    ended_ns bigint,
    received_ns bigint NOT NULL,
    confidence double precision NOT NULL,
    decision_id text NOT NULL,
    box_xyxy jsonb,
    reason text NOT NULL,
    simulated boolean NOT NULL,
    position jsonb,
    zone_id text COLLATE "C" NOT NULL,
    person text NOT NULL,
    level bigint NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    label text NOT NULL,
    shadow boolean NOT NULL,
    candidates jsonb NOT NULL,
    named_by text,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', reason || ' ' || person || ' ' || label)) STORED
);
CREATE INDEX ix_events_started ON events (started_ns, id);
CREATE INDEX ix_events_kind ON events (kind, started_ns, id);
CREATE INDEX ix_events_camera ON events (camera_id, started_ns, id);
CREATE INDEX ix_events_camera_kind ON events (camera_id, kind, started_ns, id);
CREATE INDEX ix_events_person ON events (person_id, started_ns, id) WHERE person_id != '';
CREATE INDEX ix_events_open ON events (started_ns, id) WHERE ended_ns IS NULL;
CREATE INDEX ix_events_words ON events USING gin (words);
CREATE TABLE decisions (
    id text COLLATE "C" PRIMARY KEY,
    candidate text NOT NULL,
    subject_id text NOT NULL,
    camera_id text COLLATE "C" NOT NULL,
    decided_ns bigint NOT NULL,
    outcome text NOT NULL,
    gates jsonb NOT NULL,
    flip text NOT NULL,
    event_id text,
    evidence_ids jsonb NOT NULL,
    stage text NOT NULL,
    evidence jsonb NOT NULL,
    rule_id text NOT NULL,
    alert_id text NOT NULL,
    position jsonb,
    zone_id text NOT NULL,
    reason text NOT NULL,
    facts jsonb
);
CREATE INDEX ix_decisions_decided ON decisions (decided_ns, id);
CREATE INDEX ix_decisions_camera ON decisions (camera_id, decided_ns, id);
CREATE TABLE alerts (
    id text COLLATE "C" PRIMARY KEY,
    decision_id text NOT NULL,
    rule_id text NOT NULL,
    kind text NOT NULL,
    severity bigint NOT NULL,
    raised_ns bigint NOT NULL,
    changed_ns bigint NOT NULL,
    state text NOT NULL,
    event_id text NOT NULL,
    event_ids jsonb NOT NULL,
    incident_id text NOT NULL,
    "group" text NOT NULL,
    camera_id text COLLATE "C" NOT NULL,
    subject_id text NOT NULL,
    position jsonb,
    zone_id text NOT NULL,
    person text NOT NULL,
    person_id text NOT NULL,
    reason text NOT NULL,
    procedure jsonb NOT NULL,
    steps_done jsonb NOT NULL,
    assignee text NOT NULL,
    disposition text,
    shelved_until_ns bigint,
    shelved_reason text NOT NULL,
    notes jsonb NOT NULL,
    seen_by jsonb NOT NULL,
    level bigint NOT NULL,
    ended boolean NOT NULL,
    promoted boolean NOT NULL,
    simulated boolean NOT NULL,
    assignee_id text NOT NULL,
    seen_by_ids jsonb NOT NULL
);
CREATE INDEX ix_alerts_raised ON alerts (raised_ns, id);
CREATE INDEX ix_alerts_open ON alerts (raised_ns, id) WHERE state != 'closed';
CREATE INDEX ix_alerts_incident ON alerts (incident_id) WHERE incident_id != '';
CREATE TABLE review_items (
    id text COLLATE "C" PRIMARY KEY,
    cause text NOT NULL,
    camera_id text COLLATE "C" NOT NULL,
    started_ns bigint NOT NULL,
    ended_ns bigint,
    severity bigint NOT NULL,
    event_ids jsonb NOT NULL,
    kinds jsonb NOT NULL,
    best_event_id text NOT NULL,
    alert_ids jsonb NOT NULL,
    person_ids jsonb NOT NULL,
    persons jsonb NOT NULL,
    people bigint NOT NULL,
    zone_ids jsonb NOT NULL,
    simulated boolean NOT NULL,
    camera_part jsonb,
    newest_ns bigint NOT NULL
);
CREATE INDEX ix_review_items_started ON review_items (started_ns, id);
CREATE INDEX ix_review_items_camera ON review_items (camera_id, started_ns, id);
CREATE TABLE clips (
    id text COLLATE "C" PRIMARY KEY,
    event_id text NOT NULL,
    camera_id text COLLATE "C" NOT NULL,
    started_ns bigint NOT NULL,
    ended_ns bigint NOT NULL,
    file text NOT NULL,
    thumbnail text NOT NULL,
    sha256 text NOT NULL,
    size_bytes bigint NOT NULL,
    codec text NOT NULL,
    width bigint NOT NULL,
    height bigint NOT NULL,
    transcoded boolean NOT NULL
);
CREATE INDEX ix_clips_started ON clips (started_ns, id);
CREATE INDEX ix_clips_event ON clips (event_id, started_ns, id);
CREATE INDEX ix_clips_camera ON clips (camera_id, started_ns, id);
CREATE TABLE incidents (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    category text NOT NULL,
    severity bigint NOT NULL,
    status text NOT NULL,
    state text NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    occurred_ns bigint NOT NULL,
    updated_ns bigint NOT NULL,
    body jsonb NOT NULL,
    simulated boolean NOT NULL,
    threat_id text NOT NULL DEFAULT '',
    place geography(Point, 4326) GENERATED ALWAYS AS (geography(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326))) STORED
);
CREATE INDEX ix_incidents_occurred ON incidents (occurred_ns, id);
CREATE INDEX ix_incidents_place ON incidents USING gist (place, occurred_ns);
CREATE TABLE shared_audit (
    site text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    at_ns bigint NOT NULL,
    "by" text NOT NULL,
    verb text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL,
    hash text NOT NULL,
    by_id text NOT NULL,
    PRIMARY KEY (site, seq)
);
CREATE INDEX ix_shared_audit_at ON shared_audit (at_ns);
CREATE TABLE users (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL UNIQUE,
    role text NOT NULL,
    password_hash text NOT NULL,
    cameras json,
    last_sign_in_ns bigint
);
CREATE TABLE tokens (
    token_hash text COLLATE "C" PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label text NOT NULL,
    created_ns bigint NOT NULL,
    expires_ns bigint,
    machine boolean NOT NULL DEFAULT false,
    verbs json,
    cameras json,
    "by" text NOT NULL DEFAULT '',
    last_used_ns bigint
);
CREATE INDEX ix_tokens_user ON tokens (user_id);
CREATE TABLE lockouts (
    name text COLLATE "C" PRIMARY KEY,
    failures bigint NOT NULL,
    until_ns bigint NOT NULL
);
CREATE INDEX ix_lockouts_until ON lockouts (until_ns);
CREATE TABLE event_counts (
    camera_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    severity bigint NOT NULL,
    quarter bigint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (quarter, camera_id, kind, severity)
);
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in _TABLES.strip().split(";\n"):
        op.execute(statement.rstrip(";"))
