# /openapi.json through the gateway: valid for a third-party validator, complete, and with a page
# to read it on.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use lib 't/lib';
use Realty;

my $node = Realty->start(gateway => 1);
my $answer = $node->http('GET', '/openapi.json');

is($answer->{status}, 200, '/openapi.json answers');
is($node->http('GET', '/openapi.json', undef, { 'If-None-Match' => $answer->{headers}{etag} })->{status},
	304, 'once, as long as nothing changes');

# Complete: each route of the table, and nothing that answers elsewhere.
my $document = $answer->{json};
my %documented = map { my $path = $_; map { (uc($_) . " $path" => 1) } keys %{ $document->{paths}{$path} } }
  keys %{ $document->{paths} };
my @routes = split /\n/, $node->sql(q{SELECT method || ' ' || path FROM realty.routes});
is_deeply([ sort keys %documented ], [ sort @routes ], 'each route is in it');
my %operations = map { my $path = $_; map { $_->{operationId} => 1 } values %$path } values %{ $document->{paths} };
is(scalar keys %operations, scalar @routes, 'with an operationId of its own');
my @schemas = keys %{ $document->{components}{schemas} };
cmp_ok(scalar @schemas, '>=', 60, 'sixty schemas and more (' . @schemas . ')');
for my $singular (split /\n/, $node->sql(q{SELECT replace(initcap(replace(singular, '_', ' ')), ' ', '') FROM realty.resources}))
{
	ok($document->{components}{schemas}{"${singular}Response"}, "${singular}Response");
}
ok($document->{components}{schemas}{$_}, $_) for qw(UserCreate ProjectCreate BookingCreate UserUpdate ProjectUpdate
  BookingUpdate ProjectFilter UnitFilter);

# docs/api is made of it.
{
	my $made = PostgreSQL::Test::Utils::tempdir();
	open my $writer, '|-', 'tools/docs-api', $made or die $!;
	print $writer $answer->{content};
	close $writer;
	is($?, 0, 'docs/api can be made of it');
	my %files = map { s{.*/}{}r => 1 } glob("$made/*.md"), glob('docs/api/*.md');
	is(join(' ', grep { contents("$made/$_") ne contents("docs/api/$_") } sort keys %files), '',
		'docs/api is up to date (make up, make docs)');
}

sub contents { my ($file) = @_; return -e $file ? PostgreSQL::Test::Utils::slurp_file($file) : ''; }

# A site's own route is in it at once, with the types of its function.
$node->sql(<<'END');
CREATE FUNCTION api.site_report(project_id bigint, since date DEFAULT NULL)
	RETURNS TABLE (label text, units bigint) LANGUAGE sql STABLE AS $$ SELECT 'a', 1 $$;
INSERT INTO realty.routes (method, path, handler, function, roles, params, summary)
VALUES ('GET', '/api/site/report/{id}', 'call', 'api.site_report', '{builder}', '{"id": "project_id"}', 'Our report');
END
my $own = $node->http('GET', '/openapi.json')->{json}{paths}{'/api/site/report/{id}'}{get};
is_deeply([ map { $_->{name} // () } @{ $own->{parameters} } ], [ 'id', 'since' ], 'a site\'s route, with its parameters');
is_deeply($own->{'x-roles'}, ['builder'], 'and its roles');

SKIP:
{
	skip 'the validators are not installed (tools/install-packages test)', 1 if !-d 't/node/node_modules';
	my $file = "$PostgreSQL::Test::Utils::tmp_check/openapi.json";
	open my $out, '>', $file or die $!;
	print $out $answer->{content};
	close $out;
	is(qx(node t/node/openapi.mjs $file), "valid 3.1\n", '@seriousme/openapi-schema-validator finds it valid');
}

# The page: with Swagger UI where npm was there at build, else a word about it.
my $page = $node->http('GET', '/docs');
is($page->{status}, 200, '/docs answers');
like($page->{headers}{'content-type'}, qr{^text/html}, 'with HTML');
SKIP:
{
	skip 'built without npm: no Swagger UI', 5 if $page->{content} !~ /swagger-ui-bundle/;
	like($page->{headers}{'content-security-policy'}, qr/default-src 'none'.*script-src 'self'/,
		'that runs no script but ours');
	unlike($page->{content}, qr{https?://}, 'and loads nothing from elsewhere');
	my $bundle = $node->http('GET', '/docs/swagger-ui-bundle.js');
	like($bundle->{content}, qr/SwaggerUIBundle/, 'Swagger UI is there');
	is($node->http('GET', '/docs/swagger-ui-bundle.js', undef, { 'If-None-Match' => $bundle->{headers}{etag} })->{status},
		304, 'and is kept by browsers');
	browse();
}
is($node->http('GET', "/docs/$_")->{status}, 404, "no file by the name $_")
  for qw(../index.html %2e%2e/VERSION VERSION swagger-ui.css/ ....//index.html);
is($node->http('POST', '/docs', {})->{status}, 405, 'it is only read');

# A browser draws it, where there is one.
sub browse
{
	my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
  SKIP:
	{
		skip 'no chromium on PATH', 1 if !$chromium;
		my $home = "$PostgreSQL::Test::Utils::tmp_check/chromium";
		my $drawn = qx($chromium --headless --no-sandbox --disable-gpu --user-data-dir=$home --virtual-time-budget=20000 --dump-dom ${\ $node->url('/docs')} 2>/dev/null);
		like($drawn, qr/opblock-summary-path|opblock-tag/, 'a browser shows the operations');
	}
	return;
}

done_testing();
