# What follows a statement costs as much as the statement has rows, whatever its session did before: plans
# over the rows of a statement are kept, and one that was made for a single row would compare each of ten
# thousand with each. Rows are counted as auto_explain counts them, not time.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use lib 't/lib';
use Realty;

my $ROWS = 10_000;
# rows that a node may look at for each row of the statement: all transitions, all templates
my $EACH = 100;

my $node = Realty->start(conf => "shared_buffers = 64MB\nautovacuum = off\n");

plan skip_all => 'auto_explain is not installed'
	if $node->psql('realty', q{LOAD 'auto_explain'}) != 0;

# What has followed before is there as well: sums agree with the rows.
$node->sql(<<"END");
SET session_replication_role = replica;
INSERT INTO realty.users (id, email, user_type, full_name) OVERRIDING SYSTEM VALUE VALUES (1, 'b\@example.com', 'builder', 'B');
INSERT INTO realty.users (id, email, user_type, full_name) OVERRIDING SYSTEM VALUE
	SELECT n, 'c' || n || '\@example.com', 'customer', 'C' FROM generate_series(2, 101) n;
INSERT INTO realty.builders (id, user_id, company_name, total_projects) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'Company', 1000);
INSERT INTO realty.customers (id, user_id) OVERRIDING SYSTEM VALUE SELECT n, n + 1 FROM generate_series(1, 100) n;
INSERT INTO realty.projects (id, builder_id, name, city, status) OVERRIDING SYSTEM VALUE
	SELECT n, 1, 'Project ' || n, 'Pune', 'launched' FROM generate_series(1, 1000) n;
INSERT INTO realty.units (id, project_id, builder_id, is_listed, unit_number, price, status) OVERRIDING SYSTEM VALUE
	SELECT n, 1 + n % 1000, 1, true, n::text, 1000, CASE WHEN n <= 1000 THEN 'booked' ELSE 'available' END FROM generate_series(1, $ROWS) n;
INSERT INTO realty.inventory (project_id, total, available)
	SELECT project_id, count(*), count(*) FILTER (WHERE status = 'available') FROM realty.units GROUP BY project_id;
INSERT INTO realty.bookings (id, unit_id, customer_id, project_id, builder_id, status, total_amount, unit_price, scheduled_amount) OVERRIDING SYSTEM VALUE
	SELECT n, n, 1 + n % 100, 1 + n % 1000, 1, 'confirmed', 1000, 1000, $ROWS / 1000 FROM generate_series(1, 1000) n;
INSERT INTO realty.payments (booking_id, amount) SELECT 1 + n % 1000, 1 FROM generate_series(1, $ROWS) n;
INSERT INTO realty.construction_updates (project_id, title) SELECT 1 + n % 1000, 'Update' FROM generate_series(1, 1000) n;
END
$node->sql('VACUUM ANALYZE');

# Guards of single rows and foreign keys are no part of this, and would fill the log.
$node->sql(<<'END');
SET realty.allow_drop = on;
DO $$ DECLARE t record; BEGIN
	FOR t IN SELECT tgrelid::regclass AS t, quote_ident(tgname) AS name FROM pg_trigger
		WHERE tgtype & 1 = 1 AND tgfoid::regproc::text NOT IN ('realty.notifications_stamp', 'realty.keep_decimals') LOOP
		EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %s', t.t, t.name);
	END LOOP;
END $$;
END

# The most rows that one node of the plan looked at.
sub most_rows
{
	my ($plan) = @_;
	my $most = $plan->{'Actual Rows'} + 0;

	$most += $plan->{$_} || 0 for 'Rows Removed by Filter', 'Rows Removed by Join Filter', 'Rows Removed by Index Recheck';
	$most *= $plan->{'Actual Loops'};
	for my $below (@{ $plan->{Plans} || [] })
	{
		my $rows = most_rows($below);
		$most = $rows if $rows > $most;
	}
	return $most;
}

# After one row, all of them, in one session.
sub follows
{
	my ($what, $rows, $one, $all) = @_;
	my ($out, $err) = ('', '');
	my $json = JSON::PP->new;
	my ($plans, $most, $worst, $few) = (0, 0, '', 0);

	$node->psql('realty', <<"END", stdout => \$out, stderr => \$err, on_error_stop => 1);
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_analyze = on;
SET auto_explain.log_timing = off;
SET auto_explain.log_format = json;
SET client_min_messages = log;
$one;
$all;
END
	for my $text ($err =~ /LOG:  duration: [\d.]+ ms  plan:\s*(\{.*?\n\})/sg)
	{
		my $plan = $json->decode($text);
		my $looked_at = most_rows($plan->{Plan});

		$plans++;
		($most, $worst) = ($looked_at, $text) if $looked_at > $most;
	}
	unlike($err, qr/ERROR/, "$what: done") or diag($err =~ /(ERROR.*)/);
	cmp_ok($plans, '>', 1, 'with what follows');
	cmp_ok($most, '<=', $rows * $EACH, 'no node looks at each row for each row') or diag($worst);
}

