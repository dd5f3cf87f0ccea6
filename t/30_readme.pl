# The README and the documents say what is so: the flows are run as printed, every setting is
# documented with the type, default and context that the server knows, every link leads
# somewhere.

use strict;
use warnings;

use lib 't/lib';
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

use Realty;

# The fenced block that follows the comment `<!-- test:NAME -->`.
sub block
{
	my ($text, $name) = @_;
	my @found = $text =~ /<!-- test:\Q$name\E -->\n```\w*\n(.*?)^```$/msg;

	is(scalar @found, 1, "there is one block $name");
	return $found[0] // '';
}

sub run_bash
{
	my ($script) = @_;
	my ($output, $errors);

	IPC::Run::run([ 'bash', '-e', '-o', 'pipefail' ], '<', \$script, '>', \$output, '2>', \$errors);
	return ($? >> 8, $output, $errors);
}

my $readme = slurp_file('README.md');
my $node = Realty->start(gateway => 1, sample => 1);

# With curl, but for the port
{
	my $script = block($readme, 'curl-flow');
	is($script =~ s/127\.0\.0\.1:8000/'127.0.0.1:' . $node->http_port/ge, 1, 'one line names the port');
	my ($code, $output, $errors) = run_bash($script);

	is($code, 0, 'the curl flow runs as printed') or diag($output, $errors);
	is($errors, '', 'without a word on stderr');
	like($output, qr/"company_name":\s*"Suvarna Homes"/, 'the builder is identified');
	like($output, qr/"name":\s*"Suvarna Heights".*"available_units":\s*1\b/, 'the project has a unit to sell');
	like($output, qr/"status":\s*"confirmed".*"total_amount":\s*8500000\.00/, 'the booking is confirmed, at the list price');
	like($output, qr/"kind":\s*"booking_confirmed"/, 'the customer was notified');
	like($output, qr/"unit_number":\s*"301".*"status":\s*"booked"/, 'the unit is booked');
}

# What an analyst types, as one
for my $n (1 .. 5)
{
	my ($code, $output, $errors) = $node->psql('realty', "SET ROLE realty_analyst;\n" . block($readme, "analyst-$n"),
		on_error_stop => 1);

	is($code, 0, "the analyst's query $n runs as printed") or diag($errors);
	like($output, qr/\|/, 'and finds something in the sample data');
}

# With psql
{
	my $script = block($readme, 'psql-flow');
	my ($code, $output, $errors) = $node->psql('realty', $script, on_error_stop => 1);

	is($code, 0, 'the psql flow runs as printed') or diag($errors);
	is($errors, '', 'without a warning');
	like($output, qr/^BK-\d+-\d+\|confirmed\|6200000\.00$/m, 'the booking is confirmed');
	like($output, qr/^Nilgiri Grove\|2\|1$/m, 'one of two units is left');
	like($output, qr/^Booking BK-\S+ confirmed\|/m, 'the builder was notified');
}
is($node->sql('SELECT count(*) FROM realty.check_invariants()'), '0', 'and no rule is broken');

