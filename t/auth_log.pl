# What a request carries stays out of the log, even when the server logs every statement:
# passwords, access tokens and refresh tokens, as text and as the bytes of a parameter.
use strict;
use warnings;

use Test::More;

use lib 't/lib';
use PostgreSQL::Test::Utils qw(slurp_file);
use Realty;

my $node = Realty->start(gateway => 1, conf => <<'END');
log_min_duration_statement = 0
log_statement = 'all'
log_min_messages = debug1
log_min_error_statement = debug1
log_parameter_max_length_on_error = -1
END
my $password = 'horse-that-nobody-may-read';
my %account = (email => 'log@example.com', user_type => 'customer', full_name => 'Log');

my $answer = $node->http('POST', '/api/auth/register', { %account, password => $password });
is($answer->{status}, 201, 'an account');
my $tokens = $answer->{json}{data};
is($node->http('POST', '/api/auth/login', { email => $account{email}, password => $password })->{status},
	200, 'a login');
is($node->http('POST', '/api/auth/login', { email => $account{email}, password => "$password!" })->{status},
	401, 'one that is refused');
is($node->http('POST', '/api/auth/register', { %account, password => $password })->{status},
	409, 'an error with the password in its input');
is($node->http('POST', '/api/auth/login', { email => [], password => $password })->{status},
	422, 'one of its type');
is($node->http('POST', '/api/auth/login', qq({"password": "$password))->{status}, 415, 'no JSON at all');
my %bearer = (Authorization => "Bearer $tokens->{token}");
is($node->http('GET', '/api/auth/me', undef, \%bearer)->{status}, 200, 'a token');
is($node->http('GET', '/api/auth/me', undef, { Authorization => "Bearer $tokens->{token}x" })->{status},
	401, 'a bad one');
is($node->http('POST', '/api/auth/change-password',
		{ current_password => $password, new_password => "$password-2" }, \%bearer)->{status},
	200, 'another password');
is($node->http('POST', '/api/auth/refresh', { refresh_token => $tokens->{refresh_token} })->{status},
	200, 'a refresh');
$node->sql("UPDATE realty.refresh_tokens SET used_at = used_at - interval '1 minute'");
is($node->http('POST', '/api/auth/refresh', { refresh_token => $tokens->{refresh_token} })->{status},
	401, 'a second one');
$node->stop;

my $log = slurp_file($node->logfile);
like($log, qr/realty\.request_raw/, 'the statements are in the log');
for my $what (['the password', $password], ['the access token', $tokens->{token}],
	['its signature', (split /\./, $tokens->{token})[2]], ['the refresh token', $tokens->{refresh_token}])
{
	my ($name, $text) = @$what;
	my $hex = unpack 'H*', $text;

	unlike($log, qr/\Q$text\E/, "$name is not");
	unlike($log, qr/$hex/i, '… nor its bytes');
}

done_testing();
