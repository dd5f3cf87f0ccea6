# The plans of what is asked for all day, pinned: each of these requests, as each role, reaches its rows by
# the index meant for it, at a size where a scan would cost a thousand times as much. The plans are those
# of the dispatcher's own statements, as auto_explain sees them.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(conf => "shared_buffers = 64MB\nmaintenance_work_mem = 256MB\n");

plan skip_all => 'auto_explain is not installed'
	if $node->psql('realty', q{LOAD 'auto_explain'}) != 0;

# Without triggers: only the planner looks at these rows. One project in ten is in planning, the newest ones.
$node->sql(<<'END');
SET session_replication_role = replica;
INSERT INTO realty.users (id, email, user_type, full_name) OVERRIDING SYSTEM VALUE
	SELECT n, 'u' || n || '@example.com', CASE WHEN n = 1 THEN 'admin' WHEN n <= 1001 THEN 'builder' ELSE 'customer' END, 'Name'
	FROM generate_series(1, 21001) n;
INSERT INTO realty.builders (id, user_id, company_name) OVERRIDING SYSTEM VALUE
	SELECT n - 1, n, 'Company ' || n FROM generate_series(2, 1001) n;
INSERT INTO realty.customers (id, user_id) OVERRIDING SYSTEM VALUE SELECT n - 1001, n FROM generate_series(1002, 21001) n;
INSERT INTO realty.projects (id, builder_id, name, city, status, created_at) OVERRIDING SYSTEM VALUE
	SELECT n, 1 + n % 1000, 'Project ' || n, (ARRAY['Bangalore', 'Mumbai', 'Pune', 'Kochi', 'Noida', 'Chennai'])[1 + n % 6],
		CASE WHEN n > 9000 THEN 'planning' ELSE (ARRAY['launched', 'construction', 'completed'])[1 + n / 7 % 3] END,
		now() - make_interval(mins => CASE WHEN n > 9000 THEN 10000 - n ELSE 1000 + n * 7919 % 9000 END)
	FROM generate_series(1, 10000) n;
INSERT INTO realty.units (id, project_id, builder_id, is_listed, unit_number, unit_type, bedrooms, price, status, created_at)
	OVERRIDING SYSTEM VALUE
	SELECT n, p, 1 + p % 1000, p <= 9000, n::text, '2 BHK', 1 + n % 4, 3000000 + n * 7919 % 9000 * 1000,
		CASE n % 40 WHEN 0 THEN 'blocked' WHEN 1 THEN 'booked' WHEN 2 THEN 'sold' ELSE 'available' END,
		now() - make_interval(mins => 10000 - p)
	FROM generate_series(1, 200000) n, LATERAL (SELECT 1 + (n - 1) / 20) x (p);
INSERT INTO realty.inventory (project_id, total, available, blocked)
	SELECT project_id, count(*), count(*) FILTER (WHERE status = 'available'), count(*) FILTER (WHERE status = 'blocked')
	FROM realty.units GROUP BY project_id;
INSERT INTO realty.bookings (id, unit_id, customer_id, project_id, builder_id, status, total_amount, unit_price, created_at)
	OVERRIDING SYSTEM VALUE
	SELECT n, 20 * n + 1, 1 + n * 7 % 20000, 1 + n, 1 + (n + 1) % 1000, 'confirmed', 1, 1, now() - make_interval(mins => n)
	FROM generate_series(1, 9000) n;
INSERT INTO realty.bookings (id, unit_id, customer_id, project_id, builder_id, status, total_amount, unit_price, created_at)
	OVERRIDING SYSTEM VALUE
	SELECT 10000 + n, 2 + n, 1 + n % 20000, 1 + n / 20, 1 + (n / 20 + 1) % 1000, 'cancelled', 1, 1, now() - make_interval(mins => n)
	FROM generate_series(1, 60000) n;
INSERT INTO realty.notifications (user_id, kind, title, body, created_at)
	SELECT 1 + n % 1010, 'note', 'title', 'body', now() - make_interval(secs => n) FROM generate_series(1, 100000) n;
