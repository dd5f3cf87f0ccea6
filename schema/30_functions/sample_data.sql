-- Sample data: a small market to look at, and a big one to measure with.
--
-- Deterministic: every choice is a hash of a row's number, every time an offset from
-- today's midnight in India. Two loads on one day are equal, and a thousand times the
-- scale is a thousand times the rows.
--
-- Accounts, projects, phases and change requests go through every trigger. Units, bookings,
-- payments, appointments, reports and messages have a past, which the triggers of their tables do not
-- know: there a booking begins as pending, and each step of it is a statement of its own.
-- They are written whole, as a restore writes them (session_replication_role = replica), each
-- part with what the triggers would have added: the ledger, sums, receipts, notifications.
-- CHECKs and unique indexes hold there as well, and the load ends with
-- realty.check_invariants(): data that breaks a rule is refused as a whole. The audit log has one
-- line for each such part that it watches. It is several times as fast as taking each booking through its states.
--
-- The plan of projects and of bookings is computed, not stored, so that every part reads
-- the same plan. The parts run inside realty.load_sample_data, which pins the time zone and
-- the hold; all of it is the owner's alone.

CREATE FUNCTION realty.refuse_unless(holds boolean, message text, hint text) RETURNS void
LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'realty_refuse_unless';
COMMENT ON FUNCTION realty.refuse_unless(boolean, text, text) IS
'Error PT409 with this message and hint, unless the first argument is true.';

CREATE FUNCTION realty.sample_roll(n bigint, salt integer, sides integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 2147483647) % sides;
COMMENT ON FUNCTION realty.sample_roll(bigint, integer, integer) IS
'0 to sides - 1, always the same for one n and salt: sample data''s dice.';

CREATE FUNCTION realty.sample_midnight() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN date_trunc('day', now(), 'Asia/Kolkata');
COMMENT ON FUNCTION realty.sample_midnight() IS 'The instant that all times of sample data are counted from.';

