# The gateway as a client sees it: answers, headers, cross-origin rules, and everything
# that it refuses by itself in the API's own envelope.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(gateway => 1);

sub ask { return $node->http(@_); }

# What every answer carries, from the gateway or from the database.
sub carries_the_usual
{
	my ($answer, $what) = @_;

	like($answer->{headers}{'x-request-id'}, qr/^[\w.:-]{1,63}$/, "$what: a request id");
	is($answer->{headers}{'x-content-type-options'}, 'nosniff', "$what: nosniff");
	like($answer->{headers}{'content-security-policy'}, qr/default-src 'none'/, "$what: CSP");
	ok(!exists $answer->{headers}{server}, "$what: no word about the software");
	return;
}

sub is_refused
{
	my ($answer, $status, $code, $what) = @_;

	is($answer->{status}, $status, "$what: $status");
	is($answer->{json}{success}, JSON::PP::false, "$what: the envelope of an error");
	is($answer->{json}{error}{code}, $code, "$what: $code");
	ok(length $answer->{json}{error}{message}, "$what: a sentence for people");
	carries_the_usual($answer, $what);
	return;
}

# the happy path
my $answer = ask('GET', '/health');
is($answer->{status}, 200, 'alive');
is_deeply($answer->{json}, { success => JSON::PP::true, data => { status => 'ok' } },
	'alive, in the envelope');
carries_the_usual($answer, 'health');
is(ask('GET', '/ready')->{status}, 200, 'ready');

$answer = ask('GET', '/api/projects?limit=1');
is($answer->{status}, 200, 'a list');
is($answer->{json}{success}, JSON::PP::true, 'a list, in the envelope');
ok(ref $answer->{json}{data}{projects} eq 'ARRAY', 'a list of projects');
like($answer->{headers}{'content-type'}, qr{^application/json}, 'as JSON');
carries_the_usual($answer, 'a list');

my $account = { email => 'asha@example.com', password => 'correct horse 1',
	user_type => 'customer', full_name => 'Asha Rao' };
is(ask('POST', '/api/auth/register', $account)->{status}, 201, 'a body arrives');
is($node->sql(q(SELECT count(*) FROM realty.users WHERE email = 'asha@example.com')),
	'1', 'and is committed when the answer is there');
is(ask('POST', '/api/auth/register', $account)->{status}, 409, 'the second one is refused');

# HEAD is GET without the body
$answer = ask('HEAD', '/api/projects?limit=1');
is($answer->{status}, 200, 'HEAD');
is($answer->{content} // '', '', 'HEAD has no body');
ok($answer->{headers}{'content-length'} > 0, 'but says how long it would be');

# the client's own request id comes back when it is one, else another
$answer = ask('GET', '/health', undef, { 'X-Request-Id' => 'order-4711' });
is($answer->{headers}{'x-request-id'}, 'order-4711', 'the request id is kept');
$answer = ask('GET', '/api/projects', undef, { 'X-Request-Id' => 'b64:+/_.-=' });
is($answer->{headers}{'x-request-id'}, 'b64:+/_.-=', 'and not sent twice');
$answer = ask('GET', '/api/projects', undef, { 'X-Request-Id' => [ 'first', 'second' ] });
is($answer->{status}, 200, 'two ids do no harm');
is($answer->{headers}{'x-request-id'}, 'first', 'the first one counts');
$answer = ask('GET', '/health', undef, { 'X-Request-Id' => 'a b"<c>' });
like($answer->{headers}{'x-request-id'}, qr/^[0-9a-f]{32}$/, 'a strange one is replaced');
$answer = ask('GET', '/health', undef, { 'X-Request-Id' => 'x' x 64 });
like($answer->{headers}{'x-request-id'}, qr/^[0-9a-f]{32}$/, 'a long one is replaced');

# refusals
is_refused(ask('GET', $_), 404, 'not_found', "GET $_")
  for '/', '/nothing', '/apix', '/health/x', '/metric?x=1';
for my $path ('/health', '/ready')
{
	$answer = ask('POST', $path, { a => 1 });
	is_refused($answer, 405, 'method_not_allowed', "POST $path");
	is($answer->{headers}{allow}, 'GET, HEAD, OPTIONS', 'with Allow');
}
$answer = ask('TRACE', '/api/projects');
is_refused($answer, 405, 'method_not_allowed', 'TRACE');
like($answer->{headers}{allow}, qr/\bPATCH\b/, 'with Allow');

# across origins: the list, credentials, never a wildcard
my %preflight = (Origin => 'http://localhost:3000', 'Access-Control-Request-Method' => 'POST');
$answer = ask('OPTIONS', '/api/bookings', undef, \%preflight);
is($answer->{status}, 204, 'preflight');
is($answer->{headers}{'access-control-allow-origin'}, 'http://localhost:3000', 'this origin');
is($answer->{headers}{'access-control-allow-credentials'}, 'true', 'with credentials');
like($answer->{headers}{'access-control-allow-methods'}, qr/\bPATCH\b/, 'the methods');
like($answer->{headers}{'access-control-allow-headers'}, qr/Authorization/, 'the headers');
like($answer->{headers}{vary}, qr/Origin/, 'Vary tells caches');

$answer = ask('GET', '/api/projects', undef, { Origin => 'http://localhost:3000' });
is($answer->{headers}{'access-control-allow-origin'}, 'http://localhost:3000', 'an answer');
like($answer->{headers}{'access-control-expose-headers'}, qr/X-Request-Id/,
	'and headers to be read');
$answer = ask('GET', '/nothing', undef, { Origin => 'http://localhost:3000' });
is($answer->{headers}{'access-control-allow-origin'}, 'http://localhost:3000',
	'a refusal can be read too');

for my $origin ('http://localhost:3001', 'http://localhost:3000.example.com', 'null',
	'https://localhost:3000', '*')
{
	$answer = ask('OPTIONS', '/api/bookings', undef, { %preflight, Origin => $origin });
	is_refused($answer, 403, 'forbidden', "preflight from $origin");
	ok(!exists $answer->{headers}{'access-control-allow-origin'}, "$origin is not let in");
	$answer = ask('GET', '/api/projects', undef, { Origin => $origin });
	ok(!exists $answer->{headers}{'access-control-allow-origin'}, "$origin may not read");
	like(join(', ', map { ref ? @$_ : $_ } $answer->{headers}{vary}), qr/Origin/, 'and Vary tells caches');
}

# a wildcard can't even be configured
my $error = $node->sql_fails(q(ALTER SYSTEM SET realty.cors_origins = '*'));
like($error, qr/22023/, 'a wildcard is refused by the setting');
like($error, qr/wildcards are not possible/, 'which says what to write');

done_testing();
