# What pg_dump takes, pg_restore brings back whole: every row, every sequence, no effect
# twice. Plain, custom and a parallel directory dump, since each restores in another order.
use strict;
use warnings;

use lib 't/lib';
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Realty;
use Test::More;

my $scale = ($ENV{SIZE} // '') eq 'full' ? 5 : 1;
note "shortened: sample data at scale $scale instead of 5" if $scale < 5;

my $node = Realty->start;
my $folder = PostgreSQL::Test::Utils::tempdir();

$node->sql("SELECT realty.load_sample_data($scale)");
$node->sql(<<'END');
-- what a site adds: its own field, its own route
UPDATE realty.projects SET extra = '{"site": "field"}' WHERE id = (SELECT min(id) FROM realty.projects);
INSERT INTO realty.routes (method, path, handler, function, roles, summary)
VALUES ('GET', '/api/site/own', 'call', 'api.me', '{user}', 'a route of the site');
END

# The content of every table and the place of every sequence, one line each. But for numbers of
# transactions, which mean nothing in another database: unit_changes is of nothing else.
sub fingerprint
{
	my ($database) = @_;
	my @lines = split /\n/, $node->sql(<<'QUERY', database => $database);
SELECT CASE relkind WHEN 'r' THEN
	format($$SELECT %L, md5(coalesce(string_agg(%s, ';' ORDER BY t::text), '')) FROM %s AS t$$,
		c.oid::regclass, CASE c.relname WHEN 'notifications' THEN $$(to_jsonb(t) - 'xact')::text$$ ELSE 't::text' END,
		c.oid::regclass)
ELSE
	format($$SELECT %L, last_value::text || is_called FROM %s$$, c.oid::regclass, c.oid::regclass)
END
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('realty', 'api', 'analytics') AND relkind IN ('r', 'S') AND c.relname <> 'unit_changes'
ORDER BY c.oid::regclass::text
QUERY
	# parallel plans append in any order
	return $node->sql('SELECT * FROM (' . join(' UNION ALL ', @lines) . ') AS f ORDER BY 1, 2',
		database => $database);
}

# a session, whose token is good wherever the database's identity is
my $token = $node->sql('SELECT realty.issue_token(min(id)) FROM realty.users');

my $before = fingerprint('realty');
my $tables = () = $before =~ /\n/g;
cmp_ok($tables, '>', 15, 'there are tables to compare');
is($node->sql('SELECT count(*) FROM realty.check_invariants()'), '0',
	'the counters are right before the dump');

# check($database, $how): what was restored is what was dumped, and it lives.
sub check
{
	my ($database, $how) = @_;

	is(fingerprint($database), $before, "$how: equal checksums of all tables and sequences");
	is($node->sql('SELECT count(*) FROM realty.check_invariants()', database => $database),
		'0', "$how: no deviation");
	is($node->sql('SELECT count(*) FROM pg_constraint WHERE NOT convalidated',
			database => $database),
		'0', "$how: every constraint is valid");
	is($node->sql(<<'END', database => $database), 't', "$how: rows can be added");
INSERT INTO realty.system_settings (key, value) VALUES ('after.restore', '1');
INSERT INTO realty.notifications (user_id, kind, title, body)
SELECT id, 'test', 'after the restore', '' FROM realty.users ORDER BY id LIMIT 1
RETURNING true;
END
	return;
}

sub new_database
{
	my ($name) = @_;
	$node->safe_psql('postgres',
		"CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
	return $name;
}

my @from = ('-d', $node->connstr('realty'));

$node->command_ok([ 'pg_dump', @from, '-Fp', '-f', "$folder/plain.sql" ], 'plain dump');
new_database('plain');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'),
		'-f', "$folder/plain.sql" ],
	'plain restore');
check('plain', 'plain');

$node->command_ok([ 'pg_dump', @from, '-Fc', '-f', "$folder/custom" ], 'custom dump');
new_database('custom');
$node->command_ok(
	[ 'pg_restore', '-e', '-d', $node->connstr('custom'), "$folder/custom" ],
	'custom restore');
check('custom', 'custom');

