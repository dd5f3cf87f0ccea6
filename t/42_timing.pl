# How long an answer takes tells nobody whether an account exists: times of the kinds of answer,
# asked in turns, are compared as distributions.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Realty;

use constant ROUNDS => 60;

my $node = Realty->start(gateway => 1, conf => "realty.argon2_memory = 8192\n");
my %address = map { $_ => "$_\@example.org" } qw(known locked unknown);
for my $who (qw(known locked))
{
	is($node->http('POST', '/api/auth/register', { email => $address{$who}, password => 'a long enough secret',
				user_type => 'customer', full_name => 'A Customer' })->{status}, 201, "$who registers");
}

# The share of pairs in which an x took longer than a y (Mann and Whitney's U, by n·m): 0.5 when
# neither tends to. With 60 of each, chance stays within 0.25 of that but once in 100,000 runs.
sub share_longer
{
	my ($x, $y) = @_;
	my $longer = 0;

	for my $a (@$x) { $longer += $a > $_ ? 1 : $a == $_ ? 0.5 : 0 for @$y; }
	return $longer / (@$x * @$y);
}

sub times_of
{
	my ($path, $body, $before, @kinds) = @_;
	my %times;

	for my $round (1 .. ROUNDS)
	{
		for my $kind ($round % 2 ? @kinds : reverse @kinds)
		{
			$before->();
			my $start = time;
			my $answer = $node->http('POST', $path, $body->($kind));
			push @{ $times{$kind} }, time - $start;
			$times{answers}{ $answer->{content} } = 1;
		}
	}
	return \%times;
}

sub median { my @sorted = sort { $a <=> $b } @{ $_[0] }; return $sorted[ @sorted / 2 ]; }

# By rank, and by the middle: where only rows are written, a quiet machine ranks what no network shows.
sub compare
{
	my ($what, $by_rank, $times, @kinds) = @_;

	is(scalar keys %{ $times->{answers} }, 1, "$what: one answer for all");
	for my $pair ([ 0, 1 ], [ 0, 2 ], [ 1, 2 ])
	{
		my ($x, $y) = map { $kinds[$_] // return } @$pair;
		my $share = share_longer($times->{$x}, $times->{$y});
		my $ratio = median($times->{$x}) / median($times->{$y});

		note(sprintf '%s: %s took longer than %s in %.2f of the pairs, %.2f of its time', $what, $x, $y, $share, $ratio);
		ok($ratio > 1 / 1.5 && $ratio < 1.5, "$what: $x and $y take about as long");
		cmp_ok(abs($share - 0.5), '<', 0.25, "$what: $x and $y cannot be told apart") if $by_rank;
	}
	return;
}

# Wrong passwords lock an account, so what counts them is set back each time; one stays locked.
my $login = times_of('/api/auth/login', sub { { email => $address{ $_[0] }, password => 'not the secret at all' } },
	sub {
		$node->sql(q{UPDATE realty.user_credentials c SET failed_logins = CASE WHEN u.email ~ '^locked' THEN 50 ELSE 0 END,
			locked_until = CASE WHEN u.email ~ '^locked' THEN now() + interval '1 day' END FROM realty.users u WHERE u.id = c.user_id});
	}, qw(known unknown locked));
compare('login', 1, $login, qw(known unknown locked));

my $forgot = times_of('/api/auth/forgot-password', sub { { email => $address{ $_[0] } } },
	sub { $node->sql('DELETE FROM realty.password_resets') }, qw(known unknown));
compare('forgot-password', 0, $forgot, qw(known unknown));

done_testing();
