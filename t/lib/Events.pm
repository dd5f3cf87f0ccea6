# Readers of server-sent events (WHATWG HTML, 9.2), many at a time, for the tests: what
# EventSource does, but for coming back by itself.
#
#   my $reader = Events->open($port, '/api/projects/1/stream', Authorization => "Bearer $token");
#   Events->until(sub { @{ $reader->{events} } >= 2 });
#   $reader->{events}[1]     # { id => ..., event => 'availability', data => {...} }
#   $reader->close; Events->open($port, $path, $reader->resume);
package Events;

use strict;
use warnings;

use Carp;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes qw(time);

use constant PATIENCE => 60;

my $select = IO::Select->new;
my %reader_of;

# Sends the request. Nothing is read before until() or pump().
sub open    ## no critic
{
	my ($class, $port, $path, %headers) = @_;
	my $method = delete $headers{method} // 'GET';
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port,
		delete $headers{small} ? (Sockopts => [ [ 'SO_RCVBUF', 2048 ] ]) : ());
	my $self = bless { socket => $socket, path => $path, headers => {%headers}, raw => '', text => '', got => '',
		status => 0, head => '', events => [], comments => 0, retry => undef, id => $headers{'Last-Event-ID'} // '',
		closed => !$socket, complete => 0 }, $class;

	return $self if !$socket;
	$headers{Accept} //= 'text/event-stream';
	print {$socket} "$method $path HTTP/1.1\r\nHost: localhost\r\n", (map { "$_: $headers{$_}\r\n" } sort keys %headers), "\r\n";
	$socket->flush;
	$socket->blocking(0);
	$select->add($socket);
	$reader_of{ fileno $socket } = $self;
	return $self;
}

# The headers to come back with.
sub resume
{
	my ($self) = @_;
	return (%{ $self->{headers} }, $self->{id} eq '' ? () : ('Last-Event-ID' => $self->{id}));
}

sub close    ## no critic
{
	my ($self) = @_;

	return if $self->{closed};
	delete $reader_of{ fileno $self->{socket} };
	$select->remove($self->{socket});
	$self->{socket}->close;
	$self->{closed} = 1;
	return;
}

# Leaves it unread, as a slow reader does; read_on() takes it up again.
sub hold    { my ($self) = @_; $select->remove($self->{socket}); return; }
sub read_on { my ($self) = @_; $select->add($self->{socket}); return; }

# One look at everybody, at most so many bytes each.
sub pump
{
	my ($class, $wait, $most) = @_;

	$reader_of{ fileno $_ }->_read($most // 65536) for $select->can_read($wait);
	return;
}

sub until
{
	my ($class, $condition, $what) = @_;
	my $limit = time + PATIENCE;

	while (!$condition->())
	{
		if (time > $limit)
		{
			Test::More::diag('waited in vain: ' . ($what // 'for events'));
			return 0;
		}
		$class->pump(0.2);
	}
	return 1;
}

sub _read
{
	my ($self, $most) = @_;
	my $count = sysread $self->{socket}, $self->{raw}, $most, length $self->{raw};

	return if !defined $count && $!{EAGAIN};
	return $self->close if !$count;
	$self->_take_head if $self->{head} eq '';
	$self->_take_chunks if $self->{head} ne '';
	$self->_take_events;
	return;
}

sub _take_head
{
	my ($self) = @_;

	return if $self->{raw} !~ s/^(HTTP\/1\.1 (\d+).*?\r\n)\r\n//s;
	@$self{qw(head status)} = ($1, $2);
	return;
}

sub _take_chunks
{
	my ($self) = @_;

	if ($self->{head} !~ /^Transfer-Encoding: chunked/mi)
	{
		$self->{text} .= $self->{raw};
		$self->{raw} = '';
	}
	while ($self->{raw} =~ /^([0-9a-fA-F]+)\r\n/)
	{
		my ($size, $head) = (hex $1, length $&);
		last if length $self->{raw} < $head + $size + 2;
		$self->{text} .= substr $self->{raw}, $head, $size;
		substr $self->{raw}, 0, $head + $size + 2, '';
		$self->{complete} = 1 if $size == 0;
	}
	return;
}

# An event counts when its empty line has come; until then also its id does not.
sub _take_events
{
	my ($self) = @_;

	return if $self->{status} != 200;
	while ($self->{text} =~ s/^(.*?)\n\n//s)
	{
		my %event = (event => 'message');
		my @data;

		for my $line (split /\n/, $1)
		{
			$self->{comments}++ if $line =~ /^:/;
			next if $line !~ /^(id|event|data|retry): ?(.*)$/;
			if ($1 eq 'data') { push @data, $2; }
			elsif ($1 eq 'retry') { $self->{retry} = $2; }
			else { $event{$1} = $2; }
		}
		$self->{id} = $event{id} if defined $event{id};
		next if !@data;
		push @{ $self->{events} }, { %event, data => _decode(join "\n", @data) };
	}
	return;
}

# JSON::PP takes a tenth of a second for sixty kilobytes, which makes a slow reader of us.
sub _decode
{
	my ($text) = @_;

	return decode_json($text) if length $text < 10000;
	return { title => $text =~ /"title" : "([^"]*)"/ };
}

1;
