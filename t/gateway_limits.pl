# Requests that are too large or no HTTP at all: each gets its status in the envelope, and
# the gateway goes on. Raw sockets, because clients refuse to send most of these.
use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(gateway => 1);
my $host = "Host: localhost\r\n";
my $close = "Connection: close\r\n";

# Sends bytes and reads until the other end closes: status, headers, body.
sub talk
{
	my ($bytes) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		PeerPort => $node->http_port, Timeout => 60)
	  or die "no connection: $!";
	my $answer = '';

	local $SIG{PIPE} = 'IGNORE';
	$socket->autoflush(1);
	print {$socket} $bytes;
	1 while sysread $socket, $answer, 65536, length $answer;
	close $socket;
	my ($head, $body) = split /\r\n\r\n/, $answer, 2;
	my ($status) = ($head // '') =~ m{^HTTP/1\.1 (\d+)};
	return ($status // 0, $head // '', eval { decode_json($body) });
}

sub is_refused
{
	my ($bytes, $status, $code, $what) = @_;
	my ($got, $head, $json) = talk($bytes);

	is($got, $status, "$what: $status");
	is($json->{error}{code}, $code, "$what: $code, in the envelope");
	like($head, qr/^X-Request-Id: \S/m, "$what: with a request id");
	like($head, qr/^X-Content-Type-Options: nosniff/m, "$what: nosniff");
	return;
}

sub get { return "GET $_[0] HTTP/1.1\r\n$host$close" . ($_[1] // '') . "\r\n"; }

sub post { return "POST /api/auth/register HTTP/1.1\r\n$host$close$_[0]\r\n$_[1]"; }

# 414, found by us and found by the library
is_refused(get('/api/projects?city=' . 'a' x 4200), 414, 'uri_too_long', 'a long URL');
is_refused(get('/api/' . 'a' x 20_000), 414, 'uri_too_long', 'a longer URL');

# 431, likewise
is_refused(get('/api/projects', 'X-Long: ' . 'a' x 8200 . "\r\n"),
	431, 'headers_too_large', 'a long header');
is_refused(get('/api/projects', join '', map { "X-$_: a\r\n" } 1 .. 400),
	431, 'headers_too_large', 'many headers');

# 413: announced, found while it arrives, and for a client that asks first
my $most = 4 * 1024 * 1024;
is_refused(post('Content-Length: ' . ($most + 1) . "\r\n", 'x' x ($most + 1)),
	413, 'payload_too_large', 'a large body');
is_refused(post("Transfer-Encoding: chunked\r\n",
	join('', map { "40000\r\n" . 'x' x 0x40000 . "\r\n" } 1 .. 17) . "0\r\n\r\n"),
	413, 'payload_too_large', 'a large body in chunks');
is_refused(post("Expect: 100-continue\r\nContent-Length: 5000000\r\n", ''),
	413, 'payload_too_large', 'a large body that asks first');
is_refused(post("Content-Length: 99999999999999999999999\r\n", ''),
	413, 'payload_too_large', 'a length beyond all numbers');

# 400: what two parsers could read in two ways, and what is none at all
is_refused(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
	400, 'bad_request', 'two ways to tell the length');
is_refused(post("Content-Length: 5\r\nContent-Length: 6\r\n", 'abcdef'),
	400, 'bad_request', 'two lengths');
is_refused(post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
	400, 'bad_request', 'an unknown coding');
is_refused(post("Content-Length: 5x\r\n", 'abcde'), 400, 'bad_request', 'no number');
is_refused(post("Content-Length: -5\r\n", 'abcde'), 400, 'bad_request', 'a negative length');
is_refused(post("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n0\r\n\r\n"),
	400, 'bad_request', 'a broken chunk');
is_refused(get('/api/projects', "Content-Length : 0\r\n"),
	400, 'bad_request', 'a blank before the colon');
is_refused(get('/api/projects', "NoColon\r\n"), 400, 'bad_request', 'no colon');
is_refused("GET /api/projects HTTP/1.1\r\n$close\r\n", 400, 'bad_request', 'no host');
is_refused("GET /api/projects HTTP/1.1\r\n$host$host$close\r\n",
	400, 'bad_request', 'two hosts');
is_refused("GET /api/projects HTTP/1.1\r\nHost: $_\r\n$close\r\n", 400, 'bad_request', "no host: $_")
  for 'a b', 'a, b', 'a/b', 'user@a', 'a?b';
is_refused("POST /api/auth/register HTTP/1.0\r\n${close}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	400, 'bad_request', 'chunks in HTTP/1.0');
is_refused(get('/api/pro jects'), 400, 'bad_request', 'a blank in the URL');
is_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 'http_version_not_supported', 'HTTP/2');

# at the limits, not beyond them
my ($status, undef, $json) = talk(get('/api/projects', 'X-Long: ' . 'a' x 7900 . "\r\n"));
is($status, 200, 'long headers that fit');
($status) = talk(get('/api/projects?limit=1&' . join '&', map { "a$_" } 1 .. 500));
ok($status >= 200 && $status < 500, "many arguments are the database's business: $status");
($status) = talk(get("/api/\xff\xfe\x01"));
ok($status >= 400 && $status < 500, "bytes that are no text get an answer: $status");
($status) = talk(get('/api/projects', "X-Bytes: \xff\xfe\r\n"));
is($status, 200, 'in a header they do no harm');
($status, undef, $json) = talk(get('http://elsewhere/api/projects?limit=1'));
is($status, 200, 'a target with scheme and host');
for my $target ('http://elsewhere?x=/health', 'http://elsewhere#/health', 'http:///health', 'http://elsewhere')
{
	($status) = talk(get($target));
	is($status, 404, "a target without a path: $target");
}
($status) = talk("OPTIONS * HTTP/1.1\r\n$host$close\r\n");
is($status, 204, 'OPTIONS of the server as a whole');
($status) = talk("GET /api/projects HTTP/1.0\r\n\r\n");
is($status, 200, 'HTTP/1.0');

# several on one connection, sent ahead: in order, a body does not run into the next
my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $node->http_port);
my $answers = '';
print {$socket} "GET /health HTTP/1.1\r\n$host\r\n",
  "POST /nothing HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc",
  "GET /api/projects HTTP/1.1\r\n$host$close\r\n";
1 while sysread $socket, $answers, 65536, length $answers;
is(join(' ', $answers =~ m{HTTP/1\.1 (\d+)}g), '200 404 200', 'three answers in order');

# What a proxy before us reads in another way than libmicrohttpd does (0.9.75 ends a head at a
# line without a name, and lines at a bare LF or CR): nothing of it is answered but by a refusal, and
# what seems to follow is no request.
my $next = "GET /health HTTP/1.1\r\n$host\r\n";
my $get = "GET /health HTTP/1.1\r\n$host";
my $chunks = "POST /nothing HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n";

sub answers_to
{
	my (@pieces) = @_;
	my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $node->http_port) or die "no connection: $!";
	my $text = '';

	local $SIG{PIPE} = 'IGNORE';
	$client->autoflush(1);
	for my $piece (@pieces)
	{
		print {$client} $piece;
		select undef, undef, undef, 0.02 if @pieces > 1;    # so that they come in pieces; in one they are as wrong
	}
	1 while sysread $client, $text, 65536, length $text;
	return join ' ', $text =~ m{HTTP/1\.1 (\d+)}g;
}

my @smuggled = (
	[ 'a header without a name' => "$get: x\r\n$next" ],
	[ 'one with no value either' => "$get:\r\n$next" ],
	[ 'one behind a body\'s length' => "POST /api/auth/login HTTP/1.1\r\n${host}Content-Length: 60\r\n: x\r\n\r\n{}$next" ],
	[ 'a folded line' => "${get}X-A: b\r\n  c\r\n\r\n$next" ],
	[ 'a folded line that hides a length' => "${get}X-A: b\r\n Content-Length: 5\r\n\r\n$next" ],
	[ 'a bare LF behind the request line' => "GET /health HTTP/1.1\n$host\r\n$next" ],
	[ 'a bare LF behind a header' => "${get}X-A: b\nX-B: c\r\n\r\n$next" ],
	[ 'a bare LF at the end of the head' => "$get\n$next" ],
	[ 'LF alone throughout' => "GET /health HTTP/1.1\nHost: localhost\n\n" ],
	[ 'a bare CR in a value' => "${get}X-A: b\rX-B: c\r\n\r\n$next" ],
	[ 'a bare CR at the end' => "${get}\r\r\n$next" ],
	[ 'a NUL in a value' => "${get}X-A: b\0c\r\n\r\n$next" ],
	[ 'a blank before the colon' => "POST /nothing HTTP/1.1\r\n${host}Content-Length : 4\r\n\r\nabcd" ],
	[ 'a tab before the colon' => "POST /nothing HTTP/1.1\r\n${host}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" ],
	[ 'no colon' => "${get}Name\r\n\r\n$next" ],
	[ 'two lengths, equal' => "POST /nothing HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc$next" ],
	[ 'two lengths in one' => "POST /nothing HTTP/1.1\r\n${host}Content-Length: 3, 3\r\n\r\nabc$next" ],
	[ 'a signed length' => "POST /nothing HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc$next" ],
	[ 'a length of nothing' => "POST /nothing HTTP/1.1\r\n${host}Content-Length:\r\n\r\n$next" ],
	[ 'a length of many noughts' => "POST /nothing HTTP/1.1\r\n${host}Content-Length: ${\ ('0' x 30)}3\r\n\r\nabc$get: x\r\n$next" ],
	[ 'a length in two words' => "POST /nothing HTTP/1.1\r\n${host}Content-Length: 3 ${\ (' ' x 30)}4\r\n\r\nabc$next" ],
	[ 'an empty line before a wrong one' => "\r\n${get}Name\r\n\r\n$next" ],
	[ 'a blank before the method' => " $next" ],
	[ 'tabs between its words' => "GET\t/health\tHTTP/1.1\r\n$host\r\n$next" ],
	[ 'two blanks before the target' => "GET  /health HTTP/1.1\r\n$host\r\n$next" ],
	[ 'two blanks behind it' => "GET /health  HTTP/1.1\r\n$host\r\n$next" ],
	[ 'a tab in the request line' => "GET /health\tHTTP/1.1\r\n$host\r\n$next" ],
	[ 'a blank at its end' => "GET /health HTTP/1.1 \r\n$host\r\n$next" ],
	[ 'an extension without end' => "${chunks}3;${\ ('a' x 300)}\r\nabc\r\n0\r\n\r\n$next" ],
	[ 'a line of one word' => "GET\r\n$host\r\n$next" ],
	[ 'a length and chunks' => "POST /nothing HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$next" ],
	[ 'chunks and a length' => "POST /nothing HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n$next" ],
	[ 'chunks twice' => "POST /nothing HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$next" ],
	[ 'a coding in disguise' => "POST /nothing HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n$next" ],
	[ 'a bare LF behind a size' => "${chunks}3\nabc\r\n0\r\n\r\n$next" ],
	[ 'a bare LF behind a chunk' => "${chunks}3\r\nabc\n0\r\n\r\n$next" ],
	[ 'a bare LF behind the last size' => "${chunks}0\n\r\n$next" ],
	[ 'a bare LF in an extension' => "${chunks}3;a=b\nabc\r\n0\r\n\r\n$next" ],
	[ 'a bare LF at the very end' => "${chunks}3\r\nabc\r\n0\r\n\n$next" ],
	[ 'a size with a blank' => "${chunks}3 \r\nabc\r\n0\r\n\r\n$next" ],
	[ 'a size of nothing' => "${chunks}\r\nabc\r\n0\r\n\r\n$next" ],
	[ 'a size in C' => "${chunks}0x3\r\nabc\r\n0\r\n\r\n$next" ],
	[ 'a chunk longer than its size' => "${chunks}3\r\nabcd\r\n0\r\n\r\n$next" ],
	[ 'a trailer without a name' => "${chunks}0\r\n: x\r\n$next" ],
	[ 'a folded trailer' => "${chunks}0\r\nX-A: b\r\n c\r\n\r\n$next" ]);
# Each refusal is counted, and has a line that says whose it was and what for; of the bytes it holds nothing.
sub refusals_counted
{
	my $sum = 0;

	$sum += $_ for $node->http('GET', '/metrics')->{content} =~ /^realty_http_requests_total\{[^}]*status="400"\} (\d+)$/mg;
	return $sum;
}
my $log_at = -s $node->logfile;
my $counted = refusals_counted();
for my $case (@smuggled)
{
	my ($what, $bytes) = @$case;

	is(answers_to($bytes), '400', "$what: one refusal, and the end");
	is(answers_to("$next$bytes"), '200 400', "$what: what came before is answered");
	is(answers_to($bytes =~ /(.{1,31})/gs), '400', "$what: in pieces");
}

