# A client beyond its rate limit gets 429 with Retry-After, on every surface, and no other client does.
use strict;
use warnings;

use Test::More;

use PostgreSQL::Test::Utils;

use lib 't/lib';
use Realty;

# The buckets alone, against a model that forgets nothing.
my $program = "$PostgreSQL::Test::Utils::tmp_check/buckets";
system_or_bail('cc', '-O2', '-Isrc', '-o', $program, 't/unit/buckets.c',
	'src/platform/token_buckets.c');
for my $seed (1 .. 3)
{
	my $told = qx($program 100000 2000000 $seed);

	ok($told =~ /^abusers (\d+) of (\d+), others (\d+) of (\d+)$/
		  && $1 == $2 && abs($3 - $4) <= 0.01 * $4,
		"100,000 keys are distinguished, seed $seed")
	  or diag($told);
}

my $node = Realty->start(gateway => 1, conf => <<'END');
realty.rate_limits = on
realty.rate_limit_address_auth = '5/h'
realty.rate_limit_user_auth = '4/h'
realty.rate_limit_user_write = '3/h'
realty.argon2_memory = 8192
realty.postgrest_client_header = 'X-Forwarded-For'
END

sub register
{
	my ($email) = @_;
	return $node->http('POST', '/api/auth/register',
		{ email => $email, password => 'a long enough secret', user_type => 'customer',
			full_name => 'A Customer' });
}

# Addresses: five requests that hash a password, whatever becomes of them.
my @made = map { register("c$_\@example.org") } 1 .. 2;
is($_->{status}, 201, 'an account') for @made;
my @tokens = map { $_->{json}{data}{token} } @made;
is(register('no address')->{status}, 422, 'a rejected request counts as well') for 1 .. 3;
my $late = register('c3@example.org');
is($late->{status}, 429, 'the sixth is one too many');
is($late->{json}{error}{code}, 'too_many_requests', 'and says so');
like($late->{headers}{'retry-after'}, qr/^\d+$/, 'with the time to wait');
cmp_ok($late->{headers}{'retry-after'}, '<=', 720, 'until there is one token, not all');
is($node->sql("SELECT count(*) FROM realty.users WHERE email = 'c3\@example.org'"), '0',
	'without an effect');
is($node->http('GET', '/api/projects')->{status}, 200, 'reading goes on');

# Users: each has a bucket of their own.
sub write_as
{
	my ($token) = @_;
	return $node->http('POST', '/api/notifications/read-all', {},
		{ Authorization => "Bearer $token" })->{status};
}
is(write_as($tokens[0]), 200, 'a write') for 1 .. 3;
is(write_as($tokens[0]), 429, 'one too many');
is(write_as($tokens[1]), 200, 'another user is not held back');
is($node->http('GET', '/api/auth/me', undef, { Authorization => "Bearer $tokens[0]" })->{status},
	200, 'reads of the first go on');

# PostgREST: the same buckets, in its transaction, read only or not.
sub pre_request
{
	my ($method, $path, $headers, $times) = @_;
	my $script = join '', map { <<"END" } 1 .. $times // 1;
BEGIN READ ONLY;
SELECT set_config('role', 'realty_anon', true), set_config('request.method', '$method', true),
	set_config('request.path', '$path', true), set_config('request.headers', '$headers', true) \\g /dev/null
SELECT api.pre_request();
COMMIT;
END
	my ($code, undef, $error) = $node->psql('realty', $script,
		extra_params => [ '-U', 'realty_authenticator', '-v', 'VERBOSITY=verbose' ]);
	return $error;
}
my $proxied = '{"x-forwarded-for": "192.0.2.1, 192.0.2.7"}';
is(pre_request('POST', '/rpc/login', $proxied, 5), '', 'five logins through PostgREST');
my $error = pre_request('POST', '/rpc/login', $proxied);
like($error, qr/ERROR:\s+PGRST: \{"code":"too_many_requests"/, 'the sixth is refused');
like($error, qr/DETAIL:\s+\{"status":429,"headers":\{"Retry-After":"\d+"\}\}/,
	'as PostgREST reads it');
like(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "203.0.113.9, 192.0.2.7"}'),
	qr/too_many/, 'what the client wrote into the header changes nothing');
is(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "192.0.2.8"}'), '',
	'another address is not held back');
is(pre_request('GET', '/projects', $proxied, 20), '', 'reading is not held back');

# However it is spelt: what PostgREST takes for the log-in is counted as one.
my $next = 20;
for my $path ('/rpc/%6cogin', '/%72pc/login', '/rpc/login/', '//rpc/login', '/rpc/./login', '/rpc/x/../login', '/rpc/%6C%6fgin')
{
	my $headers = sprintf '{"x-forwarded-for": "192.0.2.%d"}', ++$next;
	is(pre_request('POST', $path, $headers, 5), '', "$path: five");
	like(pre_request('POST', $path, $headers), qr/too_many/, "$path: the sixth is one too many");
}
is(pre_request('POST', $_, $proxied, 10), '', "$_ is no log-in") for '/rpc/%256cogin', '/rpc/logins', '/rpc/me', '/rpc/%';

