# The sweeper: nothing depends on it, it comes to each database in which realty is used,
# leaves between its visits, and survives whatever happens to it or to the database.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Realty;

use PostgreSQL::Test::Utils;

# A restarted server clears its statistics: what a test waits for is in the tables.
my $node = Realty->start(
	sample => 1,
	conf   => <<'END');
log_line_prefix = '%m [%p] %b '
realty.max_open_bookings_per_customer = 0
realty.check_interval = 0
restart_after_crash = on
END

sub until_true
{
	my ($what, $condition) = @_;
	my $limit = time + 30;

	while (time < $limit)
	{
		return 1 if $condition->();
		sleep 0.05;
	}
	diag("waited in vain: $what");
	return 0;
}

sub reload_with
{
	my ($lines) = @_;
	$node->append_conf('postgresql.conf', $lines);
	$node->reload;
	return;
}

# Holds on as many free units, all of them run out.
sub lapse
{
	my ($units, $database) = @_;
	$node->sql(<<"END", database => $database // 'realty');
SET realty.hold_minutes = 10;
INSERT INTO realty.bookings (unit_id, customer_id)
	SELECT u.id, (SELECT min(id) FROM realty.customers) FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
	WHERE u.status = 'available' AND p.status IN ('launched', 'construction', 'completed') ORDER BY u.id LIMIT $units;
SET session_replication_role = replica;
UPDATE realty.bookings SET hold_expires_at = '2020-01-01' WHERE status = 'pending' AND hold_expires_at > now();
SET session_replication_role = origin;
UPDATE realty.units SET held_until = '2020-01-01' WHERE status = 'held';
END
	return;
}

sub lapsed
{
	my ($database) = @_;
	return $node->sql("SELECT count(*) FROM realty.bookings WHERE status = 'pending' AND hold_expires_at < now()",
		database => $database // 'realty');
}

sub visitors
{
	return $node->safe_psql('postgres',
		q{SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('realty sweeper', 'realty recounter')});
}

my $free = $node->sql(q{SELECT count(*) FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
	WHERE u.status = 'available' AND p.status IN ('launched', 'construction', 'completed')});
cmp_ok($free, '>=', 4, 'there is something to book');

# Off: the rows stay as they are, and are free all the same
lapse(3);
cmp_ok(lapsed(), '>=', 3, 'off: nothing is swept');
is( $node->sql(q{SELECT count(*) FROM api.units WHERE status = 'held'}), 0,
	'and yet every reader sees the units free');

# On
reload_with("realty.sweep_interval = 1s\nrealty.keep_notifications = 1d\n");
ok(until_true('sweep', sub { lapsed() == 0 }), 'on: it sweeps what was left');
is($node->sql(q{SELECT count(*) FROM realty.units WHERE status = 'held'}), 0, 'the units are free in writing');
$node->sql(q{UPDATE realty.notifications SET created_at = now() - interval '2 days'
	WHERE id IN (SELECT id FROM realty.notifications ORDER BY id LIMIT 500) AND id < (SELECT max(id) FROM realty.notifications)});
ok(until_true('notifications', sub {
		$node->sql(q{SELECT count(*) FROM realty.notifications WHERE created_at < now() - interval '1 day'}) == 0
	}), 'old notifications go when the operator says so');
cmp_ok($node->sql('SELECT count(*) FROM realty.notifications'), '>', 0, 'and only those');

# Another database, which no setting names: used is enough
$node->create_database('second');
$node->sql('SELECT realty.load_sample_data()', database => 'second');
# and a site's triggers run as the extension's owner, whose rights they cannot exceed, not even at the commit
$node->sql(<<'END', database => 'second');
CREATE TABLE public.looks (who text, state text);
CREATE FUNCTION public.look() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text := 'out';
BEGIN
	BEGIN EXECUTE 'RESET SESSION AUTHORIZATION'; EXCEPTION WHEN OTHERS THEN state := SQLSTATE; END;
	INSERT INTO public.looks VALUES (session_user || ' ' || current_user, state);
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bookings_site_look AFTER UPDATE ON realty.bookings DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION public.look();
END
lapse(2, 'second');
ok(until_true('second database', sub { lapsed('second') == 0 }), 'every database in which realty is used is swept');
my $owner = $node->sql(q{SELECT extowner::regrole FROM pg_extension WHERE extname = 'realty'}, database => 'second');
is($node->sql('SELECT DISTINCT who, state FROM public.looks', database => 'second'), "$owner $owner|42501",
	'triggers of the site run as the owner of the extension, for good');
like($node->sql('SELECT 1', database => 'postgres'), qr/1/, 'and those without it are left alone');

# A locked row is skipped, without waiting for it
my $locker = $node->background_psql('realty');
lapse(2);
my ($locked) = split /\n/, $node->sql('SELECT min(id) FROM realty.bookings');
reload_with("realty.sweep_interval = 0\n");
ok(until_true('idle', sub { visitors() == 0 }), 'off again');
lapse(1);
my $mine = $node->sql(q{SELECT max(id) FROM realty.bookings WHERE status = 'pending' AND hold_expires_at < now()});
lapse(1);
my $all = lapsed();
$locker->query_safe("BEGIN; SELECT FROM realty.bookings WHERE id = $mine FOR UPDATE");
reload_with("realty.sweep_interval = 1s\n");
ok(until_true('others', sub { lapsed() == 1 }), "of $all the unlocked ones are swept");
is($node->sql("SELECT status FROM realty.bookings WHERE id = $mine"), 'pending', 'the locked one waits');
$locker->query_safe('COMMIT');
$locker->quit;
ok(until_true('the last', sub { lapsed() == 0 }), 'until it is let go');

# Mailers wake by one NOTIFY that no business transaction sends
my $mailer = $node->background_psql('realty');
$mailer->query_safe('LISTEN realty_outbox');
$node->sql(q{BEGIN; INSERT INTO realty.outbox (kind, recipient) VALUES ('undone', 'a@example.com'); ROLLBACK});
$node->sql(q{INSERT INTO realty.outbox (kind, recipient) SELECT 'letter', 'a@example.com' FROM generate_series(1, 100)});
my $heard = '';
ok( until_true('wake-up', sub { $heard .= $mailer->query('SELECT 1') . ($mailer->{stdout} // ''); $heard =~ /realty_outbox/ }),
	'an e-mail wakes the listener');
my $came = () = $heard =~ /Asynchronous notification "realty_outbox"/g;
cmp_ok($came, '<', 10, "a hundred e-mails, $came wake-ups");
unlike($heard, qr/with payload/, 'and without a payload');
$mailer->quit;

# kill -9 of the worker: the server recovers, and the sweep goes on
sub sweeper_pid
{
	return $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'realty sweeper'});
}
my $blocker = $node->background_psql('realty');
lapse(2);
$blocker->query_safe(q{BEGIN; SELECT FROM realty.units WHERE status = 'held' FOR UPDATE});
my $pid;
ok(until_true('a sweep under way', sub { ($pid) = sweeper_pid() =~ /^(\d+)/; $pid }), 'a sweep is under way');
kill 'KILL', $pid;
ok(until_true('recovery', sub { my ($code) = $node->psql('realty', 'SELECT 1'); $code == 0 && ($node->psql('realty', 'SELECT pg_is_in_recovery()'))[1] eq 'f' }),
	'the server comes back after kill -9 of the worker');
eval { $blocker->quit };
$node->sql('SELECT realty.sweep(1)') if lapsed() > 1;    # the database is used again
ok(until_true('after kill -9', sub { lapsed() == 0 }), 'and what was left is swept');

# Server restart: realty.database is looked into without having been used
reload_with("realty.sweep_interval = 0\n");
lapse(2);
reload_with("realty.sweep_interval = 1s\n");
$node->restart;
ok(until_true('restart', sub { lapsed() == 0 }), 'swept after a restart');

# Dropped databases: at once, with sweeps each second, and the log stays quiet after that
$node->create_database("doomed$_") for 1 .. 2;
$node->sql('SELECT * FROM realty.sweep(1)', database => "doomed$_") for 1 .. 2;
my $log_at = -s $node->logfile;
is(($node->psql('postgres', 'DROP DATABASE doomed1'))[0], 0, 'DROP DATABASE is not held up');
is(($node->psql('postgres', 'DROP DATABASE doomed2 WITH (FORCE)'))[0], 0, 'nor is WITH (FORCE)');
sleep 4;    # what is measured is the rate
my $complaints = () = slurp_file($node->logfile, $log_at) =~ /database "?\d+"? does not exist|FATAL/g;
cmp_ok($complaints, '<=', 2, "at most one complaint for each: $complaints");

# The recount: cached, and its findings are in the log
$node->sql(q{SET session_replication_role = replica; UPDATE realty.units SET status = 'sold'
	WHERE id = (SELECT min(id) FROM realty.units WHERE status = 'available')});
$node->sql('SET realty.allow_drop = on; DROP INDEX realty.bookings_one_active_per_unit');
$log_at = -s $node->logfile;
reload_with("realty.check_interval = 1s\n");
$node->wait_for_log(qr/realty\.check_invariants\(\) found \d+ deviations?/, $log_at);
like(slurp_file($node->logfile, $log_at), qr/deviation of realty: \{"rule"/, 'the recount tells what it found');
like(slurp_file($node->logfile, $log_at), qr/deviation of realty: \{"kind":"index","object":"realty\.bookings_one_active_per_unit"/, 'and which rule is gone');
like(slurp_file($node->logfile, $log_at), qr/realty\.check_schema\(\) found 1 deviation\b/, 'with their number');
$node->sql(q{SET session_replication_role = replica; UPDATE realty.units u SET status = 'available'
	WHERE status = 'sold' AND NOT EXISTS (SELECT FROM realty.bookings b WHERE b.unit_id = u.id AND b.status = 'completed')});

# No place for a worker: said once
reload_with("realty.check_interval = 0\n");
$node->append_conf('postgresql.conf', "max_worker_processes = 2\n");
$node->restart;
$node->wait_for_log(qr/no background worker is left to sweep/, $log_at);
pass('without a place for a worker the log says so');
is($node->sql('SELECT count(*) FROM realty.sweep(10)'), 9, 'and realty.sweep() is there for a cron');

# A stop in the middle of it all
$node->append_conf('postgresql.conf', "max_worker_processes = 8\n");
$node->restart;
lapse(1);
$node->stop('fast');
$node->start;
ok(until_true('the end', sub { lapsed() == 0 }), 'the next start goes on');

done_testing();
