# Third-party clients and tools: what they report about the gateway, and that an attacker's tools
# leave others unharmed. Each that is not installed is skipped, and the output says so.
use strict;
use warnings;

use IO::Socket::INET;
use IPC::Run qw(run start);
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Alone qw(until_true read_answer);
use Realty;

use PostgreSQL::Test::Utils;

my $node = Realty->start(sample => 1);
my $gateway = Alone->start($node, '--head-timeout', 3, '--idle-timeout', 5, '--clients-per-address', 100, '--clients', 300);
my ($list, $health) = map { $gateway->url($_) } '/api/projects?limit=2', '/health';
my $folder = PostgreSQL::Test::Utils::tempdir();
ok($gateway->wait_ready, 'ready');

sub has { my ($name) = @_; return grep { -x "$_/$name" } split /:/, $ENV{PATH}; }

sub output
{
	my (@command) = @_;
	my ($out, $err) = ('', '');

	eval { run(\@command, '<', \undef, '>', \$out, '2>', \$err) };
	return $out . $err;
}

sub write_script
{
	my ($name, $text) = @_;
	open my $file, '>', "$folder/$name" or die $!;
	print $file $text;
	close $file;
	return "$folder/$name";
}

SKIP:
{
	skip 'there is no curl', 6 if !has('curl');
	is(output('curl', '-sS', '-o', '/dev/null', '-o', '/dev/null', '-w', '%{http_code} %{num_connects};', $list, $list), '200 1;200 0;',
		'curl asks twice on one connection');
	like(output('curl', '-sSI', $list), qr{^HTTP/1\.1 200 OK\r\n.*^Content-Length: [1-9]}ms, 'HEAD');
	is(decode_json(output('curl', '-sS', '--compressed', $gateway->url('/openapi.json')))->{openapi}, '3.1.0', 'gzip');
	is(output('curl', '-sS', '-0', '-o', '/dev/null', '-w', '%{http_code}', $list), '200', 'HTTP/1.0');
	my $big = write_script('big.json', encode_json({ email => 'x' x 2_000_000 }));
	is(output('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Content-Type: application/json', '-H', 'Expect: 100-continue',
			'--data-binary', "\@$big", $gateway->url('/api/auth/login')), '422', 'a large body that waits for 100');
	is(output('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Content-Type: application/json', '-H', 'Transfer-Encoding: chunked',
			'--data-binary', "\@$big", $gateway->url('/api/auth/login')), '422', 'and one in chunks');
}

SKIP:
{
	skip 'there is no wrk', 2 if !has('wrk');
	my $said = output('wrk', '-t1', '-c20', '-d1s', $list);
	like($said, qr/^\s*[1-9]\d* requests in/m, 'wrk');
	unlike($said, qr/Socket errors|Non-2xx/, 'has no errors') or diag $said;
}

SKIP:
{
	skip 'there is no ab', 6 if !has('ab');
	for my $how ([ 'a connection for each', [] ], [ 'keep-alive', ['-k'] ])
	{
		my $said = output('ab', '-q', '-l', '-n', 500, '-c', 20, @{ $how->[1] }, $list);
		like($said, qr/^Complete requests:\s+500$/m, "ab, $how->[0]");
		like($said, qr/^Failed requests:\s+0$/m, 'none failed') or diag $said;
		unlike($said, qr/Non-2xx/, 'none was refused');
	}
}

SKIP:
{
	skip 'there is no h2load', 2 if !has('h2load');
	for my $ahead (1, 8)
	{
		my $said = output('h2load', '--h1', '-n', 400, '-c', 10, '-m', $ahead, $list);
		like($said, qr/^requests: 400 total, .*400 succeeded, 0 failed, 0 errored, 0 timeout$/m, "h2load over HTTP/1.1, $ahead sent ahead")
		  or diag $said;
	}
}

SKIP:
{
	skip 'there is no python3', 1 if !has('python3');
	my $script = write_script('client.py', <<'END');
import http.client, json, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=60)
said = []
def ask(method, path, body=None, headers={}, chunked=False):
    connection.request(method, path, body, headers, encode_chunked=chunked)
    socket = connection.sock
    answer = connection.getresponse()
    text = answer.read()
    said.append(answer.status)
    return answer, text, socket
