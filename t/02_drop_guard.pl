# DROP EXTENSION would drop every row without a question. The guard refuses while there are
# rows, whichever command would take the tables along, until realty.allow_drop says so.
use strict;
use warnings;

use lib 't/lib';
use Realty;
use Test::More;

my $node = Realty->start;

my @drops = (
	'DROP EXTENSION realty',
	'DROP EXTENSION realty CASCADE',
	'DROP SCHEMA realty CASCADE',
	'DROP SCHEMA realty, api, analytics CASCADE',
	'DROP OWNED BY keeper CASCADE');

# drops_of($rows): each way to lose the data is refused, and nothing is lost.
sub all_are_refused
{
	my ($what) = @_;
	my $rows = $node->sql('SELECT count(*) FROM realty.users');

	for my $drop (@drops)
	{
		like($node->sql_fails($drop), qr/\b(2BP01|55006)\b/, "$what: $drop is refused");
	}
	like($node->sql_fails('DROP EXTENSION realty'), qr/^HINT: .*realty\.allow_drop/m,
		"$what: the hint says how");
	is($node->sql('SELECT count(*) FROM realty.users'), $rows, "$what: no row is lost");
	return;
}

# A separate owner, so that DROP OWNED can remove the extension.
# The identity that CREATE EXTENSION gives the database is no row of the site's.
$node->sql('SELECT realty.renew_identity()');
$node->sql('DROP EXTENSION realty');
pass('without rows it goes at once');
$node->sql('CREATE ROLE keeper SUPERUSER LOGIN');
$node->sql('SET ROLE keeper; CREATE EXTENSION realty');

$node->sql(q{INSERT INTO realty.users (email, user_type, full_name)
	VALUES ('asha@example.com', 'customer', 'Asha Rao')});
all_are_refused('with an account');

# --- a transaction that undoes the drop is refused all the same: nothing tells it apart
like($node->sql_fails('BEGIN; DROP EXTENSION realty; ROLLBACK;'), qr/\b(2BP01|55006)\b/,
	'inside a transaction too');

# --- the override, and the roles that may use it
$node->sql('CREATE ROLE clerk');
like($node->sql_fails('SET ROLE clerk; SET realty.allow_drop = on'), qr/\b42501\b/,
	'realty.allow_drop is for superusers');

# --- the whole database is not the extension's to keep
is($node->sql_fails('DROP DATABASE realty', database => 'postgres'), '',
	'DROP DATABASE is not hindered');

# --- a role that has nothing to do with realty, in this database and in another of the cluster
$node->sql('CREATE ROLE neighbour', database => 'postgres');
for my $database ('postgres', 'beside')
{
	$node->create_database('beside') if $database eq 'beside';
	$node->sql('CREATE SCHEMA site AUTHORIZATION neighbour', database => $database);
	for my $row_security ('on', 'off')    # off: as in a dump and in its restore
	{
		is($node->sql_fails(<<"END", database => $database), '', "a neighbour keeps house in $database, row_security $row_security");
SET SESSION AUTHORIZATION neighbour;
SET row_security = $row_security;
BEGIN;
CREATE TABLE site.rooms (id int PRIMARY KEY, size int CONSTRAINT rooms_size_is_positive CHECK (size > 0) NOT NULL);
CREATE FUNCTION site.mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER mine BEFORE INSERT ON site.rooms FOR EACH ROW EXECUTE FUNCTION site.mine();
CREATE RULE mine AS ON DELETE TO site.rooms DO INSTEAD NOTHING;
CREATE POLICY mine ON site.rooms USING (true);
DROP TRIGGER mine ON site.rooms;
DROP RULE mine ON site.rooms;
DROP POLICY mine ON site.rooms;
CREATE INDEX mine ON site.rooms (size);
DROP INDEX site.mine;
ALTER TABLE site.rooms DROP CONSTRAINT rooms_size_is_positive, ALTER size DROP NOT NULL, ALTER size TYPE bigint;
ALTER TABLE site.rooms RENAME TO halls;
COMMIT;
CREATE INDEX mine ON site.halls (size);
REINDEX INDEX CONCURRENTLY site.mine;
DROP INDEX CONCURRENTLY site.mine;
DROP TABLE site.halls;
DROP FUNCTION site.mine();
END
	}
}

$node->create_database;
$node->sql('SELECT realty.load_sample_data()');
$node->sql('SET realty.allow_drop = on; DROP EXTENSION realty CASCADE');
is($node->sql(q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('realty', 'api')}), '0',
	'with realty.allow_drop it goes, and its schemas with it');
$node->sql('CREATE EXTENSION realty');
is($node->sql('SELECT count(*) FROM realty.users'), '0', '… and can be created again, empty');

done_testing();
