/** The headless client: `createClient` for talking, the pure parts for showing and testing. */
export {
  incomingCalls,
  joinedOthers,
  mayBeDirect,
  offersTo,
  ownCall,
  participantOf,
  type CallOver,
  type CallsState,
  type IceServers,
  type Participant,
} from "./call-state.ts";
export { createClient, type Client } from "./client.ts";
export type { ClientOptions, ClientState } from "./wiring.ts";
export type { ConnectionState } from "./connection.ts";
export { acceptedFiles, checkFile, isShown, type FileFault, type LocalAttachment, type NewFile } from "./files.ts";
export type { NewRoom, RoomList } from "./groups.ts";
export { toForm, type SendForm } from "./forms.ts";
export { lastSeq, nextPull, type Log } from "./log.ts";
export type { Match } from "./matching.ts";
export type { OutboxItem } from "./outbox.ts";
export { cursorOf, emptyRoom, roomReducer, type RoomAction, type RoomState } from "./reducer.ts";
export type { Saved, Storage } from "./saved.ts";
export type { ClientSpan } from "./trace.ts";
export type { UploadItem } from "./uploads.ts";
export { partnerOf, timeline, type Entry, type Progress } from "./view.ts";
export type { Http, HttpOptions } from "./http.ts";