INSERT INTO realty.messages (sender_id, recipient_id, body, created_at)
	SELECT 2 + n % 1000, 1002 + n * 7919 % 20000, 'Hello', now() - make_interval(mins => n) FROM generate_series(1, 30000) n;
INSERT INTO realty.appointments (builder_id, customer_id, project_id, kind, starts_at, ends_at, status)
	SELECT 1 + n % 1000, 1 + n * 7 % 20000, n % 1000 + 1, 'site_visit', now() + make_interval(hours => n), now() + make_interval(hours => n, mins => 30), 'requested'
	FROM generate_series(1, 20000) n;
INSERT INTO realty.payments (booking_id, kind, amount, due_date) SELECT id, 'token', 1, current_date FROM realty.bookings;
RESET session_replication_role;
END
$node->sql('VACUUM ANALYZE');

my %user = (admin => 1, builder => 2, customer => 1002);
my %token = map { $_ => $node->sql("SELECT realty.issue_token($user{$_})") } keys %user;

sub headers { my ($who) = @_; return $who eq 'anon' ? '{}' : qq({"authorization": "Bearer $token{$who}"}); }

# Everything that was planned while this was answered, and the status.
sub plans
{
	my ($who, $path, @settings) = @_;
	my $headers = headers($who);
	my ($out, $err) = ('', '');

	$node->psql('realty', <<"END", stdout => \$out, stderr => \$err);
LOAD 'auto_explain';
@{[ map { "SET $_;" } @settings ]}
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_analyze = on;
SET auto_explain.log_timing = off;
SET client_min_messages = log;
SELECT status FROM realty.request('GET', '$path', NULL, '$headers');
END
	return ($out, $err);
}

