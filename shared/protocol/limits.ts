/** Every limit of the contract, in one place. Plain numbers: the browser imports this file too. */
const MB = 1024 * 1024;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const limits = {
  protocolVersion: 1,

  usernameMin: 3,
  usernameMax: 20,
  interests: 10,
  interestMax: 30,

  textMax: 1000,
  clientMessageIdMax: 64,
  emojiMax: 16,
  /** Different emoji on a message, and reactions to it in all. */
  reactionKinds: 20,
  reactionsPerMessage: 200,

  historyMessages: 1000,
  /** The same number stands in rooms.lua. */
  historyMs: 24 * HOUR_MS,
  historyPage: 200,
  backfillMessages: 50,

  roomNameMax: 50,
  roomCapacity: 50,
  roomCapacityMax: 1000,
  /** Of more members than this nobody is told each coming, going, typing and receipt. The same number stands in common.lua. */
  largeRoom: 100,
  roomsPerGuest: 20,
  roomsPerHour: 10,
  roomsPage: 50,
  /** Of a guest who goes, messages and reactions in groups by one script: Redis is held for a few ms, not for all of them. */
  forgottenAtOnce: 300,
  connectionsPerGuest: 10,

  fileBytes: 25 * MB,
  voiceBytes: 10 * MB,
  voiceMs: 300_000,
  voicePeaks: 64,
  filenameMax: 255,

  callParticipants: 4,
  /** In a room with more other members a call is told of, but rings with nobody. */
  callRings: 32,
  /** How long TURN credentials are good for. */
  turnTtlMs: 10 * MINUTE_MS,
  signalBytes: 16 * 1024,
  /** From one to another, after a description. */
  signalCandidates: 200,

  frameBytes: 64 * 1024,
  connectTimeoutMs: 5_000,
  ackTimeoutMs: 10_000,
  unreadBytes: 1 * MB,
  unreadPackets: 1_000,

  evidenceMessages: 50,
  evidenceBytes: 64 * 1024,
  reportsPerHour: 10,
  reportMs: 24 * HOUR_MS,
  reports: 2_000,

  banMinMs: MINUTE_MS,
  banMaxMs: 24 * HOUR_MS,
  banReasonMax: 200,
  moderationPage: 50,

  pingIntervalMs: 10_000,
  pingTimeoutMs: 8_000,

  tokenTtlMs: HOUR_MS,
  tokenRefreshGraceMs: 24 * HOUR_MS,
  sessionMaxMs: 24 * HOUR_MS,
  activeMs: 5 * MINUTE_MS,
} as const;

/** What `session:welcome` tells a client of these. */
export const clientLimits = {
  textMax: limits.textMax,
  historyMessages: limits.historyMessages,
  historyPage: limits.historyPage,
  interests: limits.interests,
  interestMax: limits.interestMax,
  fileBytes: limits.fileBytes,
  voiceBytes: limits.voiceBytes,
  voiceMs: limits.voiceMs,
  frameBytes: limits.frameBytes,
  roomNameMax: limits.roomNameMax,
  roomCapacity: limits.roomCapacity,
  roomCapacityMax: limits.roomCapacityMax,
  largeRoom: limits.largeRoom,
  roomsPerGuest: limits.roomsPerGuest,
  callParticipants: limits.callParticipants,
} as const;
