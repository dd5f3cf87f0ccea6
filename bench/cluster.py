"""A PostgreSQL of our own, with durable settings, and how to speak to it.

Root lets the OS user `postgres` run the server, as the rest of the project does. The socket
stands in a folder that only he (and root) can enter, so its logins need no password; nothing
listens on TCP but the HTTP servers, on 127.0.0.1.
"""
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time

BINDIR = subprocess.run([os.environ["PG_CONFIG"], "--bindir"], capture_output=True, text=True,
                        check=True).stdout.strip()

CONF = """
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 200
shared_preload_libraries = 'realty'
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = '{buffers}'
max_wal_size = '8GB'
checkpoint_timeout = '30min'
realty.jwt_secret_file = '{root}/secret'
realty.access_token_lifetime = '1d'
realty.rate_limits = off
realty.access_log = off
realty.max_open_bookings_per_customer = 0
realty.max_requested_appointments_per_customer = 0
realty.database = 'realty'
realty.http_port = {port}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    def __init__(self, root, buffers="1GB"):
        self.root = root
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.socket = root + "/socket"
        self.http_port = free_port()
        self.url = f"http://127.0.0.1:{self.http_port}"
        os.makedirs(self.socket, 0o700)
        shutil.chown(root, self.user)
        shutil.chown(self.socket, self.user)
        self.server("initdb", "-D", root + "/data", "--encoding=UTF8", "--locale=C.UTF-8",
                    "--auth=trust")
        self._write("secret", secrets.token_hex(32), 0o600)
        conf = CONF.format(socket=self.socket, root=root, port=self.http_port, buffers=buffers)
        self._write("data/postgresql.auto.conf", conf, 0o600)
        self.server("pg_ctl", "-D", root + "/data", "-l", root + "/server.log", "-w", "start")
        self.environment = dict(os.environ, PGHOST=self.socket, PGUSER=self.user, PGPORT="5432",
                                PGOPTIONS="", LC_ALL="C.UTF-8")

    def _write(self, name, text, mode):
        path = f"{self.root}/{name}"
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        shutil.chown(path, self.user)

    def server(self, program, *arguments):
        """Runs a program of PostgreSQL's as the user who owns the server."""
        command = [f"{BINDIR}/{program}", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")

    def stop(self):
        if os.path.exists(self.root + "/data/postmaster.pid"):
            self.server("pg_ctl", "-D", self.root + "/data", "-m", "fast", "-w", "stop")

    def setting(self, name, value):
        """For all new sessions, and for the gateway."""
        self.sql(f"ALTER SYSTEM SET {name} = '{value}'", database="postgres")
        self.sql("SELECT pg_reload_conf()", database="postgres")

    def sql(self, text, database="realty", variables=(), options=""):
        """What psql prints of it, unaligned."""
        command = [f"{BINDIR}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
        for name, value in dict(variables).items():
            command += ["-v", f"{name}={value}"]
        done = subprocess.run(command, input=text, capture_output=True, text=True,
                              env=dict(self.environment, PGOPTIONS=options))
        if done.returncode:
            raise RuntimeError(f"{text[:400]}\n{done.stderr}")
        return done.stdout.strip()

    def copy(self, source, query, target, table):
        """COPY (query) of one database TO a table of another."""
        out = subprocess.Popen([f"{BINDIR}/psql", "-Xq", "-d", source, "-c", f"COPY ({query}) TO STDOUT"],
                               stdout=subprocess.PIPE, env=self.environment)
        subprocess.run([f"{BINDIR}/psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", target, "-c",
                        f"COPY {table} FROM STDIN"], stdin=out.stdout, env=self.environment, check=True)
        out.stdout.close()
        if out.wait():
            raise RuntimeError(f"COPY ({query}) failed")

    def start_gateway(self, connections=None):
        if connections:
            self.setting("realty.gateway_connections", connections)
        self.setting("realty.gateway", "on")
        wait_for(self.url + "/ready", self.root + "/server.log")

    def gateway_pid(self):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline") as file, open(f"/proc/{pid}/stat") as stat:
                    is_ours = int(stat.read().rsplit(")", 1)[1].split()[1]) in self._workers()
                    if is_ours and "realty-gateway" in file.read():
                        return int(pid)
            except OSError:
                continue
        raise RuntimeError("no gateway runs")

    def _workers(self):
        with open(self.root + "/data/postmaster.pid") as file:
            postmaster = file.readline().strip()
        with open(f"/proc/{postmaster}/task/{postmaster}/children") as file:
            return [int(postmaster)] + [int(pid) for pid in file.read().split()]


def wait_for(url, log, seconds=60):
    end = time.time() + seconds
    while subprocess.run(["curl", "-fsS", "-o", "/dev/null", "--max-time", "5", url],
                         stderr=subprocess.DEVNULL).returncode:
        if time.time() > end:
            raise RuntimeError(f"{url} does not answer; see {log}")
        time.sleep(0.1)
