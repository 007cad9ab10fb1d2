PRAGMA application_id = 1684366704;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE networks (
        name TEXT PRIMARY KEY, created REAL NOT NULL, seed INTEGER NOT NULL, granularity TEXT NOT NULL,
        dtype TEXT NOT NULL, kernels TEXT NOT NULL, model TEXT NOT NULL, about TEXT NOT NULL, current_run TEXT,
        at_rest INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT;
INSERT INTO networks VALUES('xor',100.5,7,'neuron','float32','numba','{"layers": [2, 1]}','{"why": "ünïcode"}','xor-2',0,'up','');
CREATE TABLE runs (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, network TEXT NOT NULL, created REAL NOT NULL,
        ended REAL, state TEXT NOT NULL, reason TEXT NOT NULL, resumed_at INTEGER, dataset TEXT, plan TEXT NOT NULL,
        epochs INTEGER NOT NULL, step INTEGER NOT NULL, loss ANY
    ) STRICT;
INSERT INTO runs VALUES(1,'xor-1','xor',101.0,102.0,'failed','exploded',NULL,'xor','{"batch_size": 4}',3,12,NULL);
INSERT INTO runs VALUES(2,'xor-2','xor',103.0,NULL,'running','',8,NULL,'{}',5,20,0.25);
CREATE TABLE run_numbers (network TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
INSERT INTO run_numbers VALUES('xor',2);
CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, kind TEXT NOT NULL, network TEXT, run TEXT,
        address TEXT, step INTEGER, who TEXT, data TEXT NOT NULL
    ) STRICT;
INSERT INTO events VALUES(3,104.0,'intervened','xor','xor-2','dense_0/1',8,'admin@socket','{"kind": "set", "old": {"bias": 0.5}, "new": {"bias": "nan"}}');
INSERT INTO events VALUES(4,105.0,'service_started',NULL,NULL,NULL,NULL,'service','{}');
CREATE TABLE interventions (
        id INTEGER PRIMARY KEY, time REAL NOT NULL, network TEXT NOT NULL, run TEXT, who TEXT NOT NULL,
        kind TEXT NOT NULL, address TEXT NOT NULL, step INTEGER, old TEXT NOT NULL, new TEXT NOT NULL
    ) STRICT;
INSERT INTO interventions VALUES(3,104.0,'xor','xor-2','admin@socket','set','dense_0/1',8,'{"bias": 0.5}','{"bias": "nan"}');
CREATE TABLE datasets (
        name TEXT PRIMARY KEY, created REAL NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER NOT NULL,
        columns TEXT NOT NULL, target TEXT
    ) STRICT;
INSERT INTO datasets VALUES('table',99.0,'csv',1234,10,'["a", "b"]','b');
CREATE TABLE sessions (
        id TEXT PRIMARY KEY, key_hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, created REAL NOT NULL,
        expires REAL NOT NULL, last_seen REAL NOT NULL, label TEXT NOT NULL, revoked INTEGER NOT NULL
    ) STRICT;
INSERT INTO sessions VALUES('s1','hash','viewer',1.0,2.0,1.5,'me',1);
CREATE TABLE idempotency (
        scope TEXT NOT NULL, key TEXT NOT NULL, time REAL NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (scope, key)
    ) STRICT;
INSERT INTO idempotency VALUES('POST /networks','key',50.0,'print',201,x'7b7d');
CREATE INDEX runs_by_network ON runs (network);
CREATE INDEX events_by_network ON events (network);
CREATE INDEX events_by_run ON events (run);
COMMIT;
