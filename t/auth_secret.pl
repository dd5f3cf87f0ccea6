# The secret that signs tokens: from a file, replaced while the server runs, and never shown.
use strict;
use warnings;

use POSIX qw(mkfifo);
use Test::More;

use lib 't/lib';
use PostgreSQL::Test::Utils qw(slurp_file);
use Realty;

my $file = PostgreSQL::Test::Utils::tempdir() . '/realty.secret';
my $one  = 'the-first-secret-with-enough-bytes-in-it';
my $two  = 'the-second-secret-with-enough-bytes-in-it';
my $node = Realty->start(conf => "realty.jwt_secret = ''\nrealty.jwt_secret_file = '$file'\n");
my $issue = 'SELECT realty.issue_token(1)';

sub write_secret
{
	my ($content, $mode) = @_;
	open my $out, '>', $file or die "$file: $!";
	print $out $content;
	close $out;
	chmod $mode // 0600, $file;
	return;
}

sub verdict
{
	my ($token) = @_;
	my $error = $node->sql_fails("SELECT realty.jwt_verify('$token')");
	return $error eq '' ? 'accepted' : $error =~ /ERROR:  (\w+)/ ? $1 : $error;
}

$node->sql(q{SELECT realty.create_admin('root@example.com', 'a long password')});

# --- what is no secret file
like($node->sql_fails($issue), qr/PT500.*cannot be read.*HINT: .*jwt_secret_file = /s,
	'a missing file: not configured, with the lines that set one');
write_secret("$one\n", 0640);
like($node->sql_fails($issue), qr/PT500.*open to others/s, 'a file that the group may read is refused');
chmod 0604, $file;
like($node->sql_fails($issue), qr/PT500.*open to others/s, '… and one that is world-readable');
write_secret("too short\n");
like($node->sql_fails($issue), qr/PT500.*shorter than 32 bytes/s, 'a short secret is refused');
write_secret('x' x 5000);
like($node->sql_fails($issue), qr/PT500.*cannot be read/s, 'a file that is no secret is refused');
write_secret('');
like($node->sql_fails($issue), qr/PT500/, 'an empty file is refused');
unlink $file;
mkfifo($file, 0600) or die $!;
like($node->sql_fails($issue), qr/PT500.*cannot be read/s, 'a pipe is refused and does not hang');
unlink $file;
mkdir $file, 0700;
like($node->sql_fails($issue), qr/PT500.*cannot be read/s, 'a directory is refused');
rmdir $file;

# --- rotation, without reload and within one session
write_secret("$one\n");
my ($old, $new) = split /\n/, $node->sql(<<"END");
$issue;
\\! printf '%s\\n%s\\n' '$two' '$one' > $file
$issue;
END
is($node->sql("SELECT realty.jws_verify('$old', '$one', 'HS256')"), 't',
	'with mode 0600 its line signs, without the end of the line');
is($node->sql("SELECT realty.jws_verify('$new', '$two', 'HS256')"), 't',
	'another first line signs at once');
is(verdict($old), 'accepted', 'the second line still counts');
is(verdict($new), 'accepted', '… beside the first');
write_secret("$two\r\n");
is(verdict($old), 'PT401', 'without it the old tokens end');
is(verdict($new), 'accepted', 'the new ones go on; a carriage return is no part of the secret');

# --- by setting: the file gone, an earlier secret beside the current one
$node->append_conf('postgresql.conf',
	"realty.jwt_secret_file = ''\nrealty.jwt_secret = '$one'\nrealty.jwt_previous_secret = '$two'\n");
$node->restart;
is(verdict($old), 'accepted', 'the secret of the setting');
is(verdict($new), 'accepted', 'the earlier secret of the setting');
is($node->sql('SHOW realty.jwt_previous_secret'), '********', 'it is not shown');

# --- keys with names: a token that names one is checked with that one alone
$node->append_conf('postgresql.conf',
	"realty.jwt_key_id = 'k1'\nrealty.jwt_previous_key_id = 'k2'\n");
$node->reload;
$node->poll_query_until('realty', "SELECT current_setting('realty.jwt_key_id') = 'k1'");
like($node->sql("SELECT convert_from(realty.url_decode(split_part(($issue), '.', 1)), 'UTF8')"),
	qr/"kid":"k1"/, 'ours name it');
sub named
{
	my ($kid, $secret) = @_;
	my $claims = (split /\./, $new)[1];
	return $node->sql(<<"END");
SELECT signed || '.' || realty.algorithm_sign(signed, '$secret', 'HS256')
FROM (SELECT realty.url_encode('{"alg":"HS256","kid":"$kid"}') || '.$claims' AS signed) s
END
}
is(verdict(named('k1', $one)), 'accepted', 'the current key by its name');
is(verdict(named('k2', $two)), 'accepted', 'the earlier one by its name');
is(verdict(named('k1', $two)), 'PT401', 'one by the name of the other');
is(verdict(named('k2', $one)), 'PT401', '… and the other way round');
is(verdict(named('k3', $one)), 'PT401', 'an unknown name');
is(verdict($new), 'accepted', 'without a name both are tried');

# --- a short one is refused at reload, and not quoted
my $marker = 'short-and-secret';
my $offset = -s $node->logfile;
$node->append_conf('postgresql.conf', "realty.jwt_secret = '$marker'\n");
$node->reload;
$node->wait_for_log(qr/a secret that signs tokens is too short/, $offset);
is(verdict($old), 'accepted', 'the secret before stays');
unlike(slurp_file($node->logfile), qr/\Q$marker\E/, 'the refused one is not in the log');
unlike(slurp_file($node->logfile), qr/with-enough-bytes-in-it/, 'nor is one that counts');
$node->stop;

done_testing();
