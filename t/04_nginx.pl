# Debian's nginx with docker/nginx.conf as it stands: only the two files that it includes are
# ours here. Where there is no postgrest on PATH, a stand-in says which path reached it.
use strict;
use warnings;

use lib 't/lib';
use Events;
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Realty;
use Test::More;

my ($nginx) = grep { -x } map { "$_/nginx" } split(/:/, $ENV{PATH}), '/usr/sbin';
plan skip_all => 'there is no nginx' unless defined $nginx;

my $folder = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $rest_port = PostgreSQL::Test::Cluster::get_free_port();
my @children;

# The test's own process tree goes down with it, whatever happens.
END { kill 'TERM', @children if @children; }

# A process that runs this until it is stopped.
sub spawn
{
	my ($work) = @_;
	my $pid = fork // die "could not fork: $!\n";

	if ($pid == 0)
	{
		@children = ();
		$work->();
		POSIX::_exit(1);
	}
	push @children, $pid;
	return;
}

# One request a connection: its first line comes back as JSON.
sub stand_in
{
	my $listener = IO::Socket::INET->new(
		LocalAddr => '127.0.0.1', LocalPort => $rest_port, Listen => 8, ReuseAddr => 1)
	  or die "could not listen: $!\n";

	local $SIG{PIPE} = 'IGNORE';
	while (my $client = $listener->accept)
	{
		my ($request) = split /\r\n/, <$client> // '';
		while (my $line = <$client>) { last if $line eq "\r\n"; }
		# one that takes as long as nginx waits for it
		1 while $request =~ m{ /hold } && sysread $client, my $more, 4096;
		my $body = encode_json({ request => $request });
		print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
		  'Content-Length: ', length $body, "\r\nConnection: close\r\n\r\n", $body;
		close $client;
	}
	return;
}

sub write_file
{
	my ($name, $content) = @_;
	open my $out, '>', "$folder/$name" or die "could not write $name: $!\n";
	print $out $content;
	close $out or die "could not write $name: $!\n";
	return;
}

sub get
{
	my ($path, %headers) = @_;
	my $answer = HTTP::Tiny->new(timeout => 20)
	  ->get("http://127.0.0.1:$port$path", { headers => \%headers });
	$answer->{json} = eval { decode_json($answer->{content}) };
	return $answer;
}

use POSIX ();

my $node = Realty->start(gateway => 1, sample => 1);
my $postgrest = grep { -x "$_/postgrest" } split /:/, $ENV{PATH};

if ($postgrest)
{
	local $ENV{PGRST_DB_URI} = $node->connstr('realty') . ' user=realty_authenticator';
	local $ENV{PGRST_JWT_SECRET} = Realty::SECRET;
	local $ENV{PGRST_SERVER_PORT} = $rest_port;
	spawn(sub { exec 'postgrest', 'docker/postgrest.conf' or POSIX::_exit(127); });
}
else
{
	note 'shortened: a stand-in for PostgREST, which is not on PATH';
	spawn(\&stand_in);
}

write_file('nginx.conf', slurp_file('docker/nginx.conf'));
# another proxy stands before this one: the test, which says who is asking
write_file('realty-listen.conf', "listen 127.0.0.1:$port; set_real_ip_from 127.0.0.1; real_ip_header X-Test-Client;\n");
write_file('realty-upstreams.conf', <<"END");
upstream realty_gateway { server 127.0.0.1:$node->{http_port}; keepalive 4; }
upstream realty_postgrest { server 127.0.0.1:$rest_port; }
client_body_temp_path $folder/body;
proxy_temp_path $folder/proxy;
fastcgi_temp_path $folder/fastcgi;
uwsgi_temp_path $folder/uwsgi;
scgi_temp_path $folder/scgi;
END
spawn(sub {
	open STDOUT, '>', "$folder/access.log";
	open STDERR, '>', "$folder/error.log";
	exec $nginx, '-p', $folder, '-c', "$folder/nginx.conf", '-e', "$folder/error.log",
	  '-g', "daemon off; pid $folder/nginx.pid;" or POSIX::_exit(127);
});

my $limit = time + Realty::PATIENCE;
select undef, undef, undef, 0.05 while get('/rest/projects?limit=1')->{status} != 200 && time < $limit;

