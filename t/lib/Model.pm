# What a builder's business should be after each request, in memory: one worker's units,
# bookings, payments, change requests and appointments, in cents.
#
#   my $model = Model->new(seed => 7, name => 'w3', project => 1, dates => sub {…});
#   my $step = $model->step;
#   # { who, method, path, body, status, check }: what to ask, what must come, and
#   # check->($data), which takes the answer over and returns what is wrong with it.
#
# The rules are written here a second time, from the design pages and not from the code that
# is tested. A worker's rows are its own, so each outcome follows from its own past; what the
# workers share (the project, its builder, his receipts and his calendar) must not get in the way.
package Model;

use strict;
use warnings;

use List::Util qw(first min sum0);

sub new
{
	my ($class, %option) = @_;
	return bless {
		%option, state => $option{seed} % 2147483647 || 1, next => 0,
		units => [], bookings => [], payments => [], changes => [], appointments => [],
	}, $class;
}

# -- Chance: Park and Miller's generator, so that a seed is a history anywhere ------------------

sub chance
{
	my ($self, $below) = @_;
	$self->{state} = $self->{state} * 16807 % 2147483647;
	return int($self->{state} / 2147483647 * $below);
}

sub one_of
{
	my ($self, @choices) = @_;
	return @choices ? $choices[ $self->chance(scalar @choices) ] : undef;
}

sub another { return ++$_[0]->{next}; }

# Mostly the newest: old things have come to their end.
sub recent
{
	my ($self, $kind) = @_;
	my $all = $self->{$kind};
	my $last = @$all < 12 ? @$all : 12;

	return if !@$all;
	return $self->chance(10) ? $all->[ -1 - $self->chance($last) ] : $all->[ $self->chance(scalar @$all) ];
}

sub money { return sprintf '%d.%02d', int($_[0] / 100), $_[0] % 100; }
sub cents { my ($text) = @_; return defined $text ? sprintf('%.0f', $text * 100) : undef; }

# -- Steps ------------------------------------------------------------------------------------

