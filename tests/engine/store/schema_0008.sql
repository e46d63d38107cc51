BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
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
	evidence_ids JSON NOT NULL, stage TEXT DEFAULT 'event' NOT NULL, rule_id TEXT DEFAULT '' NOT NULL, alert_id TEXT DEFAULT '' NOT NULL, zone_id TEXT DEFAULT '' NOT NULL, reason TEXT DEFAULT '' NOT NULL, evidence JSON DEFAULT '[]' NOT NULL, position JSON, facts JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "decisions" VALUES('de-000000000001-0','sequence','tr-000000000001-0','yard',1000000000,'raised','[{"gate":"confidence","value":0.62,"threshold":0.45,"margin":0.17,"passed":true,"unit":""},{"gate":"seen","value":0.4,"threshold":0.6,"margin":-0.2,"passed":false,"unit":"s"}]','Seen 0.2 s longer','ev-000000000001-0','["tr-000000000001-0","x"]','event','','','','','[]',NULL,NULL);
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
	simulated BOOLEAN NOT NULL, position JSON, zone_id TEXT DEFAULT '' NOT NULL, person TEXT DEFAULT '' NOT NULL, level INTEGER DEFAULT '0' NOT NULL, person_id TEXT DEFAULT '' NOT NULL, label TEXT DEFAULT '' NOT NULL, shadow BOOLEAN DEFAULT 0 NOT NULL, candidates JSON DEFAULT '[]' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES('ev-000000000001-0','person','yard','tr-000000000001-0',3,1000000000,NULL,1000000001,3.00000000000000044408e-01,'de-000000000001-0','[0.1,0.3333333333333333,7.5,9.0]','Seen at the gate — «größer»',1,'[1.25,-2.5,0.3]','kitchen','Ada',1,'','',0,'[]');
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
CREATE TABLE persons (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	color TEXT NOT NULL, 
	name_source TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	first_seen_ns BIGINT, 
	last_seen_ns BIGINT, 
	last_camera_id TEXT NOT NULL, 
	visits INTEGER NOT NULL, 
	consent TEXT NOT NULL, 
	note TEXT NOT NULL, 
	archived_ns BIGINT, 
	locked BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "persons" VALUES('pe-1','Ada','#56b4e9','operator',0,NULL,NULL,'',0,'unknown','old',NULL,0);
CREATE TABLE faces (
	id TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	embedding JSON NOT NULL, 
	model TEXT NOT NULL, 
	quality DOUBLE NOT NULL, 
	taken_ns BIGINT NOT NULL, 
	camera_id TEXT NOT NULL, 
	negative BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE gestures (
	id TEXT NOT NULL, 
	label TEXT NOT NULL, 
	takes JSON NOT NULL, 
	threshold DOUBLE NOT NULL, 
	created_ns BIGINT NOT NULL, 
	created_by TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at_ns BIGINT NOT NULL, 
	"by" TEXT NOT NULL, 
	verb TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, hash TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (seq)
);
CREATE TABLE erasures (
	pseudonym TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	names JSON NOT NULL, 
	PRIMARY KEY (pseudonym)
);
CREATE TABLE alerts (
	id TEXT NOT NULL, 
	decision_id TEXT NOT NULL, 
	rule_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	raised_ns BIGINT NOT NULL, 
	changed_ns BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	event_ids JSON NOT NULL, 
	incident_id TEXT NOT NULL, 
	"group" TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	position JSON, 
	zone_id TEXT NOT NULL, 
	person TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	procedure JSON NOT NULL, 
	steps_done JSON NOT NULL, 
	assignee TEXT NOT NULL, 
	disposition TEXT, 
	shelved_until_ns BIGINT, 
	shelved_reason TEXT NOT NULL, 
	notes JSON NOT NULL, 
	seen_by JSON NOT NULL, 
	level INTEGER NOT NULL, 
	ended BOOLEAN NOT NULL, 
	promoted BOOLEAN NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE incidents (
	"key" INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	category TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	state TEXT NOT NULL, 
	latitude DOUBLE NOT NULL, 
	longitude DOUBLE NOT NULL, 
	occurred_ns BIGINT NOT NULL, 
	updated_ns BIGINT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY ("key"), 
	UNIQUE (id)
);
CREATE TABLE reports (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	incident_id TEXT NOT NULL, 
	sender TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	occurred_ns BIGINT NOT NULL, 
	status TEXT NOT NULL, 
	pictured BOOLEAN NOT NULL, 
	link JSON NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
CREATE TABLE incident_news (
	incident_id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (incident_id)
);
CREATE VIRTUAL TABLE incident_places USING rtree(key, south, north, west, east, since, until);
CREATE TABLE atlas_calls (
	seq INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	incident_id TEXT NOT NULL, 
	body JSON NOT NULL, 
	created_ns BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	last_error TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE ("key")
);
CREATE TABLE atlas_minutes (
	minute BIGINT NOT NULL, 
	calls INTEGER NOT NULL, 
	answered INTEGER NOT NULL, 
	total_ms DOUBLE NOT NULL, 
	dropped_classify INTEGER NOT NULL, 
	dropped_feedback INTEGER NOT NULL, 
	PRIMARY KEY (minute)
);
CREATE TABLE risk_bumps (
	incident_id TEXT NOT NULL, 
	latitude DOUBLE NOT NULL, 
	longitude DOUBLE NOT NULL, 
	at_ns BIGINT NOT NULL, 
	category TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	weight DOUBLE NOT NULL, 
	strength DOUBLE NOT NULL, 
	PRIMARY KEY (incident_id)
);
CREATE TABLE risk_cells (
	cell INTEGER NOT NULL, 
	bump DOUBLE NOT NULL, 
	reference_ns BIGINT NOT NULL, 
	PRIMARY KEY (cell)
);
CREATE TABLE fire_risks (
	day TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	fire_class TEXT, 
	fwi DOUBLE, 
	source TEXT NOT NULL, 
	fetched_ns BIGINT NOT NULL, 
	trouble TEXT NOT NULL, 
	PRIMARY KEY (day, camera_id)
);
CREATE TABLE fire_weather (
	place TEXT NOT NULL, 
	day TEXT NOT NULL, 
	temperature DOUBLE, 
	humidity DOUBLE, 
	wind DOUBLE, 
	rain DOUBLE, 
	status TEXT NOT NULL, 
	ffmc DOUBLE, 
	dmc DOUBLE, 
	dc DOUBLE, 
	isi DOUBLE, 
	bui DOUBLE, 
	fwi DOUBLE, 
	dsr DOUBLE, 
	fire_class TEXT, 
	spun_up INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	forecast BOOLEAN NOT NULL, 
	PRIMARY KEY (place, day)
);
CREATE TABLE smoke_sequences (
	id TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	view_id TEXT NOT NULL, 
	started_ns BIGINT NOT NULL, 
	last_seen_ns BIGINT NOT NULL, 
	max_conf DOUBLE, 
	frames INTEGER NOT NULL, 
	best_box JSON NOT NULL, 
	azimuth_deg DOUBLE, 
	cone_deg DOUBLE, 
	detector TEXT NOT NULL, 
	experimental BOOLEAN NOT NULL, 
	validation TEXT NOT NULL, 
	score DOUBLE, 
	attempts INTEGER NOT NULL, 
	label TEXT, 
	labelled_by TEXT NOT NULL, 
	plume_id TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE smoke_plumes (
	id TEXT NOT NULL, 
	started_ns BIGINT NOT NULL, 
	last_seen_ns BIGINT NOT NULL, 
	place JSON, 
	incident_id TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE smoke_links (
	plume_id TEXT NOT NULL, 
	sequence_id TEXT NOT NULL, 
	PRIMARY KEY (plume_id, sequence_id)
);
CREATE TABLE smoke_words (
	first_id TEXT NOT NULL, 
	second_id TEXT NOT NULL, 
	together BOOLEAN NOT NULL, 
	PRIMARY KEY (first_id, second_id)
);
CREATE TABLE incident_smoke (
	plume_id TEXT NOT NULL, 
	incident_id TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (plume_id)
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
CREATE INDEX ix_events_person ON events (person_id, started_ns, id) WHERE person_id != '';
CREATE INDEX ix_events_label ON events (label, started_ns, id) WHERE label != '';
CREATE INDEX ix_faces_person_id ON faces (person_id);
CREATE INDEX ix_decisions_stage ON decisions (decided_ns, id) WHERE stage = 'alert';
CREATE INDEX ix_alerts_raised ON alerts (raised_ns, id);
CREATE INDEX ix_alerts_open ON alerts (raised_ns, id) WHERE state != 'closed';
CREATE INDEX ix_incidents_occurred ON incidents (occurred_ns, id);
CREATE INDEX ix_incidents_category ON incidents (category, occurred_ns, id);
CREATE INDEX ix_incidents_status ON incidents (status, occurred_ns, id);
CREATE UNIQUE INDEX ix_reports_key ON reports (sender, "key") WHERE key != '';
CREATE INDEX ix_reports_incident ON reports (incident_id, sender);
CREATE INDEX ix_reports_pictured ON reports (incident_id, seq) WHERE pictured;
CREATE INDEX ix_atlas_calls_incident_id ON atlas_calls (incident_id);
CREATE INDEX ix_alerts_false ON alerts (incident_id) WHERE disposition = 'false';
CREATE INDEX ix_fire_risks_fetched ON fire_risks (fetched_ns);
CREATE INDEX ix_smoke_sequences_started ON smoke_sequences (started_ns, id, camera_id, max_conf, validation, label);
CREATE INDEX ix_smoke_plumes_started ON smoke_plumes (started_ns, id);
CREATE INDEX ix_smoke_plumes_seen ON smoke_plumes (last_seen_ns, id);
CREATE INDEX ix_smoke_links_sequence ON smoke_links (sequence_id, plume_id);
CREATE INDEX ix_smoke_words_second ON smoke_words (second_id);
CREATE INDEX ix_incident_smoke_until ON incident_smoke (until_ns);
COMMIT;
