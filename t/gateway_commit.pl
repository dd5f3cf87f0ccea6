# The answer leaves only when the work is committed: a failure after the rows have come (a deferred
# constraint, a lost connection) must never look like success.
use strict;
use warnings;

use POSIX ();
use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(gateway => 1);

sub account
{
	my ($name) = @_;
	return { email => "$name\@example.com", password => 'correct horse 1',
		user_type => 'customer', full_name => "The $name" };
}

sub register { return $node->http('POST', '/api/auth/register', account(@_)); }

sub users
{
	my ($name) = @_;
	return $node->sql("SELECT count(*) FROM realty.users WHERE email = '$name\@example.com'");
}

# A constraint trigger of the test's own, which fires at COMMIT, after the result.
$node->sql(q{
	CREATE FUNCTION public.fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF NEW.email LIKE 'late%' THEN
			RAISE 'secret detail' USING ERRCODE = substr(NEW.email, 6, 5);
		END IF;
		RETURN NULL;
	END $$;
	CREATE CONSTRAINT TRIGGER zz_fail_at_commit AFTER INSERT ON realty.users
		DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.fail_at_commit();
});

is(register('early')->{status}, 201, 'one that does not fail');
is(users('early'), '1', 'is there');

my %expected = (
	23514 => [409, 'conflict'],     # a constraint
	23505 => [409, 'conflict'],
	40001 => [409, 'conflict'],     # the loser of a race
	53100 => [503, 'unavailable'],  # the disk is full
	55006 => [503, 'unavailable'],
	22012 => [500, 'internal_error'],
);
for my $sqlstate (sort keys %expected)
{
	my ($status, $code) = @{ $expected{$sqlstate} };
	my $answer = register("late-$sqlstate");

	is($answer->{status}, $status, "$sqlstate at commit is $status");
	is($answer->{json}{error}{code}, $code, "$sqlstate: $code, in the envelope");
	ok($answer->{headers}{'x-request-id'}, "$sqlstate: with a request id");
	ok($status != 503 || $answer->{headers}{'retry-after'}, "$sqlstate: Retry-After if 503");
	unlike($answer->{content}, qr/secret detail|fail_at_commit|$sqlstate/,
		"$sqlstate: nothing of the database's message");
	is(users("late-$sqlstate"), '0', "$sqlstate: and nothing is there");
}
is(register('after')->{status}, 201, 'the same connections go on');

# The connection breaks while the request is on it: the outcome is unknown, so 503.
my $lock = $node->background_psql('realty');
$lock->query_safe('BEGIN; LOCK TABLE realty.users IN ACCESS EXCLUSIVE MODE');
my $pid = fork // die "no fork: $!";
if ($pid == 0)
{
	my $answer = register('lost');
	POSIX::_exit($answer->{status} == 503
		  && $answer->{json}{error}{code} eq 'unavailable'
		  && $answer->{headers}{'retry-after'} ? 0 : 1);
}
$node->poll_query_until('postgres', q{
	SELECT count(*) = 1 FROM pg_stat_activity
	WHERE usename = 'realty_gateway' AND wait_event_type = 'Lock'})
  or die 'the request never waited for the lock';
$node->safe_psql('postgres', q{
	SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE usename = 'realty_gateway' AND wait_event_type = 'Lock'});
waitpid $pid, 0;
is($?, 0, 'a request on a broken connection is answered 503 with Retry-After');
$lock->query_safe('ROLLBACK');
$lock->quit;
is(users('lost'), '0', 'and was undone');
is(register('found')->{status}, 201, 'the gateway has connected anew or uses another one');

done_testing();
