"""One measurement: run a load generator, read its number. All give a rate unless they say so."""
import os
import re
import subprocess
import time

from cluster import BINDIR

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS, CONNECTIONS = 3, 33  # of wrk, for every HTTP server alike


class Broken(RuntimeError):
    """A server answered wrongly: the number would be worthless."""


def run(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Broken(" ".join(command) + "\n" + done.stdout + done.stderr)
    return done.stdout + done.stderr


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)$", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def wrk(cluster, url, script, seconds, threads=THREADS, connections=CONNECTIONS, **environment):
    """What wrk printed, after a look that every answer was good."""
    out = run(["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "20", "--latency",
               "-s", f"{HERE}/lua/{script}", url],
              dict(cluster.environment, THREADS=str(threads), **environment))
    if "Socket errors" in out or ("Non-2xx" in out and script != "book.lua"):
        raise Broken(out)
    return out


def get(cluster, url, seconds, tokens="ours", ports=(), prefer="", **more):
    out = wrk(cluster, url, "get.lua", seconds, TOKENS=f"{cluster.root}/{tokens}.txt",
              PORTS=",".join(map(str, ports)), PREFER=prefer, **more)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def latency(cluster, url, seconds, percent="99", **more):
    """Milliseconds under which that part of the answers came."""
    out = wrk(cluster, url, "get.lua", seconds, TOKENS=f"{cluster.root}/ours.txt", PORTS="", **more)
    return milliseconds(re.search(rf"^\s+{percent}%\s+(\S+)", out, re.M)[1])


def book(cluster, url, seconds, base, start, each, spread, tokens="ours", ports=(), path="/api/bookings"):
    """Bookings a second, and how many requests were sent."""
    out = wrk(cluster, url, "book.lua", seconds, TOKENS=f"{cluster.root}/{tokens}.txt", BASE=str(base),
              FROM=str(start), EACH=str(each), SPREAD=str(spread), PORTS=",".join(map(str, ports)), BOOKINGS=path)
    found = re.search(r"BOOKED sent=(\d+) sold=(\d+) taken=(\d+) other=(\d+) seconds=([\d.]+)", out)
    sent, sold, taken, other = map(int, found.groups()[:4])
    if taken or other or not sold:
        raise Broken(out)
    return sold / float(found[5]), sent


def pgbench(cluster, script, seconds, database="realty", clients=8, options="", **variables):
    command = [f"{BINDIR}/pgbench", "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j", "1",
               "-T", str(seconds), database]
    for name, value in variables.items():
        command += ["-D", f"{name}={value}"]
    out = run(command, dict(cluster.environment, PGOPTIONS=options))
    failed = re.search(r"number of failed transactions: (\d+)", out)
    if "aborted" in out or (failed and int(failed[1])):
        raise Broken(out)
    return float(re.search(r"tps = ([\d.]+)", out)[1])


def cpu_times():
    with open("/proc/stat") as file:
        times = list(map(int, file.readline().split()[1:9]))
    return sum(times), times[3] + times[4]


def work_of_others(seconds=0.3):
    """What part of all cores is busy while we do nothing. Just after a sample the servers may have some work left."""
    time.sleep(0.1)
    before, idle_before = cpu_times()
    time.sleep(seconds)
    after, idle_after = cpu_times()
    return 1 - (idle_after - idle_before) / max(1, after - before)


def anonymous_kb(pid):
    """Memory of a process that is its own: neither shared nor of a file."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"Anonymous:\s+(\d+)", file.read())[1])