follows('payments are scheduled', $ROWS,
	'INSERT INTO realty.payments (booking_id, amount) VALUES (1, 1)',
	"INSERT INTO realty.payments (booking_id, amount) SELECT 1 + n % 1000, 1 FROM generate_series(1, $ROWS) n");
follows('payments are paid', $ROWS,
	q{UPDATE realty.payments SET status = 'paid', paid_at = now() WHERE id = 1},
	q{UPDATE realty.payments SET status = 'paid', paid_at = now() WHERE id BETWEEN 2 AND 10000});
follows('payments go', $ROWS,
	'DELETE FROM realty.payments WHERE id = 10001',
	'DELETE FROM realty.payments WHERE id > 10001');
follows('prices change', $ROWS,
	'UPDATE realty.units SET price = 2000 WHERE id = 1',
	'UPDATE realty.units SET price = 2000 WHERE id > 1');
my $FEW = 2_000;
follows('phases come', $FEW,
	q{INSERT INTO realty.project_progress (project_id, unit_id, phase, percent) VALUES (2, 1, 'Roof', 10)},
	qq{INSERT INTO realty.project_progress (project_id, unit_id, phase, percent) SELECT 1 + n % 1000, n, 'Roof', 10 FROM generate_series(2, $FEW) n});
follows('phases advance', $FEW,
	'UPDATE realty.project_progress SET percent = 20 WHERE unit_id = 1',
	'UPDATE realty.project_progress SET percent = 20 WHERE unit_id > 1');
follows('updates are published', $FEW,
	'UPDATE realty.construction_updates SET published_at = now() WHERE id = 1',
	'UPDATE realty.construction_updates SET published_at = now() WHERE id > 1');
follows('messages are sent', $FEW,
	q{INSERT INTO realty.messages (sender_id, recipient_id, body) VALUES (1, 2, 'hello')},
	qq{INSERT INTO realty.messages (sender_id, recipient_id, body) SELECT 1, 2 + n % 100, 'hello' FROM generate_series(1, $FEW) n});
follows('models come', $FEW,
	q{INSERT INTO realty.models_3d (project_id, name, format, file_url) VALUES (1, 'tower', 'glb', 'https://example.com/m')},
	q{INSERT INTO realty.models_3d (project_id, name, format, file_url, version) SELECT n, 'tower', 'glb', 'https://example.com/m', 2 FROM generate_series(1, 1000) n});
follows('projects go back', $ROWS,
	q{UPDATE realty.projects SET status = 'planning' WHERE id = 1},
	q{UPDATE realty.projects SET status = 'planning' WHERE id > 1});
follows('units go', $ROWS,
	'DELETE FROM realty.units WHERE id = 5001',
	'DELETE FROM realty.units WHERE id > 5001');
is($node->sql(q{SELECT count(*), count(DISTINCT row_id) = count(*), bool_and(old_row ->> 'unit_number' = row_id)
	FROM realty.audit_log WHERE table_name = 'units' AND action = 'delete'}), '5000|t|t', 'with a line each in the audit log');

# What might refer to a row is looked up for each, but planned once, and not in a session's next statement.
{
	my ($out, $err) = ('', '');

	$node->sql('SET realty.allow_drop = on; ALTER TABLE realty.units ENABLE TRIGGER units_100_guard_delete');
	$node->psql('realty', <<'END', stdout => \$out, stderr => \$err, on_error_stop => 1);
DELETE FROM realty.units WHERE id = 4000;
SET client_min_messages = log;
SET log_planner_stats = on;
DELETE FROM realty.units WHERE id BETWEEN 4001 AND 4010;
END
	is(scalar(() = $err =~ /PLANNER STATISTICS/g), 1, 'a DELETE of ten units is one planning');
	# a table that comes later, and goes, is asked as well
	$node->sql('CREATE TABLE public.keys (unit bigint REFERENCES realty.units ON DELETE RESTRICT); INSERT INTO public.keys VALUES (4011), (4011)');
	($out, $err) = ('', '');
	$node->psql('realty', <<'END', stdout => \$out, stderr => \$err, on_error_stop => 0);
\set VERBOSITY verbose
DELETE FROM realty.units WHERE id = 4011;
ALTER TABLE public.keys RENAME COLUMN unit TO u;
DELETE FROM realty.units WHERE id = 4011;
DROP TABLE public.keys;
DELETE FROM realty.units WHERE id = 4011 RETURNING id;
END
	is(scalar(() = $err =~ /In the way: 2 in keys/g), 2, 'a later table is found, and its other name');
	is($out, '4011', 'and forgotten');
}

done_testing();
