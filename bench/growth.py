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
    "contacts": "/api/contacts?limit=10",
}
# what one company of the same size everywhere is told of itself
BUILDERS = {
    "a builder's contacts": "/api/contacts?limit=10",
    "a builder's conversations": "/api/messages/conversations",
    "a builder's inventory report": "/api/analytics/inventory",
    "a builder's dashboard": "/api/builders/me/dashboard",
}


def group(bench):
    sizes = [int(size) for size in os.environ.get("GROWTH", "").split(",") if size] or bench.growth
    tokens, builders, samples, rows = {}, {}, {}, []
    for size in sizes:
        tokens[size] = busiest_customer(bench.cluster, bench.market(size))[1]
        builders[size] = bench.cluster.sql("SELECT realty.issue_token(id) FROM realty.users WHERE email = 'builder@example.com'", bench.market(size))
    for what, target in (REQUESTS | BUILDERS).items():
        asker = builders if what in BUILDERS else tokens
        for size in sizes:
            database = bench.market(size)
            answer(bench, target, asker[size], database)
            samples[f"{what}: {size * 1000:,} units"] = (
                lambda t=target, k=asker[size], d=database: request_ms(bench, t, k, d))
        rows.append(Row(f"{what}, at {sizes[-1] * 1000:,} units against {sizes[0] * 1000:,}",
                        f"{what}: {sizes[-1] * 1000:,} units", f"{what}: {sizes[0] * 1000:,} units", 2, 1.2, at_most=True))
    return Group("growth", "ms", samples, rows, rounds=bench.few)