my @MIX = (
	new_unit => 10, price => 3, block => 2, release => 2, delete_unit => 2,
	book => 14, confirm => 8, cancel => 4, complete => 2, discount => 4,
	schedule => 10, plan => 3, pay => 10, confirm_payment => 10, reject_payment => 2, delete_payment => 2, refund => 4,
	ask_change => 4, review => 2, approve => 3, reject_change => 1, withdraw => 1, complete_change => 2,
	visit => 4, confirm_visit => 2, cancel_visit => 2, move_visit => 2,
	read_booking => 5, read_unit => 3, strange => 3, message => 2,
);
my $MIX = sum0(map { $MIX[ 2 * $_ + 1 ] } 0 .. $#MIX / 2);

# The next request. Some kinds need a row that is not there yet: then another kind.
sub step
{
	my ($self) = @_;

	while (1)
	{
		my $at = $self->chance($MIX);
		my $n = 0;
		while (($at -= $MIX[ $n + 1 ]) >= 0) { $n += 2; }
		my $kind = "do_$MIX[$n]";
		my $step = $self->$kind;
		return { kind => $MIX[$n], %$step } if $step;
	}
}

# who asks for what; what must come; what follows when it does
sub ask
{
	my ($who, $method, $path, $body, $status, $then) = @_;
	return { who => $who, method => $method, path => "/api/$path", body => $body, status => $status,
		check => $status < 400 ? $then // sub { '' } : sub { '' } };
}

# Compares the columns of an answer with what they should be: '' or what differs.
sub differs
{
	my ($row, %expected) = @_;
	my @wrong;

	for my $column (sort keys %expected)
	{
		my $seen = $column =~ /amount|price|discount|cost/ ? cents($row->{$column}) : $row->{$column};
		push @wrong, "$column is " . ($seen // 'null') . ", not $expected{$column}"
		  if ($seen // 'null') ne $expected{$column};
	}
	return join '; ', @wrong;
}

# -- Units ------------------------------------------------------------------------------------

sub do_new_unit
{
	my ($self) = @_;
	my $price = $self->one_of(100 + $self->chance(1_000_000), 1_000_000 + $self->chance(100_000_000), 0);
	my $twin = $self->chance(20) ? undef : first { $_->{status} ne 'deleted' } reverse @{ $self->{units} };
	my $number = $twin ? $twin->{number} : "$self->{name}-" . $self->another;
	my $status = $price <= 0 ? 422 : $twin ? 409 : 201;

	return ask('builder', 'POST', 'units',
		{ project_id => $self->{project}, unit_number => $number, unit_type => '2bhk', price => money($price) },
		$status, sub {
			my ($unit) = $_[0]{unit};
			push @{ $self->{units} }, { id => $unit->{id}, number => $number, price => $price, status => 'available' };
			return differs($unit, price => $price, status => 'available');
		});
}

sub do_price
{
	my ($self) = @_;
	my $unit = $self->recent('units') // return;
	my $price = $self->chance(10) ? 1 + $self->chance(100_000_000) : 0;
	my $status = $unit->{status} eq 'deleted' ? 404 : $price ? 200 : 422;

	return ask('builder', 'PATCH', "units/$unit->{id}", { price => money($price) }, $status, sub {
			$unit->{price} = $price;
			return differs($_[0]{unit}, price => $price, status => $unit->{status});
		});
}

sub unit_moves
{
	my ($self, $verb, $from, $to) = @_;
	my $unit = $self->recent('units') // return;
	my $status = $unit->{status} eq 'deleted' ? 404 : $unit->{status} =~ $from ? 200 : 409;

	return ask('builder', 'POST', "units/$unit->{id}/$verb", undef, $status, sub {
			$unit->{status} = $to;
			return differs($_[0]{unit}, status => $to);
		});
}

sub do_block   { return $_[0]->unit_moves('block', qr/^(?:available|blocked)$/, 'blocked'); }
sub do_release { return $_[0]->unit_moves('release', qr/^(?:available|blocked)$/, 'available'); }

sub do_delete_unit
{
	my ($self) = @_;
	my $unit = $self->recent('units') // return;
	my $status = $unit->{status} eq 'deleted' ? 404 : $unit->{was_booked} ? 409 : 200;

	return ask('builder', 'DELETE', "units/$unit->{id}", undef, $status, sub { $unit->{status} = 'deleted'; return ''; });
}

sub do_read_unit
{
	my ($self) = @_;
	my $unit = $self->recent('units') // return;
	my $who = $self->one_of('builder', 'customer0', 'nobody');
	my $hidden = $unit->{status} eq 'deleted' || $unit->{status} eq 'blocked' && $who ne 'builder';

	return ask($who, 'GET', "units/$unit->{id}", undef, $hidden ? 404 : 200, sub {
			return differs($_[0]{unit}, price => $unit->{price}, status => $unit->{status});
		});
}

# -- Bookings ---------------------------------------------------------------------------------

sub do_book
{
	my ($self) = @_;
	my $unit = $self->recent('units') // return;
	my $customer = $self->one_of('customer0', 'customer1');
	my $token = $self->chance(8) ? 0 : $unit->{price} + $self->chance(2);
	my $status = $unit->{status} =~ /^(?:deleted|blocked)$/ ? 422 : $unit->{status} ne 'available' ? 409
	  : $token > $unit->{price} ? 422 : 201;

	return ask($customer, 'POST', 'bookings', { unit_id => $unit->{id}, booking_amount => money($token) }, $status, sub {
			my $booking = { id => $_[0]{booking}{id}, customer => $customer, unit => $unit, status => 'pending',
				total => $unit->{price}, discount => 0, paid => 0, scheduled => 0, refunding => 0 };
			push @{ $self->{bookings} }, $booking;
			@$unit{qw(status was_booked)} = ('booked', 1);
			return booking_differs($booking, $_[0]{booking});
		});
}

sub booking_differs
{
	my ($booking, $row) = @_;
	return differs($row, status => $booking->{status}, total_amount => $booking->{total},
		discount => $booking->{discount}, paid_amount => $booking->{paid}, unit_id => $booking->{unit}{id});
}

sub booking_moves
{
	my ($self, $who, $verb, $from, $to, $unit_status, $body) = @_;
	my $booking = $self->recent('bookings') // return;
	$who = $booking->{customer} if $who eq 'party';

	return ask($who, 'POST', "bookings/$booking->{id}/$verb", $body,
		$who =~ /customer/ && $verb ne 'cancel' ? 403 : $booking->{status} =~ $from ? 200 : 409, sub {
			$booking->{status} = $to;
			$booking->{unit}{status} = $unit_status;
			$self->close_payments($booking) if $to eq 'cancelled';
			return booking_differs($booking, $_[0]{booking});
		});
}

sub do_confirm  { my ($self) = @_; return $self->booking_moves($self->one_of(('builder') x 9, 'party'), 'confirm', qr/^pending$/, 'confirmed', 'booked'); }
sub do_cancel   { my ($self) = @_; return $self->booking_moves($self->one_of('builder', 'party'), 'cancel', qr/^(?:pending|confirmed)$/, 'cancelled', 'available'); }
sub do_complete
{
	my ($self) = @_;
	return $self->booking_moves('builder', 'complete', qr/^confirmed$/, 'completed', 'sold', { override_reason => 'Paid to the seller' });
}

# What is due falls away; what was paid goes back.
sub close_payments
{
	my ($self, $booking) = @_;

	for my $payment (grep { $_->{booking} == $booking && $_->{status} eq 'due' && $_->{kind} ne 'refund' } @{ $self->{payments} })
	{
		$payment->{status} = 'failed';
		$booking->{scheduled} -= $payment->{amount};
	}
	$self->open_refund($booking, $booking->{paid} - $booking->{refunding});
	return;
}

# One that the database opens by itself: its id is asked for later.
sub open_refund
{
	my ($self, $booking, $amount, $of) = @_;

	return if $amount <= 0;
	push @{ $self->{payments} }, { booking => $booking, kind => 'refund', status => 'due', amount => $amount, of => $of };
	$booking->{refunding} += $amount;
	return;
}

sub do_discount
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;
	my $discount = $self->one_of(0, 1 + $self->chance($booking->{total}), $booking->{total} + 1);
	my $status = $discount != $booking->{discount} && $booking->{status} !~ /^(?:pending|confirmed)$/ ? 409
	  : $discount > $booking->{total} || $booking->{paid} + $booking->{scheduled} > $booking->{total} - $discount ? 422 : 200;

	return ask('builder', 'PATCH', "bookings/$booking->{id}", { discount => money($discount) }, $status, sub {
			$booking->{discount} = $discount;
			return booking_differs($booking, $_[0]{booking});
		});
}

sub do_read_booking
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;
	my $who = $self->one_of('builder', $booking->{customer});

	return ask($who, 'GET', "bookings/$booking->{id}", undef, 200, sub { return booking_differs($booking, $_[0]{booking}); });
}

# Somebody who has nothing to do with it.
sub do_strange
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;
	my $who = $booking->{customer} eq 'customer0' ? 'customer1' : 'customer0';

	return $self->one_of(
		ask($who, 'GET', "bookings/$booking->{id}", undef, 404),
		ask($who, 'POST', "bookings/$booking->{id}/cancel", undef, 404),
		ask($who, 'POST', 'change-requests', { booking_id => $booking->{id}, title => 'Mine' }, 422),
		ask('other_builder', 'POST', "bookings/$booking->{id}/confirm", undef, 404),
		ask('other_builder', 'PATCH', "units/$booking->{unit}{id}", { price => '1.00' }, $booking->{unit}{status} eq 'blocked' ? 404 : 403),
		ask('nobody', 'GET', "bookings/$booking->{id}", undef, 401));
}

# -- Payments ---------------------------------------------------------------------------------

sub left { my ($booking) = @_; return $booking->{total} - $booking->{discount} - $booking->{paid} - $booking->{scheduled}; }

sub payment_differs
{
	my ($payment, $row) = @_;
	return differs($row, status => $payment->{status}, amount => $payment->{amount}, kind => $payment->{kind},
		booking_id => $payment->{booking}{id});
}

sub do_schedule
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;
	my $left = left($booking);
	my $amount = $self->one_of(1 + $self->chance($left > 0 ? $left : 1), 1 + $self->chance($left > 0 ? $left : 1),
		$left > 0 ? $left : 1, ($left > 0 ? $left : 0) + 1, 0);
	my $status = $booking->{status} eq 'cancelled' ? 409 : $amount > 0 && $amount <= $left ? 201 : 422;

	return ask('builder', 'POST', 'payments', { booking_id => $booking->{id}, amount => money($amount), due_date => '2030-01-31' },
		$status, sub {
			my $payment = { id => $_[0]{payment}{id}, booking => $booking, kind => 'instalment', status => 'due', amount => $amount };
			push @{ $self->{payments} }, $payment;
			$booking->{scheduled} += $amount;
			return payment_differs($payment, $_[0]{payment});
		});
}

