# People and their business, made over HTTP as a front end would make it.
#
#   my $world = World->new($node);
#   my $booking = $world->booking('pending');           # its id; a unit of its own
#   my $answer = $world->as('aya', 'POST', "/api/bookings/$booking/confirm");
#
# Aya and Bo build, Chitra and Dev buy, Root administers. What a maker makes belongs to Aya
# and Chitra; Bo and Dev are the neighbours.
package World;

use strict;
use warnings;

use Carp;
use POSIX ();
use Time::Local ();

use constant PASSWORD => 'correct horse battery';

sub new
{
	my ($class, $node) = @_;
	my $self = bless { node => $node, next => 0 }, $class;

	$self->{people}{$_} = $self->register($_, 'builder',
		company_name => ucfirst "$_ homes", license_number => "PRM/KA/RERA/$_") for qw(aya bo);
	$self->{people}{$_} = $self->register($_, 'customer') for qw(chitra dev ina);
	my $root = $node->sql("SELECT realty.create_admin('root\@world.example', '${\ PASSWORD}')");
	$self->{people}{root} = { id => $root, email => 'root@world.example',
		token => $node->login('root@world.example', PASSWORD) };
	$self->{project} = $self->project;
	return $self;
}

# A number that no other call gets.
sub another { return ++$_[0]->{next}; }

# What everybody registers with, besides the e-mail.
sub register
{
	my ($self, $name, $kind, %profile) = @_;
	my $email = "$name\@world.example";
	my $data = $self->made('POST', '/api/auth/register', undef,
		{ email => $email, password => PASSWORD, user_type => $kind, full_name => ucfirst $name, %profile });

	return { id => $data->{user}{id}, profile => $data->{user}{profile_id}, email => $email,
		token => $data->{token}, refresh_token => $data->{refresh_token} };
}

sub id      { return $_[0]->{people}{ $_[1] }{id}; }
sub profile { return $_[0]->{people}{ $_[1] }{profile}; }
sub token   { return $_[0]->{people}{ $_[1] }{token}; }

