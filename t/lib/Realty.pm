# A node for realty's TAP tests: PostgreSQL::Test::Cluster with realty preloaded.
#
# The authentication is what `make up` and Debian have: peer on the socket, scram-sha-256
# over TCP, one map for the two service logins. There is no trust line anywhere, because a
# gateway that logs in only under trust would pass every test and fail on every machine.
#
#   use lib 't/lib';
#   use Realty;
#   my $node = Realty->start(gateway => 1);
#   my $answer = $node->http('POST', '/api/auth/login', { email => ..., password => ... });
#   is($answer->{status}, 200);
#   is($node->sql('SELECT count(*) FROM realty.users'), '1');
package Realty;

use strict;
use warnings;

use Carp;
use HTTP::Tiny;
use JSON::PP;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
# By name: its command_ok and others would hide Cluster's methods of those names.
use PostgreSQL::Test::Utils qw(slurp_file);

our @ISA = ('PostgreSQL::Test::Cluster');

# The nodes whose sums are recounted when the test ends, by the process that started them.
my @checked;
my $owner = $$;

use constant SECRET  => 'a-test-secret-of-at-least-thirty-two-bytes';
use constant PATIENCE => 60;    # seconds: a limit for a broken run, nothing waits that long

# Before a query: what another one gives, that is only known there.
our $VALUE = q{CREATE FUNCTION pg_temp.value(query text) RETURNS text LANGUAGE plpgsql AS 'DECLARE v text; BEGIN EXECUTE query INTO v; RETURN v; END';
};

