#!/usr/bin/python3
"""make bench: sets everything up, measures in turn, prints one table and writes it down.

    run.py quick|full [GROUP ...]

SCALE, POOL, COPIED, REQUESTS, DEEP, IDLE, STREAMS and GROWTH in the environment take the place of a size.

Fails only when something cannot run, and then tells what it has measured all the same, beside RESULTS.md; a bar that
is not met is said and is no failure.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import growth
import load
import measure
import memory
import report
import rows
from cluster import Cluster, free_port, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = {
    # scale: thousands of units; pool: units to book; seconds of one sample
    # deep: thousands of units in the market that is paged to the end, 0 for the one that is there
    "quick": dict(scale=20, pool=30000, seconds=1, customers=500, copied=20000, rounds=3, few=2, requests=20000,
                  growth=(5, 50), deep=0, idle=500, streams=50, storm=2),
    "full": dict(scale=200, pool=120000, seconds=3, customers=1000, copied=1000000, rounds=5, few=5, requests=1000000,
                 growth=(10, 1000), deep=1000, idle=5000, streams=500, storm=8),
}


class Bench:
    def __init__(self, size):
        self.size = size
        self.overrides = {name: os.environ[name.upper()] for name in SIZES[size] if os.environ.get(name.upper())}
        self.__dict__.update(SIZES[size], **{name: int(value) for name, value in self.overrides.items() if name != "growth"})
        self.began = time.time()
        self.load_before = os.getloadavg()
        self.others = []
        self.markets = set()
        self.root = tempfile.mkdtemp(prefix="realty-bench-", dir="/tmp")
        self.processes = []
        self.ports = []
        self.postgrest = None

    def say(self, text):
        print(f"[{time.time() - self.began:5.0f} s] {text}", flush=True)

    def start(self):
        os.chmod(self.root, 0o755)
        self.say("a cluster of our own")
        self.cluster = Cluster(self.root + "/pg")
        self.say(f"{self.scale * 1000:,} units, and {2 * self.pool:,} to be booked")
        load.make_realty(self.cluster, "realty", self.scale, self.pool, self.pool)
        self.say("the same for the incumbent")
        load.make_incumbent(self.cluster)
        load.write_tokens(self.cluster, self.customers)
        self.cluster.sql("CHECKPOINT")
        self.cluster.start_gateway()
        self.start_fastapi()
        self.start_postgrest()

    def market(self, size):
        """A database of so many thousand units, made when it is first asked for."""
        name = f"market_{size}"
        if name not in self.markets:
            self.say(f"a market of {size * 1000:,} units")
            load.make_realty(self.cluster, name, size)
            self.markets.add(name)
        return name

    def spawn(self, name, command, cwd, environment):
        log = open(f"{self.root}/{name}.log", "w")
        self.processes.append(subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log))

    def start_fastapi(self):
        """Three workers, each on a port of its own."""
        self.ports = [free_port() for _ in range(3)]
        for port in self.ports:
            self.spawn(f"fastapi-{port}", [load.PYTHON, "/usr/bin/gunicorn", "-w", "1", "-k", "uvicorn.workers.UvicornWorker",
                                           "database.main:app", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
                       HERE + "/fastapi", load.incumbent_environment(self.cluster))
        for port in self.ports:
            wait_for(f"http://127.0.0.1:{port}/openapi.json", f"{self.root}/fastapi-{port}.log")

    def start_postgrest(self):
        program = shutil.which("postgrest")
        if program is None:
            return
        port = free_port()
        uri = f"postgresql:///realty?host={self.cluster.socket}&user=realty_authenticator"
        with open(self.cluster.root + "/secret") as file:
            environment = dict(self.cluster.environment, PGRST_DB_URI=uri, PGRST_SERVER_PORT=str(port),
                               PGRST_JWT_SECRET=file.read())
        self.spawn("postgrest", [program, HERE + "/../docker/postgrest.conf"], self.root, environment)
        self.postgrest = f"http://127.0.0.1:{port}"
        wait_for(self.postgrest + "/", self.root + "/postgrest.log")

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        if hasattr(self, "cluster"):
            self.cluster.stop()
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.root)

    def measure(self, group):
        """Samples in turn; gives for each its numbers, one a round."""
        names = list(group.samples)
        taken = {name: [] for name in names}
        for number in range(min(group.rounds, self.rounds)):
            others = measure.work_of_others()
            self.others.append(others)
            first = number % len(names)
            for name in names[first:] + names[:first]:
                taken[name].append(group.samples[name]())
            self.say(f"{group.name}, round {number + 1}" + (f" ({others:.0%} of the cores at other work)" if others > 0.1 else "")
                     + ": " + ", ".join(f"{name.split(': ')[1]} {taken[name][-1]:.4g}" for name in names))
        return taken


GROUPS = {"reads": rows.list_and_me, "bookings": rows.bookings, "jwt": rows.jwt, "copy": rows.copy,
          "rls": rows.own_bookings, "cursor": rows.cursor, "storm": rows.storm, "memory": memory.backend,
          "idle": memory.gateway, "growth": growth.group}


def main():
    size, chosen = sys.argv[1], sys.argv[2:] or list(GROUPS)
    bench = Bench(size)
    results = []
    failed = []
    try:
        bench.start()
        for name in chosen:
            try:
                group = GROUPS[name](bench)
                results.append((group, bench.measure(group)))
            except Exception:  # what was measured until then is worth an hour
                traceback.print_exc()
                failed.append(name)
        if results:
            report.write(bench, results, partial=len(chosen) < len(GROUPS) or failed)
    finally:
        bench.stop()
    if failed:
        sys.exit(f"could not be measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
