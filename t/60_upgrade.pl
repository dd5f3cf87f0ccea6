# From each released version to this one: the catalog becomes that of a fresh installation, each row stays what it was,
# and requests and sessions under way notice nothing but a pause.
use strict;
use warnings;

use lib 't/lib';
use HTTP::Tiny;
use IPC::Run ();
use JSON::PP;
use PostgreSQL::Test::Utils qw(slurp_file);
use Realty;
use Test::More;
use Time::HiRes qw(sleep time);

my ($latest) = slurp_file('realty.control') =~ /^default_version\s*=\s*'(.*)'/m;
my @released = map { m{realty--([0-9.]+)\.sql$} } glob 'upgrade/baseline/realty--*.sql';
my $node = Realty->start(extension => 0, gateway => 1, ready => 0);
my $folder = PostgreSQL::Test::Utils::tempdir();

sub connection { return $node->connstr($_[0]) }

# What tools/compare-catalogs prints of two databases.
sub differences
{
	my ($out, $error) = ('', '');
	IPC::Run::run([ 'tools/compare-catalogs', map { connection($_) } @_ ], '>', \$out, '2>', \$error);
	die $error if $error ne '';
	return $out;
}

# A line for each table that has rows of the site: how many, and a checksum. Rows that the script brought may be others after
# an update; unit_changes and xact speak of transactions of one server.
sub rows_of
{
	my ($database) = @_;
	my @queries = split /\n/, $node->sql(<<'END', database => $database);
SELECT CASE c.relkind WHEN 'S' THEN format($$SELECT %L, last_value, is_called::text FROM %1$s$$, c.oid::regclass)
	ELSE format($$SELECT %L, count(*), md5(coalesce(string_agg(%s, ';' ORDER BY %2$s COLLATE "C"), '')) FROM %s t %s$$, c.oid::regclass,
		CASE c.relname WHEN 'notifications' THEN $$(to_jsonb(t) - 'xact')::text$$ ELSE 'to_jsonb(t)::text' END, c.oid::regclass, u.condition) END
FROM pg_extension e, unnest(e.extconfig, e.extcondition) u (id, condition) JOIN pg_class c ON c.oid = u.id
WHERE e.extname = 'realty' AND u.condition <> 'WHERE false' ORDER BY c.oid::regclass::text
END
	return $node->sql(join(' UNION ALL ', @queries) . ' ORDER BY 1', database => $database);
}