# docs/extending.md, in its order
{
	my $extending = slurp_file('docs/extending.md');
	my %answers = (
		field => qr/\A\z/, function => qr/^200\|\Q{"success":true,"data":{"monthly":43391.16}}\E$/m,
		resource => qr/^200\|.*"brokers":\[\]/m, search => qr/^200\|.*"brokers":\[\]/m,
		lookup => qr/^200\|.*"brokers":\[\]/m);

	for my $name (qw(field function resource search lookup))
	{
		my ($code, $output, $errors) = $node->psql('realty', block($extending, "extending-$name"), on_error_stop => 1);
		is($errors, '', "extending: $name runs as printed");
		like($output, $answers{$name}, 'and answers so');
	}
	$node->sql(block($extending, 'site-route'));
	my $answer = $node->http('GET', '/api/site/cheapest?bedrooms=2');
	is(scalar @{ $answer->{json}{data}{units} // [] }, 3, "a site's route answers with rows");
	is($node->http('GET', '/api/site/cheapest?bedrooms=x')->{status}, 422, 'and rejects invalid values');
	my $admin = $node->login('admin@example.com', $readme =~ /password of each is `([^`]+)`/);
	my $made = $node->http('POST', '/api/brokers/bulk', [ { name => 'Ila Sen', fee => 1.5 }, { name => 'Jo', fee => 1 } ],
		{ Authorization => "Bearer $admin" });
	is($made->{json}{data}{count}, 2, 'a site\'s rows can be made many at once');
	my $refused = $node->http('POST', '/api/brokers', { name => 'Jo', fee => 3 }, { Authorization => "Bearer $admin" });
	is($refused->{json}{error}{details}[0]{message}, 'must be at most 2 percent', 'and are rejected with the site\'s messages');
	is($node->http('GET', '/api/brokers?q=ila')->{json}{data}{brokers}[0]{name}, 'Ila Sen', 'and found');
	is($node->http('GET', '/api/brokers?name=a+s')->{json}{data}{brokers}[0]{name}, 'Ila Sen', 'by a part of the name, too');
}

# The accounts that the README names, and the password
{
	my ($password) = $readme =~ /password of each is `([^`]+)`/;
	my @accounts = $readme =~ /(\w+\@example\.com)/g;
	my %kind = (admin => 'admin', builder => 'builder', customer => 'customer');

	is(scalar @accounts, 5, 'five sample accounts are named');
	for my $email (@accounts)
	{
		my $answer = $node->http('POST', '/api/auth/login', { email => $email, password => $password });
		my ($name) = $email =~ /^([a-z]+)/;

		is($answer->{status}, 200, "$email logs in");
		is($answer->{json}{data}{user}{user_type}, $kind{$name}, "as $kind{$name}");
	}
}

# Each setting has its row: | `realty.x` | type | default | context | …
{
	my %row;

	for (split /\n/, slurp_file('docs/configuration.md'))
	{
		$row{$1} = [ $2, $3, $4 ] if /^\| `(realty\.\w+)` \| ([^|]*?) \| ([^|]*?) \| (\w+) \|/;
	}
	for (split /\n/, $node->sql(
			"SELECT name, vartype, coalesce(current_setting(name), '') = '', boot_val, coalesce(unit, ''), context "
			. "FROM pg_settings WHERE name LIKE 'realty.%' ORDER BY name"))
	{
		my ($name, $type, undef, $default, $unit, $context) = split /\|/, $_, -1;
		my $documented = delete $row{$name} or do { fail("$name is documented"); next; };

		$default = $default eq '' ? 'empty' : "`$default`";
		$default .= " $unit" if $unit ne '';
		is_deeply($documented, [ $type, $default, $context ], "$name is documented as it is");
	}
	# these are kept out of pg_settings
	for my $name (qw(realty.jwt_secret realty.jwt_previous_secret realty.identity))
	{
		ok(delete $row{$name}, "$name is documented");
		is($node->sql_fails("SHOW $name"), '', "$name exists");
	}
	is(join(' ', sort keys %row), '', 'no setting is documented that does not exist');
}

# The decisions: a number is used once, and each page is in the index
{
	my ($index, %pages) = slurp_file('docs/decisions/README.md');

	for my $page (map { s{.*/}{}r } glob('docs/decisions/0*.md'))
	{
		my ($number) = $page =~ /^(\d+)-/;

		ok(!$pages{$number}++, "decision $number has a number of its own");
		like($index, qr/^\| \[$number\]\(\Q$page\E\) \| /m, 'and a line in the index');
	}
}

# Links between the documents
for my $file ('README.md', 'CONTRIBUTING.md', glob('docs/*.md docs/*/*.md'))
{
	my ($folder) = $file =~ m{^(.*/)?[^/]+$};
	my @broken;

	for (slurp_file($file) =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g)
	{
		push @broken, $_ if !-e(($folder // '') . $_);
	}
	is("@broken", '', "every link of $file leads somewhere");
}

done_testing();
