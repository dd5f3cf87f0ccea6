# The cases that PostgREST's surface is held to, whoever speaks: t/postgrest/cases.json.
#
# A case says what is asked (from, insert, upsert, update, delete, rpc, and with them select,
# where, order, limit, values, args …), as whom (a name whose token an earlier case kept), and
# what comes of it: status, and of a refusal code, fields, message, details, hint; of an
# answer rows, total, body (what is named there is there; a list has as many) and keep, which
# remembers a value by a name. "$name" stands for a remembered value.
#
# A case with a method is HTTP as it is (path, send, send_body, header, text): what the client
# has no word for, or what PostgREST answers by itself.
package PostgrestCases;

use strict;
use warnings;

use JSON::PP;
use POSIX qw(strftime);
use Test::More;

use PostgreSQL::Test::Utils qw(slurp_file);

sub load { return @{ JSON::PP->new->decode(slurp_file('t/postgrest/cases.json')) }; }

# The administrator, whom nobody can register.
sub prepare
{
	my ($node) = @_;
	$node->sql(q{SELECT realty.create_admin('admin@shape.example', 'a long pass phrase')});
	return;
}

# What is remembered from the start: a Monday on which builders receive
sub remembered
{
	my $day = time + 7 * 86400;
	$day += 86400 until (gmtime $day)[6] == 1;
	return (monday => strftime('%Y-%m-%d', gmtime $day));
}

# The value with remembered ones in their places
sub filled
{
	my ($value, $kept) = @_;

	return { map { $_ => filled($value->{$_}, $kept) } keys %$value } if ref $value eq 'HASH';
	return [ map { filled($_, $kept) } @$value ] if ref $value eq 'ARRAY';
	return $value if !defined $value || ref $value || $value !~ /\$\w/;
	my $of = sub { exists $kept->{ $_[0] } ? $kept->{ $_[0] } : die "nothing is remembered as $_[0]\n" };
	return $of->($1) if $value =~ /^\$(\w+)$/;
	return $value =~ s/\$(\w+)/$of->($1)/gre;
}

sub at
{
	my ($body, $path) = @_;
	for my $step (split /\./, $path)
	{
		$body = ref $body eq 'ARRAY' ? $body->[$step] : $body->{$step};
	}
	return $body;
}

# Where the answer lacks what is expected; '' when it does not.
sub lack
{
	my ($got, $expected, $where) = @_;

	if (ref $expected eq 'HASH')
	{
		return "$where is no object" if ref $got ne 'HASH';
		for my $name (sort keys %$expected)
		{
			my $found = exists $got->{$name} ? lack($got->{$name}, $expected->{$name}, "$where.$name") : "$where has no $name";
			return $found if $found;
		}
		return '';
	}
	if (ref $expected eq 'ARRAY')
	{
		return "$where is no list" if ref $got ne 'ARRAY';
		return "$where has " . @$got . ' and not ' . @$expected if @$got != @$expected;
		for my $i (0 .. $#$expected)
		{
			my $found = lack($got->[$i], $expected->[$i], "$where\[$i]");
			return $found if $found;
		}
		return '';
	}
	return '' if !defined $got && !defined $expected;
	return "$where is " . ($got // 'null') . ', not ' . ($expected // 'null')
	  if !defined $got || !defined $expected || ("$got" ne "$expected" && !same_number($got, $expected));
	return '';
}

sub same_number
{
	my ($a, $b) = @_;
	return (grep { ref || !/^-?\d+(?:\.\d+)?$/ } $a, $b) == 0 && $a == $b;
}

sub lack_of_refusal
{
	my ($case, $answer) = @_;

	return 'code ' . ($answer->{code} // '-') if defined $case->{code} && ($answer->{code} // '') ne $case->{code};
	return "message $answer->{message}" if defined $case->{message} && $answer->{message} !~ /$case->{message}/;
	return 'hint ' . ($answer->{hint} // '-') if defined $case->{hint} && ($answer->{hint} // '') ne $case->{hint};
	return "details $answer->{details}" if defined $case->{details} && JSON::PP->new->allow_nonref->encode($answer->{details}) !~ /\Q$case->{details}/;
	return 'message of several lines' if ($answer->{message} // '') =~ /[[:cntrl:]]/;
	return '' if !$case->{fields};
	my %fields = map { $_->{field} => 1 } @{ decode_json($answer->{details}) };
	return lack([ sort keys %fields ], $case->{fields}, 'fields');
}

sub lack_of_answer
{
	my ($case, $answer) = @_;
	my $body = $answer->{body};

	return 'total ' . ($answer->{total} // '-') if defined $case->{total} && ($answer->{total} // -1) != $case->{total};
	return 'rows ' . (ref $body eq 'ARRAY' ? scalar @$body : '-')
	  if defined $case->{rows} && (ref $body ne 'ARRAY' || @$body != $case->{rows});
	return "text $answer->{body}" if defined $case->{text} && $answer->{body} !~ /$case->{text}/;
	return exists $case->{body} ? lack($body, $case->{body}, 'body') : '';
}

sub lack_of_header
{
	my ($case, $answer) = @_;
	for my $name (sort keys %{ $case->{header} // {} })
	{
		my $value = $answer->{headers}{$name} // '';
		return "header $name: $value" if $value !~ /$case->{header}{$name}/;
	}
	return '';
}

# One test: the answer is what the case says. What it has to remember goes into $kept.
sub judge
{
	my ($case, $answer, $kept) = @_;
	my $found = $answer->{status} != $case->{status} ? "status $answer->{status}"
	  : lack_of_header($case, $answer) || ($case->{status} >= 400 ? lack_of_refusal($case, $answer) : lack_of_answer($case, $answer));

	ok($found eq '', $case->{name}) or diag($found, "\n", explain($case), explain($answer));
	return if $answer->{status} >= 400;
	for my $name (keys %{ $case->{keep} // {} })
	{
		$kept->{$name} = at($answer->{body}, $case->{keep}{$name});
	}
	return;
}

1;
