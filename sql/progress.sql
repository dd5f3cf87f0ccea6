-- Phases roll up by weight: to their unit, and with the units' to the project.
\getenv abs_srcdir PG_ABS_SRCDIR
\set cast :abs_srcdir '/sql/include/cast.sql'

BEGIN;
\i :cast
-- What the surface says of the cast's projects and of the units with phases.
CREATE VIEW story.progress AS
SELECT p.name AS what, v.progress_percent FROM realty.projects p JOIN api.projects v ON v.id = p.id WHERE p.name IN ('Palm Court', 'Bala Park')
UNION ALL
SELECT p.name || ' ' || u.unit_number, v.progress_percent FROM realty.units u JOIN api.units v ON v.id = u.id JOIN realty.projects p ON p.id = u.project_id
WHERE u.progress_weight > 0 AND p.name IN ('Palm Court', 'Bala Park') ORDER BY 1;
GRANT SELECT ON story.progress TO PUBLIC;

-- Asha writes down the phases of Palm Court: 40 × 50 % and 60 × 0 % make 20 %.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.project_progress (project_id, phase, sequence, weight, percent) VALUES (:palm, 'Foundation', 1, 40, 50), (:palm, 'Structure', 2, 60, 0)
RETURNING phase, percent, actual_start = (statement_timestamp() AT TIME ZONE 'Asia/Kolkata')::date AS began_today, actual_end;
RESET ROLE; SET LOCAL realty.identity = ''; SELECT * FROM story.progress;
-- Two phases of a unit, 1 × 100 % and 2 × 25 %, make 50 %; with the project's: (40 × 50 + 100 + 50) ÷ 103.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
INSERT INTO api.project_progress (project_id, unit_id, phase, weight, percent) VALUES (:palm, :a101, 'Plaster', 1, 100), (:palm, :a101, 'Paint', 2, 25)
RETURNING phase, actual_start IS NOT NULL AS began, actual_end IS NOT NULL AS ended;
RESET ROLE; SET LOCAL realty.identity = ''; SELECT *, round(2150 / 103.0, 2) AS by_hand FROM story.progress;
-- A phase is finished, a weight corrected, a phase taken out.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
UPDATE api.project_progress SET percent = 100 WHERE project_id = :palm AND phase = 'Foundation' RETURNING actual_start IS NOT NULL AS began, actual_end IS NOT NULL AS ended;
UPDATE api.project_progress SET weight = 97 WHERE project_id = :palm AND phase = 'Structure';
RESET ROLE; SET LOCAL realty.identity = ''; SELECT *, round(4150 / 140.0, 2) AS by_hand FROM story.progress;
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
DELETE FROM api.project_progress WHERE phase = 'Paint';
RESET ROLE; SET LOCAL realty.identity = ''; SELECT *, round(4100 / 138.0, 2) AS by_hand FROM story.progress;
SELECT * FROM realty.check_invariants();

-- Dates follow the percentage, unless the statement gives them.
SELECT realty.authenticate(realty.issue_token(:asha)) \gset
UPDATE api.project_progress SET percent = 99.99 WHERE phase = 'Foundation' RETURNING actual_start IS NOT NULL AS began, actual_end;
UPDATE api.project_progress SET percent = 0 WHERE phase = 'Foundation' RETURNING actual_start, actual_end;
UPDATE api.project_progress SET percent = 100, actual_start = '2030-01-01', actual_end = '2030-02-01' WHERE phase = 'Foundation' RETURNING actual_start, actual_end;
UPDATE api.project_progress SET percent = 50, actual_end = '2030-03-01' WHERE phase = 'Foundation' RETURNING actual_start, actual_end;
UPDATE api.project_progress SET percent = 100, actual_end = NULL WHERE phase = 'Foundation' RETURNING actual_start, actual_end;
-- A number that is short until it is printed is refused in few words, as any other.
SELECT n, r.state, left(r.detail, 200) AS detail FROM unnest(ARRAY['1e131071', '1e-16383', 'NaN', 'Infinity']) n,
    story.refusal(format('UPDATE api.project_progress SET percent = %L WHERE phase = ''Foundation''', n)) r;
-- Today is the builder's: on Kiritimati and at Pago Pago it never is the same day.
UPDATE api.builders SET time_zone = 'Pacific/Kiritimati' WHERE id = :asha_b;
INSERT INTO api.project_progress (project_id, phase, percent) VALUES (:palm, 'East', 1) RETURNING actual_start AS east \gset
UPDATE api.builders SET time_zone = 'Pacific/Pago_Pago' WHERE id = :asha_b;
INSERT INTO api.project_progress (project_id, phase, percent) VALUES (:palm, 'West', 1) RETURNING actual_start AS west \gset
SELECT :'east'::date - :'west'::date > 0 AS later;