sub new_database
{
	my ($name, $template) = @_;
	$node->safe_psql('postgres', 'CREATE DATABASE ' . $name . ' TEMPLATE ' . ($template // "template0 ENCODING 'UTF8'"));
	return $name;
}

# What a site that has been running has: rows in each table, some of them its own kinds of rows.
sub old_site
{
	my ($name, $version) = @_;

	new_database($name);
	$node->sql("CREATE EXTENSION realty VERSION '$version'", database => $name);
	$node->sql('SELECT realty.load_sample_data()', database => $name);
	$node->sql(<<'END', database => $name);
UPDATE realty.projects SET extra = '{"site": "field"}' WHERE id = (SELECT min(id) FROM realty.projects);
INSERT INTO realty.resources (name, view, singular) VALUES ('site-things', 'api.projects', 'site_thing');
INSERT INTO realty.routes (method, path, handler, function, roles, summary)
VALUES ('GET', '/api/site/own', 'call', 'api.me', '{user}', 'a route of the site');
INSERT INTO realty.common_passwords VALUES ('of the site');
UPDATE realty.units SET price = price + 1000 WHERE id = (SELECT min(id) FROM realty.units WHERE status = 'available');
SELECT status FROM realty.request('POST', '/api/auth/login', '{"email": "customer@example.com", "password": "sample-password"}');
SELECT status FROM realty.request('POST', '/api/auth/forgot-password', '{"email": "customer@example.com"}');
SELECT status FROM realty.request('POST', '/api/messages', (SELECT jsonb_build_object('recipient_id', min(id), 'body', 'once')
	FROM realty.users WHERE user_type = 'admin'), jsonb_build_object('Idempotency-Key', 'a-key-of-the-site', 'Authorization', 'Bearer '
	|| realty.issue_token((SELECT id FROM realty.users WHERE email = 'builder@example.com'))));
END
	return $name;
}

# --- the catalog and the rows

new_database('fresh');
$node->sql('CREATE EXTENSION realty', database => 'fresh');
is($node->sql('SELECT extversion FROM pg_extension WHERE extname = $$realty$$', database => 'fresh'), $latest, "a fresh installation is $latest");
cmp_ok(scalar @released, '>', 0, 'there are released versions');

for my $version (@released)
{
	my $site = old_site('site', $version);
	my $before = rows_of($site);

	unlike($before, qr/^[^|]*\|0\|/m, "$version: no table is empty");
	$node->command_ok([ 'pg_dump', '-d', connection($site), '-f', "$folder/dump.sql" ], "$version: pg_dump");
	$node->sql('ALTER EXTENSION realty UPDATE', database => $site);
	is($node->sql("SELECT extversion FROM pg_extension WHERE extname = 'realty'", database => $site), $latest, "$version: updated to $latest");
	is(differences($site, 'fresh'), '', "$version: the catalog is that of a fresh installation");
	is(rows_of($site), $before, "$version: each row is what it was");
	is($node->sql('SELECT count(*) FROM realty.check_schema()', database => $site), 0, "$version: check_schema() has no complaint");
	is($node->sql('SELECT count(*) FROM realty.check_invariants()', database => $site), 0, "$version: every sum is right");

	new_database('restored');
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', connection('restored'), '-f', "$folder/dump.sql" ],
		"$version: the dump is restored where $latest is installed");
	is(differences('restored', 'fresh'), '', "$version: the restored catalog is that of a fresh installation");
	is(rows_of('restored'), $before, "$version: each restored row is what it was");

	# the way back that docs/upgrading.md names, for as long as no table has changed
	$node->command_ok([ 'pg_dump', '-d', connection('restored'), '-f', "$folder/back.sql" ], "$version: pg_dump of $latest");
	new_database('back');
	$node->sql("CREATE EXTENSION realty VERSION '$version'", database => 'back');
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', connection('back'), '-f', "$folder/back.sql" ],
		"$version: the dump is restored where $version is installed");
	is(rows_of('back'), $before, "$version: each row that went back is what it was");
	$node->safe_psql('postgres', "DROP DATABASE $_") for qw(site restored back);
}

# --- what is missing in an upgrade script is printed as what to write

