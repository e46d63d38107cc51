BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE clips (
	id TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	started_ns BIGINT NOT NULL, 
	ended_ns BIGINT NOT NULL, 
	file TEXT NOT NULL, 
	thumbnail TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	codec TEXT NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	transcoded BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE decisions (
	id TEXT NOT NULL, 
	candidate TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	decided_ns BIGINT NOT NULL, 
	outcome TEXT NOT NULL, 
	gates JSON NOT NULL, 
	flip TEXT NOT NULL, 
	event_id TEXT, 
	evidence_ids JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "decisions" VALUES('de-000000000001-0','sequence','tr-000000000001-0','yard',1000000000,'raised','[{"gate":"confidence","value":0.62,"threshold":0.45,"margin":0.17,"passed":true,"unit":""},{"gate":"seen","value":0.4,"threshold":0.6,"margin":-0.2,"passed":false,"unit":"s"}]','Seen 0.2 s longer','ev-000000000001-0','["tr-000000000001-0","x"]');
CREATE TABLE deliveries (
	id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	receiver TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	due_ns BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	last_error TEXT NOT NULL, 
	finished_ns BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "deliveries" VALUES('dl-1','webhook','hook','ev-1.1','ev-1','{"a":1}',5,6,2,'waiting','no answer',NULL);
CREATE TABLE events (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	started_ns BIGINT NOT NULL, 
	ended_ns BIGINT, 
	received_ns BIGINT NOT NULL, 
	confidence DOUBLE NOT NULL, 
	decision_id TEXT NOT NULL, 
	box_xyxy JSON, 
	reason TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, position JSON, zone_id TEXT DEFAULT '' NOT NULL, person TEXT DEFAULT '' NOT NULL, level INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES('ev-000000000001-0','person','yard','tr-000000000001-0',3,1000000000,NULL,1000000001,3.00000000000000044408e-01,'de-000000000001-0','[0.1,0.3333333333333333,7.5,9.0]','Seen at the gate — «größer»',1,'[1.25,-2.5,0.3]','kitchen','Ada',1);
CREATE TABLE lockouts (
	name TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	until_ns BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE rejected_counts (
	camera_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	rejected BIGINT NOT NULL, 
	PRIMARY KEY (camera_id, day)
);
CREATE TABLE sequences (
	id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	camera_id TEXT NOT NULL, 
	category INTEGER NOT NULL, 
	started_ns BIGINT NOT NULL, 
	last_seen_ns BIGINT NOT NULL, 
	ended_ns BIGINT, 
	max_conf DOUBLE NOT NULL, 
	detections INTEGER NOT NULL, 
	best_box JSON NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE tokens (
	token_hash TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	label TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	expires_ns BIGINT, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE users (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	role TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name_key)
);
CREATE INDEX ix_events_started ON events (started_ns, id);
CREATE INDEX ix_events_kind ON events (kind, started_ns, id);
CREATE INDEX ix_events_camera ON events (camera_id, started_ns, id);
CREATE INDEX ix_events_camera_kind ON events (camera_id, kind, started_ns, id);
CREATE INDEX ix_events_open ON events (started_ns, id) WHERE ended_ns IS NULL;
CREATE INDEX ix_decisions_decided ON decisions (decided_ns, id);
CREATE INDEX ix_decisions_outcome ON decisions (outcome, decided_ns, id);
CREATE INDEX ix_decisions_camera ON decisions (camera_id, decided_ns, id);
CREATE INDEX ix_decisions_camera_outcome ON decisions (camera_id, outcome, decided_ns, id);
CREATE INDEX ix_sequences_started ON sequences (started_ns, id);
CREATE INDEX ix_sequences_camera ON sequences (camera_id, started_ns, id);
CREATE INDEX ix_clips_started ON clips (started_ns, id);
CREATE INDEX ix_clips_event ON clips (event_id, started_ns, id);
CREATE INDEX ix_clips_camera ON clips (camera_id, started_ns, id);
CREATE INDEX ix_tokens_user_id ON tokens (user_id);
CREATE INDEX ix_lockouts_until_ns ON lockouts (until_ns);
CREATE INDEX ix_deliveries_waiting ON deliveries (due_ns, id) WHERE state = 'waiting';
CREATE INDEX ix_deliveries_finished ON deliveries (finished_ns);
CREATE INDEX ix_deliveries_event ON deliveries (event_id);
COMMIT;
