# The program PostgREST in front of a node, with docker/postgrest.conf.
#
#   my $program = Postgrest->find or plan skip_all => Postgrest::MISSING;
#   my $rest = Postgrest->start($program, $node, setting => value, …);
#   $rest->url, $rest->stop
package Postgrest;

use strict;
use warnings;

use Carp;
use HTTP::Tiny;
use IPC::Run;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use Realty;

use constant MISSING => 'there is no postgrest on PATH';

my @running;

sub find
{
	my ($program) = grep { -x } map { "$_/postgrest" } split /:/, $ENV{PATH};
	return $program;
}

# What docker/postgrest.conf leaves to the place comes by environment, as in docker/. database =>
# 'realty'; ready => 200 is the status of /projects that is waited for.
sub start
{
	my ($class, $program, $node, %option) = @_;
	my ($database, $ready) = (delete $option{database} // 'realty', delete $option{ready});
	my $port = PostgreSQL::Test::Cluster::get_free_port();
	my $self = bless { url => "http://127.0.0.1:$port", out => '' }, $class;
	local %ENV = (%ENV, map { uc "PGRST_$_" => $option{$_} } keys %option);

	$ENV{PGRST_DB_URI} = 'host=' . $node->host . ' port=' . $node->port . ' dbname=' . $database . ' user=realty_authenticator';
	$ENV{PGRST_JWT_SECRET} //= Realty::SECRET;
	$ENV{PGRST_SERVER_HOST} = '127.0.0.1';
	$ENV{PGRST_SERVER_PORT} = $port;
	$self->{run} = IPC::Run::start([ $program, 'docker/postgrest.conf' ], '<', \undef, '>', \$self->{out}, '2>', \$self->{out});
	push @running, $self;
	$self->wait_ready($ready);
	return $self;
}

sub url { return $_[0]->{url}; }

# It listens before it has read the schema, and answers 503 until then.
sub wait_ready
{
	my ($self, $status) = @_;
	my $http = HTTP::Tiny->new(timeout => 5);
	my $limit = time + Realty::PATIENCE;

	until ($http->get("$self->{url}/projects?limit=0")->{status} == ($status // 200))
	{
		$self->{run}->pump_nb;
		croak "postgrest is not ready:\n$self->{out}" if time > $limit;
		sleep 0.05;
	}
	return;
}

sub stop
{
	my ($self) = @_;
	$self->{run}->kill_kill if $self->{run};
	delete $self->{run};
	return;
}

END { my $status = $?; $_->stop for @running; $? = $status }

1;
