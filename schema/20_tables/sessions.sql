CREATE TABLE realty.sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
        CONSTRAINT sessions_revoked_at_is_a_time CHECK (revoked_at BETWEEN '1900-01-01 00:00+00' AND '2200-01-01 00:00+00'),
    revoked_reason text CONSTRAINT sessions_revoked_reason_is_short CHECK (length(revoked_reason) <= 200),
    user_agent text CONSTRAINT sessions_user_agent_is_short CHECK (length(user_agent) <= 300),
    client inet,
    failed_logins integer NOT NULL DEFAULT 0, -- of logins from the same address since
    failures_halved_at timestamptz,
    locked_until timestamptz
);
COMMENT ON TABLE realty.sessions IS 'Sign-ins. An access token names its session (claim sid); revoking the row ends it.';
COMMENT ON CONSTRAINT sessions_revoked_at_is_a_time ON realty.sessions IS 'must be a time of the years 1900 to 2199';
COMMENT ON CONSTRAINT sessions_revoked_reason_is_short ON realty.sessions IS 'must have at most 200 characters';
COMMENT ON CONSTRAINT sessions_user_agent_is_short ON realty.sessions IS 'must have at most 300 characters';
CREATE INDEX sessions_of_user ON realty.sessions (user_id, created_at DESC, id DESC);
CREATE INDEX sessions_ending ON realty.sessions (expires_at); -- for realty.sweep

