"""What is measured: groups of samples, taken in turn, and the rows of the table made of them.

A sample is a function that gives one number. The samples of a group run one after the other,
round after round, each round starting with another one, so that a noisy minute meets all of
them alike. A row is the ratio of two samples of one round; its figure is the median over the
rounds.
"""
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field

import load
import measure
from cluster import BINDIR

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = "/api/projects?city=Bangalore&status=construction&page=1&limit=10"
ROLE = "-c role=realty_customer"


@dataclass
class Row:
    what: str
    ours: str
    peer: str
    bar: float
    moonshot: float
    at_most: bool = False  # a cost: less is better
    times_less: bool = False  # a cost, and the ratio says how many times less than the peer's
    unit: str = "x"


@dataclass
class Group:
    name: str
    unit: str
    samples: dict
    rows: list
    rounds: int = 5
    left_out: list = field(default_factory=list)


def sql_script(name):
    return f"{HERE}/sql/{name}"


def list_and_me(bench):
    """The list page and /api/auth/me: ours, the database alone, the peers."""
    cluster, seconds, ports = bench.cluster, bench.seconds, bench.ports
    fastapi = f"http://127.0.0.1:{ports[0]}"
    samples = {
        "list: gateway": lambda: measure.get(cluster, cluster.url + LIST, seconds),
        "list: L2, our SQL as the role": lambda: measure.pgbench(
            cluster, sql_script("l2_list.sql"), seconds, options=ROLE, city="Bangalore", status="construction"),
        "list: L1, SQL on the plain schema": lambda: measure.pgbench(
            cluster, sql_script("l1_list.sql"), seconds, "incumbent", city="Bangalore", status="construction",
            limit=10, page=1),
        "list: FastAPI": lambda: measure.get(cluster, fastapi + LIST, seconds, "incumbent", ports),
    }
    rows = [Row("list page by the gateway, against L2", "list: gateway", "list: L2, our SQL as the role", 0.5, 0.8),
            Row("L2 against L1 (not slower)", "list: L2, our SQL as the role", "list: L1, SQL on the plain schema", 1, 1),
            Row("list page, against FastAPI", "list: gateway", "list: FastAPI", 10, 30)]
    left_out = []
    if bench.postgrest:
        page = ("/projects?select=*,builder:builders(id,company_name,is_verified)&city=ilike.*Bangalore*"
                "&status=eq.construction&order=created_at.desc,id.desc&limit=10")
        samples["list: PostgREST"] = lambda: measure.get(cluster, bench.postgrest + page, seconds, prefer="count=exact")
        rows.append(Row("list page, against PostgREST", "list: gateway", "list: PostgREST", 2, 4))
    else:
        left_out.append("list page, against PostgREST: there is no postgrest on PATH")
    samples["me: gateway"] = lambda: measure.get(cluster, cluster.url + "/api/auth/me", seconds)
    samples["me: FastAPI"] = lambda: measure.get(cluster, fastapi + "/api/auth/me", seconds, "incumbent", ports)
    rows.append(Row("/api/auth/me, against FastAPI", "me: gateway", "me: FastAPI", 10, 25))
    return Group("reads", "requests/s", samples, rows, left_out=left_out)


class Pool:
    """Units that nobody has booked yet; each run starts where the one before ended."""

    def __init__(self, base, each, spread):
        self.base, self.each, self.spread, self.start = base, each, spread, 0

    def book(self, cluster, url, seconds, **more):
        rate, sent = measure.book(cluster, url, seconds, self.base, self.start, self.each, self.spread, **more)
        self.start += sent + 200  # what was on the way when wrk stopped
        return rate