# However many headers there are, however long, in whatever form the address is.
my %headers = (
	'many headers'  => join(', ', map { qq("x-$_": "$_") } 1 .. 300),
	'long headers'  => sprintf('"x-long": "%s"', 'x' x 100_000),
	'other doubles' => '"accept": "a", "accept": "b"');
for my $what (sort keys %headers)
{
	my $with = sprintf '{%s, "x-forwarded-for": "192.0.2.%d"}', $headers{$what}, ++$next;
	is(pre_request('POST', '/rpc/login', $with, 5), '', "$what: five");
	like(pre_request('POST', '/rpc/login', $with), qr/too_many/, "$what: the sixth is one too many");
}
like(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "192.0.2.60", "x-forwarded-for": "192.0.2.61"}'), qr/PT400/,
	'a header of ours twice is refused');
like(pre_request('POST', '/rpc/login', '[]'), qr/PT400/, 'and so are headers that are none');
is(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "192.0.2.62:1234"}', 5), '', 'with a port');
like(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "192.0.2.62:4321"}'), qr/too_many/, 'it is the same address');
is(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "[2001:db8:5::1]:80"}', 5), '', 'in brackets');
like(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "2001:db8:5::1"}'), qr/too_many/, 'it is the same address');
is(pre_request('POST', '/rpc/login', '{}', 3), '', 'without the header');
is(pre_request('POST', '/rpc/login', sprintf('{"x-forwarded-for": "%s"}', $_)), '', "or with $_") for 'unknown', '';
like(pre_request('POST', '/rpc/login', $_), qr/too_many/, "all share one count: $_") for '{}', '{"x-forwarded-for": "?"}';
pre_request('POST', '/rpc/login', '{"x-forwarded-for": "2001:db8:1:2::1"}', 5);
like(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "2001:db8:1:2:ffff::9"}'),
	qr/too_many/, 'a network of IPv6 is one address');
is(pre_request('POST', '/rpc/login', '{"x-forwarded-for": "2001:db8:1:3::1"}'), '',
	'the next network is another');

# From address after address: the account that is tried is counted, whether there is one or
# not, and by whatever spelling.
my $from = 0;
sub log_in
{
	my ($function, $email, $arguments) = @_;
	my $headers = sprintf '{"x-forwarded-for": "198.18.0.%d"}', ++$from;
	my (undef, undef, $error) = $node->psql('realty', <<"END", extra_params => [ '-U', 'realty_authenticator', '-v', 'VERBOSITY=verbose' ]);
BEGIN;
SELECT set_config('role', 'realty_anon', true), set_config('request.method', 'POST', true),
	set_config('request.path', '/rpc/$function', true), set_config('request.headers', '$headers', true) \\g /dev/null
SELECT api.pre_request() \\g /dev/null
SELECT api.$function('$email'$arguments);
COMMIT;
END
	return $error =~ /too_many_requests/ ? 429 : $error || 'answered';
}
for my $of ([ login => q{, 'a guess'} ], [ forgot_password => '' ])
{
	my ($function, $arguments) = @$of;
	my $first = $function eq 'login' ? 1 : 2;
	my ($known, $unknown) = ("c$first\@example.org", "nobody$first\@example.org");

	for my $email ($known, $unknown)
	{
		is(log_in($function, $_, $arguments), 'answered', "$function for $_")
		  for $email, uc $email, " $email", $email;
		is(log_in($function, $email, $arguments), 429, "a fifth $function for $email is one too many");
	}
}
is(log_in('login', 'c3\@example.org', q{, 'a guess'}), 'answered', 'another account is not held back');

# How exact: as fast as one can for a while, one token every 5 ms.
$node->append_conf('postgresql.conf', "realty.rate_limit_address_read = '200/s'\n");
$node->reload;
my $told = $node->sql(<<'END');
DO $$
DECLARE
	began timestamptz;
	passed float8 := 0;
	expected float8;
BEGIN
	PERFORM set_config('request.method', 'GET', true),
		set_config('request.headers', '{"x-forwarded-for": "198.51.100.1"}', true);
	began := clock_timestamp();
	WHILE clock_timestamp() < began + interval '3 s' LOOP
		BEGIN
			PERFORM realty.pre_request();
			passed := passed + 1;
		EXCEPTION WHEN SQLSTATE 'PGRST' THEN NULL;
		END;
	END LOOP;
	expected := 200 + 200 * extract(epoch FROM clock_timestamp() - began);
	PERFORM set_config('site.ratio', round((passed / expected)::numeric, 4)::text, false);
END $$;
SELECT current_setting('site.ratio');
END
cmp_ok(abs($told - 1), '<=', 0.01, "exact to a percent ($told)");

# Settings say what is wrong with them, and off is off.
like($node->sql_fails("ALTER SYSTEM SET realty.rate_limit_user_read = 'often'"),
	qr/DETAIL:\s+A limit is off, or a number/, 'a limit that cannot be read is refused');
$node->append_conf('postgresql.conf', "realty.rate_limits = off\n");
$node->reload;
$node->poll_query_until('realty', "SELECT current_setting('realty.rate_limits') = 'off'");
is(register('c3@example.org')->{status}, 201, 'nothing is rejected when the limits are off');

done_testing();