is(refusals_counted() - $counted, 3 * @smuggled, 'each refusal is in the metrics');
my @lines = map { decode_json($_) } PostgreSQL::Test::Utils::slurp_file($node->logfile, $log_at) =~ /^(\{"time":.*"reason":.*\})$/mg;
is(scalar(@lines), 3 * @smuggled, 'and in the log');
is_deeply([ grep { $_->{status} != 400 || $_->{client} ne '127.0.0.1' || $_->{id} !~ /^[0-9a-f]{32}$/ } @lines ], [], 'with its status, client and id');
is_deeply([ grep { $_ !~ /^(?:a|no) [a-z]/ } map { $_->{reason} } @lines ], [], 'and what was wrong');
cmp_ok(scalar(keys %{ { map { ($_->{reason} => 1) } @lines } }), '>', 10, 'each in its own words');
unlike(join("\n", map { $_->{reason} } @lines), qr/X-A|xchunked|abc/, 'which are not those of the client');

# … also when the database still works on it, and the library reads on
sub sends
{
	my ($bytes) = @_;
	my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $node->http_port) or die "no connection: $!";

	$client->autoflush(1);
	print {$client} $bytes;
	return $client;
}
my $asks = "GET /api/projects HTTP/1.1\r\n$host\r\n";
my %heard;
for (1 .. 10)
{
	for my $client (map { sends("$asks${get}Name\r\n\r\n$next") } 1 .. 20)
	{
		my $text = '';

		1 while sysread $client, $text, 65536, length $text;
		$heard{ join ' ', $text =~ m{HTTP/1\.1 (\d+)}g }++;
	}
}
is_deeply(\%heard, { '200 400' => 200 }, 'what came before is answered under load');
is(answers_to("$next\0\0garbage"), '200 400', 'garbage behind a request');
is(answers_to("${next}\r\n$get$close\r\n"), '200 200', 'an empty line between two requests is none');
is(answers_to("${chunks}3;a=b\r\nabc\r\n00\r\nX-A: b\r\n\r\n$get$close\r\n"), '404 200', 'extensions and trailers are passed over');
is(answers_to("POST /nothing HTTP/1.1\r\n${host}Content-Length:\t 3\r\n\r\nabc$get$close\r\n"), '404 200', 'blanks before a length');
is(answers_to("POST /nothing HTTP/1.1\r\n${host}Content-Length: 8\r\n\r\na\nb\rc\0\n:$get$close\r\n"), '404 200', 'a body may hold anything');