def bookings(bench):
    cluster, seconds, ports = bench.cluster, bench.seconds, bench.ports
    one, spread, each = load.pools(cluster)
    ours = {"one": Pool(one, 1, 1), "spread": Pool(spread, each, load.SPREAD)}
    theirs = Pool(one, 1, 1)
    fastapi = f"http://127.0.0.1:{ports[0]}"
    samples = {
        "booking: gateway, one project": lambda: ours["one"].book(cluster, cluster.url, seconds),
        "booking: gateway, 100 projects": lambda: ours["spread"].book(cluster, cluster.url, seconds),
        "booking: FastAPI, one project": lambda: theirs.book(cluster, fastapi, seconds, tokens="incumbent", ports=ports),
        "booking: naive function, 100 projects": lambda: measure.pgbench(
            cluster, sql_script("book_naive.sql"), seconds, "incumbent", clients=32, base=spread, each=each,
            customers=bench.customers),
    }
    rows = [Row("booking, 32 clients, one project, against FastAPI", "booking: gateway, one project",
                "booking: FastAPI, one project", 6, 12),
            Row("booking, against pgbench of a naive booking function over 100 projects",
                "booking: gateway, one project", "booking: naive function, 100 projects", 0.6, 1.0),
            Row("flash sale: one project, against 100 projects", "booking: gateway, one project",
                "booking: gateway, 100 projects", 0.8, 0.95)]
    left_out = []
    if bench.postgrest:
        rest = Pool(one + bench.pool // 2, 1, 1)
        samples["booking: PostgREST, one project"] = lambda: rest.book(
            cluster, bench.postgrest, seconds, path="/bookings")
        rows.append(Row("booking, against PostgREST", "booking: gateway, one project",
                        "booking: PostgREST, one project", 1, 2))
    return Group("bookings", "bookings/s", samples, rows, left_out=left_out)


def jwt(bench):
    """A token verified many times within one statement; microseconds each."""
    cluster = bench.cluster
    token = open(cluster.root + "/ours.txt").readline().strip()
    secret = open(cluster.root + "/secret").read()

    def each(call, times):
        took = cluster.sql(f"""SELECT clock_timestamp() AS began \\gset
            SELECT count({call}) FROM generate_series(1, {times}) i,
                LATERAL (SELECT CASE WHEN i > 0 THEN :'token' END AS t OFFSET 0) x \\g /dev/null
            SELECT 1000000 * extract(epoch FROM clock_timestamp() - :'began') / {times}""",
                           variables={"token": token, "secret": secret})
        return float(took.split("\n")[-1])

    samples = {"jwt_verify: realty": lambda: each("realty.jwt_verify(t)", 20000)}
    rows, left_out = [], []
    path = os.environ.get("PGJWT_SQL", "")
    if os.path.exists(path):
        with open(path) as file:
            text = re.sub(r"^\\echo.*$", "", file.read(), flags=re.M).replace("@extschema@.", "")
        cluster.sql("CREATE SCHEMA pgjwt; CREATE EXTENSION pgcrypto SCHEMA pgjwt; SET search_path = pgjwt;" + text)
        # it calls its own functions without their schema
        cluster.sql("ALTER DATABASE realty SET search_path = '$user', public, pgjwt", database="postgres")
        samples["jwt_verify: pgjwt"] = lambda: each("(SELECT valid FROM pgjwt.verify(t, :'secret'))", 1000)
        rows.append(Row("realty.jwt_verify, against pgjwt's verify", "jwt_verify: realty", "jwt_verify: pgjwt", 40, 80,
                        times_less=True))
    else:
        left_out.append("realty.jwt_verify, against pgjwt: set PGJWT_SQL to the path of pgjwt's published SQL "
                        "(pgjwt--0.2.0.sql)")
    return Group("jwt", "µs a call", samples, rows, left_out=left_out)


COPY_MARKET = """
CREATE EXTENSION realty;
INSERT INTO realty.users (email, user_type, full_name) VALUES ('builder@example.com', 'builder', 'Builder');
INSERT INTO realty.builders (user_id, company_name) SELECT id, 'Builder' FROM realty.users;
INSERT INTO realty.projects (builder_id, name, city, status) SELECT b.id, 'Copied ' || i, 'Surat', 'launched'
    FROM realty.builders b, generate_series(1, {projects}) i;
CREATE TABLE public.units_plain (LIKE realty.units INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING INDEXES)
    WITH (fillfactor = 90);
VACUUM ANALYZE;
"""
COPIED = "project_id, tower, floor, unit_number, unit_type, bedrooms, bathrooms, carpet_area, price"
COPY_ROWS = """COPY (SELECT p.id, 'A', n / 10, n::text, '2 BHK', 2, 2, 900 + n % 300, 5000000 + n
    FROM realty.projects p, generate_series(1, 100) n) TO STDOUT"""
# as a replica, whom triggers and keys do not concern: the next COPY finds what the first one found
EMPTIED = """SET session_replication_role = replica; SET client_min_messages = warning;
TRUNCATE realty.units, realty.inventory, realty.unit_changes, realty.audit_log, public.units_plain CASCADE;
CHECKPOINT;"""


def copy(bench):
    """COPY of units with every rule on, and into the same table and indexes without; in a database of their own."""
    cluster = bench.cluster
    cluster.sql("CREATE DATABASE copied", database="postgres")
    cluster.sql(COPY_MARKET.format(projects=bench.copied // 100), "copied")
    path = cluster.root + "/units.copy"
    with open(path, "w") as file:
        file.write(cluster.sql(COPY_ROWS, "copied") + "\n")

    def seconds(table):
        cluster.sql(EMPTIED, "copied")
        began = time.time()
        with open(path) as file:
            subprocess.run([f"{BINDIR}/psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", "copied", "-c",
                            f"COPY {table} ({COPIED}) FROM STDIN"], stdin=file, env=cluster.environment, check=True)
        return time.time() - began

    return Group("copy", "s", {"copy: realty.units": lambda: seconds("realty.units"),
                               "copy: plain table, same indexes": lambda: seconds("public.units_plain")},
                 [Row(f"COPY of {bench.copied:,} units with all rules on, against without", "copy: realty.units",
                      "copy: plain table, same indexes", 2, 1.3, at_most=True)], rounds=bench.few)


OWN = """SELECT json_agg(row_to_json(b)) FROM (SELECT id, booking_number, unit_id, customer_id, project_id, builder_id,
    status, total_amount, booking_amount, discount, paid_amount, hold_expires_at, confirmed_at, completed_at, cancelled_at,
    cancellation_reason, notes, extra, created_at, updated_at FROM {} ORDER BY created_at DESC, id DESC LIMIT 10) b;
"""


def busiest_customer(cluster, database="realty"):
    """Customer with the most bookings of the sample, and a token of his."""
    customer, user = cluster.sql("""SELECT b.customer_id, c.user_id FROM realty.bookings b JOIN realty.customers c
        ON c.id = b.customer_id WHERE b.created_at < now() - interval '1 day' GROUP BY 1, 2 ORDER BY count(*) DESC, 1 LIMIT 1""",
                                 database).split("|")
    return customer, cluster.sql(f"SELECT realty.issue_token({user})", database)


def own_bookings(bench):
    """A customer's own bookings with row security, and the same SQL by the owner.

    Fifty times in one transaction, so that becoming the customer is not what is measured."""
    cluster = bench.cluster
    customer, token = busiest_customer(cluster)
    with open(cluster.root + "/own.sql", "w") as file:
        file.write("BEGIN;\nSELECT realty.authenticate(:token);\n" + 50 * OWN.format("realty.bookings") + "COMMIT;\n")
    with open(cluster.root + "/own_plain.sql", "w") as file:
        file.write("BEGIN;\nSELECT :token;\n" + 50 * OWN.format("realty.bookings WHERE customer_id = :customer") + "COMMIT;\n")
    # the caller's roles cannot name what is in schema realty: here the policy is measured, not the view
    cluster.sql("GRANT USAGE ON SCHEMA realty TO realty_customer")

    def micros(script):
        rate = measure.pgbench(cluster, f"{cluster.root}/{script}.sql", bench.seconds, clients=1, token=token, customer=customer)
        return 1e6 / rate / 50

    return Group("own bookings", "µs", {"own bookings: row security": lambda: micros("own"),
                                        "own bookings: none": lambda: micros("own_plain")},
                 [Row("a customer's own bookings with row security, against without", "own bookings: row security",
                      "own bookings: none", 1.2, 1.05, at_most=True)])


REQUEST = "SELECT status FROM realty.request('GET', :target, NULL, jsonb_build_object('authorization', 'Bearer ' || :token));\n"


def request_ms(bench, target, token, database="realty"):
    """Milliseconds of one request in the database, over a connection of its own."""
    script = bench.cluster.root + "/request.sql"
    with open(script, "w") as file:
        file.write(REQUEST)
    return 1000 / measure.pgbench(bench.cluster, script, bench.seconds, database, clients=1, target=target, token=token)


def answer(bench, target, token, database="realty"):
    status, body = bench.cluster.sql("""SELECT status, body FROM realty.request('GET', :'target', NULL,
        jsonb_build_object('authorization', 'Bearer ' || :'token'))""", database,
                                     {"target": target, "token": token}).split("|", 1)
    if status != "200":
        raise measure.Broken(f"{target}: {status} {body}")
    return json.loads(body)


def cursor(bench):
    """/api/units by cursor: page 1, and far down."""
    deep = 10000 if bench.size == "full" else 500
    database = bench.market(bench.deep) if bench.deep else "realty"
    token = busiest_customer(bench.cluster, database)[1]
    after = ""
    for _ in range(deep // 10):  # a page of 100 is ten of 10
        after = answer(bench, f"/api/units?limit=100&after={after}", token, database)["data"]["pagination"]["nextCursor"]
    return Group("cursor", "ms", {
        "cursor: page 1": lambda: request_ms(bench, "/api/units?limit=10&after=", token, database),
        f"cursor: page {deep:,}": lambda: request_ms(bench, f"/api/units?limit=10&after={after}", token, database),
    }, [Row(f"page {deep:,} by cursor, against page 1", f"cursor: page {deep:,}", "cursor: page 1", 1.5, 1.1, at_most=True)])


def storm(bench):
    """The 99th percentile of other requests while 32 clients log in without pause, and while nobody does."""
    cluster = bench.cluster
    url = cluster.url + "/api/units/1001"

    def under_storm():
        logins = subprocess.Popen(["wrk", "-t1", "-c32", f"-d{bench.storm + 2}", "--timeout", "20", "-s", HERE + "/lua/login.lua",
                                   cluster.url], stdout=subprocess.DEVNULL,
                                  env=dict(cluster.environment, LOGINS=cluster.root + "/logins.txt"))
        try:
            time.sleep(1)
            return measure.latency(cluster, url, bench.storm, threads=1, connections=2)
        finally:
            logins.wait()
            time.sleep(1)  # what was still on the way must not meet the next sample

    return Group("log-ins", "ms at p99", {
        "p99: idle": lambda: measure.latency(cluster, url, bench.storm, threads=1, connections=2),
        "p99: 32 clients log in": under_storm,
    }, [Row("other requests' p99 while 32 clients log in, against idle", "p99: 32 clients log in", "p99: idle", 4, 2,
            at_most=True)], rounds=bench.few)