-- The plan --------------------------------------------------------------------------
CREATE FUNCTION realty.sample_places()
RETURNS TABLE (place bigint, city text, state text, code text, locality text, postal_code text,
               latitude numeric, longitude numeric, rate integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
BEGIN ATOMIC
    SELECT * FROM (VALUES
        (1::bigint, 'Bangalore', 'Karnataka', 'KA', 'Whitefield', '560066', 12.9698, 77.7500, 8200),
        (2, 'Bangalore', 'Karnataka', 'KA', 'Hebbal', '560024', 13.0358, 77.5970, 9600),
        (3, 'Bangalore', 'Karnataka', 'KA', 'Electronic City', '560100', 12.8452, 77.6602, 6100),
        (4, 'Bangalore', 'Karnataka', 'KA', 'Sarjapur Road', '560035', 12.9081, 77.6860, 7900),
        (5, 'Mumbai', 'Maharashtra', 'MH', 'Powai', '400076', 19.1176, 72.9060, 21500),
        (6, 'Mumbai', 'Maharashtra', 'MH', 'Mulund West', '400080', 19.1726, 72.9425, 17200),
        (7, 'Mumbai', 'Maharashtra', 'MH', 'Chembur', '400071', 19.0622, 72.8974, 18800),
        (8, 'Pune', 'Maharashtra', 'MH', 'Hinjawadi', '411057', 18.5913, 73.7389, 6800),
        (9, 'Pune', 'Maharashtra', 'MH', 'Kharadi', '411014', 18.5515, 73.9348, 8300),
        (10, 'Pune', 'Maharashtra', 'MH', 'Baner', '411045', 18.5590, 73.7868, 8900),
        (11, 'Hyderabad', 'Telangana', 'TS', 'Gachibowli', '500032', 17.4401, 78.3489, 8600),
        (12, 'Hyderabad', 'Telangana', 'TS', 'Kokapet', '500075', 17.3949, 78.3310, 9400),
        (13, 'Hyderabad', 'Telangana', 'TS', 'Kondapur', '500084', 17.4622, 78.3568, 7800),
        (14, 'Hyderabad', 'Telangana', 'TS', 'Miyapur', '500049', 17.4968, 78.3614, 6300),
        (15, 'Chennai', 'Tamil Nadu', 'TN', 'Sholinganallur', '600119', 12.9010, 80.2279, 6700),
        (16, 'Chennai', 'Tamil Nadu', 'TN', 'Velachery', '600042', 12.9815, 80.2180, 8100),
        (17, 'Chennai', 'Tamil Nadu', 'TN', 'Porur', '600116', 13.0382, 80.1565, 6900),
        (18, 'Gurugram', 'Haryana', 'HR', 'Sector 65', '122018', 28.4020, 77.0630, 13800),
        (19, 'Gurugram', 'Haryana', 'HR', 'Dwarka Expressway', '122006', 28.4730, 76.9840, 10400),
        (20, 'Noida', 'Uttar Pradesh', 'UP', 'Sector 150', '201310', 28.4244, 77.4750, 8500),
        (21, 'Noida', 'Uttar Pradesh', 'UP', 'Sector 75', '201301', 28.5745, 77.3840, 7700),
        (22, 'Kolkata', 'West Bengal', 'WB', 'New Town', '700156', 22.5797, 88.4713, 6200),
        (23, 'Kolkata', 'West Bengal', 'WB', 'Ballygunge', '700019', 22.5280, 88.3659, 11800),
        (24, 'Kolkata', 'West Bengal', 'WB', 'Garia', '700084', 22.4629, 88.3968, 5200),
        (25, 'Ahmedabad', 'Gujarat', 'GJ', 'Bopal', '380058', 23.0330, 72.4630, 5400),
        (26, 'Ahmedabad', 'Gujarat', 'GJ', 'Thaltej', '380054', 23.0500, 72.5000, 7100),
        (27, 'Ahmedabad', 'Gujarat', 'GJ', 'Gota', '382481', 23.1013, 72.5410, 4800),
        (28, 'Kochi', 'Kerala', 'KL', 'Kakkanad', '682030', 10.0159, 76.3419, 5900),
        (29, 'Kochi', 'Kerala', 'KL', 'Edappally', '682024', 10.0261, 76.3082, 6600),
        (30, 'Kochi', 'Kerala', 'KL', 'Marine Drive', '682031', 9.9816, 76.2757, 9900)
    ) p (place, city, state, code, locality, postal_code, latitude, longitude, rate);
END;
COMMENT ON FUNCTION realty.sample_places() IS 'Locations of sample projects; rate is rupees for a square foot.';

CREATE FUNCTION realty.sample_projects(scale integer)
RETURNS TABLE (project_id bigint, builder_id bigint, place bigint, project_type text, status text, towers integer,
               floors integer, per_floor integer, age integer, progress integer)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p, (p + 1) / 2, 1 + (p - 1) * 7 % 30, s.project_type, s.status, s.towers, s.floors, s.per_floor, s.age,
           s.progress
    FROM generate_series(1, 10 * scale::bigint) p
         JOIN (VALUES
            (0, 'residential', 'construction', 2, 10,   5,  540,  62),
            (1, 'residential', 'launched',     1, 20,   5,   70,   4),
            (2, 'residential', 'completed',    4,  5,   5, 1500, 100),
            (3, 'residential', 'construction', 2, 10,   5,  420,  45),
            (4, 'plotted',     'planning',     1,  1, 100,  -45,   0),
            (5, 'mixed',       'construction', 2, 10,   5,  330,  30),
            (6, 'residential', 'launched',     5,  5,   4,   95,   2),
            (7, 'commercial',  'completed',    1, 10,  10, 1280, 100),
            (8, 'residential', 'construction', 1, 25,   4,  760,  80),
            (9, 'residential', 'on_hold',      2, 10,   5,  600,  20)
         ) s (slot, project_type, status, towers, floors, per_floor, age, progress) ON s.slot = (p - 1) % 10;
END;
COMMENT ON FUNCTION realty.sample_projects(integer) IS
'The plan of the projects: ten at scale 1, a hundred units each; age is days since the launch.';

CREATE FUNCTION realty.sample_bookings(scale integer)
RETURNS TABLE (booking_id bigint, unit_id bigint, customer_id bigint, fate text, made_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT row_number() OVER (ORDER BY d.made_at, d.unit), d.unit,
           CASE WHEN d.unit <= 1000 AND realty.sample_roll(d.unit, 21, 12) = 0
                THEN 1 + realty.sample_roll(d.unit, 55, 2)
                ELSE 1 + realty.sample_roll(d.unit, 23, 150 * scale) END,
           d.fate, d.made_at
    FROM (
        SELECT f.unit, f.fate, realty.sample_midnight()
               - make_interval(hours => 24 * CASE
                     WHEN f.fate = 'held' THEN 1
                     WHEN f.fate = 'pending' THEN 1 + realty.sample_roll(f.unit, 24, 9)
                     WHEN f.fate = 'expired' THEN 5 + realty.sample_roll(f.unit, 24, 55)
                     ELSE 20 + realty.sample_roll(f.unit, 24, f.age - 20) END)
               + make_interval(mins => 600 + realty.sample_roll(f.unit, 25, 540)) AS made_at
        FROM (
            SELECT u AS unit, p.age, CASE p.status
                WHEN 'completed' THEN CASE WHEN r < 60 THEN 'completed' WHEN r < 66 THEN 'confirmed'
                                           WHEN r < 70 THEN 'cancelled' END
                WHEN 'construction' THEN CASE WHEN r < 25 THEN 'confirmed' WHEN r < 30 THEN 'pending'
                                              WHEN r < 35 THEN 'cancelled' WHEN r < 38 THEN 'expired'
                                              WHEN r < 39 THEN 'held' END
                WHEN 'launched' THEN CASE WHEN r < 6 THEN 'confirmed' WHEN r < 14 THEN 'pending'
                                          WHEN r < 16 THEN 'cancelled' WHEN r < 19 THEN 'expired'
                                          WHEN r < 21 THEN 'held' END
                END AS fate
            FROM realty.sample_projects(scale) p,
                 generate_series(100 * p.project_id - 99, 100 * p.project_id) u,
                 LATERAL (SELECT realty.sample_roll(u, 20, 100) AS r) x
            WHERE realty.sample_roll(u, 9, 40) <> 0
        ) f
        WHERE f.fate IS NOT NULL
    ) d;
END;
COMMENT ON FUNCTION realty.sample_bookings(integer) IS
'The plan of the bookings: unit, customer, outcome and time; blocked units have none.';

-- The parts -------------------------------------------------------------------------
CREATE FUNCTION realty.sample_full_name(n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY['Aarav', 'Aditi', 'Ananya', 'Arjun', 'Deepa', 'Farhan', 'Gurpreet', 'Harish', 'Ishaan', 'Jyoti', 'Kabir',
              'Kavya', 'Lakshmi', 'Manish', 'Meera', 'Neha', 'Nikhil', 'Pooja', 'Pranav', 'Priya', 'Rahul', 'Rohan',
              'Sana', 'Sanjay', 'Shreya', 'Simran', 'Sneha', 'Suresh', 'Tanvi', 'Varun', 'Vikram', 'Zoya']
       )[1 + realty.sample_roll(n, 1, 32)] || ' ' ||
       (ARRAY['Agarwal', 'Banerjee', 'Bhat', 'Chatterjee', 'Choudhary', 'Das', 'Deshmukh', 'Fernandes', 'Ghosh', 'Gupta',
              'Iyer', 'Jain', 'Joshi', 'Kapoor', 'Khan', 'Kulkarni', 'Mehta', 'Menon', 'Mishra', 'Nair', 'Patel', 'Pillai',
              'Rao', 'Reddy', 'Shah', 'Sharma', 'Shetty', 'Singh', 'Subramanian', 'Thomas', 'Varghese', 'Verma']
       )[1 + realty.sample_roll(n, 2, 32)];
COMMENT ON FUNCTION realty.sample_full_name(bigint) IS 'A person''s name, the same for the same number.';

-- Numbers of phones start with 0 after +91, which no subscriber has.
CREATE FUNCTION realty.sample_accounts(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.users (id, email, user_type, full_name, phone, is_verified, last_login_at, created_at, updated_at)
        OVERRIDING SYSTEM VALUE
    SELECT a.id,
           coalesce(a.email, replace(lower(n.name), ' ', '.') || '.' || a.id || '@example.com'),
           a.user_type, n.name,
           format('+91 0%s %s', lpad(realty.sample_roll(a.id, 3, 10000)::text, 4, '0'),
                  lpad(realty.sample_roll(a.id, 4, 100000)::text, 5, '0')),
           a.user_type <> 'customer' OR realty.sample_roll(a.id, 5, 10) > 0,
           realty.sample_midnight() - make_interval(mins => 60 + realty.sample_roll(a.id, 6, 1000)),
           a.created_at, a.created_at
    FROM (
        SELECT 1::bigint AS id, 'admin@example.com' AS email, 'admin' AS user_type,
               realty.sample_midnight() - make_interval(hours => 24 * 2400) AS created_at
      UNION ALL
        SELECT 1 + b, CASE b WHEN 1 THEN 'builder@example.com' WHEN 2 THEN 'builder2@example.com' END, 'builder',
               realty.sample_midnight() - make_interval(hours => 24 * (1700 + realty.sample_roll(b, 7, 600)))
        FROM generate_series(1, 5 * scale::bigint) b
      UNION ALL
        SELECT 1 + 5 * scale + c, CASE c WHEN 1 THEN 'customer@example.com' WHEN 2 THEN 'customer2@example.com' END,
               'customer', coalesce(p.first_booking, realty.sample_midnight())
               - make_interval(mins => 3000 + realty.sample_roll(c, 8, 40000))
        FROM generate_series(1, 150 * scale::bigint) c
             LEFT JOIN (SELECT customer_id, min(made_at) AS first_booking
                        FROM realty.sample_bookings(scale) GROUP BY customer_id) p ON p.customer_id = c
    ) a, LATERAL (SELECT realty.sample_full_name(a.id) AS name) n
    ORDER BY a.id;

    -- one hash for all: each costs 19 MB and a hundredth of a second by design
    WITH secret AS MATERIALIZED (SELECT realty.password_hash('sample-password') AS hash)
    INSERT INTO realty.user_credentials (user_id, password_hash, password_changed_at)
    SELECT u.id, s.hash, u.created_at FROM realty.users u, secret s;

    INSERT INTO realty.builders (id, user_id, company_name, license_number, address, city, state, website, description,
                                 logo_url, is_verified, created_at, updated_at) OVERRIDING SYSTEM VALUE
    SELECT b, u.id, c.name,
           format('PRM/%s/RERA/1251/%s/%s', p.code, 300 + realty.sample_roll(b, 10, 200), lpad(b::text, 6, '0')),
           format('%s, %s Main Road', 1 + realty.sample_roll(b, 11, 240), p.locality), p.city, p.state,
           'https://www.example.com/' || replace(lower(c.name), ' ', '-'),
           format('%s builds homes and offices in %s and elsewhere.', c.name, p.city),
           format('https://cdn.example.com/builders/%s/logo.png', b), b % 5 <> 0, u.created_at, u.created_at
    FROM generate_series(1, 5 * scale::bigint) b
         JOIN realty.users u ON u.id = 1 + b
         JOIN realty.sample_places() p ON p.place = 1 + (b - 1) * 14 % 30,
         LATERAL (SELECT (ARRAY['Kaveri', 'Sahyadri', 'Nilgiri', 'Malabar', 'Deccan', 'Konark', 'Vindhya', 'Aarohan',
                                'Tungabhadra', 'Himadri', 'Suvarna', 'Chandan'])[1 + (b - 1) % 12] || ' ' ||
                         (ARRAY['Developers', 'Estates', 'Homes', 'Infra', 'Habitat', 'Constructions', 'Builders']
                         )[1 + (b - 1) % 7] AS name) c
    ORDER BY b;

    INSERT INTO realty.customers (id, user_id, address, city, state, budget_min, budget_max, preferences, created_at,
                                  updated_at) OVERRIDING SYSTEM VALUE
    SELECT c, u.id, format('%s, %s', 1 + realty.sample_roll(c, 12, 400), p.locality), p.city, p.state,
           1000000.00 * m.lakhs, 2000000.00 * m.lakhs,
           jsonb_build_object('bedrooms', 1 + realty.sample_roll(c, 13, 4), 'city', p.city),
           u.created_at, u.created_at
    FROM generate_series(1, 150 * scale::bigint) c
         JOIN realty.users u ON u.id = 1 + 5 * scale + c
         JOIN realty.sample_places() p ON p.place = 1 + realty.sample_roll(c, 14, 30),
         LATERAL (SELECT 3 + realty.sample_roll(c, 15, 12) AS lakhs) m
    ORDER BY c;
END;
COMMENT ON FUNCTION realty.sample_accounts(integer) IS 'Sample data: users, their password, builders, customers.';

CREATE FUNCTION realty.sample_property(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.projects (id, builder_id, name, description, project_type, status, address, city, state, postal_code,
        latitude, longitude, launch_date, expected_completion, actual_completion, amenities, images, rera_number,
        created_at, updated_at) OVERRIDING SYSTEM VALUE
    SELECT s.project_id, s.builder_id, n.name,
           format('%s by %s: %s units in %s, %s.', n.name, b.company_name, s.towers * s.floors * s.per_floor, p.locality,
                  p.city),
           s.project_type, s.status, format('Survey No. %s, %s', 20 + realty.sample_roll(s.project_id, 30, 300), p.locality),
           p.city, p.state, p.postal_code,
           round(p.latitude + (realty.sample_roll(s.project_id, 31, 200) - 100) / 10000.0, 6),
           round(p.longitude + (realty.sample_roll(s.project_id, 32, 200) - 100) / 10000.0, 6),
           l.launch, l.launch + 1100, CASE WHEN s.status = 'completed' THEN l.launch + 1160 END,
           CASE WHEN s.project_type = 'plotted' THEN ARRAY['Gated entrance', 'Avenue trees', 'Underground cabling', 'Park']
                ELSE (ARRAY['Clubhouse', 'Swimming pool', 'Gymnasium', 'Children''s play area', 'Jogging track',
                            'Power backup', 'Rainwater harvesting', 'EV charging', 'Landscaped garden', 'CCTV',
                            'Badminton court', 'Visitor parking']
                     )[1 + realty.sample_roll(s.project_id, 33, 6):6 + realty.sample_roll(s.project_id, 33, 6)] END,
           jsonb_build_array(format('https://cdn.example.com/projects/%s/front.jpg', s.project_id),
                             format('https://cdn.example.com/projects/%s/plan.jpg', s.project_id)),
           CASE p.code WHEN 'MH' THEN 'P518' || lpad((s.project_id * 37)::text, 8, '0')
                ELSE format('PRM/%s/RERA/1251/PR/%s', p.code, lpad((s.project_id * 37)::text, 6, '0')) END,
           c.made_at, c.made_at
    FROM realty.sample_projects(scale) s
         JOIN realty.builders b ON b.id = s.builder_id
         JOIN realty.sample_places() p ON p.place = s.place,
         LATERAL (SELECT (ARRAY['Lakeview', 'Palm', 'Emerald', 'Silver Oak', 'Sunrise', 'Orchid', 'Riverside', 'Banyan',
                                'Skyline', 'Meadow', 'Gulmohar', 'Lotus', 'Cedar'])[1 + (s.project_id - 1) % 13] || ' ' ||
                         CASE s.project_type WHEN 'plotted' THEN 'Enclave' WHEN 'commercial' THEN 'Business Park'
                              WHEN 'mixed' THEN 'Square'
                              ELSE (ARRAY['Residency', 'Heights', 'Grove', 'Court', 'Terraces']
                                   )[1 + (s.project_id - 1) % 5] END AS name) n,
         LATERAL (SELECT realty.sample_midnight()::date - s.age AS launch) l,
         LATERAL (SELECT realty.sample_midnight() - make_interval(hours => 24 * (greatest(s.age, 0) + 30) - 11) AS made_at) c
    ORDER BY s.project_id;
END;
COMMENT ON FUNCTION realty.sample_property(integer) IS 'Sample data: projects.';

CREATE FUNCTION realty.sample_audit(tablename text, first_id bigint, last_id bigint, lines bigint) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.audit_log (table_name, action, row_id, new_row)
    SELECT tablename, 'insert', first_id || '..' || last_id,
           jsonb_build_object('count', lines, 'first_id', first_id, 'last_id', last_id);
END;
COMMENT ON FUNCTION realty.sample_audit(text, bigint, bigint, bigint) IS 'The audit line of a part that is written whole.';

CREATE FUNCTION realty.sample_units(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.units (id, project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area,
        built_up_area, facing, price, status, held_until, features, builder_id, is_listed, created_at, updated_at)
        OVERRIDING SYSTEM VALUE
    SELECT (s.project_id - 1) * 100 + i + 1, s.project_id,
           CASE WHEN s.project_type = 'plotted' THEN '' ELSE chr(65 + i / (s.floors * s.per_floor)) END,
           CASE WHEN s.project_type <> 'plotted' THEN f.floor END,
           CASE WHEN s.project_type = 'plotted' THEN 'P-' || lpad((i + 1)::text, 3, '0')
                ELSE f.floor || lpad((f.door + 1)::text, 2, '0') END,
           k.unit_type, k.bedrooms, k.bedrooms, round(k.carpet, 2), CASE WHEN s.project_type <> 'plotted' THEN round(k.built_up, 2) END,
           (ARRAY['north', 'north_east', 'east', 'south_east', 'south', 'south_west', 'west', 'north_west']
           )[1 + realty.sample_roll(s.project_id * 100 + f.door, 34, 8)],
           round(round(k.built_up * p.rate * (1 + 0.005 * f.floor) * k.premium, -3), 2),
           CASE WHEN d.unit_id IS NOT NULL THEN d.status
                WHEN realty.sample_roll((s.project_id - 1) * 100 + i + 1, 9, 40) = 0 THEN 'blocked' ELSE 'available' END,
           CASE WHEN d.status = 'held' THEN realty.sample_midnight() + interval '72 hours' END,
           k.features, c.builder_id, c.status IN ('launched', 'construction', 'completed'), c.created_at, c.created_at
    FROM realty.sample_projects(scale) s
         JOIN realty.sample_places() p ON p.place = s.place
         JOIN realty.projects c ON c.id = s.project_id
         CROSS JOIN generate_series(0, 99) i
         LEFT JOIN (SELECT b.unit_id, CASE b.fate WHEN 'completed' THEN 'sold' WHEN 'held' THEN 'held' ELSE 'booked' END AS status
                    FROM realty.sample_bookings(scale) b WHERE b.fate NOT IN ('cancelled', 'expired')
         ) d ON d.unit_id = (s.project_id - 1) * 100 + i + 1,
         LATERAL (SELECT 1 + i / s.per_floor % s.floors AS floor, i % s.per_floor AS door) f,
         LATERAL (SELECT t.unit_type, t.bedrooms, t.premium, t.features, (t.area + 10 * f.door)::numeric AS carpet,
                         round((t.area + 10 * f.door) * t.loading, 0) AS built_up
                  FROM (VALUES
                      (0, '1 BHK',  1,     480, 1.30, 1.00, '["balcony"]'::jsonb),
                      (1, '2 BHK',  2,     720, 1.28, 1.00, '["balcony", "covered parking"]'),
                      (2, '3 BHK',  3,    1050, 1.28, 1.03, '["balcony", "covered parking", "utility room"]'),
                      (3, '4 BHK',  4,    1600, 1.26, 1.08, '["two balconies", "two covered parkings", "servant room"]'),
                      (4, 'Office', NULL,  900, 1.35, 1.10, '["pantry", "raised floor"]'),
                      (5, 'Shop',   NULL,  350, 1.35, 1.45, '["street front"]'),
                      (6, 'Plot',   NULL, 1200, 1.00, 0.45, '["corner road"]')
                  ) t (kind, unit_type, bedrooms, area, loading, premium, features)
                  WHERE t.kind = CASE WHEN s.project_type = 'plotted' THEN 6 WHEN s.project_type = 'commercial' THEN 4
                                      WHEN s.project_type = 'mixed' AND f.floor <= 2 THEN 5
                                      ELSE (ARRAY[1, 2, 1, 2, 3, 0, 1, 2])[1 + realty.sample_roll(s.project_id * 100 + f.door, 35, 8)]
                                      END) k
    ORDER BY s.project_id, i;

    INSERT INTO realty.inventory (project_id, available_from, total, available, blocked)
    SELECT u.project_id, u.held_until, count(*), count(*) FILTER (WHERE u.status IN ('available', 'held')),
           count(*) FILTER (WHERE u.status = 'blocked')
    FROM realty.units u GROUP BY u.project_id, u.held_until;

    SELECT realty.sample_audit('units', min(u.id), max(u.id), count(*)) FROM realty.units u;
END;
COMMENT ON FUNCTION realty.sample_units(integer) IS 'Sample data: units with a price list and the state that their bookings give them, and the ledger.';

-- What a confirmed booking pays when, and what of it has been paid by today. OFFSET 0, here and below, keeps
-- what is computed once from being computed again wherever a query names it.
CREATE FUNCTION realty.sample_instalments(booking_id bigint, total numeric, token numeric, discount numeric,
                                          confirmed_at timestamptz, completed_at timestamptz)
RETURNS TABLE (kind text, milestone text, amount numeric, due_date date, status text, method text,
               transaction_reference text, paid_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT d.kind, d.milestone, d.amount, d.due_date, d.status,
           CASE WHEN d.status <> 'due' THEN (ARRAY['bank_transfer', 'upi', 'cheque', 'online']
               )[1 + realty.sample_roll(booking_id, 45, 4)] END,
           CASE WHEN d.status <> 'due' THEN format('TXN%s%s', lpad(booking_id::text, 9, '0'), upper(substr(d.milestone, 4, 1))) END,
           CASE WHEN d.status = 'paid' THEN d.due_date - interval '13 hours' END
    FROM (
        SELECT k.*, CASE WHEN k.due_date < (m.midnight - interval '240 hours')::date THEN 'paid'
                         WHEN k.due_date < (m.midnight - interval '24 hours')::date THEN 'submitted'
                         ELSE 'due' END AS status
        FROM (SELECT realty.sample_midnight() AS midnight OFFSET 0) m,
             (VALUES
                 ('token', 'On booking', token, confirmed_at::date + 7),
                 ('instalment', 'On agreement', round(total * 0.15, 2), confirmed_at::date + 45),
                 ('instalment', 'On possession', total - discount - token - round(total * 0.15, 2),
                  coalesce(completed_at, confirmed_at + interval '700 days')::date)
             ) k (kind, milestone, amount, due_date)
        OFFSET 0) d
    WHERE confirmed_at IS NOT NULL;
END;
COMMENT ON FUNCTION realty.sample_instalments(bigint, numeric, numeric, numeric, timestamptz, timestamptz) IS
'The plan of a booking''s payments, by the time zone of the session; none before it is confirmed.';

CREATE FUNCTION realty.sample_parties()
RETURNS TABLE (booking_id bigint, customer_user_id bigint, builder_user_id bigint, facts jsonb, data jsonb)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.booking_id, f.customer_user_id, f.builder_user_id,
           jsonb_build_object('number', f.number, 'unit', f.unit, 'project', f.project, 'customer', f.customer, 'builder', f.builder),
           jsonb_build_object('booking_id', f.booking_id, 'booking_number', f.number, 'unit_id', f.unit_id, 'project_id', f.project_id)
    FROM realty.booking_parties f OFFSET 0;
END;
COMMENT ON FUNCTION realty.sample_parties() IS 'The recipients of each booking''s notifications, the facts for the templates, and the ids beside them.';

CREATE FUNCTION realty.sample_sales(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.bookings (id, booking_number, unit_id, customer_id, project_id, builder_id, status, unit_price, total_amount,
        booking_amount, discount, paid_amount, scheduled_amount, hold_expires_at, confirmed_at, completed_at, cancelled_at,
        cancellation_reason, notes, created_at, updated_at) OVERRIDING SYSTEM VALUE
    SELECT s.booking_id, format('BK-%s-%s', to_char(s.made_at AT TIME ZONE d.time_zone, 'YYYY'), 100000 + s.booking_id), s.unit_id, s.customer_id,
           u.project_id, u.builder_id, CASE s.fate WHEN 'held' THEN 'pending' ELSE s.fate END, u.price, u.price,
           a.token, a.discount, p.paid, p.scheduled, t.hold_expires_at, t.confirmed_at, t.completed_at, t.cancelled_at,
           CASE WHEN s.fate = 'cancelled' THEN (ARRAY['The loan was not approved.', 'Bought elsewhere.', 'Moving to another city.']
                )[1 + realty.sample_roll(s.unit_id, 44, 3)] END,
           CASE WHEN realty.sample_roll(s.unit_id, 41, 6) = 0 THEN 'Asks for a home loan from a partner bank.' END,
           s.made_at, coalesce(t.completed_at, t.confirmed_at, t.cancelled_at, least(t.hold_expires_at, realty.sample_midnight()), s.made_at)
    FROM realty.sample_bookings(scale) s
         JOIN realty.units u ON u.id = s.unit_id
         JOIN realty.builders d ON d.id = u.builder_id
         JOIN realty.customers c ON c.id = s.customer_id,
         LATERAL (SELECT round(round(u.price * 0.05, -3), 2) AS token,
                         CASE WHEN realty.sample_roll(s.unit_id, 40, 5) = 0 THEN round(round(u.price * 0.01, -3), 2) ELSE 0.00 END AS discount) a,
         LATERAL (SELECT CASE s.fate WHEN 'expired' THEN s.made_at + interval '24 hours'
                              WHEN 'held' THEN realty.sample_midnight() + interval '72 hours' END AS hold_expires_at,
                         CASE WHEN s.fate IN ('confirmed', 'completed')
                              THEN s.made_at + make_interval(hours => 20 + realty.sample_roll(s.unit_id, 42, 48)) END AS confirmed_at,
                         CASE WHEN s.fate = 'completed'
                              THEN s.made_at + (realty.sample_midnight() - s.made_at) * 0.7 END AS completed_at,
                         CASE WHEN s.fate = 'cancelled'
                              THEN s.made_at + make_interval(hours => 72 + realty.sample_roll(s.unit_id, 43, 168)) END AS cancelled_at) t,
         LATERAL (SELECT coalesce(sum(i.amount) FILTER (WHERE i.status = 'paid'), 0) AS paid,
                         coalesce(sum(i.amount) FILTER (WHERE i.status <> 'paid'), 0) AS scheduled
                  FROM realty.sample_instalments(s.booking_id, u.price, a.token, a.discount, t.confirmed_at, t.completed_at) i) p
    ORDER BY s.booking_id;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT a.user_id, t.kind, realty.fill_template(t.title, f.facts), rtrim(realty.fill_template(t.body, f.facts)), f.data, e.happened_at,
           CASE WHEN e.happened_at < realty.sample_midnight() - interval '96 hours' THEN e.happened_at + interval '5 hours' END
    FROM realty.bookings b
         JOIN realty.sample_parties() f ON f.booking_id = b.id,
         LATERAL (VALUES ('booking_created', b.created_at), ('booking_confirmed', b.confirmed_at),
                         ('booking_completed', b.completed_at), ('booking_cancelled', b.cancelled_at),
                         ('booking_expired', CASE WHEN b.status = 'expired' THEN b.hold_expires_at END)) e (kind, happened_at),
         LATERAL (VALUES ('customer', f.customer_user_id), ('builder', f.builder_user_id)) a (audience, user_id),
         realty.notification_templates t
    WHERE e.happened_at IS NOT NULL AND t.kind = e.kind AND t.audience = a.audience
    ORDER BY b.id;

    SELECT realty.sample_audit('bookings', min(b.id), max(b.id), count(*)) FROM realty.bookings b;
END;
COMMENT ON FUNCTION realty.sample_sales(integer) IS 'Sample data: bookings in their final state, and their notifications.';

CREATE FUNCTION realty.sample_payments(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    WITH start AS MATERIALIZED (
        SELECT realty.setting('financial_year_start_month')::integer AS month
    ), plan AS (
        SELECT b.id, b.builder_id, b.confirmed_at, i.*, y.year,
               row_number() OVER (PARTITION BY b.builder_id, y.year ORDER BY i.paid_at, b.id, i.milestone)::text AS number
        FROM realty.bookings b JOIN realty.builders d ON d.id = b.builder_id, start s,
             LATERAL realty.sample_instalments(b.id, b.total_amount, b.booking_amount, b.discount, b.confirmed_at, b.completed_at) i,
             LATERAL (SELECT i.paid_at AT TIME ZONE d.time_zone - make_interval(months => s.month - 1) AS first OFFSET 0) f,
             LATERAL (SELECT to_char(f.first, 'YYYY')
                             || CASE WHEN s.month > 1 THEN to_char(f.first + interval '1 year', '-YY') ELSE '' END AS year OFFSET 0) y
        WHERE b.confirmed_at IS NOT NULL
    ), counted AS (
        INSERT INTO realty.receipt_counters (builder_id, financial_year, last_number)
        SELECT p.builder_id, p.year, count(*) FROM plan p WHERE p.status = 'paid' GROUP BY p.builder_id, p.year
    )
    INSERT INTO realty.payments (booking_id, kind, milestone, amount, due_date, status, method, transaction_reference, paid_at,
                                 receipt_number, created_at, updated_at)
    SELECT p.id, p.kind, p.milestone, p.amount, p.due_date, p.status, p.method, p.transaction_reference, p.paid_at,
           CASE WHEN p.status = 'paid'
                THEN format('R%s-%s-%s', p.builder_id, p.year, lpad(p.number, greatest(5, length(p.number)), '0')) END,
           p.confirmed_at, coalesce(p.paid_at, p.confirmed_at)
    FROM plan p ORDER BY p.id, p.due_date, p.milestone;
    INSERT INTO realty.payment_references (builder_id, method, reference_key, booking_id)
    SELECT DISTINCT b.builder_id, p.method, p.reference_key, b.id
    FROM realty.payments p JOIN realty.bookings b ON b.id = p.booking_id WHERE p.reference_key IS NOT NULL;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT a.user_id, t.kind, realty.fill_template(t.title, x.facts), rtrim(realty.fill_template(t.body, x.facts)),
           f.data || jsonb_build_object('payment_id', e.payment_id), e.happened_at,
           CASE WHEN e.happened_at < realty.sample_midnight() - interval '96 hours' THEN e.happened_at + interval '5 hours' END
    FROM (
            SELECT p.booking_id, 'payment_scheduled' AS kind, p.created_at AS happened_at, sum(p.amount) AS amount,
                   min(p.milestone) AS title, '' AS receipt, min(p.id) AS payment_id
            FROM realty.payments p GROUP BY p.booking_id, p.created_at
          UNION ALL
            SELECT p.booking_id, k.kind, k.happened_at, p.amount, p.milestone, p.receipt_number, p.id
            FROM realty.payments p,
                 LATERAL (VALUES ('payment_submitted', CASE WHEN p.status <> 'due' THEN p.due_date - interval '15 hours' END),
                                 ('payment_paid', p.paid_at)) k (kind, happened_at)
            WHERE k.happened_at IS NOT NULL
         ) e
         JOIN realty.sample_parties() f ON f.booking_id = e.booking_id,
         LATERAL (SELECT f.facts || jsonb_build_object('amount', e.amount, 'title', e.title, 'receipt', e.receipt, 'note', NULL) AS facts) x,
         LATERAL (VALUES ('customer', f.customer_user_id), ('builder', f.builder_user_id)) a (audience, user_id),
         realty.notification_templates t
    WHERE t.kind = e.kind AND t.audience = a.audience
    ORDER BY e.booking_id, e.happened_at;

    SELECT realty.sample_audit('payments', min(p.id), max(p.id), count(*)) FROM realty.payments p;
END;
COMMENT ON FUNCTION realty.sample_payments(integer) IS 'Sample data: payment plans of confirmed bookings, paid as far as they are due, with receipts.';

CREATE FUNCTION realty.sample_construction(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.project_progress (project_id, phase, sequence, weight, percent, planned_start, planned_end,
                                         actual_start, actual_end, created_at, updated_at)
    SELECT p.id, f.phase, f.sequence, f.weight, d.percent, p.launch_date + f.starts * 11,
           p.launch_date + (f.starts + f.weight) * 11,
           CASE WHEN d.percent > 0 THEN p.launch_date + f.starts * 11 + 9 END,
           CASE WHEN d.percent = 100 THEN p.launch_date + (f.starts + f.weight) * 11 + 21 END, p.created_at, p.created_at
    FROM realty.sample_projects(scale) s
         JOIN realty.projects p ON p.id = s.project_id,
         (VALUES (1, 'Excavation and foundation', 15, 0), (2, 'Structure', 35, 15), (3, 'Masonry and plaster', 15, 50),
                 (4, 'Electrical and plumbing', 15, 65), (5, 'Finishing', 15, 80), (6, 'Handover', 5, 95)
         ) f (sequence, phase, weight, starts),
         LATERAL (SELECT round(least(greatest(s.progress - f.starts, 0), f.weight) * 100.0 / f.weight, 2) AS percent) d
    WHERE s.status <> 'planning'
    ORDER BY p.id, f.sequence;

    UPDATE realty.projects p
    SET price_min = u.price_min, price_max = u.price_max
    FROM (SELECT project_id, min(price) AS price_min, max(price) AS price_max FROM realty.units GROUP BY project_id) u
    WHERE u.project_id = p.id;

    INSERT INTO realty.models_3d (project_id, unit_id, name, file_url, format, size_bytes, thumbnail_url, version,
                                  created_at, updated_at)
    SELECT p.id, m.unit_id, m.name, format('https://cdn.example.com/models/%s/%s.%s', p.id, m.file, m.format), m.format,
           4000000 + realty.sample_roll(p.id, 50, 30000000), format('https://cdn.example.com/models/%s/%s.jpg', p.id, m.file),
           1 + p.id % 3, p.created_at, p.created_at
    FROM realty.projects p,
         LATERAL (VALUES (NULL::bigint, p.name || ', whole site', 'site', 'glb'),
                         (p.id * 100 - 98, 'Show flat', 'show-flat', 'usdz')) m (unit_id, name, file, format)
    WHERE p.status <> 'planning' AND (m.unit_id IS NULL OR p.project_type = 'residential')
    ORDER BY p.id, m.file;
END;
COMMENT ON FUNCTION realty.sample_construction(integer) IS 'Sample data: phases, 3D models, price ranges.';

-- A buyer is notified once of each report on the project that is later than the booking.
CREATE FUNCTION realty.sample_reports(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.construction_updates (project_id, title, description, media, progress_percent, published_at,
                                             created_by, created_at, updated_at)
    SELECT p.id, format('%s, %s', p.name, to_char(d.day, 'FMMonth YYYY')),
           (ARRAY['Work is on schedule.', 'Rain slowed the outside work; the inside went on.',
                  'The inspector has signed off this stage.', 'Material for the next stage is on the site.'])[1 + (p.id + n) % 4],
           jsonb_build_array(format('https://cdn.example.com/projects/%s/updates/%s.jpg', p.id, n)),
           round(p.progress_percent * n / 6, 2), d.day, b.user_id, d.day, d.day
    FROM realty.sample_projects(scale) s
         JOIN realty.projects p ON p.id = s.project_id
         JOIN realty.builders b ON b.id = p.builder_id,
         generate_series(1, 6) n,
         LATERAL (SELECT realty.sample_midnight() - make_interval(hours => 24 * (greatest(s.age - 1160, 0) + (6 - n) * 30 + 3) - 15)
                         AS day) d
    WHERE s.status IN ('construction', 'completed')
    ORDER BY p.id, n;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT r.user_id, t.kind, realty.fill_template(t.title, r.facts), rtrim(realty.fill_template(t.body, r.facts)),
           jsonb_build_object('update_id', r.id, 'project_id', r.project_id, 'unit_id', NULL::bigint), r.published_at,
           CASE WHEN r.published_at < realty.sample_midnight() - interval '240 hours' THEN r.published_at + interval '5 hours' END
    FROM (SELECT c.user_id, n.id, n.project_id, n.published_at,
                 jsonb_build_object('project', p.name, 'title', n.title, 'percent', n.progress_percent) AS facts
          FROM (SELECT b.project_id, b.customer_id, min(b.created_at) AS since
                FROM realty.bookings b GROUP BY b.project_id, b.customer_id
                HAVING bool_or(b.status IN ('pending', 'confirmed', 'completed'))) w
               JOIN realty.customers c ON c.id = w.customer_id
               JOIN realty.projects p ON p.id = w.project_id
               JOIN realty.construction_updates n ON n.project_id = w.project_id AND n.published_at > w.since
          OFFSET 0) r,
         realty.notification_templates t
    WHERE t.kind = 'update_published' AND t.audience = 'customer'
    ORDER BY r.published_at, r.id;
END;
COMMENT ON FUNCTION realty.sample_reports(integer) IS 'Sample data: dated reports of construction, and their notifications.';

CREATE FUNCTION realty.sample_contacts(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    INSERT INTO realty.builder_availability (builder_id, weekday, opens, closes)
    SELECT b, w, '10:00', CASE w WHEN 6 THEN time '14:00' ELSE time '19:00' END
    FROM generate_series(1, 5 * scale::bigint) b, generate_series(1, 6) w ORDER BY b, w;

    -- six a builder, each at an hour of its own; Sundays move to Monday
    INSERT INTO realty.appointments (customer_id, builder_id, project_id, starts_at, ends_at, location, kind, status, notes,
                                     created_at, updated_at)
    SELECT (p.builder_id - 1) * 6 + k.n, p.builder_id, p.id, t.starts_at, t.starts_at + interval '45 minutes',
           CASE WHEN k.kind IN ('site_visit', 'office') THEN p.address END, k.kind, k.status, k.notes,
           least(t.starts_at, realty.sample_midnight()) - interval '40 hours',
           least(t.starts_at, realty.sample_midnight()) - interval '40 hours'
    FROM (SELECT DISTINCT ON (c.builder_id) c.* FROM realty.projects c
          WHERE c.status IN ('launched', 'construction') ORDER BY c.builder_id, c.id) p,
         (VALUES (1, 3, 'site_visit', 'confirmed', 'Wants to see the show flat.'), (2, 5, 'call', 'requested', NULL),
                 (3, -20, 'site_visit', 'completed', 'Liked the east-facing flats.'), (4, -12, 'virtual_tour', 'completed', NULL),
                 (5, -9, 'office', 'cancelled', 'Fell ill.'), (6, -4, 'site_visit', 'no_show', NULL)
         ) k (n, days, kind, status, notes),
         LATERAL (SELECT realty.sample_midnight() + make_interval(hours => 24 * k.days) AS day) d,
         LATERAL (SELECT d.day + make_interval(hours => 9 + least(k.n, 4)
                                               + CASE WHEN extract(isodow FROM d.day) = 7 THEN 24 ELSE 0 END) AS starts_at) t
    ORDER BY p.builder_id, k.n;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at)
    SELECT x.user_id, t.kind, realty.fill_template(t.title, f.facts), rtrim(realty.fill_template(t.body, f.facts)),
           jsonb_build_object('appointment_id', a.id, 'project_id', a.project_id, 'unit_id', a.unit_id, 'starts_at', a.starts_at),
           a.created_at
    FROM realty.appointments a
         JOIN realty.projects p ON p.id = a.project_id
         JOIN realty.builders d ON d.id = a.builder_id
         JOIN realty.customers c ON c.id = a.customer_id
         JOIN realty.users cu ON cu.id = c.user_id,
         LATERAL (SELECT jsonb_build_object('project', p.name, 'customer', cu.full_name, 'builder', d.company_name, 'visit', replace(a.kind, '_', ' '),
                      'time', to_char(a.starts_at AT TIME ZONE d.time_zone, 'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || d.time_zone || ')',
                      'reason', '') AS facts OFFSET 0) f,
         LATERAL (VALUES ('customer', c.user_id), ('builder', d.user_id)) x (audience, user_id),
         realty.notification_templates t
    WHERE a.status IN ('requested', 'confirmed') AND t.kind = 'appointment_' || a.status AND t.audience = x.audience
    ORDER BY a.id;
END;
COMMENT ON FUNCTION realty.sample_contacts(integer) IS 'Sample data: opening hours and appointments.';

CREATE FUNCTION realty.sample_changes(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.change_requests (booking_id, unit_id, customer_id, title, description, category, estimated_cost,
                                        created_at, updated_at)
    SELECT b.id, b.unit_id, b.customer_id, k.title, k.description, k.category, k.cost,
           b.confirmed_at + interval '100 hours', b.confirmed_at + interval '100 hours'
    FROM realty.bookings b
         JOIN (VALUES (0, 'Open kitchen', 'Please leave out the wall to the living room.', 'layout', 45000),
                      (1, 'More sockets', 'Two more sockets in each bedroom.', 'electrical', 18000),
                      (2, 'Wooden floor', 'Laminated wood in the main bedroom.', 'finishes', 95000)
         ) k (n, title, description, category, cost) ON k.n = b.id % 3
    WHERE b.status = 'confirmed' AND realty.sample_roll(b.id, 61, 9) = 0
    ORDER BY b.id;
END;
COMMENT ON FUNCTION realty.sample_changes(integer) IS 'Sample data: change requests of confirmed bookings.';

CREATE FUNCTION realty.sample_messages(scale integer) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET session_replication_role = replica
BEGIN ATOMIC
    WITH asked AS (
        INSERT INTO realty.messages (sender_id, recipient_id, project_id, unit_id, booking_id, subject, body, read_at,
                                     created_at, updated_at)
        SELECT c.user_id, d.user_id, b.project_id, b.unit_id, b.id, 'Booking ' || b.booking_number,
               (ARRAY['When can I visit the site?', 'Which papers does the bank need from you?',
                      'Is the covered parking included?', 'Can the kitchen be changed?'])[1 + realty.sample_roll(b.id, 60, 4)],
               b.created_at + interval '9 hours', b.created_at + interval '3 hours', b.created_at + interval '3 hours'
        FROM realty.bookings b
             JOIN realty.customers c ON c.id = b.customer_id
             JOIN realty.builders d ON d.id = b.builder_id
        WHERE b.id % 3 = 0 AND b.created_at < realty.sample_midnight() - interval '48 hours'
        ORDER BY b.id
        RETURNING *
    )
    INSERT INTO realty.messages (sender_id, recipient_id, project_id, unit_id, booking_id, parent_id, subject, body, read_at,
                                 created_at, updated_at)
    SELECT a.recipient_id, a.sender_id, a.project_id, a.unit_id, a.booking_id, a.id, 'Re: ' || a.subject,
           (ARRAY['Thank you for asking. Our office will call you tomorrow.', 'Yes, all of it is in the agreement, section 4.']
           )[1 + a.booking_id % 2],
           CASE WHEN a.booking_id % 2 = 0 THEN a.created_at + interval '15 hours' END,
           a.created_at + interval '7 hours', a.created_at + interval '7 hours'
    FROM asked a ORDER BY a.booking_id;

    INSERT INTO realty.notifications (user_id, kind, title, body, data, created_at, read_at)
    SELECT m.recipient_id, t.kind, realty.fill_template(t.title, f.facts), rtrim(realty.fill_template(t.body, f.facts)),
           jsonb_build_object('message_id', m.id, 'thread_id', coalesce(m.parent_id, m.id), 'sender_id', m.sender_id),
           m.created_at, m.read_at
    FROM realty.messages m
         JOIN realty.users s ON s.id = m.sender_id,
         LATERAL (SELECT jsonb_build_object('sender', s.full_name, 'subject', m.subject, 'text', m.body) AS facts OFFSET 0) f,
         realty.notification_templates t
    WHERE t.kind = 'message_received' AND t.audience = 'recipient'
    ORDER BY m.id;
END;
COMMENT ON FUNCTION realty.sample_messages(integer) IS 'Sample data: questions about bookings, their answers, and their notifications.';

CREATE FUNCTION realty.sample_settings() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO realty.system_settings (key, value, description, is_public) VALUES
        ('currency', '"INR"', 'Currency of every amount.', true),
        ('currency_symbol', '"\u20b9"', 'How amounts are shown.', true),
        ('area_unit', '"sq ft"', 'Unit of carpet and built-up area.', true),
        ('country', '"IN"', 'Country of the site.', true),
        ('time_zone', '"Asia/Kolkata"', 'Time zone of builders and appointments.', true),
        ('site_name', '"Realty sample"', 'Name of the site.', true),
        ('support_email', '"support@example.com"', 'Where to ask for help.', true),
        ('booking_terms', '"A booking becomes binding when the builder confirms it."', 'Shown before a booking.', true),
        ('escalation_email', '"manager@example.com"', 'Who is told of complaints.', false)
    ON CONFLICT (key) DO NOTHING;
END;
COMMENT ON FUNCTION realty.sample_settings() IS 'Sample data: settings of the site; those that exist stay.';

CREATE FUNCTION realty.sample_sequences() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT setval(s.name, greatest(pg_sequence_last_value(s.name), s.last))
    FROM (VALUES ('realty.users_id_seq'::regclass, (SELECT max(id) FROM realty.users)),
                 ('realty.builders_id_seq'::regclass, (SELECT max(id) FROM realty.builders)),
                 ('realty.customers_id_seq'::regclass, (SELECT max(id) FROM realty.customers)),
                 ('realty.projects_id_seq'::regclass, (SELECT max(id) FROM realty.projects)),
                 ('realty.units_id_seq'::regclass, (SELECT max(id) FROM realty.units)),
                 ('realty.bookings_id_seq'::regclass, (SELECT max(id) FROM realty.bookings)),
                 ('realty.booking_numbers'::regclass, 100000 + (SELECT max(id) FROM realty.bookings))) s (name, last);
END;
COMMENT ON FUNCTION realty.sample_sequences() IS 'Sample data gives its own ids: the sequences go on after them.';

-- The entrance ----------------------------------------------------------------------
CREATE FUNCTION realty.load_sample_data(scale integer DEFAULT 1) RETURNS TABLE (what text, rows bigint)
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 16
SET TimeZone = 'Asia/Kolkata' SET realty.hold_minutes = 0
    SET realty.max_open_bookings_per_customer = 0 SET realty.max_requested_appointments_per_customer = 0 SET work_mem = '256MB'
BEGIN ATOMIC
    SELECT realty.refuse_unless(scale BETWEEN 1 AND 10000, 'the scale must be between 1 and 10000', 'Scale 1 is a thousand units.');
    SELECT realty.refuse_unless(NOT EXISTS (SELECT FROM realty.users), 'this database has accounts already',
                                'Sample data goes into an empty database only.');
    SELECT realty.sample_accounts(scale);
    SELECT realty.sample_property(scale);
    SELECT realty.sample_units(scale);
    SELECT realty.sample_contacts(scale);
    SELECT realty.sample_sales(scale);
    SELECT realty.sample_payments(scale);
    SELECT realty.sample_construction(scale);
    SELECT realty.sample_reports(scale);
    SELECT realty.sample_changes(scale);
    SELECT realty.sample_messages(scale);
    SELECT realty.sample_settings();
    SELECT realty.sample_sequences();
    SELECT realty.refuse_unless(NOT EXISTS (SELECT FROM realty.check_invariants()), 'the sample data breaks a rule of the site',
                                'SELECT * FROM realty.check_invariants() on another site tells which rules there are.');
    SELECT 'users', count(*) FROM realty.users
    UNION ALL SELECT 'builders', count(*) FROM realty.builders
    UNION ALL SELECT 'customers', count(*) FROM realty.customers
    UNION ALL SELECT 'projects', count(*) FROM realty.projects
    UNION ALL SELECT 'units', count(*) FROM realty.units
    UNION ALL SELECT 'bookings', count(*) FROM realty.bookings
    UNION ALL SELECT 'payments', count(*) FROM realty.payments
    UNION ALL SELECT 'appointments', count(*) FROM realty.appointments
    UNION ALL SELECT 'project_progress', count(*) FROM realty.project_progress
    UNION ALL SELECT 'construction_updates', count(*) FROM realty.construction_updates
    UNION ALL SELECT 'models_3d', count(*) FROM realty.models_3d
    UNION ALL SELECT 'messages', count(*) FROM realty.messages
    UNION ALL SELECT 'change_requests', count(*) FROM realty.change_requests
    UNION ALL SELECT 'notifications', count(*) FROM realty.notifications
    UNION ALL SELECT 'system_settings', count(*) FROM realty.system_settings;
END;
COMMENT ON FUNCTION realty.load_sample_data(integer) IS
'Fills an empty database with a believable market: a thousand units at scale 1, linear beyond; says what it made. Every account''s
password is known (see README), so never on a site. PT409 when there are accounts. Owner only.';
