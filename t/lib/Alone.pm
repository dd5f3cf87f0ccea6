# realty-gateway as a program of its own, before a Realty node, and a client of bare sockets.
#
#   my $gateway = Alone->start($node, '--timeout', 1);
#   my $socket = $gateway->send_text("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
#   is($gateway->ask('GET', '/health')->{status}, 200);
#   is($gateway->stop, 0);
package Alone;

use strict;
use warnings;

use Exporter 'import';
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP;
use POSIX ();
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils qw(slurp_file);

our @EXPORT_OK = qw(until_true read_answer read_to_end memory_of);

use constant PATIENCE => 60;    # seconds: a limit for a broken run

my %running;
my $owner = $$;

END { kill 'KILL', keys %running if $$ == $owner && %running; }

# Starts it with these arguments and waits until it listens. Its lines are in $self->log.
sub start
{
	my ($class, $node, @arguments) = @_;
	my $self = bless { node => $node, port => PostgreSQL::Test::Cluster::get_free_port() }, $class;

	$self->{log} = "$PostgreSQL::Test::Utils::log_path/gateway-$self->{port}.log";
	$self->run(@arguments);
	until_true('it listens', sub { $self->connection }) or die slurp_file($self->{log});
	return $self;
}

# The process alone, again after a stop.
sub run
{
	my ($self, @arguments) = @_;

	$self->{pid} = fork // die "no fork: $!";
	if ($self->{pid} == 0)
	{
		open STDERR, '>>', $self->{log} or POSIX::_exit(99);
		$ENV{PGHOST} = $self->{node}->host;
		$ENV{PGPORT} = $self->{node}->port;
		$ENV{PGDATABASE} = 'realty';
		exec 'realty-gateway', '--port', $self->{port}, @arguments or POSIX::_exit(98);
	}
	$running{ $self->{pid} } = 1;
	return $self;
}

sub pid  { return $_[0]{pid}; }
sub port { return $_[0]{port}; }
sub log  { return slurp_file($_[0]{log}); }
sub url  { return "http://127.0.0.1:$_[0]{port}$_[1]"; }

# Its exit status, when it has come to its end.
sub ended
{
	my ($self) = @_;

	waitpid $self->{pid}, 0;
	delete $running{ $self->{pid} };
	return $?;
}

sub stop
{
	my ($self, $signal) = @_;

	kill $signal // 'TERM', $self->{pid};
	return $self->ended;
}

sub until_true
{
	my ($what, $condition) = @_;
	my $limit = time + PATIENCE;

	while (time < $limit)
	{
		return 1 if $condition->();
		sleep 0.02;
	}
	print STDERR "# waited in vain: $what\n";
	return 0;
}

sub connection
{
	my ($self, $path) = @_;

	return IO::Socket::UNIX->new(Peer => $path) if defined $path;
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});
}

# A new connection on which this was said; nothing is read yet.
sub send_text
{
	my ($self, $text, $path) = @_;
	my $socket = $self->connection($path) or return;
	local $SIG{PIPE} = 'IGNORE';

	$socket->autoflush(1);
	print {$socket} $text;
	return $socket;
}

# One answer; what follows it on the connection stays there.
sub read_answer
{
	my ($socket) = @_;
	my ($head, $body) = ('', '');

	return { status => 0, head => '' } if !$socket;
	while ($head !~ /\r\n\r\n\z/) { sysread($socket, $head, 1, length $head) or last; }
	my ($status) = $head =~ m{^HTTP/1\.1 (\d+)};
	my ($length) = $head =~ /^Content-Length: (\d+)/mi;
	while (length $body < ($length // 0)) { sysread($socket, $body, $length - length $body, length $body) or last; }
	return { status => $status // 0, head => $head, body => $body, json => eval { decode_json($body) } };
}

# Everything until the other end closes.
sub read_to_end
{
	my ($socket) = @_;
	my $text = '';

	1 while sysread $socket, $text, 65536, length $text;
	return $text;
}

sub ask
{
	my ($self, $method, $path, $body, $socket_path) = @_;
	my $content = defined $body ? encode_json($body) : '';
	my $length = defined $body ? 'Content-Length: ' . length($content) . "\r\nContent-Type: application/json\r\n" : '';

	return read_answer($self->send_text(
			"$method $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n$length\r\n$content", $socket_path));
}

sub wait_ready
{
	my ($self) = @_;
	return until_true('ready', sub { $self->ask('GET', '/ready')->{status} == 200 });
}

# Resident memory of a process in kB.
sub memory_of
{
	my ($pid) = @_;
	my ($size) = slurp_file("/proc/$pid/status") =~ /^VmRSS:\s+(\d+) kB/m;
	return $size;
}

1;