$node->command_ok([ 'pg_dump', @from, '-Fd', '-j2', '-f', "$folder/dir" ], 'parallel dump');
new_database('parallel');
$node->command_ok(
	[ 'pg_restore', '-e', '-j2', '-d', $node->connstr('parallel'), "$folder/dir" ],
	'parallel restore');
check('parallel', 'parallel');

# --- whose tokens: the identity of the database came along, over the one of CREATE EXTENSION
sub opens
{
	my ($database) = @_;
	return $node->sql("SELECT r.status FROM realty.request('GET', '/api/auth/me', NULL, '{\"Authorization\": \"Bearer $token\"}') r", database => $database);
}
is(opens($_), 200, "$_: its tokens are those of the original") for qw(realty plain custom parallel);
my $kept = $node->background_psql('plain');
my $asks = "SELECT r.status FROM realty.request('GET', '/api/auth/me', NULL, '{\"Authorization\": \"Bearer $token\"}') r";
is($kept->query_safe($asks), 200, 'a session that stays has seen it, too');
$node->sql(<<'END', database => 'plain');
SELECT realty.renew_identity();
SET session_replication_role = replica;
UPDATE realty.sessions SET revoked_at = NULL;
END
is(opens('plain'), 401, 'a copy that asked for another identity takes them no more, though the session stands');
is($kept->query_safe($asks), 401, 'in a session from before neither');
$kept->quit;
is(opens('realty'), 200, 'the original does');
new_database('other');
$node->sql('CREATE EXTENSION realty', database => 'other');
$node->command_ok([ 'pg_restore', '--data-only', '-t', 'users', '-t', 'builders', '-t', 'customers', '-t', 'sessions', '-d', $node->connstr('other'), "$folder/custom" ],
	'another database gets the same users and sessions');
is(opens('other'), 401, 'and takes no token of this one');

# --- over rows that are there: DROP EXTENSION is refused, and then nothing is added to them
my $kept_rows = $node->sql('SELECT count(*), (SELECT count(*) FROM realty.inventory) FROM realty.audit_log', database => 'custom');
$node->command_checks_all(
	[ 'pg_restore', '--clean', '--if-exists', '-d', $node->connstr('custom'), "$folder/custom" ],
	1, [], [qr/cannot restore into table "inventory", which has rows/], 'a restore over a database with rows is refused');
is($node->sql('SELECT count(*), (SELECT count(*) FROM realty.inventory) FROM realty.audit_log', database => 'custom'),
	$kept_rows, '… no row is added');
is($node->sql('SELECT count(*) FROM realty.check_invariants()', database => 'custom'), '0', '… and every count is right');

# --- it is the guard that does it: without it the same dump comes back wrong, or not at all
new_database('unguarded');
{
	local $ENV{PGOPTIONS} = '-c realty.restoring=off';
	$node->command_checks_all(
		[ 'pg_restore', '-d', $node->connstr('unguarded'), "$folder/custom" ],
		1, [], [qr/errors ignored on restore/], 'with the guard off the restore fails');
}
isnt(fingerprint('unguarded'), $before, '… and what came back differs');

# --- only a superuser or the owner can use the restore setting
# row_security = off is what marks a restoring session, and any user can set it: only
# together with the rights of the owner does it hold back the rules.
$node->sql(<<'END');
CREATE ROLE clerk LOGIN BYPASSRLS;
GRANT USAGE ON SCHEMA realty TO clerk;
GRANT INSERT ON realty.system_settings, realty.projects, realty.units TO clerk;
END
$node->let_in('clerk');
$node->reload;

my $rows = "SET row_security = off;\n"
  . "COPY realty.units (project_id, unit_number, unit_type, price) FROM stdin;\n"
  . "1\tX-1\tapartment\t-5\n\\.\n";
my ($out, $err) = ('', '');
my $clerk = IPC::Run::run(
	[ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose',
		'-d', $node->connstr('realty') . ' user=clerk' ],
	'<', \$rows, '>', \$out, '2>', \$err);
ok(!$clerk, 'a user who only sets row_security = off restores nothing');
like($err, qr/\b(PT4\d\d|42501)\b/, '… and meets the rules');

like($node->sql_fails("SET ROLE clerk; SET realty.restoring = on"),
	qr/\b42501\b/, 'realty.restoring is for superusers');

done_testing();