# of those tables no row is looked at that is not wanted; branches for administrators stand in the plans of all
my $big = qr/Seq Scan on (?:projects|units|bookings|notifications|payments|customers|users|inventory|messages|appointments)\b.*\(actual rows/;

sub reaches
{
	my ($who, $path, @indexes) = @_;
	my ($status, $plans) = plans($who, $path);

	is($status, '200', "$who $path");
	# hits are joined to the table as its size asks for
	ok($plans !~ $big, 'no scan of a big table') or diag($plans) if $path !~ /q=/;
	# of a thousand projects that have one word, the units with the other are not looked up one project after the other
	ok($plans !~ /BitmapAnd/, 'the words of all units are read once') or diag($plans) if $path =~ /q=/;
	for my $index (@indexes)
	{
		ok($plans =~ /using $index\b/ || $plans =~ /Bitmap Index Scan on $index\b/, "by $index") or diag($plans);
	}
}

for my $who (qw(anon customer builder admin))
{
	reaches($who, '/api/projects?city=Bangalore&status=construction&page=1&limit=10', 'projects_of_city_by_status', 'inventory_of_project',
		'builders_pkey');
	reaches($who, '/api/projects?city=bang&after=', 'projects_of_city');
	reaches($who, '/api/projects?status=launched&after=', 'projects_newest_by_status');
	reaches($who, '/api/projects?after=', 'projects_newest');
	reaches($who, '/api/projects/77', 'projects_pkey');
	reaches($who, '/api/projects/77/availability', 'units_of_project');
	reaches($who, '/api/projects/77/units?after=', 'units_of_project');
	reaches($who, '/api/units/777', 'units_pkey');
	reaches($who, '/api/units?after=', $who =~ /anon|customer/ ? 'units_newest_shown' : 'units_newest');
	reaches($who, '/api/units?status=available&bedrooms=3&max_price=9000000&sort=price&after=', 'units_unsold_by_bedrooms_and_price');
	reaches($who, '/api/units?status=available&sort=price&after=', 'units_unsold_by_price');
	reaches($who, '/api/units?bedrooms=3&sort=price&after=', 'units_by_bedrooms_and_price');
	reaches($who, '/api/units?sort=price&after=', 'units_by_price');
	reaches($who, '/api/projects?q=project+77', 'projects_found_by');
	reaches($who, '/api/search?q=project+77', 'projects_found_by', 'units_found_by');
}
reaches('customer', '/api/bookings?limit=10', 'bookings_of_customer');
reaches('builder', '/api/bookings?limit=10', 'bookings_of_builder');
reaches('admin', '/api/bookings?after=', 'bookings_newest');
reaches('admin', '/api/users?after=', 'users_newest');
reaches($_, '/api/bookings/8000/payments', 'payments_of_booking') for qw(admin);
reaches($_, '/api/notifications?limit=10', 'notifications_of_user') for qw(customer builder);
# what is added up or gathered for one company, or one customer, costs what is theirs
reaches($_, '/api/contacts', 'messages_of_sender', 'messages_of_recipient', "bookings_of_$_") for qw(customer builder);
reaches($_, '/api/messages/conversations', 'messages_of_sender', 'messages_of_recipient') for qw(customer builder);
reaches('builder', '/api/analytics/inventory', 'units_of_builder', 'bookings_of_builder');
reaches('builder', "/api/analytics/$_", 'bookings_of_builder') for qw(sales collections pipeline);
reaches('builder', '/api/builders/me/dashboard', 'units_of_builder', 'bookings_of_builder');
reaches('customer', '/api/customers/me/dashboard', 'bookings_of_customer');
reaches($_, '/api/auth/me', 'users_pkey') for qw(customer builder admin);

# How often the planner is asked in a session that has answered the same before. EXECUTE itself keeps its plan from the sixth on.
sub plannings
{
	my ($who, $path) = @_;
	my $headers = headers($who);
	my ($out, $err) = ('', '');
	my $again = "EXECUTE again;\n" x 6;

	$node->psql('realty', <<"END", stdout => \$out, stderr => \$err);
PREPARE again AS SELECT status FROM realty.request('GET', '$path', NULL, '$headers');
$again
SET client_min_messages = log;
SET log_planner_stats = on;
EXECUTE again;
END
	my ($status) = $out =~ /(\d+)\s*\z/;
	return ($status, scalar(() = $err =~ /PLANNER STATISTICS/g));
}

for my $who (qw(anon customer builder admin))
{
	is_deeply([ plannings($who, $_) ], [ 200, 0 ], "$who $_: planned once") for
		'/api/projects?city=Bangalore&status=construction&page=1&limit=10', '/api/projects?after=', '/api/projects/77',
		'/api/projects/77/availability', '/api/units?status=available&bedrooms=3&sort=price&after=', '/api/units/777', '/api/search?q=project+1777', '/api/units?q=1777',
		$who eq 'anon' ? () : ('/api/auth/me', '/api/bookings?after=', '/api/notifications?limit=10');
}
is_deeply([ plannings('anon', '/api/units?sort=price') ], [ 200, 1 ], 'an estimated total is one planning, with the values');

# What is only planned, or done within a millisecond, is not worth the compiler's time, however large the tables.
sub compiled { my ($path, $which) = @_; return grep { $_ =~ $which } split /LOG:\s+duration/, (plans('anon', $path, 'jit_above_cost = 0'))[1]; }
SKIP:
{
	skip 'this server has no JIT compiler', 3 if $node->sql('SELECT pg_jit_available()') ne 't';
	my ($estimate) = compiled('/api/units?sort=price', qr/EXPLAIN SELECT/);
	ok($estimate && $estimate !~ /JIT:/, 'an estimate is not compiled') or diag($estimate);
	my @found = compiled('/api/search?q=project+77', qr/_found_by/);
	is(scalar(@found), 4, 'projects, builders, units and the units beside projects are searched');
	ok(!grep({ /JIT:/ } @found), 'a search is not compiled') or diag(@found);
}

# These rows were never to be true: what is recounted at the end of a test has nothing to say of them.
$node->sql('SET session_replication_role = replica; TRUNCATE realty.users, realty.inventory, realty.notifications CASCADE');
done_testing();
