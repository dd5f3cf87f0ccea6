# realty-gateway as a program of its own, before a Realty node, and a client of bare sockets.
#
#   my $gateway = Alone->start($node, '--timeout', 1);
#   my $socket = $gateway->send_text("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
#   is($gateway->ask('GET', '/health')->{status}, 200);
#   is($gateway->stop, 0);
package Alone;

use strict;
use warnings;

use Errno;
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

# For the process below a supervisor, which is not ours to end.
sub beside
{
	my ($class, $node) = @_;
	return bless { node => $node, port => $node->http_port }, $class;
}

# Asks without pause on kept connections until it is told to stop: how many answers of each
# status there were, "none" for a request without one. As RFC 9112 says, a client may send again
# on a new connection what got no answer on a used one; that is counted as "again".
sub load
{
	my ($self, $clients, $path) = @_;
	my @readers;

	for (1 .. $clients)
	{
		pipe my $reader, my $writer or die "no pipe: $!";
		my $pid = fork // die "no fork: $!";
		if ($pid == 0)
		{
			my $stop = 0;
			local $SIG{TERM} = sub { $stop = 1; };
			my %count;
			$self->_load_one($path, \%count, \$stop);
			print {$writer} join(' ', %count), "\n";
			close $writer;
			POSIX::_exit(0);
		}
		close $writer;
		push @readers, [ $pid, $reader ];
	}
	return bless { readers => \@readers, owner => $$ }, 'Alone::Load';
}

sub _load_one
{
	my ($self, $path, $count, $stop) = @_;
	my ($socket, $used);

	while (!$$stop)
	{
		$socket //= $self->connection;
		my $again = $used;
		if ($socket)
		{
			local $SIG{PIPE} = 'IGNORE';
			syswrite $socket, "GET $path HTTP/1.1\r\nHost: localhost\r\n\r\n";
		}
		my $answer = read_answer($socket);
		$count->{ $answer->{status} || ($again ? 'again' : 'none') }++;
		$used = 1;
		($socket, $used) = () if !$answer->{status} || $answer->{head} =~ /^Connection: close/mi;
		sleep 0.01 if $answer->{status} != 200;
	}
	return;
}

package Alone::Load;

# A test that dies takes it along.
sub DESTROY
{
	my ($self) = @_;
	kill 'TERM', map { $_->[0] } @{ $self->{readers} } if $$ == $self->{owner};
	return;
}

sub stop
{
	my ($self) = @_;
	my %count;

	kill 'TERM', map { $_->[0] } @{ $self->{readers} };
	for (splice @{ $self->{readers} })
	{
		my ($pid, $reader) = @$_;
		my %one = split ' ', readline($reader) // '';
		waitpid $pid, 0;
		$count{$_} += $one{$_} for keys %one;
	}
	return \%count;
}

package Alone;

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

# As sysread, but a signal in between is no end.
sub read_some
{
	my ($socket, $length) = (@_)[ 0, 2 ];

	while (1)
	{
		my $count = sysread $socket, $_[1], $length, length $_[1];
		return $count if defined $count || !$!{EINTR};
	}
}

# One answer; what follows it on the connection stays there.
sub read_answer
{
	my ($socket) = @_;
	my ($head, $body) = ('', '');

	return { status => 0, head => '' } if !$socket;
	while ($head !~ /\r\n\r\n\z/) { read_some($socket, $head, 1) or last; }
	my ($status) = $head =~ m{^HTTP/1\.1 (\d+)};
	my ($length) = $head =~ /^Content-Length: (\d+)/mi;
	while (length $body < ($length // 0)) { read_some($socket, $body, $length - length $body) or last; }
	return { status => $status // 0, head => $head, body => $body, json => eval { decode_json($body) } };
}

# Everything until the other end closes.
sub read_to_end
{
	my ($socket) = @_;
	my $text = '';

	1 while read_some($socket, $text, 65536);
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
