# What is too large for a column or an argument, by COPY, as the gateway sends a body, and in PostgREST's
# transactions: each is refused, and what is stored at the limits goes into a dump and comes back. The
# columns and arguments are those of the catalog. By SQL, and with the triggers off: sql/sizes.sql.
use strict;
use warnings;

use Test::More;

use PostgreSQL::Test::Utils qw(run_log slurp_file);

use lib 't/lib';
use PostgrestShape;
use Realty;

use constant WHOLE => ($ENV{SIZE} // '') eq 'full';
my $bytes = WHOLE ? 5_000_000 : 70_000;

# By type, as JSON has them. A number stays as it is written.
my %bombs = (
	'text'   => [ '"' . 'x' x $bytes . '"', '"x' . ' ' x $bytes . '"', '"' . "\x{fdfa}" x ($bytes / 3) . '"' ],
	'text[]' => [ '["' . 'x' x $bytes . '"]', '[' . '"xxxxxxxxxxxxxxxxx",' x ($bytes / 20) . '"x"]' ],
	'jsonb'  => [
		'{"a": [' . '1e131071,' x 9000 . '1]}', '[' . '1e131071,' x 9000 . '"x"]', '{"a": ' . '[' x 2000 . ']' x 2000 . '}',
		'{"url": "' . 'x' x $bytes . '"}', '[' . '"/xxxxxxxxxxxxxxxx",' x ($bytes / 20) . '"/x"]', '"' . 'x' x $bytes . '"'
	]);

my $node = Realty->start(sample => 1);
my $shape = PostgrestShape->new($node);
$node->sql(q{INSERT INTO realty.messages (sender_id, recipient_id, body) SELECT a.id, b.id, 'x' FROM
	(SELECT min(id) AS id FROM realty.users WHERE user_type = 'admin') a, (SELECT min(id) AS id FROM realty.users WHERE user_type = 'customer') b});
my %token = map { my ($kind, $id) = split /\|/; $kind => $node->sql("SELECT realty.issue_token($id)") }
  split /\n/, $node->sql('SELECT user_type, min(id) FROM realty.users WHERE is_active GROUP BY 1');

# Each line a column: view, column, type, right, and the kinds of user who have it.
my @columns = map { [ split /\|/ ] } split /\n/, $node->sql($Realty::VALUE . <<'END');
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), p.right, min(k.kind),
	pg_temp.value(format('SELECT min(%I) FROM realty.%I', b.attname, regexp_replace(c.relname, '^private_', '')))
FROM pg_class c JOIN pg_attribute b ON b.attrelid = c.oid AND b.attnum = 1 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0,
	unnest(ARRAY['INSERT', 'UPDATE']) p ("right"), unnest(ARRAY['admin', 'builder', 'customer']) k (kind)
WHERE c.relnamespace = 'api'::regnamespace AND c.relkind = 'v' AND format_type(a.atttypid, NULL) IN ('text', 'text[]', 'jsonb')
	AND has_column_privilege('realty_' || k.kind, c.oid, a.attnum, p.right) GROUP BY c.relname, a.attname, a.atttypid, p.right, b.attname ORDER BY 1, 2, 4
END
cmp_ok(scalar @columns, '>', 80, 'the catalog has columns that people write');

# One of the bombs for each, in turn; all of them in the whole size.
my $turn = 0;
sub bombs_of
{
	my ($type) = @_;
	my @of = @{ $bombs{$type} };
	return WHOLE ? @of : $of[ $turn++ % @of ];
}

