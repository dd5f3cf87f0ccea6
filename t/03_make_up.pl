# `make up` twice, down, up again, clean-run, in a copy of the tree and as this user. What it
# prints as curl lines is run as printed.
use strict;
use warnings;

use lib 't/lib';
use HTTP::Tiny;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $tree = PostgreSQL::Test::Utils::tempdir_short() . '/tree';

# The variables of the tests' nodes and of an outer make must not reach a server of its own.
delete @ENV{ grep { /^(PG|MAKE|MFLAGS)/ && !/^PG_CONFIG$/ } keys %ENV };

# make(TARGET): what it printed; its exit code is in $?.
sub make
{
	my ($target) = @_;
	my $output = `cd $tree && make $target 2>&1 < /dev/null`;
	note $output;
	return $output;
}

sub status_of
{
	my ($url) = @_;
	return HTTP::Tiny->new(timeout => 10)->get($url)->{status};
}

sub slurp_first_line
{
	my ($file) = @_;
	open my $in, '<', $file or return 'none';
	chomp(my $line = <$in>);
	return $line;
}

# with its times, or make would build it again
system('cp', '-rp', '.', $tree) == 0 or die "could not copy the tree\n";
END { make('clean-run') if defined $tree && -e "$tree/.run"; }

my $start = time;
my $printed = make('up');
my $first = time - $start;
if (!is($?, 0, 'make up succeeds'))
{
	diag $printed;
	done_testing();
	exit 1;
}
my ($api) = $printed =~ m{(http://127\.0\.0\.1:\d+)/api};
is(status_of("$api/ready"), 200, '/ready says so');

my @mode = stat "$tree/.run/jwt_secret";
is(sprintf('%03o', $mode[2] & 0777), '600', 'the secret is its owner\'s alone');
for my $setting (qw(fsync synchronous_commit full_page_writes))
{
	is(`cd $tree && echo 'SHOW $setting' | tools/psql -At`, "on\n", "$setting is on");
}
unlike(slurp_file("$tree/.run/data/pg_hba.conf"), qr/^[^#]*\btrust\b/m, 'trust authentication is not used');

my @curls = $printed =~ /^\s+(curl .*)$/mg;
is(@curls, 3, 'three curl lines are printed');
for my $curl (@curls)
{
	my $answer = eval { decode_json(`$curl -sS`) };
	ok($answer && $answer->{success}, "works as printed: $curl");
	cmp_ok($answer->{data}{pagination}{totalItems}, '>', 0, '… and finds something')
	  if $answer && $answer->{data}{pagination};
}
like($printed, qr/^\s+$_\s+\S+\@\S+$/m, "there is a sample account of a $_")
  for qw(admin builder customer);

my $postmaster = slurp_first_line("$tree/.run/data/postmaster.pid");
$start = time;
my $again = make('up');
is($?, 0, 'a second make up succeeds');
cmp_ok(time - $start, '<', $first, '… and has less to do');
is(slurp_first_line("$tree/.run/data/postmaster.pid"), $postmaster,
	'… and does not touch the running server');

is(`cd $tree && echo 'SELECT count(*) > 0 FROM realty.units' | tools/psql -At`, "t\n",
	'make psql opens it');
is(`cd $tree && echo 'SELECT current_user' | ROLE=realty_anon tools/psql -At`,
	"realty_anon\n", 'ROLE= steps down');

make('down');
is($?, 0, 'make down succeeds');
is(status_of("$api/health"), 599, '… and nothing listens');
ok(-e "$tree/.run/data/PG_VERSION", '… and the data stays');
make('down');
is($?, 0, 'a second make down is harmless');

make('up');
is($?, 0, 'make up after make down');
is(status_of("$api/ready"), 200, '… is ready on the same port');

make('clean-run');
is($?, 0, 'make clean-run succeeds');
ok(!-e "$tree/.run", '… and leaves nothing');
is(status_of("$api/health"), 599, '… and nothing listens');
make('clean-run');
is($?, 0, 'a second make clean-run is harmless');

done_testing();