sub do_plan
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;
	my $count = 1 + $self->chance(6);
	my @replaced = grep { $_->{booking} == $booking && $_->{kind} eq 'instalment' && $_->{status} eq 'due' } @{ $self->{payments} };
	my $left = left($booking) + sum0(map { $_->{amount} } @replaced);

	return if $left > 0 && $left < 100;    # too little to cut
	return ask('builder', 'POST', 'payments/schedule',
		{ booking_id => $booking->{id}, plan => { type => 'equal', count => $count, first_due_date => '2030-01-31', interval_months => 1 } },
		$booking->{status} eq 'cancelled' || $left <= 0 ? 409 : 201, sub {
			my @made = @{ $_[0]{payments} };
			my %gone = map { $_ => 1 } @replaced;
			@{ $self->{payments} } = grep { !$gone{$_} } @{ $self->{payments} };
			push @{ $self->{payments} }, { id => $_->{id}, booking => $booking, kind => 'instalment', status => 'due', amount => cents($_->{amount}) }
			  for @made;
			$booking->{scheduled} += $left - sum0(map { $_->{amount} } @replaced);
			return @made != $count ? @made . " instalments, not $count"
			  : sum0(map { cents($_->{amount}) } @made) != $left ? "instalments do not make $left" : '';
		});
}

