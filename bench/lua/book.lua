-- Books units that nobody has: the n-th of SPREAD projects whose first units are EACH apart from
-- BASE on. Ends with one line: how many were sold, refused as taken, and refused otherwise.
local ports, threads = {}, {}
for p in (os.getenv("PORTS") or ""):gmatch("%d+") do ports[#ports + 1] = p end
function setup(thread)
  thread:set("id", #threads)
  if #ports > 0 then thread.addr = wrk.lookup("127.0.0.1", ports[#threads % #ports + 1])[1] end
  table.insert(threads, thread)
end
local base, from = tonumber(os.getenv("BASE")), tonumber(os.getenv("FROM"))
local each, spread = tonumber(os.getenv("EACH")), tonumber(os.getenv("SPREAD"))
local step = tonumber(os.getenv("THREADS"))
local path, tokens = os.getenv("BOOKINGS"), {}
sent, sold, taken, other = 0, 0, 0, 0 -- global: what `done` can ask a thread for
for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
function request()
  local n = from + sent * step + id
  sent = sent + 1
  return wrk.format("POST", path,
    { Authorization = "Bearer " .. tokens[1 + (n * 31) % #tokens], ["Content-Type"] = "application/json" },
    '{"unit_id":' .. base + math.floor(n / spread) + each * (n % spread) .. ',"booking_amount":100000}')
end
function response(status)
  if status == 201 then sold = sold + 1 elseif status == 409 then taken = taken + 1 else other = other + 1 end
end
function done(summary)
  local all, most = { sold = 0, taken = 0, other = 0 }, 0
  for _, thread in ipairs(threads) do
    for name in pairs(all) do all[name] = math.max(thread:get(name), 0) + all[name] end
    most = math.max(thread:get("sent"), most) -- the threads take turns, whichever is ahead
  end
  all.sent = most * #threads
  print(string.format("BOOKED sent=%d sold=%d taken=%d other=%d seconds=%.3f", all.sent, all.sold, all.taken,
    all.other, summary.duration / 1e6))
end
