-- Logs in without pause, each time somebody else; the bodies are the lines of LOGINS.
local bodies, n = {}, 0
function init(args)
  for line in io.lines(os.getenv("LOGINS")) do bodies[#bodies + 1] = line end
  n = math.random(#bodies)
end
function request()
  n = n % #bodies + 1
  return wrk.format("POST", "/api/auth/login", { ["Content-Type"] = "application/json" }, bodies[n])
end
