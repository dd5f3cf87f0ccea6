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

# What tells x from y: by rank, and by the middle. Where only rows are written, a quiet machine ranks what no network shows.
sub difference
{
	my ($by_rank, $times, $x, $y) = @_;
	my $share = share_longer($times->{$x}, $times->{$y});
	my $ratio = median($times->{$x}) / median($times->{$y});

	return () if $ratio > 1 / 1.5 && $ratio < 1.5 && (!$by_rank || abs($share - 0.5) < 0.25);
	return sprintf '%s took longer than %s in %.2f of the pairs, %.2f of its time', $x, $y, $share, $ratio;
}

# A machine's noise tells them apart once, what the code does each time: three times at most.
sub compare
{
	my ($what, $by_rank, $measure, @kinds) = @_;
	my @differences;

	for my $try (1 .. 3)
	{
		my $times = $measure->(@kinds);

		@differences = map { my $x = $_; map { difference($by_rank, $times, $kinds[$x], $_) } @kinds[ $x + 1 .. $#kinds ] } 0 .. $#kinds;
		is(scalar keys %{ $times->{answers} }, 1, "$what: one answer for all");
		last if !@differences;
		note("$what: $_") for @differences;
	}
	is("@differences", '', "$what: @kinds cannot be told apart");
	return;
}

# Wrong passwords lock an account, so what counts them is set back each time; one stays locked.
compare('login', 1, sub { times_of('/api/auth/login', sub { { email => $address{ $_[0] }, password => 'not the secret at all' } },
	sub {
		$node->sql(q{UPDATE realty.user_credentials c SET failed_logins = CASE WHEN u.email ~ '^locked' THEN 50 ELSE 0 END,
			locked_until = CASE WHEN u.email ~ '^locked' THEN now() + interval '1 day' END FROM realty.users u WHERE u.id = c.user_id});
	}, @_) }, qw(known unknown locked));

compare('forgot-password', 0, sub { times_of('/api/auth/forgot-password', sub { { email => $address{ $_[0] } } },
	sub { $node->sql('DELETE FROM realty.password_resets') }, @_) }, qw(known unknown));

done_testing();