is(get('/health')->{status}, 200, '/health reaches the gateway');
my $answer = get('/api/projects?limit=2');
is($answer->{status}, 200, '/api reaches the gateway');
is(scalar @{ $answer->{json}{data}{projects} // [] }, 2, '… which answers from the database');
is(get('/api/projects?limit=0')->{status}, 422, "the API's errors pass unchanged");
is(get('/api/projects', 'X-Request-Id' => 'from-the-client')->{headers}{'x-request-id'},
	'from-the-client', "the client's request id passes");
like(get('/api/projects')->{headers}{'x-request-id'} // '', qr/\S/, 'without one there is one');

$answer = get('/rest/projects?limit=1');
is($answer->{status}, 200, '/rest reaches PostgREST');
SKIP:
{
	skip 'a real PostgREST does not report its path', 1 if $postgrest;
	is($answer->{json}{request}, 'GET /projects?limit=1 HTTP/1.1', '… without the prefix');
}

SKIP:
{
	skip 'a real PostgREST holds nothing', 9 if $postgrest;
	# eight at a time of one client, which has another address for each, and then of its neighbour
	for my $client ([ '192.0.2.1', '192.0.2.1', '192.0.2.2' ], [ '2001:db8:0:1::%x', '2001:db8:0:1:ffff::', '2001:db8:0:2::1' ],
		[ '::ffff:192.0.2.3', '::ffff:192.0.2.3', '::ffff:192.0.2.4' ])
	{
		my ($addresses, $ninth, $neighbour) = @$client;

		my $hold = sub {
			my ($address) = @_;
			my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") // die "could not connect: $!\n";
			print $socket "GET /rest/hold HTTP/1.1\r\nHost: localhost\r\nX-Test-Client: $address\r\n\r\n";
			return $socket;
		};
		my @held = map { $hold->(sprintf $addresses, $_) } 1 .. 8;
		my $asked = sub { my ($address) = @_; return get('/rest/projects', 'X-Test-Client' => $address)->{status}; };
		my $status;
		$limit = time + Realty::PATIENCE;
		select undef, undef, undef, 0.05 while ($status = $asked->($ninth)) != 429 && time < $limit;
		is($status, 429, "$ninth: eight requests at PostgREST, and no ninth");
		is(get('/api/projects', 'X-Test-Client' => $ninth)->{status}, 200, '… and is served elsewhere');
		push @held, $hold->($neighbour);
		ok(!IO::Select->new($held[-1])->can_read(0.5), "… which $neighbour is not held against");
		close $_ for @held;
		$limit = time + Realty::PATIENCE;
		select undef, undef, undef, 0.05 while $asked->($ninth) != 200 && time < $limit;
	}
}

$answer = get('/elsewhere');
is($answer->{status}, 404, 'anything else is not found');
is($answer->{json}{error}{code}, 'not_found', '… in the envelope');

$answer = HTTP::Tiny->new(timeout => 20)->post("http://127.0.0.1:$port/api/auth/login",
	{ content => 'x' x (17 * 1024 * 1024), headers => { 'Content-Type' => 'application/json' } });
is($answer->{status}, 413, "a body beyond nginx's own limit");
is(eval { decode_json($answer->{content})->{error}{code} }, 'payload_too_large', '… in the envelope');

$answer = HTTP::Tiny->new(timeout => 20)->post("http://127.0.0.1:$port/rest/rpc/login",
	{ content => '[' . '{},' x (512 * 1024) . '1]', headers => { 'Content-Type' => 'application/json' } });
is($answer->{status}, 413, 'a body that PostgREST would hand on to be parsed has less');

# A stream goes through as it comes: nothing else is sent that could push an event out of a buffer.
my ($project, $unit) = split /\|/, $node->sql(q{SELECT project_id, id FROM realty.units WHERE status = 'available' AND is_listed ORDER BY id LIMIT 1});
my $reader = Events->open($port, "/api/projects/$project/stream");
ok(Events->until(sub { @{ $reader->{events} } >= 1 }, 'sync'), 'a stream opens');
is($reader->{status}, 200, '… with 200');
$node->sql("UPDATE realty.units SET status = 'blocked' WHERE id = $unit");
ok(Events->until(sub { @{ $reader->{events} } >= 2 }, 'an event'), '… and its events come at once');
is($reader->{events}[1]{event}, 'availability', '… as they are');
my $again = Events->open($port, "/api/projects/$project/stream", 'Last-Event-ID' => $reader->{events}[0]{id});
ok(Events->until(sub { @{ $again->{events} } >= 1 }, 'the event again'), 'a client that reconnects');
is($again->{events}[0]{id}, $reader->{events}[1]{id}, '… receives the missed event');
$_->close for $reader, $again;
my $open = sub { HTTP::Tiny->new->get($node->url('/metrics'))->{content} =~ /^realty_gateway_streams (\d+)$/m ? $1 : 'none' };
$limit = time + Realty::PATIENCE;
select undef, undef, undef, 0.05 while $open->() ne '0' && time < $limit;
is($open->(), '0', '… and a client that disconnects from nginx is disconnected from the gateway');

$node->append_conf('postgresql.conf', 'realty.gateway = off');
$node->reload;
$limit = time + Realty::PATIENCE;
# one that drains is no longer healthy, and answers what comes all the same
select undef, undef, undef, 0.05 while ($answer = get('/api/projects'))->{status} == 200 && time < $limit;
is($answer->{status}, 503, 'without a gateway the answer is 503');
is($answer->{json}{error}{code}, 'unavailable', '… in the envelope');
is($answer->{headers}{'retry-after'}, '1', '… with Retry-After');

done_testing();