# A request by one of them, or by nobody (undef).
sub as
{
	my ($self, $who, $method, $path, $body, $headers) = @_;
	my %headers = %{ $headers // {} };

	$headers{Authorization} = 'Bearer ' . $self->token($who) if defined $who;
	return $self->{node}->http($method, $path, $body, \%headers);
}

# The data of a request that must succeed.
sub made
{
	my ($self, $method, $path, $who, $body) = @_;
	my $answer = $self->as($who, $method, $path, $body);

	croak "$method $path: $answer->{status} $answer->{content}" if $answer->{status} !~ /^2/;
	return $answer->{json}{data};
}

sub project
{
	my ($self, %column) = @_;
	return $self->made('POST', '/api/projects', 'aya',
		{ name => 'Palm ' . $self->another, project_type => 'residential', status => 'launched',
			address => '1 MG Road', city => 'Pune', state => 'MH', %column })->{project}{id};
}

sub unit
{
	my ($self, %column) = @_;
	return $self->made('POST', '/api/units', 'aya',
		{ project_id => $self->{project}, unit_number => 'U' . $self->another, unit_type => '2bhk',
			price => 5000000, %column })->{unit}{id};
}

# pending, confirmed or completed
sub booking
{
	my ($self, $status) = @_;
	my $id = $self->made('POST', '/api/bookings', 'chitra', { unit_id => $self->unit })->{booking}{id};

	return $id if $status eq 'pending';
	$self->made('POST', "/api/bookings/$id/confirm", 'aya');
	return $id if $status eq 'confirmed';
	my $all = $self->payment('due', $id, 5000000);
	$self->made('POST', "/api/payments/$all/confirm", 'aya');
	return $id;
}

sub sold
{
	my ($self) = @_;
	my $id = $self->booking('confirmed');

	$self->made('POST', "/api/bookings/$id/complete", 'aya', { override_reason => 'Paid to the seller' });
	return $id;
}

# A booking whose hold runs out in half an hour.
sub hold
{
	my ($self) = @_;
	my $unit = $self->unit;

	return $self->{node}->sql("SET realty.hold_minutes = 30;
		INSERT INTO realty.bookings (unit_id, customer_id) VALUES ($unit, ${\ $self->profile('chitra')}) RETURNING id");
}

sub tomorrow { return $_[0]{node}->sql('SELECT (now() + interval $$1 day$$)::text'); }

# due, submitted or paid
sub payment
{
	my ($self, $status, $booking, $amount) = @_;
	my $id = $self->made('POST', '/api/payments', 'aya',
		{ booking_id => $booking // $self->booking('confirmed'), amount => $amount // 1000.5,
			due_date => '2030-01-31' })->{payment}{id};

	$self->made('POST', "/api/payments/$id/pay", 'chitra',
		{ method => 'upi', transaction_reference => 'T' . $self->another }) if $status eq 'submitted';
	$self->made('POST', "/api/payments/$id/confirm", 'aya') if $status eq 'paid';
	return $id;
}

# An hour that nobody has taken, within the hours of a builder who has set none: ten to six in India,
# Monday to Saturday; from a Monday in 2031.
sub hour
{
	my ($self) = @_;
	my $n = $self->another;
	my $day = int($n / 4);
	my $date = POSIX::strftime('%Y-%m-%d', gmtime(Time::Local::timegm(0, 0, 0, 6, 0, 2031) + 86400 * ($day + int($day / 6))));

	return (starts_at => sprintf('%sT%02d:00:00Z', $date, 5 + 2 * ($n % 4)),
		ends_at => sprintf('%sT%02d:00:00Z', $date, 6 + 2 * ($n % 4)));
}

# requested or confirmed
sub appointment
{
	my ($self, $status) = @_;
	my $id = $self->made('POST', '/api/appointments', 'chitra',
		{ project_id => $self->{project}, kind => 'site_visit', $self->hour })->{appointment}{id};

	$self->made('POST', "/api/appointments/$id/confirm", 'aya') if $status eq 'confirmed';
	return $id;
}

# One that has taken place: only its owner can write the past.
sub past_appointment
{
	my ($self) = @_;
	my $n = $self->another;

	return $self->{node}->sql(<<"END");
INSERT INTO realty.appointments (customer_id, project_id, starts_at, ends_at, kind, status)
VALUES (${\ $self->profile('chitra')}, $self->{project}, timestamptz '2020-01-01 00:00Z' + $n * interval '2 hours',
	timestamptz '2020-01-01 01:00Z' + $n * interval '2 hours', 'call', 'confirmed') RETURNING id
END
}

sub message
{
	my ($self) = @_;
	return $self->made('POST', '/api/messages', 'chitra',
		{ recipient_id => $self->id('aya'), project_id => $self->{project}, body => 'Is it quiet?' })->{message}{id};
}

# A notification of Chitra's.
sub notification
{
	my ($self) = @_;

	$self->booking('pending');
	return $self->made('GET', '/api/notifications?limit=1', 'chitra')->{notifications}[0]{id};
}

sub phase
{
	my ($self) = @_;
	return $self->made('POST', '/api/progress', 'aya',
		{ project_id => $self->{project}, phase => 'Phase ' . $self->another, weight => 1, percent => 10 })
	  ->{progress}{id};
}

sub update
{
	my ($self) = @_;
	return $self->made('POST', '/api/updates', 'aya',
		{ project_id => $self->{project}, title => 'Roof', published_at => '2026-01-01T00:00:00Z' })->{update}{id};
}

sub model
{
	my ($self) = @_;
	return $self->made('POST', '/api/models', 'aya',
		{ project_id => $self->{project}, name => 'Model ' . $self->another, format => 'glb',
			file_url => 'https://world.example/a.glb' })->{model}{id};
}

# submitted, under_review or approved
sub change_request
{
	my ($self, $status) = @_;
	my $id = $self->made('POST', '/api/change-requests', 'chitra',
		{ booking_id => $self->booking('confirmed'), title => 'Sockets', category => 'electrical' })
	  ->{change_request}{id};

	return $id if $status eq 'submitted';
	$self->made('POST', "/api/change-requests/$id/review", 'aya', { estimated_cost => 100 });
	return $id if $status eq 'under_review';
	$self->made('POST', "/api/change-requests/$id/approve", 'aya', { approved_cost => 100 });
	return $id;
}

# An account that nobody needs.
sub stranger
{
	my ($self) = @_;
	return $self->register('stranger' . $self->another, 'customer');
}

sub setting
{
	my ($self) = @_;
	my $key = 'setting.n' . $self->another;

	$self->made('PUT', "/api/settings/$key", 'root', { value => { a => 1 }, is_public => \1 });
	return $key;
}

# Another session of this person's: [token, refresh token, session].
sub session
{
	my ($self, $who) = @_;
	my $data = $self->made('POST', '/api/auth/login', undef,
		{ email => $self->{people}{$who}{email}, password => $self->{people}{$who}{password} // PASSWORD });
	my $id = $self->{node}->sql("SELECT max(id) FROM realty.sessions WHERE user_id = ${\ $self->id($who)}");

	return { token => $data->{token}, refresh_token => $data->{refresh_token}, id => $id };
}

1;