# Realty->start(option => value, …): a running node, with everything in place.
#   name      => 'main'   of the node; a second node in one test needs another name
#   gateway   => 0        start the supervised gateway and wait until it is ready
#   ready     => 1        wait until the gateway is ready
#   extension => 1        make the database realty and CREATE EXTENSION realty in it
#   preload   => 1        shared_preload_libraries = 'realty' and its settings
#   sample    => 0        realty.load_sample_data(), before the gateway is asked
#   streaming => 0        wal_level = replica, for backups and standbys
#   conf      => ''       further lines of postgresql.conf
sub start_cluster    # the name `start` is Cluster's too; see start() below
{
	my ($class, %option) = @_;
	my $self = $class->new($option{name} // 'main');
	my $ready_made = ($option{extension} // 1) && ($option{preload} // 1) && $ENV{REALTY_TEMPLATE};

	$self->_make_data($ready_made, allows_streaming => $option{streaming} // 0);
	$self->_let_services_in;
	$self->_configure(%option);
	$self->SUPER::start;
	$self->create_database if !$ready_made && ($option{extension} // 1);
	push @checked, $self if $option{extension} // 1;
	$self->sql('SELECT realty.load_sample_data()') if $option{sample};
	$self->wait_ready if $option{gateway} && ($option{ready} // 1);
	return $self;
}

# As a class method it makes a node; as an object's method it is Cluster's own start.
sub start
{
	my ($self, @rest) = @_;
	return ref $self ? $self->SUPER::start(@rest) : $self->start_cluster(@rest);
}

# initdb and CREATE EXTENSION are most of a node's start, so tools/test keeps a cluster that has had
# both, and names it in REALTY_TEMPLATE.
sub _make_data
{
	my ($self, $template, %option) = @_;
	my $run = \&PostgreSQL::Test::Utils::system_or_bail;

	no warnings 'redefine';
	local *PostgreSQL::Test::Utils::system_or_bail = sub {
		return $run->($template && $_[0] eq 'initdb' ? ('cp', '-a', $template, $self->data_dir) : @_);
	};
	return $self->init(%option,
		extra => [
			'--auth-local=peer', '--auth-host=scram-sha-256',
			'--encoding=UTF8',   '--locale=C.UTF-8'
		]);
}

sub _configure
{
	my ($self, %option) = @_;
	my $gateway = $option{gateway} ? 'on' : 'off';

	$self->{http_port} = PostgreSQL::Test::Cluster::get_free_port();
	# Cluster logs every statement; a test that greps the log needs the stock level.
	$self->append_conf('postgresql.conf',
		"log_statement = none\nmax_connections = 50\nshared_buffers = 16MB\n");
	$self->append_conf('postgresql.conf', <<"END") if $option{preload} // 1;
shared_preload_libraries = 'realty'
realty.jwt_secret = '${\ SECRET}'
realty.gateway = $gateway
realty.database = 'realty'
realty.http_port = $self->{http_port}
realty.cors_origins = 'http://localhost:3000'
realty.rate_limits = off
realty.sweep_interval = 0
realty.max_open_bookings_per_customer = 0
realty.max_requested_appointments_per_customer = 0
realty.login_floor = 0
realty.argon2_memory = 8192
realty.access_token_lifetime = '1d'
END
	$self->append_conf('postgresql.conf', $option{conf}) if defined $option{conf};
	return;
}

# The map lines stand before Debian's stock ones, as the first match decides.
sub _let_services_in
{
	my ($self) = @_;

	$self->let_in($_) for qw(realty_gateway realty_authenticator);
	return;
}

# Lets the user who runs the test log in as this role too, by peer and the map `realty`.
# A running node wants a reload afterwards.
sub let_in
{
	my ($self, $role) = @_;
	my $hba = $self->data_dir . '/pg_hba.conf';
	my $stock = slurp_file($hba);
	my $os_user = getpwuid($<);

	open my $out, '>', $hba or croak "could not write $hba: $!";
	print $out "local all $role peer map=realty\n", $stock;
	close $out;
	$self->append_conf('pg_ident.conf', "realty $os_user $role");
	return;
}

sub create_database
{
	my ($self, $name) = @_;

	$name //= 'realty';
	$self->safe_psql('postgres',
		"CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'");
	$self->safe_psql($name, 'CREATE EXTENSION realty');
	return;
}

# $node->sql($query): its output, in the database realty; dies when the query fails.
sub sql
{
	my ($self, $query, %param) = @_;
	return $self->safe_psql($param{database} // 'realty', $query);
}

# $node->sql_fails($query): the error's text, '' when the query did not fail.
# With VERBOSITY=verbose, so that a test can ask for the SQLSTATE.
sub sql_fails
{
	my ($self, $query, %param) = @_;
	my ($code, undef, $error) = $self->psql($param{database} // 'realty', $query,
		on_error_stop => 1, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	return $code == 0 ? '' : $error;
}

sub http_port { return $_[0]->{http_port}; }

sub url { return "http://127.0.0.1:$_[0]->{http_port}$_[1]"; }

# $node->http($method, $path, $body, \%headers): { status, headers, content, json }.
# A body that is a reference goes out as JSON, with its content type unless one is given;
# json is the decoded body, undef when it is not JSON. No redirects, no retry.
sub http
{
	my ($self, $method, $path, $body, $headers) = @_;
	my %headers = %{ $headers // {} };
	my %request = (headers => \%headers);

	if (ref $body)
	{
		$headers{'Content-Type'} //= 'application/json'
		  unless grep { lc eq 'content-type' } keys %headers;
		$body = encode_json($body);
	}
	$request{content} = $body if defined $body;
	my $answer = HTTP::Tiny->new(timeout => PATIENCE, max_redirect => 0)
	  ->request($method, $self->url($path), \%request);
	$answer->{json} = eval { decode_json($answer->{content}) };
	return $answer;
}

# $node->login($email, $password): the access token.
sub login
{
	my ($self, $email, $password) = @_;
	my $answer = $self->http('POST', '/api/auth/login',
		{ email => $email, password => $password });

	croak "login of $email: $answer->{status} $answer->{content}"
	  if $answer->{status} != 200;
	return $answer->{json}{data}{token};
}

# Waits until the gateway serves and its database answers.
sub wait_ready
{
	my ($self, $seconds) = @_;
	my $limit = time + ($seconds // PATIENCE);
	my $probe = HTTP::Tiny->new(timeout => 5);
	my $answer;

	while (time < $limit)
	{
		$answer = $probe->get($self->url('/ready'));
		return 1 if $answer->{status} == 200;
		sleep 0.05;
	}
	my @log = split /\n/, slurp_file($self->logfile);
	splice @log, 0, @log - 20 if @log > 20;
	croak join "\n", "gateway not ready on port $self->{http_port}: "
	  . "$answer->{status} $answer->{content}", 'The server log ends with:', @log;
}

# However a test treated its node: if it still runs, every sum is right.
END
{
	my $status = $?;

	for my $node ($$ == $owner ? @checked : ())
	{
		my ($code, $deviations) = eval { $node->psql('realty', 'SELECT * FROM realty.check_invariants()') };
		next if !defined $code || $code != 0 || $deviations eq '';
		print STDERR '# check_invariants() of node ', $node->name, ": $deviations\n";
		$status ||= 1;
	}
	$? = $status;
}

1;
