-- What customers do: look at lists, at units, at themselves; one request of ten books.
local threads = {}
function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end
local base, from = tonumber(os.getenv("BASE")), tonumber(os.getenv("FROM"))
local step = tonumber(os.getenv("THREADS"))
local tokens, n = {}, 0
booked, refused = 0, 0 -- global: what `done` can ask a thread for
for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
local paths = { "/api/projects?city=Bangalore&status=construction&page=1&limit=10", "/api/auth/me", "/api/units/1001",
  "/api/bookings?limit=10", "/api/units?status=available&bedrooms=2&sort=price&limit=10", "/api/projects/1",
  "/api/notifications?limit=10", "/api/search?q=lakeview", "/api/projects/1/availability" }
function request()
  n = n + 1
  local headers = { Authorization = "Bearer " .. tokens[1 + (n * 31) % #tokens] }
  if n % 10 ~= 0 then return wrk.format("GET", paths[n % 10], headers) end
  local unit = base + from + booked * step + id
  booked = booked + 1
  headers["Content-Type"] = "application/json"
  return wrk.format("POST", "/api/bookings", headers, '{"unit_id":' .. unit .. ',"booking_amount":100000}')
end
function response(status)
  if status >= 300 then refused = refused + 1 end
end
function done(summary, latency)
  local most, bad = 0, 0
  for _, thread in ipairs(threads) do
    most, bad = math.max(most, thread:get("booked")), bad + thread:get("refused")
  end
  print(string.format("SOAK booked=%d refused=%d p50=%.3f p99=%.3f p999=%.3f", (most + 1) * step, bad,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000))
end
