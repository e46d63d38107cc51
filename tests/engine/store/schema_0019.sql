BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0019');
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
	expires_ns BIGINT, machine BOOLEAN DEFAULT 0 NOT NULL, verbs JSON, cameras JSON, "by" TEXT DEFAULT '' NOT NULL, last_used_ns BIGINT, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE users (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	role TEXT NOT NULL, 
	password_hash TEXT NOT NULL, cameras JSON, last_sign_in_ns BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (name_key)
);
INSERT INTO "users" VALUES('us-1','Ada','ada','operator','',NULL,NULL);
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
	body JSON NOT NULL, simulated BOOLEAN DEFAULT 0 NOT NULL, 
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
CREATE TABLE removed_ids (
	id TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE segments (
	id TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	started_ns BIGINT NOT NULL, 
	ended_ns BIGINT NOT NULL, 
	file TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	codec TEXT NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	keyframe_ms INTEGER NOT NULL, 
	eventful BOOLEAN NOT NULL, 
	sha256 TEXT NOT NULL, 
	archived BOOLEAN NOT NULL, 
	damage TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "segments" VALUES('sg-door-1','door',1,2,'segments/door/x.mp4',9,'h264',2,2,0,0,'00',0,'');
CREATE TABLE evidence_locks (
	id TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	camera_ids JSON NOT NULL, 
	expires_ns BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "evidence_locks" VALUES('lk-1',1,9,'theft','Ada',3,'[]',NULL);
CREATE TABLE evidence_spans (
	lock_id TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	PRIMARY KEY (lock_id, camera_id)
);
INSERT INTO "evidence_spans" VALUES('lk-1','',1,9);
CREATE TABLE erase_later (
	kind TEXT NOT NULL, 
	id TEXT NOT NULL, 
	PRIMARY KEY (kind, id)
);
CREATE TABLE bookmarks (
	id TEXT NOT NULL, 
	at_ns BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	until_ns BIGINT, 
	camera_id TEXT NOT NULL, by_id TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "bookmarks" VALUES('bm-1',5,'look','Ada',0,NULL,'','us-1');
CREATE TABLE saved_searches (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	filter JSON NOT NULL, by_id TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "saved_searches" VALUES('se-1','vans','Bob','{"text": "van"}','');
CREATE TABLE watched (
	sensor_id TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (sensor_id, since_ns)
);
CREATE TABLE record_changes (
	n INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	id TEXT NOT NULL, 
	at_ns BIGINT NOT NULL, 
	words TEXT, 
	marks TEXT, 
	camera_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	person TEXT NOT NULL
);
INSERT INTO "record_changes" VALUES(1,'event','',1000000000,NULL,NULL,'yard','person',3,'Ada');
INSERT INTO "record_changes" VALUES(1,'person','pe-1',0,'Ada old','hperson p70652D31','','',0,'');
INSERT INTO "record_changes" VALUES(1,'bookmark','bm-1',5,'look Ada','hbookmark','','',0,'');
CREATE TABLE timeline_counts (
	level INTEGER NOT NULL, 
	lane TEXT NOT NULL, 
	chunk INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	counts BLOB NOT NULL, 
	PRIMARY KEY (level, lane, chunk, id, kind)
)
 WITHOUT ROWID;
CREATE TABLE found (
	"key" INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	id TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE found_waiting (
	source TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (source)
);
INSERT INTO "found_waiting" VALUES('event',1);
INSERT INTO "found_waiting" VALUES('decision',1);
INSERT INTO "found_waiting" VALUES('person',1);
INSERT INTO "found_waiting" VALUES('bookmark',1);
CREATE TABLE cases (
	id TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE packs (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	created_ns BIGINT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE chats (
	id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	asked_ns BIGINT NOT NULL, 
	before_id TEXT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE chat_spend (
	day TEXT NOT NULL, 
	calls INTEGER NOT NULL, 
	input_tokens BIGINT NOT NULL, 
	output_tokens BIGINT NOT NULL, 
	micro_usd BIGINT NOT NULL, 
	PRIMARY KEY (day)
);
CREATE TABLE handovers (
	id TEXT NOT NULL, 
	at_ns BIGINT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "handovers" VALUES('ho-1',9,'{"id":"ho-1","at_ns":9,"by":"Ada","text":"quiet","read":[{"by":"Ada","at_ns":10,"by_id":"us-1"}],"by_id":"us-1"}');
CREATE TABLE looks (
	"key" INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	camera_id TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	best_ns BIGINT NOT NULL, 
	box_xyxy JSON NOT NULL, 
	count INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	vector BLOB NOT NULL, 
	person_id TEXT NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	closed BOOLEAN NOT NULL, 
	pack INTEGER NOT NULL, 
	PRIMARY KEY ("key"), 
	UNIQUE (id)
);
INSERT INTO "looks" VALUES(1,'lo-1','yard',1,9,5,'[0.1, 0.2, 0.3, 0.4]',3,'m',X'0000803F','pe-1',0,1,0);
CREATE TABLE look_packs (
	number INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	error FLOAT NOT NULL, 
	keys BLOB NOT NULL, 
	times BLOB NOT NULL, 
	cameras BLOB NOT NULL, 
	scales BLOB NOT NULL, 
	codes BLOB NOT NULL, camera_id TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE trails (
	"key" INTEGER NOT NULL, 
	camera_id TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	until_ns BIGINT NOT NULL, 
	track_id TEXT NOT NULL, 
	category TEXT NOT NULL, 
	x0 FLOAT NOT NULL, 
	y0 FLOAT NOT NULL, 
	x1 FLOAT NOT NULL, 
	y1 FLOAT NOT NULL, 
	path BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "trails" VALUES(1,'yard',1,9,'tr-1','person',0.1,0.2,0.3,0.4,X'00');
CREATE TABLE found_later (
	first INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	PRIMARY KEY (first)
);
CREATE VIRTUAL TABLE found_words USING fts5(words, marks, content='', columnsize=0, prefix='2 3 4 5', tokenize='unicode61 remove_diacritics 2');
INSERT INTO found_words (found_words, rank) VALUES ('automerge', 8);
INSERT INTO found_words (found_words, rank) VALUES ('hashsize', 16777216);
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
CREATE INDEX ix_events_incident ON events (kind, subject_id) WHERE kind = 'incident';
CREATE INDEX ix_alerts_incident ON alerts (incident_id) WHERE incident_id != '';
CREATE INDEX ix_segments_started ON segments (started_ns, id);
CREATE INDEX ix_segments_camera ON segments (camera_id, started_ns, ended_ns, id);
CREATE INDEX ix_segments_keeping ON segments (archived, eventful, started_ns, id, size_bytes, camera_id, ended_ns);
CREATE INDEX ix_evidence_spans_camera ON evidence_spans (camera_id, since_ns, until_ns);
CREATE INDEX ix_bookmarks_at ON bookmarks (at_ns, id);
CREATE INDEX ix_audit_at ON audit (at_ns);
CREATE INDEX ix_packs_created ON packs (created_ns, id);
CREATE INDEX ix_packs_case ON packs (case_id, created_ns);
CREATE INDEX ix_events_zone ON events (zone_id, started_ns, id) WHERE zone_id != '';
CREATE INDEX ix_chats_user ON chats (user_id, asked_ns, id);
CREATE INDEX ix_chats_asked ON chats (asked_ns);
CREATE TRIGGER found_event_take AFTER DELETE ON events BEGIN INSERT INTO record_changes SELECT -1, 'event', old.id, old.started_ns, replace(old.kind, '_', ' ') || ' ' || old.reason || ' ' || old.label || ' ' || old.person, 'hevent k' || hex(old.kind) || ' s' || old.severity || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END || CASE WHEN old.person_id = '' THEN '' ELSE ' p' || hex(old.person_id) END || CASE WHEN old.zone_id = '' THEN '' ELSE ' z' || hex(old.zone_id) END || CASE WHEN old.label = '' THEN '' ELSE ' l' || hex(old.label) END, old.camera_id, old.kind, old.severity, CASE WHEN old.person_id != '' THEN old.person_id ELSE old.person END WHERE old.shadow = 0; END;
CREATE TRIGGER found_event_again AFTER UPDATE OF "started_ns", "kind", "reason", "label", "person", "severity", "camera_id", "person_id", "zone_id", "shadow" ON events WHEN NOT (old."started_ns" IS new."started_ns" AND old."kind" IS new."kind" AND old."reason" IS new."reason" AND old."label" IS new."label" AND old."person" IS new."person" AND old."severity" IS new."severity" AND old."camera_id" IS new."camera_id" AND old."person_id" IS new."person_id" AND old."zone_id" IS new."zone_id" AND old."shadow" IS new."shadow") BEGIN INSERT INTO record_changes SELECT -1, 'event', old.id, old.started_ns, replace(old.kind, '_', ' ') || ' ' || old.reason || ' ' || old.label || ' ' || old.person, 'hevent k' || hex(old.kind) || ' s' || old.severity || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END || CASE WHEN old.person_id = '' THEN '' ELSE ' p' || hex(old.person_id) END || CASE WHEN old.zone_id = '' THEN '' ELSE ' z' || hex(old.zone_id) END || CASE WHEN old.label = '' THEN '' ELSE ' l' || hex(old.label) END, old.camera_id, old.kind, old.severity, CASE WHEN old.person_id != '' THEN old.person_id ELSE old.person END WHERE old.shadow = 0; INSERT INTO record_changes SELECT 1, 'event', new.id, new.started_ns, replace(new.kind, '_', ' ') || ' ' || new.reason || ' ' || new.label || ' ' || new.person, 'hevent k' || hex(new.kind) || ' s' || new.severity || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END || CASE WHEN new.person_id = '' THEN '' ELSE ' p' || hex(new.person_id) END || CASE WHEN new.zone_id = '' THEN '' ELSE ' z' || hex(new.zone_id) END || CASE WHEN new.label = '' THEN '' ELSE ' l' || hex(new.label) END, new.camera_id, new.kind, new.severity, CASE WHEN new.person_id != '' THEN new.person_id ELSE new.person END WHERE new.shadow = 0; END;
CREATE TRIGGER found_alert_put AFTER INSERT ON alerts BEGIN INSERT INTO record_changes SELECT 1, 'alert', new.id, new.raised_ns, replace(new.kind, '_', ' ') || ' ' || new.reason || ' ' || new.person || ' ' || new.shelved_reason || ' ' || ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(new.notes) AS note), ''), 'halert k' || hex(new.kind) || ' s' || new.severity || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END || CASE WHEN new.person_id = '' THEN '' ELSE ' p' || hex(new.person_id) END || CASE WHEN new.zone_id = '' THEN '' ELSE ' z' || hex(new.zone_id) END, new.camera_id, 'raised', new.severity, '' WHERE 1; END;
CREATE TRIGGER found_alert_take AFTER DELETE ON alerts BEGIN INSERT INTO record_changes SELECT -1, 'alert', old.id, old.raised_ns, replace(old.kind, '_', ' ') || ' ' || old.reason || ' ' || old.person || ' ' || old.shelved_reason || ' ' || ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(old.notes) AS note), ''), 'halert k' || hex(old.kind) || ' s' || old.severity || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END || CASE WHEN old.person_id = '' THEN '' ELSE ' p' || hex(old.person_id) END || CASE WHEN old.zone_id = '' THEN '' ELSE ' z' || hex(old.zone_id) END, old.camera_id, 'raised', old.severity, '' WHERE 1; END;
CREATE TRIGGER found_alert_again AFTER UPDATE OF "raised_ns", "kind", "reason", "person", "shelved_reason", "notes", "severity", "camera_id", "person_id", "zone_id" ON alerts WHEN NOT (old."raised_ns" IS new."raised_ns" AND old."kind" IS new."kind" AND old."reason" IS new."reason" AND old."person" IS new."person" AND old."shelved_reason" IS new."shelved_reason" AND old."notes" IS new."notes" AND old."severity" IS new."severity" AND old."camera_id" IS new."camera_id" AND old."person_id" IS new."person_id" AND old."zone_id" IS new."zone_id") BEGIN INSERT INTO record_changes SELECT -1, 'alert', old.id, old.raised_ns, replace(old.kind, '_', ' ') || ' ' || old.reason || ' ' || old.person || ' ' || old.shelved_reason || ' ' || ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(old.notes) AS note), ''), 'halert k' || hex(old.kind) || ' s' || old.severity || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END || CASE WHEN old.person_id = '' THEN '' ELSE ' p' || hex(old.person_id) END || CASE WHEN old.zone_id = '' THEN '' ELSE ' z' || hex(old.zone_id) END, old.camera_id, 'raised', old.severity, '' WHERE 1; INSERT INTO record_changes SELECT 1, 'alert', new.id, new.raised_ns, replace(new.kind, '_', ' ') || ' ' || new.reason || ' ' || new.person || ' ' || new.shelved_reason || ' ' || ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(new.notes) AS note), ''), 'halert k' || hex(new.kind) || ' s' || new.severity || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END || CASE WHEN new.person_id = '' THEN '' ELSE ' p' || hex(new.person_id) END || CASE WHEN new.zone_id = '' THEN '' ELSE ' z' || hex(new.zone_id) END, new.camera_id, 'raised', new.severity, '' WHERE 1; END;
CREATE TRIGGER found_decision_put AFTER INSERT ON decisions BEGIN INSERT INTO record_changes SELECT 1, 'decision', new.id, new.decided_ns, new.reason || ' ' || new.flip, 'hdecision o' || hex(new.outcome) || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END || CASE WHEN new.zone_id = '' THEN '' ELSE ' z' || hex(new.zone_id) END, new.camera_id, new.outcome, 0, '' WHERE (new.stage = 'alert' OR new.outcome != 'raised'); END;
CREATE TRIGGER found_decision_take AFTER DELETE ON decisions BEGIN INSERT INTO record_changes SELECT -1, 'decision', old.id, old.decided_ns, old.reason || ' ' || old.flip, 'hdecision o' || hex(old.outcome) || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END || CASE WHEN old.zone_id = '' THEN '' ELSE ' z' || hex(old.zone_id) END, old.camera_id, old.outcome, 0, '' WHERE (old.stage = 'alert' OR old.outcome != 'raised'); END;
CREATE TRIGGER found_decision_again AFTER UPDATE OF "decided_ns", "reason", "flip", "outcome", "stage", "camera_id", "zone_id" ON decisions WHEN NOT (old."decided_ns" IS new."decided_ns" AND old."reason" IS new."reason" AND old."flip" IS new."flip" AND old."outcome" IS new."outcome" AND old."stage" IS new."stage" AND old."camera_id" IS new."camera_id" AND old."zone_id" IS new."zone_id") BEGIN INSERT INTO record_changes SELECT -1, 'decision', old.id, old.decided_ns, old.reason || ' ' || old.flip, 'hdecision o' || hex(old.outcome) || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END || CASE WHEN old.zone_id = '' THEN '' ELSE ' z' || hex(old.zone_id) END, old.camera_id, old.outcome, 0, '' WHERE (old.stage = 'alert' OR old.outcome != 'raised'); INSERT INTO record_changes SELECT 1, 'decision', new.id, new.decided_ns, new.reason || ' ' || new.flip, 'hdecision o' || hex(new.outcome) || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END || CASE WHEN new.zone_id = '' THEN '' ELSE ' z' || hex(new.zone_id) END, new.camera_id, new.outcome, 0, '' WHERE (new.stage = 'alert' OR new.outcome != 'raised'); END;
CREATE TRIGGER found_incident_put AFTER INSERT ON incidents BEGIN INSERT INTO record_changes SELECT 1, 'incident', new.id, new.occurred_ns, new.category || ' ' || ifnull(json_extract(new.body, '$.description'), ''), 'hincident s' || new.severity, '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_incident_take AFTER DELETE ON incidents BEGIN INSERT INTO record_changes SELECT -1, 'incident', old.id, old.occurred_ns, old.category || ' ' || ifnull(json_extract(old.body, '$.description'), ''), 'hincident s' || old.severity, '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_incident_again AFTER UPDATE OF "occurred_ns", "category", "severity", "body" ON incidents WHEN NOT (old."occurred_ns" IS new."occurred_ns" AND old."category" IS new."category" AND old."severity" IS new."severity" AND old."body" IS new."body") BEGIN INSERT INTO record_changes SELECT -1, 'incident', old.id, old.occurred_ns, old.category || ' ' || ifnull(json_extract(old.body, '$.description'), ''), 'hincident s' || old.severity, '', '', 0, '' WHERE 1; INSERT INTO record_changes SELECT 1, 'incident', new.id, new.occurred_ns, new.category || ' ' || ifnull(json_extract(new.body, '$.description'), ''), 'hincident s' || new.severity, '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_report_put AFTER INSERT ON reports BEGIN INSERT INTO record_changes SELECT 1, 'report', new.id, new.occurred_ns, ifnull(json_extract(new.body, '$.category'), '') || ' ' || ifnull(json_extract(new.body, '$.description'), ''), 'hreport s' || ifnull(json_extract(new.body, '$.severity'), 3), '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_report_take AFTER DELETE ON reports BEGIN INSERT INTO record_changes SELECT -1, 'report', old.id, old.occurred_ns, ifnull(json_extract(old.body, '$.category'), '') || ' ' || ifnull(json_extract(old.body, '$.description'), ''), 'hreport s' || ifnull(json_extract(old.body, '$.severity'), 3), '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_report_again AFTER UPDATE OF "occurred_ns", "body" ON reports WHEN NOT (old."occurred_ns" IS new."occurred_ns" AND old."body" IS new."body") BEGIN INSERT INTO record_changes SELECT -1, 'report', old.id, old.occurred_ns, ifnull(json_extract(old.body, '$.category'), '') || ' ' || ifnull(json_extract(old.body, '$.description'), ''), 'hreport s' || ifnull(json_extract(old.body, '$.severity'), 3), '', '', 0, '' WHERE 1; INSERT INTO record_changes SELECT 1, 'report', new.id, new.occurred_ns, ifnull(json_extract(new.body, '$.category'), '') || ' ' || ifnull(json_extract(new.body, '$.description'), ''), 'hreport s' || ifnull(json_extract(new.body, '$.severity'), 3), '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_person_put AFTER INSERT ON persons BEGIN INSERT INTO record_changes SELECT 1, 'person', new.id, new.created_ns, new.name || ' ' || new.note, 'hperson p' || hex(new.id), '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_person_take AFTER DELETE ON persons BEGIN INSERT INTO record_changes SELECT -1, 'person', old.id, old.created_ns, old.name || ' ' || old.note, 'hperson p' || hex(old.id), '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_person_again AFTER UPDATE OF "created_ns", "name", "note" ON persons WHEN NOT (old."created_ns" IS new."created_ns" AND old."name" IS new."name" AND old."note" IS new."note") BEGIN INSERT INTO record_changes SELECT -1, 'person', old.id, old.created_ns, old.name || ' ' || old.note, 'hperson p' || hex(old.id), '', '', 0, '' WHERE 1; INSERT INTO record_changes SELECT 1, 'person', new.id, new.created_ns, new.name || ' ' || new.note, 'hperson p' || hex(new.id), '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_bookmark_put AFTER INSERT ON bookmarks BEGIN INSERT INTO record_changes SELECT 1, 'bookmark', new.id, new.at_ns, new.note || ' ' || new.by, 'hbookmark' || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END, '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_bookmark_take AFTER DELETE ON bookmarks BEGIN INSERT INTO record_changes SELECT -1, 'bookmark', old.id, old.at_ns, old.note || ' ' || old.by, 'hbookmark' || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END, '', '', 0, '' WHERE 1; END;
CREATE TRIGGER found_bookmark_again AFTER UPDATE OF "at_ns", "note", "camera_id" ON bookmarks WHEN NOT (old."at_ns" IS new."at_ns" AND old."note" IS new."note" AND old."camera_id" IS new."camera_id") BEGIN INSERT INTO record_changes SELECT -1, 'bookmark', old.id, old.at_ns, old.note || ' ' || old.by, 'hbookmark' || CASE WHEN old.camera_id = '' THEN '' ELSE ' c' || hex(old.camera_id) END, '', '', 0, '' WHERE 1; INSERT INTO record_changes SELECT 1, 'bookmark', new.id, new.at_ns, new.note || ' ' || new.by, 'hbookmark' || CASE WHEN new.camera_id = '' THEN '' ELSE ' c' || hex(new.camera_id) END, '', '', 0, '' WHERE 1; END;
CREATE TRIGGER timeline_act AFTER INSERT ON audit BEGIN INSERT INTO record_changes SELECT 1, 'act', '', new.at_ns, NULL, NULL, '', 'act', 0, ''; END;
CREATE VIEW found_event AS SELECT events.rowid AS number, events.id AS id, events.started_ns AS at_ns, replace(events.kind, '_', ' ') || ' ' || events.reason || ' ' || events.label || ' ' || events.person AS words, 'hevent k' || hex(events.kind) || ' s' || events.severity || CASE WHEN events.camera_id = '' THEN '' ELSE ' c' || hex(events.camera_id) END || CASE WHEN events.person_id = '' THEN '' ELSE ' p' || hex(events.person_id) END || CASE WHEN events.zone_id = '' THEN '' ELSE ' z' || hex(events.zone_id) END || CASE WHEN events.label = '' THEN '' ELSE ' l' || hex(events.label) END AS marks FROM events WHERE events.shadow = 0;
CREATE VIEW found_alert AS SELECT alerts.rowid AS number, alerts.id AS id, alerts.raised_ns AS at_ns, replace(alerts.kind, '_', ' ') || ' ' || alerts.reason || ' ' || alerts.person || ' ' || alerts.shelved_reason || ' ' || ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(alerts.notes) AS note), '') AS words, 'halert k' || hex(alerts.kind) || ' s' || alerts.severity || CASE WHEN alerts.camera_id = '' THEN '' ELSE ' c' || hex(alerts.camera_id) END || CASE WHEN alerts.person_id = '' THEN '' ELSE ' p' || hex(alerts.person_id) END || CASE WHEN alerts.zone_id = '' THEN '' ELSE ' z' || hex(alerts.zone_id) END AS marks FROM alerts WHERE 1;
CREATE VIEW found_decision AS SELECT decisions.rowid AS number, decisions.id AS id, decisions.decided_ns AS at_ns, decisions.reason || ' ' || decisions.flip AS words, 'hdecision o' || hex(decisions.outcome) || CASE WHEN decisions.camera_id = '' THEN '' ELSE ' c' || hex(decisions.camera_id) END || CASE WHEN decisions.zone_id = '' THEN '' ELSE ' z' || hex(decisions.zone_id) END AS marks FROM decisions WHERE (decisions.stage = 'alert' OR decisions.outcome != 'raised');
CREATE VIEW found_incident AS SELECT incidents.rowid AS number, incidents.id AS id, incidents.occurred_ns AS at_ns, incidents.category || ' ' || ifnull(json_extract(incidents.body, '$.description'), '') AS words, 'hincident s' || incidents.severity AS marks FROM incidents WHERE 1;
CREATE VIEW found_report AS SELECT reports.rowid AS number, reports.id AS id, reports.occurred_ns AS at_ns, ifnull(json_extract(reports.body, '$.category'), '') || ' ' || ifnull(json_extract(reports.body, '$.description'), '') AS words, 'hreport s' || ifnull(json_extract(reports.body, '$.severity'), 3) AS marks FROM reports WHERE 1;
CREATE VIEW found_person AS SELECT persons.rowid AS number, persons.id AS id, persons.created_ns AS at_ns, persons.name || ' ' || persons.note AS words, 'hperson p' || hex(persons.id) AS marks FROM persons WHERE 1;
CREATE VIEW found_bookmark AS SELECT bookmarks.rowid AS number, bookmarks.id AS id, bookmarks.at_ns AS at_ns, bookmarks.note || ' ' || bookmarks.by AS words, 'hbookmark' || CASE WHEN bookmarks.camera_id = '' THEN '' ELSE ' c' || hex(bookmarks.camera_id) END AS marks FROM bookmarks WHERE 1;
CREATE INDEX ix_handovers_at ON handovers (at_ns, id);
CREATE INDEX ix_looks_until ON looks (until_ns);
CREATE INDEX ix_looks_camera ON looks (camera_id, since_ns);
CREATE INDEX ix_trails_camera ON trails (camera_id, since_ns);
CREATE INDEX ix_trails_until ON trails (until_ns);
CREATE INDEX ix_trails_track ON trails (track_id);
CREATE INDEX ix_look_packs_camera ON look_packs (model, camera_id);
CREATE INDEX ix_looks_pack ON looks (pack, model, camera_id, closed);
COMMIT;
