# A publication FOR ALL TABLES hinders no write, and a subscriber that has the extension ends with the
# same rows: also of the ledger, which is folded on the way.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Realty;

my @PREPARED = qw(database_identity transitions notification_templates common_passwords resources routes
	schema_objects);

my $node = Realty->start(streaming => 'logical', sample => 1);
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->sql('CREATE EXTENSION realty', database => 'copy');

# What CREATE EXTENSION inserts, by the catalog of rows: docs/operations.md names these.
is($node->sql($Realty::VALUE . q{SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c WHERE c.relnamespace = 'realty'::regnamespace
	AND c.relkind = 'r' AND pg_temp.value(format('SELECT count(*) FROM %s', c.oid::regclass)) <> '0'},
	database => 'copy'), join(' ', sort @PREPARED), 'these tables have rows from the start');
$node->sql('SET session_replication_role = replica; TRUNCATE ' . join(', ', map { "realty.$_" } @PREPARED), database => 'copy');

$node->sql('CREATE PUBLICATION everything FOR ALL TABLES');
$node->sql(q{SELECT pg_create_logical_replication_slot('copy', 'pgoutput')});
$node->sql(sprintf(q{CREATE SUBSCRIPTION copy CONNECTION '%s dbname=realty' PUBLICATION everything WITH (create_slot = false)},
	$node->connstr), database => 'copy');

# --- bookings made, ledgers folded, changes trimmed: the DELETEs of tables without a key
my $free = q{(SELECT array_agg(id) FROM (SELECT u.id FROM realty.units u JOIN realty.projects p ON p.id = u.project_id
	WHERE u.status = 'available' AND u.is_listed AND p.status = 'launched' ORDER BY u.id LIMIT 100) u)};
my $booked = $node->sql(<<"END");
DO \$\$ DECLARE unit bigint; BEGIN
	FOREACH unit IN ARRAY $free LOOP
		INSERT INTO realty.bookings (unit_id, customer_id) SELECT unit, min(id) FROM realty.customers;
		COMMIT;
	END LOOP;
END \$\$;
SELECT count(*) FROM realty.bookings WHERE unit_id IN (SELECT unit_id FROM realty.unit_changes);
END
cmp_ok($booked, '>=', 50, 'bookings are made');
cmp_ok($node->sql('SELECT count(*) FROM realty.fold_inventory(1000)'), '>', 0, 'ledgers are folded');
$node->sql(q{SET session_replication_role = replica; UPDATE realty.unit_changes SET changed_at = changed_at - interval '1 day'; RESET session_replication_role; SELECT realty.trim_unit_changes(1000)});

# --- and the copy has it all; xact is the transaction that brought a row to this database
$node->poll_query_until('copy', q{SELECT count(*) > 0 AND bool_and(srsubstate IN ('r', 's')) FROM pg_subscription_rel})
	or die 'the first copy does not end';
$node->wait_for_catchup('copy');
my $sums = $Realty::VALUE . q{SELECT c.relname || ' ' || pg_temp.value(format('SELECT md5(coalesce(string_agg(j, chr(10) ORDER BY j), ''''))
	FROM (SELECT (to_jsonb(t) - ''xact'')::text FROM %s t) r (j)', c.oid::regclass)) FROM pg_class c WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind = 'r' ORDER BY 1};
is($node->sql($sums, database => 'copy'), $node->sql($sums), 'each table has the same rows');
is($node->sql('SELECT count(*) FROM realty.check_invariants()', database => 'copy'), '0', 'and they agree');

$node->sql('DROP SUBSCRIPTION copy', database => 'copy');
done_testing();
