-- Specs, open jobs, and limits that leave little room.
CREATE TABLE bench_spec (ve text PRIMARY KEY, spec jsonb NOT NULL);
CREATE TABLE bench_job (
	ve   text PRIMARY KEY,
	slot integer NOT NULL,
	old  jsonb NOT NULL,
	new  jsonb NOT NULL
);
INSERT INTO bench_spec SELECT 'v' || n, '{}' FROM generate_series(0, 47) n;
INSERT INTO quota (scope, resource, limit_value) VALUES
	('asp', 'vcpus', 240), ('asp', 'memory_mib', 40000), ('asp', 'disk_gib', 150),
	('asp', 'domains', 110), ('asp', 'connections', 1200);
INSERT INTO quota (scope, resource, limit_value)
SELECT 've/v' || n, r, l FROM generate_series(0, 47) n,
	(VALUES ('vcpus', 12), ('memory_mib', 3000), ('domains', 5), ('connections', 50)) AS limits (r, l)
WHERE n % 3 < 2;
INSERT INTO quota (scope, resource, limit_value)
SELECT 've/v' || n || '/e' || m, r, l
FROM generate_series(0, 47) n, generate_series(0, 2) m,
	(VALUES ('vcpus', 6), ('connections', 20)) AS limits (r, l)
WHERE n % 2 = 0;
-- What no moment may pass; the limit of one VE is moved below it during the run.
CREATE TABLE bench_cap AS SELECT scope, resource, limit_value AS cap FROM quota
WHERE (scope, resource) <> ('ve/v0', 'vcpus');
