"""One table, on the screen and in bench/RESULTS.md, and its drawings."""
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = ["what", "ours", "peer", "ratio", "spread", "bar", "moonshot", "met"]


def figure(number):
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def judged(row, ratio):
    def good(bar):
        return ratio <= bar if row.at_most else ratio >= bar
    return "moonshot" if good(row.moonshot) else "yes" if good(row.bar) else "no"


def table_line(group, row, taken):
    ours, peer = taken[row.ours], taken[row.peer]
    ratios = [b / a if row.times_less else a / b for a, b in zip(ours, peer)]
    ratio = statistics.median(ratios)
    sign = "≤" if row.at_most else "≥"
    spread = f"{figure(min(ratios))} to {figure(max(ratios))}" if len(ratios) > 1 else ""
    alone = row.peer.endswith(": nothing")
    return [row.what, f"{figure(statistics.median(ours))} {group.unit}", "" if alone else f"{figure(statistics.median(peer))} {group.unit}",
            figure(ratio) + row.unit, spread, f"{sign} {row.bar:g}{row.unit}", f"{sign} {row.moonshot:g}{row.unit}",
            judged(row, ratio)]


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    return done.stdout.strip().split("\n")[0] if done.returncode == 0 else "not there"


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1048576
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, Linux {platform.release()}"


def others(bench):
    """Whether the machine was ours: what else its cores did just before each round."""
    median, most = statistics.median(bench.others), max(bench.others)
    judged = ("too much: run it again on a quiet machine, and read nothing but ratios here" if median > 0.25 or most > 0.75
              else "some: the ratios hold, the absolute numbers hardly" if median > 0.1 else "quiet")
    load = ", ".join(f"{number:.1f}" for number in bench.load_before)
    return (f"Other work took {median:.0%} of the cores (median of what was seen before each round; at most {most:.0%}): {judged}. "
            f"Load average before the start {load}; at the end {os.getloadavg()[0]:.1f}, all that is measured included")


def versions(bench):
    debian = ["python3-fastapi", "python3-sqlalchemy", "python3-psycopg2", "gunicorn", "uvicorn", "wrk", "libmicrohttpd12", "libpq5"]
    lines = [bench.cluster.sql("SHOW server_version", "postgres")]
    for package in debian:
        lines.append(f"{package} {command('dpkg-query', '-W', '-f', '${Version}', package)}")
    if bench.postgrest:
        lines.append(command("postgrest", "--version"))
    return "PostgreSQL " + ", ".join(lines)


def invocation(bench):
    given = "".join(f"{name.upper()}={value} " for name, value in bench.overrides.items())
    return given + "make bench" + ("" if bench.size == "full" else "-" + bench.size)


def markdown(bench, results):
    out = [f"""# Results

Written by `{invocation(bench)}` on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, commit \
{command('git', '-C', HERE, 'rev-parse', '--short', 'HEAD')}, in {(time.time() - bench.began) / 60:.0f} minutes. Only ratios of what was measured in
turn, and their medians, say something. Spread is the lowest and the highest ratio of a round.

- Machine: {machine()}
- {others(bench)}
- Versions: {versions(bench)}
- Size: {bench.scale * 1000:,} units, {10 * bench.scale:,} projects and {2 * bench.pool:,} units to be booked; the peers have the same rows
- Commits are durable: fsync, synchronous_commit and full_page_writes are on
- HTTP: `wrk -t3 -c33 -d{bench.seconds}` with the tokens of {bench.customers:,} customers in turn; SQL: `pgbench -M prepared -c 8` (bookings: 32)
- `realty.rate_limits` is off, as for any load test, and `realty.access_log`, since none of the peers writes such a log here

| """ + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD)]
    for group, taken in results:
        out += ["| " + " | ".join(table_line(group, row, taken)) + " |" for row in group.rows]
    left_out = [text for group, _ in results for text in group.left_out]
    if left_out:
        out.append("\nLeft out:\n\n" + "\n".join(f"- {text}" for text in left_out))
    out.append("\n## What was measured\n\nEach number of each round, in the order of the rounds.\n\n| sample | unit | rounds | median |\n| --- | --- | --- | --- |")
    for group, taken in results:
        for name, numbers in taken.items():
            if not name.endswith(": nothing"):
                out.append(f"| {name} | {group.unit} | {', '.join(map(figure, numbers))} | {figure(statistics.median(numbers))} |")
    return "\n".join(out) + "\n"


def show(results):
    lines = [HEAD] + [table_line(group, row, taken) for group, taken in results for row in group.rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    for group, _ in results:
        for text in group.left_out:
            print(f"left out: {text}")


def gnuplot(script):
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def draw_group(group, taken):
    """Bars: the median of each sample, with the lowest and highest round."""
    name = group.name.replace(" ", "_")
    data = "\n".join(f'"{sample}" {statistics.median(n)} {min(n)} {max(n)}' for sample, n in taken.items()
                     if not sample.endswith(": nothing") and max(n) > 0)
    if not data:
        return
    gnuplot(f"""set terminal svg size 900,{140 + 40 * len(taken)} font 'sans,12' background 'white'
        set output '{HERE}/plots/{name}.svg'
        set title '{group.name}: {group.unit}, median and range of {len(next(iter(taken.values())))} rounds'
        set yrange [] reverse; set offsets 0,0,0.6,0.6; set xrange [0:*]; unset key; set lmargin 38; set grid x
        $d << END\n{data}\nEND
        plot $d using (0):0:(0):2:($0-0.35):($0+0.35):ytic(1) with boxxyerror fill solid 0.5 lc rgb '#4477aa', \\
             $d using 2:0:3:4 with xerrorbars lc rgb 'black' pt 7 ps 0.4
        """)


def draw_growth(group, taken):
    """Log-log: a line a request."""
    lines = {}
    for sample, numbers in taken.items():
        what, size = sample.rsplit(": ", 1)
        lines.setdefault(what, []).append((int(size.split()[0].replace(",", "")), statistics.median(numbers)))
    blocks = "".join(f"$d{i} << END\n" + "\n".join(f"{x} {y}" for x, y in points) + "\nEND\n"
                     for i, points in enumerate(lines.values()))
    plots = ", ".join(f"$d{i} using 1:2 with linespoints lw 2 title '{what}'" for i, what in enumerate(lines))
    gnuplot(f"""set terminal svg size 900,520 font 'sans,12' background 'white'
        set output '{HERE}/plots/growth.svg'
        set logscale xy; set grid; set key outside; set xlabel 'units'; set ylabel 'ms a request'
        {blocks}\nplot {plots}\n""")


def write(bench, results, partial):
    show(results)
    print(others(bench))
    text = markdown(bench, results)
    if partial or bench.size != "full":
        path = os.environ.get("RESULTS", "/tmp/realty-bench-results.md")
        print(f"in full: {path}")
    else:
        path = HERE + "/RESULTS.md"
    with open(path, "w") as file:
        file.write(text)
    if path.startswith(HERE):
        os.makedirs(HERE + "/plots", exist_ok=True)
        for group, taken in results:
            (draw_growth if group.name == "growth" else draw_group)(group, taken)
