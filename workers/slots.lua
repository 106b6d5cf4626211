-- Find the first moment at which one call keeps every limit, and grant it, reserve it, or say when to ask again.
--
-- KEYS  the epoch; for each limit: its slots (moments taken or reserved), its line (who was told to ask again
--       when), its block (Slack's Retry-After)
-- ARGV  the moment in ms ("" for the server's own), the caller's token, how far ahead it may reserve (ms; below 0:
--       not at all, and it calls within so many ms), how late it may come to a reserved slot (ms); for each limit:
--       how many calls, in how many ms, and 1 where one call must keep that distance from the next, and not only
--       its slot
-- Returns ms to wait; 0 is "go".

local now = tonumber(ARGV[1])
if not now then
    local time = redis.call("TIME")
    now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local token, ahead, late = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local within = math.max(0, -ahead)

-- Nothing is known of the calls before a new epoch (first start, or all keys were lost): no limit is used until
-- its window has passed.
redis.call("SETNX", KEYS[1], now)
local epoch = tonumber(redis.call("GET", KEYS[1]))

local limits, slot, promised, kept, apart = {}, now, nil, true, now
for i = 1, (#KEYS - 1) / 3 do
    local limit = {
        slots = KEYS[3 * i - 1], line = KEYS[3 * i],
        most = tonumber(ARGV[3 * i + 2]), window = tonumber(ARGV[3 * i + 3]), strict = ARGV[3 * i + 4] == "1",
    }
    local block = tonumber(redis.call("GET", KEYS[3 * i + 1]) or 0)
    slot = math.max(slot, epoch + limit.window, block)
    redis.call("ZREMRANGEBYSCORE", limit.slots, "-inf", "(" .. now - limit.window - late)
    local own = tonumber(redis.call("ZSCORE", limit.slots, token) or nil)
    redis.call("ZREM", limit.slots, token)
    promised = promised or own
    kept = kept and own ~= nil and block <= now
    if limit.strict then
        local near = redis.call("ZRANGEBYSCORE", limit.slots, "(" .. now - limit.window, now, "WITHSCORES")
        for j = 1, #near, 2 do
            -- A call's name ends in its moment, a reservation's is a mere token.
            if near[j]:find(":", 1, true) then apart = math.max(apart, near[j + 1] + limit.window) end
        end
    end
    limits[i] = limit
end

-- Every run of `most` slots within less than a window closes the time from a window before its last to a window
-- after its first.
local function after_runs(limit, moment)
    local taken = redis.call("ZRANGEBYSCORE", limit.slots, "(" .. moment - limit.window, "+inf", "WITHSCORES")
    for i = 2, #taken - 2 * limit.most + 2, 2 do
        local first, last = tonumber(taken[i]), tonumber(taken[i + 2 * limit.most - 2])
        if last - first < limit.window and last - limit.window < moment and moment < first + limit.window then
            moment = first + limit.window
        end
    end
    return moment
end

-- A promise is kept within the time that its holder may be late, and for as long as a late call before it asks.
local open = slot
kept = kept and promised and promised <= now and apart - promised <= late
if not kept then
    local before
    repeat
        before = slot
        for _, limit in ipairs(limits) do slot = after_runs(limit, slot) end
    until slot == before
end

local function take(limit, moment, name)
    redis.call("ZADD", limit.slots, moment, name)
    local needed = math.ceil(moment - now + limit.window + late)
    redis.call("PEXPIRE", limit.slots, math.max(needed, redis.call("PTTL", limit.slots)))
end

if kept and apart > now then
    for _, limit in ipairs(limits) do take(limit, promised, token) end
    return apart - now
end
-- Where each call must keep its distance, one that may come later takes all the time until then: moments that are
-- no farther from each other than that distance.
local later = {}
if within > 0 then
    for _, limit in ipairs(limits) do
        for moment = now + limit.window, now + within - 1, limit.window do
            if limit.strict then table.insert(later, { limit, moment }) end
        end
        if limit.strict then table.insert(later, { limit, now + within }) end
    end
end
local free = true
for _, place in ipairs(later) do free = free and after_runs(place[1], place[2]) == place[2] end
if free and (kept or slot <= now) then
    for _, limit in ipairs(limits) do
        take(limit, limit.strict and now or kept and promised or now, token .. ":" .. now)
    end
    for _, place in ipairs(later) do take(place[1], place[2], token .. ":" .. now .. ":" .. place[2]) end
    return 0
end
if ahead < 0 then
    if promised then
        for _, limit in ipairs(limits) do take(limit, kept and promised or slot, token) end
    end
    return math.max(1, math.ceil(slot - now))
end
if promised or slot - now <= ahead then
    for _, limit in ipairs(limits) do take(limit, slot, token) end
    return slot - now
end
-- Too far ahead: everybody in line is told a moment of its own, at the pace of the limit.
for _, limit in ipairs(limits) do
    local turn = math.max(tonumber(redis.call("GET", limit.line) or 0), now + ahead) + limit.window / limit.most
    redis.call("SET", limit.line, turn, "PX", math.ceil(turn - now))
    open = math.max(open, turn)
end
return math.ceil(open - now)
