-- Five bodies under gravity: float arithmetic on table fields.
local PI = 3.141592653589793
local SOLAR_MASS = 4 * PI * PI
local DAYS = 365.24

local function system()
  return {
    { x = 0.0, y = 0.0, z = 0.0, vx = 0.0, vy = 0.0, vz = 0.0, mass = SOLAR_MASS },
    {
      x = 4.84143144246472, y = -1.16032004402743, z = -0.103622044471123,
      vx = 0.00166007664274404 * DAYS, vy = 0.00769901118419740 * DAYS, vz = -0.0000690460016972063 * DAYS,
      mass = 0.000954791938424327 * SOLAR_MASS,
    },
    {
      x = 8.34336671824458, y = 4.12479856412431, z = -0.403523417114321,
      vx = -0.00276742510726862 * DAYS, vy = 0.00499852801234917 * DAYS, vz = 0.0000230417297573763 * DAYS,
      mass = 0.000285885980666131 * SOLAR_MASS,
    },
    {
      x = 12.8943695621391, y = -15.1111514016986, z = -0.223307578892656,
      vx = 0.00296460137564762 * DAYS, vy = 0.00237847173959481 * DAYS, vz = -0.0000296589568540238 * DAYS,
      mass = 0.0000436624404335156 * SOLAR_MASS,
    },
    {
      x = 15.3796971148509, y = -25.9193146099879, z = 0.179258772950371,
      vx = 0.00268067772490389 * DAYS, vy = 0.00162824170038242 * DAYS, vz = -0.0000951592254519716 * DAYS,
      mass = 0.0000515138902046611 * SOLAR_MASS,
    },
  }
end

local function advance(bodies, dt)
  local n = #bodies
  for i = 1, n do
    local a = bodies[i]
    local ax, ay, az, am = a.x, a.y, a.z, a.mass
    local avx, avy, avz = a.vx, a.vy, a.vz
    for j = i + 1, n do
      local b = bodies[j]
      local dx, dy, dz = ax - b.x, ay - b.y, az - b.z
      local squared = dx * dx + dy * dy + dz * dz
      local magnitude = dt / (squared * math.sqrt(squared))
      local bm = b.mass * magnitude
      avx, avy, avz = avx - dx * bm, avy - dy * bm, avz - dz * bm
      bm = am * magnitude
      b.vx, b.vy, b.vz = b.vx + dx * bm, b.vy + dy * bm, b.vz + dz * bm
    end
    a.vx, a.vy, a.vz = avx, avy, avz
    a.x, a.y, a.z = ax + dt * avx, ay + dt * avy, az + dt * avz
  end
end

return function()
  local bodies = system()
  for _ = 1, 20000 do
    advance(bodies, 0.01)
  end
  return string.format("%.6f %.6f", bodies[1].x, bodies[5].y)
end