CREATE TABLE realty.refresh_tokens (
    token_hash bytea PRIMARY KEY
        CONSTRAINT refresh_tokens_token_hash_is_short CHECK (length(token_hash) <= 64),
    session_id bigint NOT NULL REFERENCES realty.sessions ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE realty.refresh_tokens IS 'SHA-256 of every refresh token that has not expired. A used one that is sent again revokes its session.';
COMMENT ON CONSTRAINT refresh_tokens_token_hash_is_short ON realty.refresh_tokens IS 'must have at most 64 bytes';
CREATE INDEX refresh_tokens_of_session ON realty.refresh_tokens (session_id);

CREATE TABLE realty.password_resets (
    token_hash bytea PRIMARY KEY
        CONSTRAINT password_resets_token_hash_is_short CHECK (length(token_hash) <= 64),
    user_id bigint NOT NULL REFERENCES realty.users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE realty.password_resets IS 'SHA-256 of one-time tokens that allow a new password.';
COMMENT ON CONSTRAINT password_resets_token_hash_is_short ON realty.password_resets IS 'must have at most 64 bytes';
CREATE INDEX password_resets_of_user ON realty.password_resets (user_id);
CREATE INDEX password_resets_ending ON realty.password_resets (expires_at); -- for realty.sweep

CREATE TABLE realty.common_passwords (
    password text PRIMARY KEY
        CONSTRAINT common_passwords_password_is_lower_case CHECK (password = lower(password))
        CONSTRAINT common_passwords_password_is_short CHECK (length(password) <= 200),
    builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE realty.common_passwords IS 'Passwords that are rejected, in lower case. A site adds its own.';
COMMENT ON COLUMN realty.common_passwords.builtin IS 'came with the extension; such rows are not dumped';
COMMENT ON CONSTRAINT common_passwords_password_is_lower_case ON realty.common_passwords IS 'must be in lower case';
COMMENT ON CONSTRAINT common_passwords_password_is_short ON realty.common_passwords IS 'must have at most 200 characters';

-- Of the lists that were published after breaches, what is long enough to be set.
INSERT INTO realty.common_passwords (password, builtin)
SELECT word, true FROM regexp_split_to_table(
'00000000 000000000 0000000000 01012011 01234567 0123456789 0987654321 10101010 11111111
111111111 1111111111 111222333 11223344 1122334455 112233445566 11235813 12121212 121212121
123123123 123123abc 123321123 12341234 12344321 1234512345 1234554321 12345678 123456780
123456788 123456789 1234567890 12345678900 12345678910 1234567899 123456789a 123456789q
1234567a 1234567q 123456aa 123456abc 123456as 123456qw 123456qwerty 12345abc 12345qwert
1234qwer 123654789 123698745 123abc123 123abcabc 123qwe123 123qweasd 123qweasdzxc 13131313
13579246 135792468 1357924680 142536789 14725836 147258369 147852369 159357456 159753456
1a2b3c4d 1g2w3e4r 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz 1qaz2wsx 1qaz2wsx3edc 1qazxsw2
20002000 20202020 21212121 22222222 22334455 23232323 246813579 25252525 25802580 27272727
31415926 314159265 33333333 3rjs1la7qe 44444444 456456456 4815162342 55555555 55667788
56565656 654321654321 66666666 74108520 741852963 77777777 78945612 789456123 85208520
87654321 88888888 963852741 987456321 98765432 987654321 9876543210 99999999 999999999
a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 aa123456 aa12345678 aaaaaaaa abc12345
abc123456 abc123abc abcabcabc abcd1234 abcd12345 abcdefg1 abcdefgh abcdefghi access14
adgjmptw admin123 admin1234 admin12345 admin@123 administrator alexander alexandra amsterdam
anderson angelina anything asasasas asd123456 asdasdasd asdf1234 asdf12345 asdfasdf asdfghjk
asdfghjkl asdfghjkl1 asdfjkl; asdfqwer babygirl babygirl1 barcelona baseball baseball1
basketball beautiful benjamin bigdaddy blink182 bluebird bollywood brooklyn budlight
bullshit butterfly butterfly1 cambiame caroline catherine changeme changeme1 changeme123
charlie1 charlotte cheese123 chelsea1 chicken1 chocolate chocolate1 christian christine
christmas christopher cinderella cocacola computer computer1 contrasena corvette courtney
creative cricket1 crystal1 danielle database december diamond1 dolphin1 dolphins dragon123
dragonball drowssap einstein elephant elizabeth emmanuel estrella everything evolution
fashion1 fernando fireball firebird flower123 football football1 footballs forever1 freedom1
friends1 friendship fuckoff1 fuckyou1 fuckyou123 fuckyou2 ganesh123 gangster garfield
geronimo goldfish goodluck goodmorning greenday guinness hallo123 happy123 hardcore
harrypotter hello123 hello1234 hello12345 hellokitty helloworld himanshu hotmail1 humtum123
iceman123 iloveindia iloveme1 iloveu123 iloveyou iloveyou! iloveyou1 iloveyou2 india123
india@123 infinity internet internet1 ironman1 isabella jackass1 jaihanuman jaimatadi
jaishriram january1 jasmine1 jennifer jennifer1 jessica1 jonathan jordan123 jordan23
justinbieber kimberly klaster1 krishna1 krishna123 lakshmi123 lalalala laxmi123 leonardo
letmein1 letmein123 letmeinnow lifehack liverpool liverpool1 lollipop lovelove lovely123
loveme123 loveyou1 loveyou123 macdaddy madison1 manchester manchester1 margaret marlboro
marseille martinez mercedes metallica michael1 michelle michelle1 microsoft midnight
mindfuck minecraft minecraft1 monkey123 montreal motorola mountain mustang1 myspace1
naruto123 nathalie newyork1 nicholas nicole123 nintendo nothing1 november octopus1 omsairam
p@$$w0rd p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword pa$$word pa55word pakistan pakistan1
pass1234 pass12345 pass@123 pass@1234 passport passw0rd passw0rd1 password password!
password0 password01 password1 password1! password11 password12 password123 password123!
password1234 password12345 password2 password3 password4 password5 password7 password8
password9 password@1 password@123 password_1 passwordpassword patricia patrick1 perfect1
phoenix1 pineapple playboy1 player123 poohbear popcorn1 porsche911 portugal power123
prashant precious princess princess1 princess123 priyanka professional purple123 q1w2e3r4
q1w2e3r4t5 q1w2e3r4t5y6 qazwsx12 qazwsx123 qazwsxedc qazwsxedcrfv qazxswedc qq123456
qqqqqqqq qwaszx12 qwe12345 qwe123456 qwe123qwe qweasd123 qweasdzx qweasdzxc qweqweqwe
qwer1234 qwer12345 qwerasdf qwert123 qwert12345 qwerty12 qwerty123 qwerty1234 qwerty12345
qwerty123456 qwerty321 qwertyqwerty qwertyui qwertyuiop qwertyuiop1 raiders1 rajesh123
rangers1 realmadrid rebecca1 redskins remember robert123 rockstar1 rockyou1 rosebud1
rush2112 saibaba1 salasana samantha samantha1 samsung1 samsung123 sandiego santiago sargent1
scorpion sebastian secret123 septembe september serenity shadow123 shannon1 sherlock
shivani1 shopping simpsons skateboard slipknot snickers snoopy123 snowball soccer12
soccer123 softball software somethin something spiderman spiderman1 spongebob srinivas
startrek starwars starwars1 steelers stephanie strawberry student1 sunflower sunshine
sunshine1 superman superman1 superstar superuser sweetheart sweetpea swordfish taylor123
teamo123 tennis123 test1234 test12345 test123456 testing1 testing123 testtest theman123
thomas123 thunder1 thunderbird tigger123 tinkerbell titanic1 tottenham trinity1 trustno1
tweety123 twilight undertaker universe unknown1 valentina vanessa1 veronica victoria
victoria1 vikings1 virginia wachtwoord waterloo welcome1 welcome12 welcome123 welcome1234
welcome@123 westside whatever whatever1 william1 windows1 winston1 winter123 wolverine
wordpass writing1 xavier123 xxxxxxxx yankees1 yellow123 zaq12wsx zaq1xsw2 zaq1zaq1 zaqwsxcde
zxcasdqwe zxcv1234 zxcvbnm1 zxcvbnm123 zxcvzxcv zzzzzzzz', '\s+') word;
