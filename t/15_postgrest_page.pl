# A page in headless Chromium registers, logs in, makes a project and books through
# @supabase/postgrest-js, against PostgREST.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use lib 't/lib';
use Postgrest;
use Realty;

my $program = Postgrest->find or plan skip_all => Postgrest::MISSING;
my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
plan skip_all => 'there is no chromium on PATH' if !$chromium;
plan skip_all => '@supabase/postgrest-js is not installed (tools/install-packages test)'
  if !-d 't/node/node_modules/@supabase/postgrest-js';

my $node = Realty->start;
my $rest = Postgrest->start($program, $node);
my $profile = PostgreSQL::Test::Utils::tempdir();
my $told = qx(node t/node/page.mjs $chromium t/postgrest/page.html ${\ $rest->url } $profile);
my $page = eval { decode_json($told) } // { told => [] };

is_deeply($page->{told}, [
		[ 'project',       'launched' ],
		[ 'logged in',     'Chitra Sen' ],
		[ 'found',         [ 'Palm Court', 2, 2 ] ],
		[ 'booked',        [ 'pending', '101' ] ],
		[ 'refused',       [ 409, 'PT409', 'Book another unit.' ] ],
		[ 'confirmed',     'confirmed' ],
		[ 'bookings',      1 ],
		[ 'owed',          5000000 ],
		[ 'not logged in', [ 401, 'bad_credentials' ] ],
	], 'the page does register, login, project and booking') or diag($told);
is($page->{shown}, 9, 'and shows them');
is($node->sql('SELECT status FROM realty.bookings'), 'confirmed', 'so the database has it');
is($node->sql(q{SELECT count(*) FROM realty.users WHERE email LIKE '%@page.example'}), '2', 'and the two accounts');

done_testing();