one = ask('GET', '/api/projects?limit=1')
assert len(json.loads(one[1])['data']['projects']) == 1
two = ask('HEAD', '/api/projects?limit=1')
assert two[1] == b'' and int(two[0].headers['Content-Length']) == len(one[1])
login = json.dumps({'email': 'nobody@example.com', 'password': 'wrong'}).encode()
ask('POST', '/api/auth/login', login, {'Content-Type': 'application/json'})
three = ask('POST', '/api/auth/login', iter([login[:9], login[9:]]), {'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked'}, True)
assert one[2] is three[2], 'the connection was kept'
ask('DELETE', '/health'); ask('GET', '/nowhere')
print(*said)
END
	is(output('python3', $script, $gateway->port), "200 200 401 401 405 404\n", "Python's http.client, on one connection");
}

SKIP:
{
	skip 'there is no node', 1 if !has('node');
	my $script = write_script('client.mjs', <<'END');
const at = `http://127.0.0.1:${process.argv[2]}`;
const lists = await Promise.all(Array.from({ length: 50 }, () => fetch(`${at}/api/projects?limit=2`)));
const bodies = await Promise.all(lists.map((answer) => answer.json()));
const api = await fetch(`${at}/openapi.json`);
const same = await fetch(`${at}/openapi.json`, { headers: { 'If-None-Match': api.headers.get('etag') } });
const login = await fetch(`${at}/api/auth/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
	body: JSON.stringify({ email: 'nobody@example.com', password: 'wrong' }) });
const text = await fetch(`${at}/api/auth/login`, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'hello' });
const xml = await fetch(`${at}/api/projects`, { headers: { Accept: 'text/xml' } });
console.log(lists.filter((answer) => answer.ok).length, bodies.filter((body) => body.data.projects.length === 2).length,
	api.headers.get('content-encoding'), (await api.json()).openapi, same.status, login.status, text.status, xml.status);
process.exit(0);
END
	is(output('node', $script, $gateway->port), "50 50 gzip 3.1.0 304 401 415 406\n", "Node's fetch");
}

# -- The attacker, with more connections than one address may have --------------------------------

# Another client, on a new connection each time: how many of its requests were not served.
sub another_is_served
{
	my ($handle) = @_;
	my ($served, $failed) = (0, 0);

	while ($handle->pumpable && $handle->pump_nb)
	{
		my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $gateway->port, LocalAddr => '127.0.0.2');
		print {$socket} "GET /api/projects?limit=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" if $socket;
		read_answer($socket)->{status} == 200 ? $served++ : $failed++;
		sleep 0.02;
	}
	$handle->finish;
	return ($served, $failed);
}

SKIP:
{
	skip 'there is no slowhttptest', 9 if !has('slowhttptest');
	for my $attack (
		[ 'slow heads', '-H', '-i', 1, '-x', 16 ],
		[ 'slow bodies', '-B', '-i', 1, '-x', 16, '-s', 100_000, '-t', 'POST', '-u', $gateway->url('/api/auth/login') ],
		[ 'slow reading', '-X', '-w', 8, '-y', 16, '-n', 1, '-z', 4, '-k', 3, '-u', $gateway->url('/openapi.json') ])
	{
		my ($what, @how) = @$attack;
		@how = (@how, '-u', $list) if !grep { $_ eq '-u' } @how;
		my $handle = start([ 'slowhttptest', '-c', 400, '-r', 400, '-l', 7, '-p', 1, @how ], '<', \undef, '>', \my $out, '2>', \my $err);
		my ($served, $failed) = another_is_served($handle);
		like($out . $err, qr/slow/i, "$what: the attack ran");
		cmp_ok($served, '>', 1, "another one is served while it lasts, $served times");
		is($failed, 0, 'and never refused');
	}
}
ok(until_true('nothing is left of it', sub { $gateway->ask('GET', '/health')->{status} == 200 }), 'afterwards all is well');
is($gateway->stop, 0, 'it stops');

done_testing();
