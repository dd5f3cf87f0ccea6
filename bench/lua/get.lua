-- GET as many customers: a token in turn from the file TOKENS. PORTS=a,b,c: thread i talks to
-- the i-th port, as a balancer over the workers would.
local ports, count = {}, 0
for p in (os.getenv("PORTS") or ""):gmatch("%d+") do ports[#ports + 1] = p end
function setup(thread)
  if #ports > 0 then thread.addr = wrk.lookup("127.0.0.1", ports[count % #ports + 1])[1] end
  count = count + 1
end
local requests, n = {}, 0
function init(args)
  local prefer = os.getenv("PREFER") ~= "" and os.getenv("PREFER") or nil
  for line in io.lines(os.getenv("TOKENS")) do
    requests[#requests + 1] = wrk.format("GET", nil, { Authorization = "Bearer " .. line, Prefer = prefer })
  end
end
function request()
  n = n % #requests + 1
  return requests[n]
end
