#!/usr/bin/python3
"""make soak: mixed load for half an hour. Is anything growing that should not?

Each minute a line: requests and bookings a second, percentiles, memory of the gateway and of
its backends, dead rows, WAL. Customers read as they do, a tenth of all requests books. At the
end what each route took in the database in the first minutes and in the last, and whose the
dead rows are.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import load
import measure
from cluster import Cluster

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = ("minute", "requests/s", "bookings/s", "p50 ms", "p99 ms", "p99.9 ms", "gateway MB", "backends MB, largest",
        "backends MB, all", "dead rows", "database MB", "WAL a booking kB", "refused")


def backends(cluster):
    pids = cluster.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'realty_gateway'").split()
    return [measure.anonymous_kb(pid) / 1024 for pid in pids]


def state(cluster):
    wal, dead, size, booked = cluster.sql("""SELECT pg_current_wal_lsn() - '0/0',
        (SELECT sum(n_dead_tup) FROM pg_stat_user_tables), pg_database_size('realty') / 1048576,
        (SELECT count(*) FROM realty.bookings)""").split("|")
    return int(wal), int(dead), int(size), int(booked)


def minute(cluster, number, seconds, base, start):
    before = state(cluster)
    out = measure.run(["wrk", "-t3", "-c33", f"-d{seconds}", "--timeout", "20", "--latency", "-s", HERE + "/lua/soak.lua",
                       cluster.url],
                      dict(cluster.environment, TOKENS=cluster.root + "/ours.txt", BASE=str(base), FROM=str(start), THREADS="3"))
    wal, dead, size, booked = state(cluster)
    sent, refused = map(int, re.search(r"SOAK booked=(\d+) refused=(\d+)", out).groups())
    p50, p99, p999 = (float(re.search(rf"p{name}=([\d.]+)", out)[1]) for name in ("50", "99", "999"))
    memory = backends(cluster)
    sold = booked - before[3]
    line = (number, float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), sold / seconds, p50, p99, p999,
            measure.anonymous_kb(cluster.gateway_pid()) / 1024, max(memory), sum(memory), dead, size,
            (wal - before[0]) / 1024 / max(sold, 1), refused)
    print("  ".join(f"{value:>{len(head)}.5g}" for value, head in zip(line, HEAD)), flush=True)
    return start + sent


def routes(cluster):
    """Of each route so far: requests, and seconds in the database."""
    text = urllib.request.urlopen(cluster.url + "/metrics").read().decode()
    count, took = ({labels: float(number) for labels, number in re.findall(rf"^{name}{{(.+)}} (\S+)$", text, re.M)}
                   for name in ("realty_http_request_duration_seconds_count", "realty_http_database_seconds_total"))
    return {labels: (count[labels], took[labels]) for labels in took}


def tell_routes(snapshots):
    """Milliseconds a request between the first two and the last two snapshots."""
    print("\nms in the database a request, at the start and at the end:")
    for labels in sorted(snapshots[0]):
        start, end = (1000 * (b[labels][1] - a[labels][1]) / max(b[labels][0] - a[labels][0], 1)
                      for a, b in (snapshots[:2], snapshots[-2:]))
        print(f"  {start:8.3f} {end:8.3f}  {labels}")


def main():
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seconds = int(os.environ.get("SECONDS_EACH", "60"))
    root = tempfile.mkdtemp(prefix="realty-soak-", dir="/tmp")
    os.chmod(root, 0o755)
    cluster = None
    try:
        cluster = Cluster(root + "/pg")
        load.make_realty(cluster, "realty", 20, 600 * minutes * seconds, 100)
        load.write_tokens(cluster, 500, incumbent=False)
        cluster.start_gateway()
        base = load.pools(cluster)[0]  # enough units for 600 bookings a second
        print("  ".join(HEAD))
        start = 0
        snapshots = []
        for number in range(1, minutes + 1):
            start = minute(cluster, number, seconds, base, start) + 200
            snapshots.append(routes(cluster))
        if minutes > 1:
            tell_routes(snapshots)
        print("\ndead and live rows:")
        print(cluster.sql("SELECT n_dead_tup, n_live_tup, relname FROM pg_stat_user_tables WHERE n_dead_tup > 0 ORDER BY 1 DESC LIMIT 8"))
        wrong = cluster.sql("SELECT * FROM realty.check_invariants()")
        print("invariants:", wrong or "all hold")
        sys.exit(bool(wrong))
    finally:
        if cluster:
            cluster.stop()
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