new_database('lacking', 'fresh');
$node->sql(<<'END', database => 'lacking');
SET realty.allow_drop = on;
DROP POLICY users_read_themselves ON realty.users;
DROP TRIGGER units_800_validate ON realty.units;
ALTER TABLE realty.units DISABLE TRIGGER units_700_touch;
ALTER TABLE realty.bookings DROP CONSTRAINT bookings_discount_is_not_negative;
DROP INDEX realty.users_newest;
CREATE INDEX users_extra ON realty.users (full_name);
ALTER FUNCTION realty.today() VOLATILE;
ALTER VIEW api.units SET (security_invoker = false);
ALTER TABLE realty.sessions DISABLE ROW LEVEL SECURITY;
ALTER TABLE realty.projects ALTER COLUMN status DROP DEFAULT;
ALTER TABLE realty.users ALTER COLUMN user_type DROP NOT NULL;
REVOKE SELECT ON api.units FROM realty_anon;
GRANT UPDATE (phone) ON realty.users TO realty_analyst;
COMMENT ON CONSTRAINT users_full_name_has_text ON realty.users IS 'other words';
COMMENT ON COLUMN realty.users.phone IS NULL;
DELETE FROM realty.routes WHERE id = 101;
UPDATE realty.routes SET summary = 'other words' WHERE id = 102;
UPDATE pg_extension SET extcondition[array_position(extconfig, 'realty.users'::regclass::oid)] = 'WHERE false' WHERE extname = 'realty';
END
my $lacking = differences('lacking', 'fresh');
like($lacking, $_, "told: $_") for
  qr/^CREATE POLICY users_read_themselves ON realty.users FOR SELECT/m,
  qr/^CREATE TRIGGER units_800_validate BEFORE INSERT OR UPDATE ON realty.units/m,
  qr/^ALTER TABLE realty.units ENABLE TRIGGER units_700_touch;/m,
  qr/^ALTER TABLE realty.bookings ADD CONSTRAINT bookings_discount_is_not_negative CHECK/m,
  qr/^CREATE INDEX users_newest ON realty.users/m,
  qr/^DROP INDEX realty.users_extra;/m,
  qr/^CREATE OR REPLACE FUNCTION realty.today\(\)/m,
  qr/^CREATE OR REPLACE VIEW api.units WITH \(security_invoker=true\)/m,
  qr/^ALTER TABLE realty.sessions ENABLE ROW LEVEL SECURITY;/m,
  qr/^ALTER TABLE realty.projects ALTER COLUMN status SET DEFAULT 'planning'/m,
  qr/^ALTER TABLE realty.users ALTER COLUMN user_type SET NOT NULL;/m,
  qr/^GRANT SELECT ON TABLE api.units TO realty_anon;/m,
  qr/^REVOKE UPDATE \(phone\) ON TABLE realty.users FROM realty_analyst;/m,
  qr/^COMMENT ON CONSTRAINT users_full_name_has_text ON realty.users IS 'must have/m,
  qr/^COMMENT ON COLUMN realty.users.phone IS 'As it was typed.';/m,
  qr/^INSERT INTO realty.routes \(.*'\/api\/auth\/register'/m,
  qr/^UPDATE realty.routes SET summary = 'Sign in' WHERE id = '102';/m,
  qr/^SELECT pg_catalog.pg_extension_config_dump\('realty.users', ''\);/m;

# --- an update while the site is used

my $version = $released[0];
my $site = old_site('realty', $version);
$node->wait_ready;

# ask_without_pause($name, @requests): a client that makes these requests one after the other until the file "stop" is there, and
# says how many answers of each status it had, and the longest time for one.
sub ask_without_pause
{
	my ($name, $token, @requests) = @_;
	my $pid = fork // die "no fork: $!";
	return $pid if $pid;

	my $client = HTTP::Tiny->new(timeout => 60, default_headers => $token ? { Authorization => "Bearer $token" } : {});
	my (%count, $longest);
	until (-e "$folder/stop")
	{
		for my $request (@requests)
		{
			my ($method, $path, $body) = @$request;
			my $began = time;
			my $answer = $client->request($method, $node->url($path),
				{ $body ? (content => encode_json($body), headers => { 'Content-Type' => 'application/json' }) : () });
			my $took = time - $began;
			$count{"$method $path $answer->{status}"}++;
			$longest = $took if $took > ($longest // 0);
		}
	}
	open my $out, '>', "$folder/$name.json" or POSIX::_exit(1);
	print {$out} encode_json({ count => \%count, longest => $longest });
	close $out;
	POSIX::_exit(0);
}

my %token = map { $_ => $node->login("$_\@example.com", 'sample-password') } qw(builder customer admin);
my $unit = $node->sql("SELECT min(u.id) FROM realty.units u JOIN realty.builders b ON b.id = u.builder_id JOIN realty.users a ON a.id = b.user_id WHERE a.email = 'builder\@example.com'");
my @clients = (
	ask_without_pause('anonymous', undef, [ GET => '/api/projects?limit=5' ], [ GET => '/api/units?limit=5' ]),
	ask_without_pause('customer', $token{customer}, [ GET => '/api/bookings' ], [ PATCH => '/api/auth/me', { full_name => 'Asha' } ], [ GET => '/api/customers/me/dashboard' ]),
	ask_without_pause('builder', $token{builder}, [ PATCH => "/api/units/$unit", { facing => 'east' } ], [ PATCH => "/api/units/$unit", { facing => 'west' } ], [ GET => '/api/notifications' ]),
	ask_without_pause('admin', $token{admin}, [ PUT => '/api/settings/site.load', { value => 1 } ], [ DELETE => '/api/settings/site.load' ], [ GET => '/api/audit?limit=5' ]));

# A session with kept statements.
my $kept = $node->background_psql('realty');
$kept->query_safe('PREPARE list AS SELECT count(*) > 0 FROM api.units');
$kept->query_safe(q{PREPARE request AS SELECT status FROM realty.request('GET', '/api/units')});
$kept->query_safe('PREPARE unread AS SELECT api.unread_notifications()');
$kept->query_safe("EXECUTE $_") for qw(list request unread);

# One that is in a transaction, and goes on in it, in the order that deadlocks with an update that takes its locks one by one.
my $open = $node->background_psql('realty');
$open->query_safe('BEGIN');
$open->query_safe('SELECT count(*) FROM api.units');

sleep 1;
my $began = time;
my ($out, $error) = ('', '');
my $update = IPC::Run::start([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', connection('realty'), '-c', 'ALTER EXTENSION realty UPDATE' ], '>', \$out, '2>', \$error);
sleep 2;
is($node->sql("SELECT extversion FROM pg_extension WHERE extname = 'realty'"), $version, 'the update waits for a transaction that is open');
is($open->query_safe('SELECT count(*) > 0 FROM api.projects'), 't', 'which goes on to other tables meanwhile');
is($open->query_safe("UPDATE realty.system_settings SET description = 'open' WHERE key = (SELECT min(key) FROM realty.system_settings); SELECT 'done'"), 'done', 'and writes');
$open->query_safe('COMMIT');
my $waited = time;
ok($update->finish, 'then it is done') or diag $error;
my $took = time - $waited;
note sprintf 'the update took %.1f s, %.1f s of it after the transaction had ended', time - $began, $took;
is($node->sql("SELECT extversion FROM pg_extension WHERE extname = 'realty'"), $latest, "updated to $latest");

sleep 1;
is($kept->query_safe('EXECUTE list'), 't', 'a kept statement goes on');
is($kept->query_safe('EXECUTE request'), '200', 'and so do those of the API');
is($open->query_safe('SELECT count(*) > 0 FROM api.units'), 't', 'the session whose transaction was open goes on, too');
is(differences('realty', 'fresh'), '', 'the catalog is that of a fresh installation');

# --- what scripts to come will do: another function, a column, a view with it, behind the same locks

my ($lock) = slurp_file('upgrade/realty--1.0--1.1.sql') =~ /^(DO \$\$.*?^END \$\$;)/ms;
$node->sql(<<"END");
BEGIN;
SET LOCAL realty.allow_drop = on;
$lock
ALTER TABLE realty.units ADD COLUMN later text DEFAULT 'new';
DO \$\$ BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW api.units WITH (security_invoker = true) AS '
		|| regexp_replace(pg_get_viewdef('api.units'), '(\\s+FROM realty.units)', ', units.later\\1');
END \$\$;
CREATE OR REPLACE FUNCTION api.unread_notifications() RETURNS bigint LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN 4711;
COMMIT;
END
is($kept->query_safe('EXECUTE unread'), '4711', 'a kept statement sees the new function');
is($kept->query_safe('EXECUTE list'), 't', 'and goes on with another view');
is($node->http('GET', '/api/notifications/unread-count', undef, { Authorization => "Bearer $token{builder}" })->{json}{data}{unread_count}, 4711,
	'the API sees the new function');
is($node->http('GET', "/api/units/$unit")->{json}{data}{unit}{later}, 'new', 'and the new column');

sleep 1;
$_->quit for $kept, $open;

open my $stop, '>', "$folder/stop" or die;
close $stop;
waitpid $_, 0 for @clients;
for my $name (qw(anonymous customer builder admin))
{
	my $seen = decode_json(slurp_file("$folder/$name.json"));
	my @wrong = grep { !/ 20\d$/ } sort keys %{ $seen->{count} };
	my $answers = 0;
	$answers += $_ for values %{ $seen->{count} };
	is("@wrong", '', "$name: each of $answers answers was a success");
	cmp_ok($seen->{longest}, '<', 20, sprintf '%s: the longest request took %.1f s', $name, $seen->{longest});
}
done_testing();
