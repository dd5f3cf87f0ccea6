# A PostgREST that listens reads the schema again when the extension comes or changes.
use strict;
use warnings;

use Test::More;

use PostgreSQL::Test::Utils qw(slurp_file);

use lib 't/lib';
use Realty;

my $node = Realty->start(extension => 0);
$node->safe_psql('postgres', q{CREATE DATABASE realty TEMPLATE template0 ENCODING 'UTF8'});

# As a PostgREST that was there first. psql prints notifications after each statement.
my $listener = $node->background_psql('realty');
my $reload = qr/notification "pgrst" with payload "reload schema"/;

$listener->query('LISTEN pgrst');
$node->safe_psql('realty', 'BEGIN; CREATE EXTENSION realty; ROLLBACK');
unlike($listener->query('SELECT 1'), $reload, 'a rollback sends no notification');
$node->safe_psql('realty', 'CREATE EXTENSION realty');
like($listener->query('SELECT 2'), $reload, 'CREATE EXTENSION makes it reload the schema');
$listener->quit;

# An update runs nothing but its own script, so each has the line.
for my $script (glob 'realty--*.sql upgrade/realty--*.sql')
{
	like(slurp_file($script), qr/^NOTIFY pgrst, 'reload schema';$/m, "$script does so too");
}

done_testing();
