# PostgREST's surface without the program: t/postgrest/cases.json in the shape in which
# PostgREST 14 talks to a database (t/lib/PostgrestShape.pm). t/14_postgrest.pl asks the
# same of the program itself, where there is one.
use strict;
use warnings;

use Test::More;

use PostgreSQL::Test::Utils qw(slurp_file);

use lib 't/lib';
use PostgrestCases;
use PostgrestShape;
use Realty;

my $node = Realty->start;
PostgrestCases::prepare($node);
my %kept = PostgrestCases::remembered();
my $shape = PostgrestShape->new($node);

for my $case (grep { !$_->{method} } PostgrestCases::load())
{
	my $filled = PostgrestCases::filled($case, \%kept);
	my $answer = eval { $shape->answer($filled, defined $case->{as} ? $kept{ $case->{as} } : undef) };

	PostgrestCases::judge($filled, $answer // { status => 0, message => $@ }, \%kept);
}

# What a client cannot do, since PostgREST treats an unsigned token as anonymous.
my $forged = $shape->answer({ from => 'projects' }, "$kept{chitra}x");
is($forged->{code}, 'PT401', 'a bearer that was tampered with is noticed behind PostgREST, too');

# docs/postgrest.md names each resource with what it embeds, and each function.
my $page = slurp_file('docs/postgrest.md');
my ($table) = $page =~ /\n\| resource .*?\n\| ---.*?\n(.*?)\n\n/s;
my (%named, @nowhere);
for my $row (map { [ split / *\| */ ] } split /\n/, $table)
{
	my ($resources, $walks) = ($row->[1], $row->[4] // '');
	for my $resource ($resources =~ /`(\w+)`/g)
	{
		$named{$resource} = 1;
		next if $resources =~ /,/ && $walks =~ /;/;    # each its own
		for my $item (map { PostgrestShape::parse_select("$_(id)") } $walks =~ /(?<!field )`([\w!]+)`/g)
		{
			eval { $shape->relation($resource, $item); 1 } or push @nowhere, "$resource to $item->{name}: $@";
		}
	}
}
is("@nowhere", '', 'the resources embed what docs/postgrest.md says');
is(join(' ', grep { !$named{$_} } sort keys %{ $shape->{columns} }), '', 'and all of them are there');
is(join(' ', grep { $_ ne 'pre_request' && $page !~ /`$_`/ } sort keys %{ $shape->{functions} }), '', 'with all functions');
is($node->sql("SELECT count(*) FROM realty.audit_log WHERE request_id IS DISTINCT FROM 'shape-1' AND session_role = 'realty_authenticator' "
	  . "AND NOT (table_name = 'users' AND row_id IN (SELECT id::text FROM realty.users WHERE anonymised_at IS NOT NULL))"),
	'0', 'the audit log has the id of each request, except those of erased accounts');
is($node->sql('SELECT * FROM realty.check_invariants()'), '', 'check_invariants() is empty');

done_testing();