# HEAD: behind the head of its answer the next answer begins, also where that of GET is compressed, or has no end
my $customer = $node->http('POST', '/api/auth/register', { email => 'head@example.com', password => 'correct horse 1', user_type => 'customer',
		full_name => 'Asha Rao' })->{json}{data}{token};
for my $asked ('/openapi.json', '/api/notifications/stream')
{
	my $client = sends("HEAD $asked HTTP/1.1\r\n${host}Accept-Encoding: gzip\r\nAuthorization: Bearer $customer \t\r\n\r\n$get$close\r\n");
	my $text = '';

	1 while sysread $client, $text, 65536, length $text;
	like($text, qr{\AHTTP/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)+\r\nHTTP/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)+\r\n\{}, "HEAD $asked is an answer without a body");
}

# a client that leaves in the middle disturbs no other
for my $bytes ('GET /api', "GET /api/projects HTTP/1.1\r\n",
	"POST /api/auth/register HTTP/1.1\r\n${host}Content-Length: 100\r\n\r\nabc",
	"GET /api/projects HTTP/1.1\r\n$host\r\n")
{
	my $leaver = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $node->http_port);
	print {$leaver} $bytes;
	close $leaver;
}
is($node->http('GET', '/api/projects')->{status}, 200, 'the gateway goes on');

done_testing();
