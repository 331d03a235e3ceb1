/**
 * Every key in Redis: prefix, type, lifetime, owner. A key is a prefix and an id (or nothing); the scripts get the same
 * table as `K`, so a key is spelled nowhere else. Ids are checked by the protocol's schemas before they come here.
 */
const table = {
  // prefix                type     lifetime                     owner
  session: "session:", //        hash     24 h at most                 sessions   username, interests, language, createdAt, endsAt, pair, call, wish*, madeFrom and seenFrom (pseudonyms)
  name: "name:", //              string   24 h at most                 sessions   folded username → guest
  sessions: "sessions", //       zset     entry until it expires       sessions   guest → expiresAt; the authority on life
  total: "sessions:total", //    counter  for ever                     sessions
  where: "where:", //            zset     lease                        presence   guest's nodes → lease
  online: "online", //           zset     entry: lease                 presence   guest → lease
  active: "active", //           zset     entry: 5 min                 presence   guest → last activity
  away: "away", //               zset     entry: the grace             presence   group member without a socket → when they count as offline
  nodes: "nodes", //             zset     entry: lease                 presence   node → lease
  node: "node:", //              string   lease                        presence   NodeStats as JSON
  inbox: "inbox:", //            stream   lease; entries until read    presence   what a node has to tell its guests
  queue: "queue", //             zset     while waiting                matching   guest → since
  queueLease: "queue:lease", //  zset     entry: lease                 matching   guest → lease
  queueWiden: "queue:widen", //  zset     while waiting                matching   guest → when the search widens
  queueInterest: "queue:interest:", //   zset  while waiting           matching   by hash of the interest
  queueLanguage: "queue:language:", //   zset  while waiting           matching   by language, "-" none, "*" all
  queueAnyone: "queue:anyone", //        zset  while waiting           matching
  ticket: "ticket:", //          hash     lease                        matching   since, level, interests, language, media, node, taken
  wait: "match:wait", //         string   for ever                     matching   mean wait, ms (a number about nobody)
  offers: "offers", //           zset     3 s                          matching   room|guest not yet told → deadline
  pairs: "pairs", //             zset     entry: lease                 matching   room|guest → lease
  recent: "recent:", //          zset     24 h, entries 10 min         matching   partner → when, on both sides
  blocks: "blocks:", //          set      the session's                reports    whom I blocked
  blockedBy: "blocked:", //      set      the session's                reports    who blocked me
  report: "report:", //          hash     24 h                         reports    summary and evidence, sealed
  reports: "reports", //         zset     entry: 24 h                  reports    report → when
  bans: "bans", //               zset     entry until it ends          bans       guest or address' pseudonym → when it ends
  banNotes: "bans:notes", //     hash     as the ban                   bans       the same → since when, why
  addressKey: "address:key:", // string   4 days                       bans       by day: what keys that day's pseudonyms of addresses
  solved: "solved:", //          string   5 min                        challenges challenges that were used up
  rooms: "rooms:", //            set      the session's                rooms      guest's open rooms
  past: "past:", //              zset     10 min                       rooms      guest's closed rooms that still linger
  pairRooms: "rooms:pair", //    zset     while open                   rooms      room → createdAt
  groupRooms: "rooms:group", //  zset     while open                   rooms      room → createdAt
  run: "run", //                 string   for ever                     rooms      the run of Redis that new rooms are made under
  publicRooms: "rooms:public", // zset    while somebody is in it      rooms      room → members, then age, in one number
  emptyRooms: "rooms:empty", //  zset     entry: 1 h                   rooms      group without members → when it is forgotten
  room: "room:", //              hash     24 h, 10 min once closed     rooms      kind, state, epoch, run, seq, first, nodes, call, name, …
  members: "members:", //        hash     as room                      rooms      guest → username
  log: "log:", //                stream   as room                      messages   <seq>-0 → at, body
  seen: "seen:", //              zset     as room                      messages   sender:clientMessageId → seq
  marks: "marks:", //            hash     as room                      messages   r<seq> reactions, x<seq> deleted
  receipts: "receipts:", //      hash     as room                      messages   d:<guest>, r:<guest> → seq
  call: "call:", //              string   until it ends                calls      the call as JSON, with who carries it where
  signals: "call:signals:", //   hash     as its call                  calls      from|to → candidates since the last description
  callsDue: "calls:due", //      zset     entry until then             calls      call → rings until; call|guest → lease of their connection
  said: "said:", //              zset     as room                      messages   by group|guest: clientMessageId, ~<seq> reacted to → seq
  voices: "voices:", //          set      as room                      messages   guests who said something in a group
  spoke: "spoke:", //            set      the session's                messages   groups a guest said something in
  forgetting: "forgetting", //   set      until it is done             sessions   guests who are gone, with something said in groups that is not yet
  logsDue: "logs:due", //        zset     while anything is in the log  messages   group → when its oldest message turns 24 h
  upload: "upload:", //          hash     24 h, or its room's           uploads    room, owner, state, filename, sizes, …
  uploadsDue: "uploads:due", //  zset     entry until it is due        uploads    upload → expiresAt; the authority on life
  uploadsGoing: "uploads:going", // zset  entry until its bytes went   uploads    upload → lease of who deletes it
  uploadsOpen: "uploads:open", // zset    as its form                  uploads    upload → how long its form still works
  uploadsKept: "uploads:kept", // zset    as the bytes                 uploads    complete uploads, by name, against the store's list
  uploadsIn: "uploads:in:", //   set      as room                      uploads    a room's uploads
  uploadsOf: "uploads:of:", //   set      the session's                uploads    a guest's uploads
  cleanup: "cleanup", //         hash     for ever                     uploads    where the last run stopped (names nobody)
  ready: "ready", //             string   1 s                          presence   can Redis be written to?
  handshakes: "handshakes:", //  counter  1 min                        sessions   how often a guest came in with a socket
  limit: "limit:", //            string   the window                   limits
} as const;

export type KeyName = keyof typeof table;

export const key = (name: KeyName, id = ""): string => table[name] + id;

/** The same table for the scripts. */
export const keysInLua = `local K = {${Object.entries(table)
  .map(([name, prefix]) => `${name}='${prefix}'`)
  .join(",")}}`;