# One session for many transactions: what stands behind each name on stderr is how it was refused.
sub refused
{
	my ($what, $user, $cases, $wanted) = @_;
	my $script = join '', map { "\\warn \@\@$_->[0]\n$_->[1]" } @$cases;
	my ($code, $out, $error) = $node->psql('realty', $script, on_error_stop => 0, extra_params => [ '-U', $user, '-Atq', '-v', 'VERBOSITY=verbose' ]);
	my @told = split /^\@\@/m, $error;
	shift @told;
	my @odd = grep { $_ !~ $wanted } @told;

	is(scalar @told, scalar @$cases, "$what: " . @$cases . ' were tried');
	is(join('', map { substr($_, 0, 400) } @odd[ 0 .. ($#odd > 9 ? 9 : $#odd) ]), '', '... and each was refused for its size or shape');
	return;
}

# --- PostgREST ---

sub postgrest
{
	my ($name, $case, $token, $bomb) = @_;
	my $plan = $shape->plan($case);
	my $text = $bomb =~ /\A"(.*)"\z/s ? $1 : $bomb;
	$_ =~ s/"\@bomb"/$bomb/ || s/\A\@bomb\z/$text/ for @{ $plan->{values} };
	return [ $name, $shape->script($case, $token, $plan) . "ROLLBACK;\nDEALLOCATE ALL;\n" ];
}

my @written;
for my $column (@columns)
{
	my ($view, $name, $type, $right, $kind, $key) = @$column;
	my $first = $view eq 'system_settings' ? 'key' : 'id';
	my %case = $right eq 'INSERT' ? (insert => $view) : (update => $view, where => [ [ $first, 'gt', $key =~ /^\d+$/ ? 0 : '' ] ]);

	push @written, postgrest("$right $view.$name", { %case, values => { $name => '@bomb' } }, $token{$kind}, $_) for bombs_of($type);
}
refused('PostgREST, columns', 'realty_authenticator', \@written, qr/ERROR:  PT4(?:22|09|03)|ERROR:  42501/);

sub example
{
	my ($type) = @_;
	return $type =~ /int|numeric/ ? 1 : $type eq 'boolean' ? JSON::PP::true() : $type eq 'jsonb' ? {} : $type =~ /date|time/ ? '2027-01-01' : 'x';
}

# An unknown address gets the same response, a long pattern finds nothing, and a wrong password is a returned error.
my @called;
for my $line (split /\n/, $node->sql(<<'END'))
SELECT DISTINCT ON (p.oid, a.name) p.proname, a.name, a.type::regtype, k.kind, (SELECT json_object_agg(o.name, o.type::regtype) FROM unnest(p.proargnames, p.proargtypes::oid[]) o (name, type)
	WHERE o.type IS NOT NULL AND o.name <> a.name)
FROM pg_proc p, unnest(p.proargnames, p.proargtypes::oid[]) a (name, type), unnest(ARRAY['admin', 'builder', 'customer']) k (kind)
WHERE p.pronamespace = 'api'::regnamespace AND a.type IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)
	AND has_function_privilege('realty_' || k.kind, p.oid, 'EXECUTE')
END
{
	my ($function, $name, $type, $kind, $others) = split /\|/, $line;
	my %others = $others eq '' ? () : %{ JSON::PP::decode_json($others) };
	my %args = map { $_ => example($others{$_}) } keys %others;

	push @called, postgrest("$function($name) as $kind", { rpc => $function, get => $shape->{functions}{$function}{stable}, args => { %args, $name => '@bomb' } }, $token{$kind}, $_) for bombs_of($type);
}
refused('PostgREST, functions', 'realty_authenticator', \@called, qr/ERROR:  (?:PT4\d\d|PGRST)|\A(?:login|delete_me|forgot_password|project_cities)\(/);

# --- /api, a body as the gateway hands it on ---

my @sent;
for my $line (split /\n/, $node->sql(q{SELECT r.method, r.path, r.handler, substr(s.view, 5) FROM realty.routes r JOIN realty.resources s ON s.name = r.resource
	WHERE r.handler IN ('create', 'create_many', 'update') AND r.roles && '{admin,builder,customer,user}'}))
{
	my ($method, $path, $handler, $view) = split /\|/, $line;
	for my $column (grep { $_->[0] eq $view && $_->[3] eq ($handler =~ /create/ ? 'INSERT' : 'UPDATE') } @columns)
	{
		my (undef, $name, $type, undef, $kind, $key) = @$column;
		(my $target = $path) =~ s/\{\w+\}/$key/;
		for my $bomb (bombs_of($type))
		{
			my $body = qq({"$name": $bomb});
			$body = "[$body]" if $handler eq 'create_many';
			push @sent, [ "$method $path: $name",
				"SELECT status || ' ' || left(convert_from(body, 'UTF8'), 300) AS answer FROM realty.request_raw('$method', '$target', "
				  . "E'Authorization: Bearer $token{$kind}\\r\\nContent-Type: application/json\\r\\n', convert_to('$body', 'UTF8'), '192.0.2.1') \\gset\n\\warn :answer\n" ];
		}
	}
}
refused('/api', 'postgres', \@sent, qr/^4(?:00|03|04|09|13|22) /m);

# --- COPY: the tables that have a validator, so that the refusal names the column ---

my @copied;
for my $column (map { [ split /\|/ ] } split /\n/, $node->sql(<<'END'))
SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attgenerated = '' AND NOT a.attisdropped
WHERE c.relnamespace = 'realty'::regnamespace AND c.relkind = 'r' AND format_type(a.atttypid, NULL) IN ('text', 'text[]', 'jsonb')
	AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'realty.validate'::regproc AND t.tgtype & 4 = 4)
END
{
	my ($table, $name, $type) = @$column;
	for my $bomb (bombs_of($type))
	{
		my $value = $type eq 'jsonb' ? $bomb : $type eq 'text' ? substr($bomb, 1, -1) : $bomb =~ tr/[]/{}/r;
		push @copied, [ "$table.$name", "COPY realty.$table ($name) FROM stdin;\n$value\n\\.\n" ];
	}
}
refused('COPY', 'postgres', \@copied, qr/ERROR:  PT4(?:22|09)/);

# --- at the limits, and then a dump ---

my $deep = '[' x 29 . ']' x 29;
$node->sql(<<"END");
UPDATE realty.units SET features = (SELECT jsonb_agg(repeat('é', 200)) FROM generate_series(1, 100)), price = price + 1,
	extra = jsonb_build_object('d', '$deep'::jsonb, 'n', '[1e40, 1e-40]'::jsonb, 't', repeat('x', 16000)) WHERE id = (SELECT min(id) FROM realty.units);
UPDATE realty.system_settings SET value = to_jsonb(repeat(E'\\u0001', 10900)), extra = jsonb_build_object('t', repeat('x', 16000)) WHERE key = (SELECT min(key) FROM realty.system_settings WHERE key LIKE 'site.%');
INSERT INTO realty.system_settings (key, value, extra) VALUES ('site.large', to_jsonb(repeat(E'\\u0001', 10900)), jsonb_build_object('t', repeat('x', 16000)));
END
is($node->sql(q{SELECT realty.jsonb_text_size_within(new_row, 65536), (new_row -> '_cut') - 'extra' FROM realty.audit_log WHERE row_id = 'site.large'}),
	't|{"value": 65402}', 'the audit image of a row that is too large is cut, and says what');
my $file = "$PostgreSQL::Test::Utils::tmp_check/sizes.dump";
ok(run_log([ 'pg_dump', '-Fc', '-f', $file, '-h', $node->host, '-p', $node->port, 'realty' ]), 'pg_dump takes what is stored');
$node->psql('postgres', 'CREATE DATABASE again');
ok(run_log([ 'pg_restore', '-d', 'again', '-h', $node->host, '-p', $node->port, $file ]), 'and pg_restore brings it back');
my $sums = q{SELECT md5(string_agg(concat_ws('|', features, extra), ',' ORDER BY id)) FROM realty.units};
is($node->safe_psql('again', $sums), $node->sql($sums), 'as it was');

done_testing();
