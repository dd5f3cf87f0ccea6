"""The same market for everybody: ours from realty.load_sample_data, the peers' copied from it."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"  # Debian's: the incumbent is made of Debian's packages

# Units to be booked: one project with many, and a hundred with as many together.
SPREAD = 100

POOLS = """
WITH p AS (
    INSERT INTO realty.projects (builder_id, name, city, state, status, created_at)
    SELECT 1, 'Flash ' || i, 'Nagpur', 'Maharashtra', 'launched', now() - interval '9 years'
    FROM generate_series(0, {spread}) i RETURNING id, name
)
INSERT INTO realty.units (project_id, tower, unit_number, bedrooms, bathrooms, carpet_area, price, created_at)
SELECT p.id, 'F', n::text, 2, 2, 900, 5000000 + n, now() - interval '9 years'
FROM p, generate_series(1, CASE p.name WHEN 'Flash 0' THEN {one} ELSE {each} END) n
ORDER BY p.id, n;
"""

INCUMBENT = {
    "users": """SELECT id, email, {hash}, user_type, split_part(full_name, ' ', 1), split_part(full_name, ' ', 2),
        left(phone, 20), is_active, is_verified, last_login_at, created_at, updated_at
        FROM realty.users WHERE user_type <> 'admin'""",
    "builders": """SELECT id, user_id, company_name, license_number, address, website, 4, total_projects, created_at,
        updated_at FROM realty.builders""",
    "customers": """SELECT id, user_id, address, budget_min, budget_max, city, created_at, updated_at
        FROM realty.customers""",
    "projects": """SELECT id, builder_id, name, description, coalesce(address, ''), city, state, postal_code,
        CASE project_type WHEN 'plotted' THEN 'plot' WHEN 'commercial' THEN 'commercial' ELSE 'apartment' END,
        CASE status WHEN 'planning' THEN status WHEN 'construction' THEN status WHEN 'completed' THEN status ELSE 'ready' END,
        (SELECT count(*) FROM realty.units u WHERE u.project_id = p.id),
        (SELECT count(*) FROM realty.units u WHERE u.project_id = p.id AND u.status = 'available'),
        price_min, price_max, to_jsonb(amenities), images, rera_number, launch_date, expected_completion, created_at,
        updated_at FROM realty.projects p""",
    "units": """SELECT id, project_id, tower || '-' || unit_number, floor, coalesce(unit_type, '2 BHK'), bedrooms, bathrooms, carpet_area, price,
        CASE status WHEN 'held' THEN 'booked' ELSE status END, facing, created_at, updated_at FROM realty.units""",
    "bookings": """SELECT id, customer_id, unit_id,
        CASE status WHEN 'completed' THEN 'confirmed' WHEN 'expired' THEN 'cancelled' ELSE status END,
        total_amount, booking_amount, 'construction_linked', notes, created_at, created_at, updated_at FROM realty.bookings""",
    "notifications": """SELECT id, user_id, 'booking', title, body, NULL, read_at IS NOT NULL, created_at
        FROM realty.notifications WHERE kind LIKE 'booking%'""",
}
COLUMNS = {
    "users": "id, email, password_hash, user_type, first_name, last_name, phone, is_active, is_verified, last_login, created_at, updated_at",
    "builders": "id, user_id, company_name, license_number, address, website, rating, total_projects, created_at, updated_at",
    "customers": "id, user_id, address, budget_min, budget_max, preferred_city, created_at, updated_at",
    "projects": """id, builder_id, name, description, address, city, state, pincode, project_type, status, total_units,
        available_units, price_min, price_max, amenities, images, rera_number, start_date, completion_date, created_at, updated_at""",
    "units": """id, project_id, unit_number, floor, unit_type, bedrooms, bathrooms, area_sqft, price, status, facing,
        created_at, updated_at""",
    "bookings": """id, customer_id, unit_id, status, total_amount, booking_amount, payment_plan, notes, booking_date,
        created_at, updated_at""",
    "notifications": "id, user_id, type, title, message, related_id, is_read, created_at",
}


def make_realty(cluster, database, scale, one=0, spread=0):
    """A database of ours, and so many units to be booked in one project, and in a hundred."""
    cluster.sql(f"CREATE DATABASE {database}", database="postgres")
    cluster.sql("CREATE EXTENSION realty", database=database)
    cluster.sql(f"SELECT realty.load_sample_data({scale})", database=database)
    if one:
        cluster.sql(POOLS.format(spread=SPREAD, one=one, each=spread // SPREAD), database=database)
    cluster.sql("VACUUM ANALYZE", database=database)


def pools(cluster):
    """First unit of the one project, first of the hundred, and units between two of those."""
    rows = cluster.sql("""SELECT min(u.id), count(*) FROM realty.projects p JOIN realty.units u ON u.project_id = p.id
        WHERE p.name LIKE 'Flash %' GROUP BY p.id ORDER BY p.id LIMIT 2""").split("\n")
    (one, _), (spread, each) = [map(int, row.split("|")) for row in rows]
    return one, spread, each


def incumbent_environment(cluster):
    url = f"postgresql+psycopg2://{cluster.user}@/incumbent?host={cluster.socket}"
    return dict(cluster.environment, DATABASE_URL=url, PYTHONDONTWRITEBYTECODE="1")


def run_incumbent(cluster, script, *arguments):
    done = subprocess.run([PYTHON, script, *map(str, arguments)], cwd=HERE + "/fastapi", check=True,
                          env=incumbent_environment(cluster), capture_output=True, text=True)
    return done.stdout


def make_incumbent(cluster):
    cluster.sql("CREATE DATABASE incumbent", database="postgres")
    run_incumbent(cluster, "create_tables.py")
    hashed = subprocess.run([PYTHON, "-c", "import bcrypt; print(bcrypt.hashpw(b'sample-password', bcrypt.gensalt(12)).decode())"],
                            check=True, capture_output=True, text=True).stdout.strip()
    for table, query in INCUMBENT.items():
        cluster.copy("realty", query.format(hash=f"'{hashed}'"), "incumbent", f"{table} ({COLUMNS[table]})")
        cluster.sql(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))", database="incumbent")
    with open(HERE + "/sql/incumbent_booking.sql") as file:
        cluster.sql(file.read(), database="incumbent")
    cluster.sql("VACUUM ANALYZE", database="incumbent")


def write_tokens(cluster, customers, incumbent=True):
    """Access tokens of the first customers, for ours and for the incumbent, and their log-ins."""
    first, last = map(int, cluster.sql(f"""SELECT min(user_id), max(user_id) FROM
        (SELECT user_id FROM realty.customers ORDER BY id LIMIT {customers}) c""").split("|"))
    files = {
        "ours": cluster.sql(f"SELECT realty.issue_token(u) FROM generate_series({first}, {last}) u"),
        "incumbent": run_incumbent(cluster, "tokens.py", first, last) if incumbent else "",
        "logins": cluster.sql(f"""SELECT json_build_object('email', email, 'password', 'sample-password')
            FROM realty.users WHERE id BETWEEN {first} AND {last}"""),
    }
    for name, lines in files.items():
        with open(f"{cluster.root}/{name}.txt", "w") as file:
            file.write(lines.strip() + "\n")
