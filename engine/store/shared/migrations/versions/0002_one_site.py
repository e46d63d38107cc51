"""What one site told, for whoever is limited to it, or to some of its cameras; words of alerts and decisions; counts by site.

Questions about one site see the views of the schema `one_site` in place of the tables, with two settings of the transaction:
`watchroom.site`, its key, and `watchroom.cameras`, the ids of the cameras that may be seen, a line each, or `*` for all and for what no
camera saw. Where these are not set there are no rows. Tables that are not told to a hub are empty there.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_QUARTER_NS = 900 * 10**9
_ALL = "(SELECT current_setting('watchroom.cameras', true) = '*')"
_CAMERAS = "(SELECT string_to_array(NULLIF(current_setting('watchroom.cameras', true), '*'), E'\\n'))::text[]"
_SEEN = f"({_ALL} OR camera_id = ANY ({_CAMERAS}))"
_SEVERAL_SENSORS = "('two_places', 'badge_without_owner', 'phone_left')"  # kinds that tell of one person at several sensors
_TOLD_OF_OTHERS = f"({_ALL} OR kind NOT IN {_SEVERAL_SENSORS})"
_THIS = "current_setting('watchroom.site', true)"
_OF_SITE = f"split_part(id, '/', 1) = {_THIS}"

_KEY = "array_to_tsvector(ARRAY[' ' || split_part(id, '/', 1)])"  # no word that is typed begins with a space
_NOTES = "jsonb_path_query_array(notes, '$[*].text')::text"
_WORDS = {
    "events": "reason || ' ' || person || ' ' || label",
    "alerts": f"reason || ' ' || person || ' ' || assignee || ' ' || shelved_reason || ' ' || {_NOTES}",
    "decisions": "reason || ' ' || flip",
}
_COUNTS = f"""
DROP TABLE event_counts;
CREATE TABLE event_counts (
    site text COLLATE "C" NOT NULL,
    day bigint NOT NULL,
    camera_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    severity bigint NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (site, day, camera_id, kind, severity)
);
INSERT INTO event_counts (site, day, camera_id, kind, severity, counts)
    WITH begun AS (
        SELECT split_part(id, '/', 1) AS site, camera_id, kind, severity, started_ns / {_QUARTER_NS} AS quarter FROM events WHERE NOT shadow
    ), counted AS (
        SELECT site, camera_id, kind, severity, quarter FROM begun
        UNION ALL SELECT site, '*', '', 0, quarter FROM begun
        UNION ALL SELECT site, camera_id, '', 0, quarter FROM begun WHERE camera_id != '' AND kind NOT IN {_SEVERAL_SENSORS}
    ), quarters AS (
        SELECT site, quarter / 96 AS day, camera_id, kind, severity, mod(quarter, 96) AS place, count(*) AS n FROM counted
        GROUP BY 1, 2, 3, 4, 5, 6
    ), days AS (
        SELECT site, day, camera_id, kind, severity, jsonb_object_agg(place, n) AS found FROM quarters GROUP BY 1, 2, 3, 4, 5
    )
    SELECT site, day, camera_id, kind, severity,
        ARRAY(SELECT coalesce((found ->> place::text)::integer, 0) FROM generate_series(0, 95) AS place ORDER BY place)
    FROM days;
"""
_INDEXES = (  # with the id at their end
    ("events", "started_ns"),
    ("events", "kind, started_ns"),
    ("events", "camera_id, started_ns"),
    ("events", "camera_id, kind, started_ns"),
    ("decisions", "decided_ns"),
    ("alerts", "raised_ns"),
    ("review_items", "started_ns"),
    ("clips", "started_ns"),
    ("incidents", "occurred_ns"),
)
_LIMITED = {  # as whoever is limited to cameras is told them
    "alerts": {"event_ids": "jsonb_build_array(event_id)", "incident_id": "''"},
    "decisions": {"evidence_ids": "'[]'::jsonb", "evidence": "'[]'::jsonb", "facts": "facts - '{also_ids,same_id,incident_id}'::text[]"},
}
_ROWS = {
    "events": f"{_OF_SITE} AND {_SEEN} AND {_TOLD_OF_OTHERS}",
    "decisions": f"{_OF_SITE} AND {_SEEN} AND ({_ALL} OR candidate != 'identity')",
    "alerts": f"{_OF_SITE} AND {_SEEN} AND {_TOLD_OF_OTHERS}",
    "review_items": f"{_OF_SITE} AND {_SEEN}",
    "clips": f"{_OF_SITE} AND {_SEEN}",
    "incidents": f"{_OF_SITE} AND {_ALL}",
    "event_counts": f"site = {_THIS} AND {_SEEN} AND {_TOLD_OF_OTHERS}",
}
_EMPTY = {"reports": "id text, incident_id text", "review_marks": "item_id text, user_id text, at_ns bigint, severity bigint"}


def upgrade() -> None:
    for table, words in _WORDS.items():
        op.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS words")
        op.execute(f"ALTER TABLE {table} ADD words tsvector GENERATED ALWAYS AS (to_tsvector('simple', {words}) || {_KEY}) STORED")
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (words)")
    for statement in _COUNTS.strip().split(";\n"):
        op.execute(statement.strip().rstrip(";"))
    for index in ("ix_events_kind", "ix_events_camera", "ix_events_camera_kind"):
        op.execute(f"DROP INDEX {index}")
    for table, columns in _INDEXES:
        name = "_".join(("ix", table, "site", *columns.split(", ")[:-1]))
        op.execute(f"CREATE INDEX {name} ON {table} (split_part(id, '/', 1), {columns}, id)")
    op.execute(
        "CREATE INDEX ix_events_site_people ON events (split_part(id, '/', 1), started_ns, id) WHERE person_id != '' OR person != ''"
    )
    op.execute("CREATE SCHEMA one_site")
    for table, rows in _ROWS.items():
        op.execute(f"CREATE VIEW one_site.{table} AS SELECT {_columns(table)} FROM public.{table} WHERE {rows}")
    for table, columns in _EMPTY.items():
        op.execute(f"CREATE TABLE one_site.{table} ({columns})")


def _columns(table: str) -> str:
    limited = _LIMITED.get(table)
    if limited is None:
        return "*"
    query = (
        f"SELECT attname FROM pg_attribute WHERE attrelid = 'public.{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    names = [row[0] for row in op.get_bind().exec_driver_sql(query)]
    return ", ".join(f'CASE WHEN {_ALL} THEN "{n}" ELSE {limited[n]} END AS "{n}"' if n in limited else f'"{n}"' for n in names)
