# The time of a response does not reveal whether an account exists: times of the kinds of answer,
# asked in turns, are compared by their middles.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Realty;

use constant ROUNDS => ($ENV{SIZE} // '') eq 'full' ? 60 : 8;
note('# shortened: eight of each kind of failed login') if ROUNDS < 60;

my $node = Realty->start(gateway => 1);
# The floor is above what the slowest of these hashes takes here and now, also when others use the machine.
my ($slowest) = sort { $b <=> $a } map { milliseconds() } 1 .. 5;
my $floor = $slowest > 200 ? 1000 : $slowest > 50 ? 5 * $slowest : 250;
note("floor $floor ms");
$node->append_conf('postgresql.conf', "realty.login_floor = $floor\n");
$node->restart;
$node->wait_ready;

sub milliseconds
{
	return $node->sql(q{SET realty.password_algorithm = bcrypt; SET realty.bcrypt_cost = 9;
		SELECT extract(epoch FROM clock_timestamp() - now()) * 1000 WHERE realty.password_hash('x') <> ''}) =~ s/\..*//r;
}

# The kinds of failed logins: hashes of other settings and programs, a password that bcrypt
# cannot take, accounts that are shut, or none.
my %kinds = (
	known    => {},
	weak     => { hash => 'realty.argon2_memory = 64' },
	bcrypt4  => { hash => 'realty.password_algorithm = bcrypt; SET realty.bcrypt_cost = 4' },
	bcrypt9  => { hash => 'realty.password_algorithm = bcrypt; SET realty.bcrypt_cost = 9' },
	long     => { hash => 'realty.password_algorithm = bcrypt; SET realty.bcrypt_cost = 9', password => 'x' x 100 },
	broken   => {},
	locked   => {},
	inactive => {},
	unknown  => {});
my %address = map { $_ => "$_\@example.org" } keys %kinds;
for my $who (grep { $_ ne 'unknown' } sort keys %kinds)
{
	is($node->http('POST', '/api/auth/register', { email => $address{$who}, password => 'a long enough secret',
				user_type => 'customer', full_name => 'A Customer' })->{status}, 201, "$who registers");
	$node->sql("SET $kinds{$who}{hash}; UPDATE realty.user_credentials SET password_hash = realty.password_hash('a long enough secret')
		WHERE user_id = (SELECT id FROM realty.users WHERE email = '$address{$who}')") if $kinds{$who}{hash};
}
$node->sql(q{UPDATE realty.user_credentials SET password_hash = 'x' WHERE user_id = (SELECT id FROM realty.users WHERE email ~ '^broken')});
$node->sql(q{UPDATE realty.users SET is_active = false WHERE email ~ '^inactive'});

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

# The share of pairs in which an x took longer than a y (Mann and Whitney's U, by n·m): 0.5 when
# neither tends to.
sub share_longer
{
	my ($x, $y) = @_;
	my $longer = 0;

	for my $a (@$x) { $longer += $a > $_ ? 1 : $a == $_ ? 0.5 : 0 for @$y; }
	return $longer / (@$x * @$y);
}

# What distinguishes x from y: by rank, and by a tenth of the floor between their middles.
sub difference
{
	my ($times, $x, $y) = @_;
	my $apart = median($times->{$x}) - median($times->{$y});

	return () if abs($apart) < $floor / 1000 / 10 || abs(share_longer($times->{$x}, $times->{$y}) - 0.5) < 0.25;
	note(sprintf '%s took %.0f ms more than %s', $x, 1000 * $apart, $y);
	return $apart > 0 ? "$x after $y" : "$y after $x";
}

# A machine's noise distinguishes two of them once, what the code does each time: three times at most.
sub compare
{
	my ($what, $measure, @kinds) = @_;
	my %seen;

	for my $try (1 .. 3)
	{
		my $times = $measure->(@kinds);

		$seen{$_}++ for map { my $x = $_; map { difference($times, $kinds[$x], $_) } @kinds[ $x + 1 .. $#kinds ] } 0 .. $#kinds;
		is(scalar keys %{ $times->{answers} }, 1, "$what: one answer for all");
		%seen = map { $_ => $try } grep { $seen{$_} == $try } keys %seen;
		last if !%seen;
	}
	is(join(', ', sort keys %seen), '', "$what: @kinds cannot be distinguished");
	return;
}

# Wrong passwords lock an account, so what counts them is set back each time; one stays locked.
compare('login', sub { times_of('/api/auth/login', sub { { email => $address{ $_[0] }, password => $kinds{ $_[0] }{password} // 'not the secret at all' } },
	sub {
		$node->sql(q{DELETE FROM realty.refresh_tokens; DELETE FROM realty.sessions;
			UPDATE realty.user_credentials c SET failed_logins = CASE WHEN u.email ~ '^locked' THEN 50 ELSE 0 END,
			locked_until = CASE WHEN u.email ~ '^locked' THEN now() + interval '1 day' END FROM realty.users u WHERE u.id = c.user_id});
	}, @_) }, sort keys %kinds);

compare('forgot-password', sub { times_of('/api/auth/forgot-password', sub { { email => $address{ $_[0] } } },
	sub { $node->sql('DELETE FROM realty.password_resets') }, @_) }, qw(known unknown inactive));

done_testing();
