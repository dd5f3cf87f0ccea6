"""Growth: the same requests in databases of different sizes."""
import os

from rows import Group, Row, answer, busiest_customer, request_ms

REQUESTS = {
    "projects of a city": "/api/projects?city=Bangalore&status=construction&page=1&limit=10",
    "units by price": "/api/units?status=available&bedrooms=3&max_price=9000000&sort=price&limit=10",
    "search, few hits": "/api/search?q=whitefield+000037",
    "search, common word": "/api/projects?q=bangalore&limit=10",
    "availability": "/api/projects/1/availability",
    "own bookings": "/api/bookings?limit=10",
}


def group(bench):
    sizes = [int(size) for size in os.environ.get("GROWTH", "").split(",") if size] or bench.growth
    tokens, samples, rows = {}, {}, []
    for size in sizes:
        tokens[size] = busiest_customer(bench.cluster, bench.market(size))[1]
    for what, target in REQUESTS.items():
        for size in sizes:
            database = bench.market(size)
            answer(bench, target, tokens[size], database)
            samples[f"{what}: {size * 1000:,} units"] = (
                lambda t=target, s=size, d=database: request_ms(bench, t, tokens[s], d))
        rows.append(Row(f"{what}, at {sizes[-1] * 1000:,} units against {sizes[0] * 1000:,}",
                        f"{what}: {sizes[-1] * 1000:,} units", f"{what}: {sizes[0] * 1000:,} units", 2, 1.2, at_most=True))
    return Group("growth", "ms", samples, rows, rounds=bench.few)
