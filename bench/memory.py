"""Memory: a backend after many requests, the gateway with many connections."""
import resource
import socket
import subprocess
import time

import measure
from cluster import BINDIR, free_port, wait_for
from rows import Group, Row, busiest_customer

# What a front end asks for, and what it does wrong.
MIX = [("GET", "/api/projects?city=Bangalore&status=construction&page=1&limit=10", None, 200),
       ("GET", "/api/auth/me", None, 200),
       ("GET", "/api/units/1001", None, 200),
       ("GET", "/api/bookings?limit=5", None, 200),
       ("GET", "/api/units/0", None, 404),
       ("GET", "/api/projects?nonsense=1", None, 422),
       ("POST", "/api/bookings", '{"unit_id": 0}', 422),
       ("GET", "/api/nowhere", None, 404)]


def backend(bench):
    """Growth of one backend from its first thousand requests to many."""
    cluster = bench.cluster
    token = busiest_customer(cluster)[1]

    def grown():
        session = subprocess.Popen([f"{BINDIR}/psql", "-XAtq", "-d", "realty"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True, env=cluster.environment)

        def ask(text):
            session.stdin.write(text + ";\n")
            session.stdin.flush()
            return session.stdout.readline().strip()

        def requests(times):
            # statement by statement, as a gateway sends them
            for method, path, body, _ in MIX * (times // len(MIX)):
                session.stdin.write(f"EXECUTE request('{method}', '{path}', {repr(body) if body else 'NULL'});\n")
            return ask("SELECT 'done'")

        pid = ask("SELECT pg_backend_pid()")
        session.stdin.write(f"""PREPARE request(text, text, jsonb) AS SELECT FROM realty.request($1, $2, $3,
            '{{"authorization": "Bearer {token}"}}');\n""")
        requests(1000)
        before = measure.anonymous_kb(pid)
        requests(bench.requests)
        after = measure.anonymous_kb(pid)
        session.stdin.close()
        session.wait()
        return (after - before) / 1024

    return Group("backend memory", "MB", {"memory: growth of a backend": grown, "memory: nothing": lambda: 1.0},
                 [Row(f"backend memory after {bench.requests:,} requests, against after 1,000", "memory: growth of a backend",
                      "memory: nothing", 2, 0.25, at_most=True, unit=" MB")], rounds=1)


def gateway(bench):
    """What the gateway's own memory is with that many idle keep-alive connections and live streams.

    One of its own, since the supervised one admits fewer clients."""
    cluster = bench.cluster
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def resident():
        port = free_port()
        log = cluster.root + "/gateway.log"
        process = subprocess.Popen(
            [f"{BINDIR}/realty-gateway", "--port", str(port), "--database", "realty", "--user", "realty_gateway", "--clients",
             str(bench.idle + bench.streams + 10), "--clients-per-address", "0", "--idle-timeout", "600"],
            env=cluster.environment, stderr=open(log, "w"))
        crowd = []
        try:
            wait_for(f"http://127.0.0.1:{port}/ready", log)
            crowd += [ask(port, "/api/units/1001") for _ in range(bench.idle)]
            projects = cluster.sql("SELECT id FROM realty.projects WHERE status = 'construction' ORDER BY id LIMIT 10").split()
            streams = open_streams(cluster, port, bench.streams, projects)
            crowd += streams
            time.sleep(5)  # idle is who has been so for a while: after two seconds memory is given back
            tell_all(cluster, streams, projects)
            with open(f"/proc/{process.pid}/status") as file:
                return int(next(line for line in file if line.startswith("VmRSS")).split()[1]) / 1024
        finally:
            for client in crowd:
                client.close()
            process.terminate()
            process.wait()

    return Group("gateway memory", "MB", {"gateway: resident": resident, "gateway: nothing": lambda: 1.0},
                 [Row(f"gateway: {bench.idle:,} idle keep-alive connections and {bench.streams:,} live streams", "gateway: resident",
                      "gateway: nothing", 64, 32, at_most=True, unit=" MB")], rounds=1)


def ask(port, target, token=None):
    """A connection that has asked for that and got it, or the beginning of it."""
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    client.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n".encode())
    if not client.recv(65536).startswith(b"HTTP/1.1 200"):
        raise measure.Broken(f"the gateway does not serve a crowd: {target}")
    return client


def open_streams(cluster, port, count, projects):
    """Half of them each a customer's own notifications, half what happens in some projects."""
    with open(cluster.root + "/ours.txt") as file:
        tokens = file.read().split()[:count // 2]
    return ([ask(port, "/api/notifications/stream", token) for token in tokens]
            + [ask(port, f"/api/projects/{projects[number % len(projects)]}/stream") for number in range(count - len(tokens))])


def tell_all(cluster, streams, projects):
    """Something happens to everybody, and each stream must say so: they are live."""
    cluster.sql(f"""INSERT INTO realty.notifications (user_id, kind, title)
            SELECT user_id, 'bench', 'hello' FROM realty.customers ORDER BY id LIMIT {len(streams)};
        UPDATE realty.units SET price = price + 1
            WHERE id IN (SELECT min(id) FROM realty.units WHERE project_id IN ({", ".join(projects)}) GROUP BY project_id)""")
    for stream in streams:
        told = b""
        while b"event: notification" not in told and b"event: availability" not in told:
            piece = stream.recv(65536)
            if not piece:
                raise measure.Broken("a stream has ended")
            told = told[-100:] + piece
