/** What the matching rules say of a state of Redis, written from the rules and not from the scripts. */

export interface GuestSnapshot {
  id: string;
  pair?: string;
  queued?: boolean;
  online?: boolean;
  ticket?: { since: number; interests: string[]; language: string };
  recent: string[];
  blocks: string[];
}

export interface Snapshot {
  nowMs: number;
  guests: GuestSnapshot[];
  /** Guest → lease. */
  leases: Record<string, number>;
  /** Every index of the queue → who stands in it. */
  indexes: Record<string, string[]>;
  /** Pair rooms, from their own keys. */
  rooms: Record<string, { state: string; members: string[] }>;
  /** room|guest */
  pairs: string[];
  offers: string[];
}

/** One look at everything. ARGV guests */
export const snapshotInLua = `
local function list(t) return #t > 0 and t or { '' } end
local time = redis.call('TIME')
local out = { nowMs = time[1] * 1000 + math.floor(time[2] / 1000), guests = {}, leases = { x = 0 }, indexes = {}, rooms = { x = { state = 'none', members = { '' } } } }
for _, guest in ipairs(ARGV) do
  local t = redis.call('HMGET', 'ticket:' .. guest, 'since', 'interests', 'language')
  local interests = {}
  for interest in string.gmatch(t[2] or '', '[^\\n]+') do interests[#interests + 1] = interest end
  out.guests[#out.guests + 1] = {
    id = guest, pair = redis.call('HGET', 'session:' .. guest, 'pair') or nil,
    queued = redis.call('ZSCORE', 'queue', guest) and true or nil, online = redis.call('ZSCORE', 'online', guest) and true or nil,
    ticket = t[1] and { since = tonumber(t[1]), interests = list(interests), language = t[3] } or nil,
    recent = list(redis.call('ZRANGE', 'recent:' .. guest, 0, -1)), blocks = list(redis.call('SMEMBERS', 'blocks:' .. guest)),
  }
  local lease = redis.call('ZSCORE', 'queue:lease', guest)
  if lease then out.leases[guest] = tonumber(lease) end
end
for _, index in ipairs(redis.call('KEYS', 'queue*')) do out.indexes[index] = redis.call('ZRANGE', index, 0, -1) end
out.indexes.x = { '' }
for _, room in ipairs(redis.call('KEYS', 'room:*')) do
  local members = redis.call('HKEYS', 'members:' .. string.sub(room, 6))
  out.rooms[string.sub(room, 6)] = { state = redis.call('HGET', room, 'state'), members = list(members) }
end
out.pairs, out.offers = list(redis.call('ZRANGE', 'pairs', 0, -1)), list(redis.call('ZRANGE', 'offers', 0, -1))
return cjson.encode(out)`;

/** What must hold at every instant (M1, M2, M5). */
export function faultsOf(snapshot: Snapshot): string[] {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string) => holds || faults.push(fault);
  const open = Object.entries(snapshot.rooms).filter(([, room]) => room.state === "open");
  const queue = new Set(snapshot.indexes["queue"]);

  for (const [room, { members }] of open) {
    check(members.length === 2 && members[0] !== members[1], `${room} has the members ${members.join(" ")}`);
    for (const guest of snapshot.guests.filter(({ id }) => members.includes(id))) {
      check(guest.pair === room, `${guest.id} is a member of ${room} and says ${guest.pair}`);
      check(!guest.blocks.some((id) => members.includes(id)), `${guest.id} is in ${room} with somebody they blocked`);
      check(snapshot.pairs.includes(`${room}|${guest.id}`), `${guest.id} is in ${room} without a lease`);
    }
  }
  for (const guest of snapshot.guests) {
    const rooms = open.filter(([, { members }]) => members.includes(guest.id));
    check(rooms.length <= 1, `${guest.id} is in ${rooms.length} pairs`);
    check(!guest.pair || rooms.length === 1, `${guest.id} says ${guest.pair} and is in none`);
    check(!guest.pair || !guest.queued, `${guest.id} is matched and queued`);
    const reachable = (snapshot.leases[guest.id] ?? 0) > snapshot.nowMs;
    check(!reachable || guest.online === true, `${guest.id} has no socket and can be taken`);
  }
  for (const [index, members] of Object.entries(snapshot.indexes)) {
    for (const id of members) check(id === "" || queue.has(id), `${index} holds ${id}, who is not queued`);
  }
  for (const id of queue) check(snapshot.leases[id] !== undefined, `${id} is queued without a lease`);
  for (const entry of [...snapshot.pairs, ...snapshot.offers].filter(Boolean)) {
    check(
      open.some(([room, { members }]) => members.some((id) => entry === `${room}|${id}`)),
      `${entry} is left of a pair that is over`,
    );
  }
  return faults;
}

type Waiting = GuestSnapshot & Required<Pick<GuestSnapshot, "ticket">>;

/** Who could be together and is not (M4), once time has had its effect. */
export function stuckOf(snapshot: Snapshot, widenMs: readonly [number, number]): string[] {
  const waiting = snapshot.guests.filter(
    (guest): guest is Waiting =>
      guest.queued === true && guest.ticket !== undefined && snapshot.leases[guest.id]! > snapshot.nowMs,
  );
  const wishes = ({ ticket }: Waiting) => ticket.interests.filter(Boolean);
  const stage = (guest: Waiting) => {
    const waitedMs = snapshot.nowMs - guest.ticket.since;
    if (wishes(guest).length > 0 && waitedMs < widenMs[0]) return "interests";
    if ((wishes(guest).length > 0 || guest.ticket.language) && waitedMs < widenMs[1]) return "language";
    return "anyone";
  };
  const fits = (a: Waiting, b: Waiting) => {
    if (wishes(a).some((interest) => wishes(b).includes(interest))) return true;
    const stages = [stage(a), stage(b)];
    if (stages.includes("interests")) return false;
    if (!stages.includes("language")) return true;
    return a.ticket.language === b.ticket.language || !a.ticket.language || !b.ticket.language;
  };
  const may = (a: Waiting, b: Waiting) => !a.blocks.includes(b.id) && !b.blocks.includes(a.id);
  const met = (a: Waiting, b: Waiting) => a.recent.includes(b.id);
  /** Somebody else to wait for: a recent partner is then no choice (M2). */
  const other = (a: Waiting, b: Waiting) => waiting.some((c) => c !== a && c !== b && may(a, c) && !met(a, c));

  const faults: string[] = [];
  for (const [i, a] of waiting.entries()) {
    for (const b of waiting.slice(i + 1)) {
      if (!fits(a, b) || !may(a, b)) continue;
      if (met(a, b) && (other(a, b) || other(b, a))) continue;
      faults.push(`${a.id} (${stage(a)}) and ${b.id} (${stage(b)}) are left waiting`);
    }
  }
  return faults;
}
