# COPY of a hundred thousand rows: every count and sum is right at its end, a COPY that fails
# leaves nothing, and no table can be emptied past its triggers.
use strict;
use warnings;

use Test::More;

use PostgreSQL::Test::Utils;

use lib 't/lib';
use Realty;

my $rows = ($ENV{SIZE} // '') eq 'full' ? 100_000 : 10_000;
note "shortened: COPY of $rows rows of 100000" if $rows < 100_000;
my $parts = $rows / 100;    # a hundred rows belong to each project, booking, unit

my $node = Realty->start;
my $dir = PostgreSQL::Test::Utils::tempdir();

$node->sql(<<"END");
WITH u AS (INSERT INTO realty.users (email, user_type, full_name) VALUES ('b\@copy.example', 'builder', 'B') RETURNING id)
INSERT INTO realty.builders (user_id, company_name) SELECT id, 'Copy' FROM u;
WITH u AS (INSERT INTO realty.users (email, user_type, full_name) VALUES ('c\@copy.example', 'customer', 'C') RETURNING id)
INSERT INTO realty.customers (user_id) SELECT id FROM u;
INSERT INTO realty.projects (builder_id, name, city, status) SELECT b.id, 'P' || n, 'Pune', 'launched'
FROM realty.builders b, generate_series(1, $parts) n ORDER BY n;
END
my ($first_project) = $node->sql('SELECT min(id) FROM realty.projects');

# Writes a file of rows, each made by a function of its number.
sub copied
{
	my ($target, $row, $count) = @_;
	my $file = "$dir/rows";

	open my $out, '>', $file or die $!;
	print $out join("\t", $row->($_)), "\n" for 0 .. ($count // $rows) - 1;
	close $out;
	chmod 0644, $file;
	return $node->sql_fails("COPY realty.$target FROM '$file'");
}

sub every_sum_is_right
{
	my ($what) = @_;
	return is($node->sql('SELECT * FROM realty.check_invariants()'), '', "$what: every sum is right");
}

# Units: the counts of projects
is(copied('units (project_id, unit_number, price, status)',
		sub { ($first_project + int($_[0] / 100), $_[0], 1000 + $_[0], $_[0] % 4 ? 'available' : 'blocked') }),
	'', "COPY of $rows units");
is($node->sql('SELECT count(*), min(total_units), max(total_units), min(available_units), max(available_units) FROM api.projects'),
	"$parts|100|100|75|75", 'each project counts its own');
every_sum_is_right('units');

my $before = $node->sql('SELECT md5(string_agg(i::text, \',\' ORDER BY i::text)) FROM realty.inventory i');
like(copied('units (project_id, unit_number, price)', sub { ($first_project, "again$_[0]", $_[0] == $rows - 1 ? -1 : 1) }),
	qr/PT422/, 'a COPY whose last row is bad is refused');
is($node->sql('SELECT md5(string_agg(i::text, \',\' ORDER BY i::text)) FROM realty.inventory i'), $before, 'and counts nothing');

# Bookings: the state of units, and the counts again; one a project
my ($customer) = $node->sql('SELECT id FROM realty.customers');
my @free = split /\n/, $node->sql("SELECT min(id) FROM realty.units WHERE status = 'available' GROUP BY project_id ORDER BY project_id");
is(copied('bookings (unit_id, customer_id)', sub { ($free[ $_[0] ], $customer) }, $parts), '', "COPY of $parts bookings");
is($node->sql('SELECT min(available_units), max(available_units) FROM api.projects'), '74|74', 'each took one');
every_sum_is_right('bookings');

# Payments: a hundred of 0.07 each
my @bookings = split /\n/, $node->sql('SELECT id FROM realty.bookings ORDER BY id');
is(copied('payments (booking_id, amount, milestone)', sub { ($bookings[ $_[0] / 100 ], '0.07', "m$_[0]") }), '', "COPY of $rows payments");
is($node->sql('SELECT min(scheduled_amount), max(scheduled_amount), max(paid_amount) FROM realty.bookings'), '7.00|7.00|0.00', 'add up on their bookings');
every_sum_is_right('payments');
like(copied('payments (booking_id, amount)', sub { ($bookings[0], '100.00') }, 100), qr/PT422/, 'more than is owed is refused');
every_sum_is_right('refused payments');

# Progress: a hundred phases of one unit in each project, 0 to 99 percent by equal weights
my @units = split /\n/, $node->sql('SELECT min(id) FROM realty.units GROUP BY project_id ORDER BY project_id');
is(copied('project_progress (project_id, unit_id, phase, sequence, weight, percent)',
		sub { my $n = $_[0] % 100; ($first_project + int($_[0] / 100), $units[ $_[0] / 100 ], "phase $n", $n + 1, 1, $n) }),
	'', "COPY of $rows phases");
is($node->sql('SELECT min(progress_percent), max(progress_percent) FROM realty.projects'), '49.50|49.50', 'roll up to their projects');
every_sum_is_right('progress');

# TRUNCATE would go past all of it
for my $table (split /\n/, $node->sql(<<'END'))
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind = 'r'
AND c.relname IN ('users', 'builders', 'customers', 'projects', 'units', 'bookings', 'payments', 'appointments', 'project_progress',
	'construction_updates', 'messages', 'change_requests', 'models_3d', 'notifications', 'system_settings', 'inventory', 'payment_references', 'receipt_counters') ORDER BY 1
END
{
	like($node->sql_fails("TRUNCATE realty.$table CASCADE"), qr/PT409/, "TRUNCATE of $table is refused");
}
every_sum_is_right('in the end');

done_testing();