-- Rejected, with all violations; and a phase keeps its position.
SELECT detail FROM story.refusal(format('INSERT INTO api.project_progress (project_id, unit_id, phase, sequence, weight, percent) VALUES (%s, %s, '' '', 0, ''NaN'', 101)', :palm, :p7));
SELECT detail FROM story.refusal('INSERT INTO api.project_progress (project_id, phase, percent) VALUES (0, ''x'', ''NaN'')');
SELECT detail FROM story.refusal(format('INSERT INTO api.project_progress (project_id, phase, percent, actual_start, actual_end) VALUES (%s, ''x'', 50, ''2030-01-02'', ''2030-01-01'')', :palm));
UPDATE api.project_progress SET unit_id = :a102 WHERE phase = 'Foundation';
UPDATE api.projects SET progress_percent = 100 WHERE id = :palm;
UPDATE api.units SET progress_percent = 100 WHERE id = :a101;
-- Bala cannot change it, nor can Chitra; it is public.
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:bala)) \gset
INSERT INTO api.project_progress (project_id, phase) VALUES (:palm, 'mischief');
UPDATE api.project_progress SET percent = 0 WHERE project_id = :palm RETURNING 1;
DELETE FROM api.project_progress WHERE project_id = :palm RETURNING 1;
RESET ROLE; SELECT realty.authenticate(realty.issue_token(:chitra)) \gset
UPDATE api.project_progress SET percent = 0 WHERE project_id = :palm;
RESET ROLE; SET LOCAL realty.identity = ''; SET LOCAL ROLE realty_anon;
SELECT phase, percent FROM api.project_progress WHERE project_id = :palm ORDER BY id;
SELECT count(*) FROM api.project_progress WHERE project_id = :quiet;
RESET ROLE;
-- The owner cannot move a phase either.
UPDATE realty.project_progress SET project_id = :park WHERE phase = 'East';

-- Many rows, units and projects in one statement; nothing of a savepoint that is given up.
SAVEPOINT before;
INSERT INTO realty.project_progress (project_id, unit_id, phase, percent) SELECT :park, :p7, 'p' || n, n FROM generate_series(1, 100) n;
UPDATE realty.project_progress SET percent = 100 - percent, weight = sequence + 0.5 WHERE project_id IN (:park, :palm);
SELECT * FROM story.progress;
SELECT * FROM realty.check_invariants();
DELETE FROM realty.project_progress WHERE project_id IN (:park, :palm);
SELECT name, progress_percent, progress_weight, progress_points FROM realty.projects WHERE id IN (:park, :palm) ORDER BY id;
SELECT * FROM realty.check_invariants();
ROLLBACK TO before;
SELECT * FROM realty.check_invariants();
-- What leaves the sums as they are writes neither unit nor project.
SELECT xmin AS version FROM realty.projects WHERE id = :palm \gset
SAVEPOINT unrelated;
UPDATE realty.project_progress SET phase = phase || '!', planned_end = '2040-01-01' WHERE project_id = :palm;
SELECT xmin = :'version' AS untouched FROM realty.projects WHERE id = :palm;
ROLLBACK TO unrelated;

-- A COPY of 100,000 phases, for the project and fifty units; 10,000 in the short size.
\set last 9999
\set size normal
\getenv size SIZE
SELECT :'size' = 'full' AS whole \gset
\if :whole
\set last 99999
\endif
INSERT INTO realty.projects (builder_id, name, city, status) VALUES (:asha_b, 'Big', 'Pune', 'construction') RETURNING id AS big \gset
INSERT INTO realty.units (project_id, unit_number, price) SELECT :big, n, 1 FROM generate_series(1, 50) n;
SELECT min(id) AS first FROM realty.units WHERE project_id = :big \gset
\set feed 'seq 0 ' :last ' | awk -v OFS=, -v p=' :big ' -v u=' :first ' ''{ print p, $1 % 3 ? u + $1 % 50 : "", "phase " $1, 1 + $1 % 7, $1 % 101 }'''
COPY realty.project_progress (project_id, unit_id, phase, weight, percent) FROM PROGRAM :'feed' (FORMAT csv);
SELECT round(p.progress_percent) AS progress_percent, p.progress_weight = (SELECT sum(g.weight) FROM realty.project_progress g WHERE g.project_id = p.id) AS all_weight, (SELECT count(*) FROM realty.units u WHERE u.project_id = p.id AND u.progress_weight > 0) AS units
FROM realty.projects p WHERE p.id = :big;
SELECT * FROM realty.check_invariants();
UPDATE realty.project_progress SET percent = 100 WHERE project_id = :big AND unit_id IS NOT NULL;
SELECT round(p.progress_percent) AS progress_percent, (SELECT array_agg(DISTINCT u.progress_percent) FROM realty.units u WHERE u.project_id = p.id) AS units FROM realty.projects p WHERE p.id = :big;
SELECT * FROM realty.check_invariants();
TRUNCATE realty.project_progress;
ROLLBACK;
-- What was rolled back blocks later transactions.
VACUUM realty.project_progress, realty.projects, realty.units;