# A payment whose id we know; the refunds that opened by themselves are looked up first.
sub some_payment
{
	my ($self) = @_;
	my $payment = $self->recent('payments') // return;

	return $payment if $payment->{id};
	my $booking = $payment->{booking};
	return (undef, ask('builder', 'GET', "bookings/$booking->{id}/payments?limit=100&sort=id", undef, 200, sub {
			my %known = map { ($_->{id} // 0) => 1 } @{ $self->{payments} };
			my @rows = grep { !$known{ $_->{id} } } @{ $_[0]{payments} };
			for my $mine (grep { $_->{booking} == $booking && !$_->{id} } @{ $self->{payments} })
			{
				my $of = $mine->{of} && $mine->{of}{id};
				my ($row) = grep { !$_->{taken} && cents($_->{amount}) == $mine->{amount} && $_->{kind} eq $mine->{kind}
					  && ($_->{refund_of} // 0) == ($of // 0) } @rows;
				return "no $mine->{kind} of $mine->{amount} has opened" if !$row;
				@$mine{qw(id)} = ($row->{id});
				$row->{taken} = 1;
			}
			return join '; ', map { "unexpected payment $_->{id}" } grep { !$_->{taken} } @rows;
		}));
}

sub do_pay
{
	my ($self) = @_;
	my ($payment, $first) = $self->some_payment;
	return $first if !$payment;
	my $booking = $payment->{booking};
	my $refund = $payment->{kind} eq 'refund';
	my $who = $self->one_of('builder', $booking->{customer});
	my $room = !$refund ? left($booking)
	  : min($booking->{paid} - $booking->{refunding}, $payment->{of} ? $self->refundable($payment->{of}) : ());
	my $known = $self->chance(20) ? undef : first { $_->{reference} } reverse @{ $self->{payments} };
	my $reference = $known && $known != $payment ? $known->{reference} : "$self->{name}-" . $self->another;
	my $others = first { $_->{booking} != $booking && $_->{status} ne 'failed' && ($_->{reference} // '') eq $reference } @{ $self->{payments} };
	my $status = $payment->{status} !~ /^(?:due|failed)$/ ? 409 : $refund && $who ne 'builder' ? 403
	  : !$refund && $booking->{status} eq 'cancelled' || $others ? 409
	  : $payment->{status} eq 'failed' && $payment->{amount} > $room ? 422 : 200;

	return ask($who, 'POST', "payments/$payment->{id}/pay", { method => 'upi', transaction_reference => $reference }, $status, sub {
			$booking->{ $refund ? 'refunding' : 'scheduled' } += $payment->{amount} if $payment->{status} eq 'failed';
			@$payment{qw(status reference)} = ('submitted', $reference);
			return payment_differs($payment, $_[0]{payment});
		});
}

sub do_confirm_payment
{
	my ($self) = @_;
	my ($payment, $first) = $self->some_payment;
	return $first if !$payment;
	my ($booking, $amount, $from) = ($payment->{booking}, $payment->{amount}, $payment->{status});
	my $refund = $payment->{kind} eq 'refund';
	my $late = $booking->{status} eq 'cancelled';
	my $status = $from !~ /^(?:due|submitted)$/ || !$refund && $late && $from eq 'due' ? 409 : 200;

	return ask('builder', 'POST', "payments/$payment->{id}/confirm", undef, $status, sub {
			$payment->{status} = 'paid';
			if ($refund)
			{
				$booking->{$_} -= $amount for qw(paid refunding);
				$self->mark_refunded($booking);
			}
			else
			{
				$booking->{scheduled} -= $amount;
				$booking->{paid} += $amount;
				$payment->{receipt} = 1;
				$self->open_refund($booking, $amount, $payment) if $late;
			}
			return payment_differs($payment, $_[0]{payment})
			  || ($refund || $_[0]{payment}{receipt_number} ? '' : 'no receipt number');
		});
}

sub mark_refunded
{
	my ($self, $booking) = @_;
	my @its = grep { $_->{booking} == $booking } @{ $self->{payments} };

	for my $payment (grep { $_->{kind} ne 'refund' && $_->{status} eq 'paid' } @its)
	{
		my $back = sum0(map { $_->{amount} } grep { $_->{status} eq 'paid' && $_->{of} && $_->{of} == $payment } @its);
		$payment->{status} = 'refunded' if $booking->{paid} == 0 || $payment->{amount} <= $back;
	}
	return;
}

sub do_reject_payment
{
	my ($self) = @_;
	my ($payment, $first) = $self->some_payment;
	return $first if !$payment;

	return ask('builder', 'POST', "payments/$payment->{id}/reject", { reason => 'bounced' },
		$payment->{status} eq 'submitted' ? 200 : 409, sub {
			$payment->{status} = 'failed';
			$payment->{booking}{ $payment->{kind} eq 'refund' ? 'refunding' : 'scheduled' } -= $payment->{amount};
			return payment_differs($payment, $_[0]{payment});
		});
}

sub do_delete_payment
{
	my ($self) = @_;
	my ($payment, $first) = $self->some_payment;
	return $first if !$payment;
	my $refund = $payment->{kind} eq 'refund';
	my $status = $payment->{status} =~ /^(?:due|failed)$/ && !($refund && $payment->{booking}{status} eq 'cancelled') ? 200 : 409;

	return ask('builder', 'DELETE', "payments/$payment->{id}", undef, $status, sub {
			$payment->{booking}{ $refund ? 'refunding' : 'scheduled' } -= $payment->{amount} if $payment->{status} eq 'due';
			@{ $self->{payments} } = grep { $_ != $payment } @{ $self->{payments} };
			return '';
		});
}

# What of a payment no refund takes yet; one that failed takes nothing until it is tried again.
sub refundable
{
	my ($self, $payment) = @_;
	return $payment->{amount} - sum0(map { $_->{amount} }
		grep { $_->{of} && $_->{of} == $payment && $_->{status} ne 'failed' } @{ $self->{payments} });
}

sub do_refund
{
	my ($self) = @_;
	my ($payment, $first) = $self->some_payment;
	return $first if !$payment;
	my $booking = $payment->{booking};
	my $left = $self->refundable($payment);
	my $all = $self->chance(2);
	my $amount = $all ? $left : $self->one_of(1 + $self->chance($payment->{amount}), $left + 1);
	my $status = $payment->{kind} eq 'refund' || $payment->{status} ne 'paid' ? 409
	  : $amount <= 0 || $amount > $left || $booking->{refunding} + $amount > $booking->{paid} ? 422 : 201;

	return ask('builder', 'POST', "payments/$payment->{id}/refund", $all ? {} : { amount => money($amount) }, $status, sub {
			my $refund = { id => $_[0]{payment}{id}, booking => $booking, kind => 'refund', status => 'due', amount => $amount, of => $payment };
			push @{ $self->{payments} }, $refund;
			$booking->{refunding} += $amount;
			return payment_differs($refund, $_[0]{payment});
		});
}

# -- Change requests --------------------------------------------------------------------------

sub do_ask_change
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;

	return ask($booking->{customer}, 'POST', 'change-requests', { booking_id => $booking->{id}, title => 'Sockets' },
		$booking->{status} eq 'cancelled' ? 409 : 201, sub {
			push @{ $self->{changes} }, { id => $_[0]{change_request}{id}, booking => $booking, status => 'submitted' };
			return differs($_[0]{change_request}, status => 'submitted', unit_id => $booking->{unit}{id});
		});
}

sub change_moves
{
	my ($self, $who, $verb, $from, $to, $body, $then) = @_;
	my $change = $self->recent('changes') // return;
	my $booking = $change->{booking};
	my $cost = $to eq 'approved' ? $body->{approved_cost} : $to eq 'under_review' ? $body->{estimated_cost} : undef;
	# an estimate does not rise, and the price stays within it
	my $too_much = $cost && ($change->{estimate} // ($to eq 'approved' ? 0 : $cost)) < $cost;
	my $status = $change->{status} !~ $from ? 409 : $to eq 'approved' && $booking->{status} eq 'cancelled' || $too_much ? 409 : 200;

	return ask($who eq 'builder' ? $who : $booking->{customer}, 'POST', "change-requests/$change->{id}/$verb", $body, $status, sub {
			$change->{status} = $to;
			$change->{estimate} = $cost if $to eq 'under_review' && defined $cost;
			$then->($booking) if $then;
			return differs($_[0]{change_request}, status => $to);
		});
}

my $OPEN = qr/^(?:submitted|under_review)$/;
sub do_reject_change   { return $_[0]->change_moves('builder', 'reject', $OPEN, 'rejected', {}); }
sub do_withdraw        { return $_[0]->change_moves('customer', 'withdraw', $OPEN, 'withdrawn'); }
sub do_complete_change { return $_[0]->change_moves('builder', 'complete', qr/^approved$/, 'completed'); }

sub do_review
{
	my ($self) = @_;
	my $estimate = money(1 + $self->chance(1_000_000));

	return $self->change_moves('builder', 'review', $OPEN, 'under_review', $self->chance(4) ? { estimated_cost => $estimate } : {});
}

sub do_approve
{
	my ($self) = @_;
	my $cost = $self->one_of(0, 1 + $self->chance(1_000_000));

	return $self->change_moves('builder', 'approve', $OPEN, 'approved', { approved_cost => money($cost) }, sub {
			my ($booking) = @_;
			$booking->{total} += $cost;
			return if !$cost;
			$booking->{scheduled} += $cost;
			push @{ $self->{payments} }, { booking => $booking, kind => 'instalment', status => 'due', amount => $cost };
		});
}

# -- Appointments -----------------------------------------------------------------------------

# A slot is an hour that only this worker uses.
sub slot_taken
{
	my ($self, $slot, $but) = @_;
	return first { $_->{slot} == $slot && $_->{status} =~ /^(?:requested|confirmed)$/ && $_ != ($but // 0) } @{ $self->{appointments} };
}

sub do_visit
{
	my ($self) = @_;
	my $slot = $self->chance(40);
	my $customer = $self->one_of('customer0', 'customer1');

	return ask($customer, 'POST', 'appointments', { project_id => $self->{project}, kind => 'office', $self->{hour}->($slot) },
		$self->slot_taken($slot) ? 409 : 201, sub {
			push @{ $self->{appointments} }, { id => $_[0]{appointment}{id}, customer => $customer, slot => $slot, status => 'requested' };
			return differs($_[0]{appointment}, status => 'requested');
		});
}

sub visit_moves
{
	my ($self, $verb, $from, $to) = @_;
	my $visit = $self->recent('appointments') // return;

	return ask('builder', 'POST', "appointments/$visit->{id}/$verb", undef, $visit->{status} =~ $from ? 200 : 409, sub {
			$visit->{status} = $to;
			return differs($_[0]{appointment}, status => $to);
		});
}

sub do_confirm_visit { return $_[0]->visit_moves('confirm', qr/^requested$/, 'confirmed'); }
sub do_cancel_visit  { return $_[0]->visit_moves('cancel', qr/^(?:requested|confirmed)$/, 'cancelled'); }

sub do_move_visit
{
	my ($self) = @_;
	my $visit = $self->recent('appointments') // return;
	my $slot = $self->chance(40);

	return if $slot == $visit->{slot};
	return ask('builder', 'PATCH', "appointments/$visit->{id}", { $self->{hour}->($slot) },
		$visit->{status} !~ /^(?:requested|confirmed)$/ || $self->slot_taken($slot, $visit) ? 409 : 200, sub {
			$visit->{slot} = $slot;
			return differs($_[0]{appointment}, id => $visit->{id}, status => $visit->{status});
		});
}

# -- Talk -------------------------------------------------------------------------------------

sub do_message
{
	my ($self) = @_;
	my $booking = $self->recent('bookings') // return;

	$self->{messages}++;
	return ask($booking->{customer}, 'POST', 'messages',
		{ recipient_id => $self->{builder}, booking_id => $booking->{id}, body => 'When can we move in?' }, 201);
}

# -- What the tables should hold at the end ---------------------------------------------------

sub rows
{
	my ($self) = @_;
	return (
		(map { "unit $_->{id} $_->{status} $_->{price}" } grep { $_->{status} ne 'deleted' } @{ $self->{units} }),
		(map { join ' ', 'booking', @$_{qw(id status total discount paid scheduled refunding)} } @{ $self->{bookings} }),
		# those that opened by themselves may have no id yet
		(map { join ' ', 'payment', $_->{booking}{id}, @$_{qw(kind status amount)} } @{ $self->{payments} }),
		(map { "change $_->{id} $_->{status}" } @{ $self->{changes} }),
		(map { "appointment $_->{id} $_->{status}" } @{ $self->{appointments} }));
}

sub receipts { my ($self) = @_; return scalar grep { $_->{receipt} } @{ $self->{payments} }; }

1;
