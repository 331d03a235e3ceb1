/**
 * One connection to one other participant: perfect negotiation, recovery, hidden addresses. Knows no socket.
 * Every connection has the same three lines (microphone, camera, screen), so that turning one on or off negotiates nothing.
 */
import type { Signal } from "../../../shared/protocol/index.ts";
import { createCandidates } from "./candidates.ts";
import { originOf } from "./sdp.ts";

export interface Tracks {
  microphone?: MediaStreamTrack;
  camera?: MediaStreamTrack;
  screen?: MediaStreamTrack;
}

export interface PeerView {
  /** `away`: it was there, and is being brought back. */
  link: "connecting" | "connected" | "away";
  tracks: Tracks;
}

export interface PeerOptions {
  /** The newcomer of the two offers first and gives way; the server says who that is. */
  offers: boolean;
  /** Asked before each connection and each restart: relays' credentials run out. */
  configuration: () => Promise<RTCConfiguration>;
  send: (signal: Signal) => void;
  tracks: Tracks;
  onChange: (view: PeerView) => void;
}

export interface Peer {
  receive: (signal: Signal) => void;
  setTracks: (tracks: Tracks) => void;
  /** Another network: finds a new way on the connection there is. */
  restart: () => void;
  /** Another word on addresses, acted upon by the one of the two who offers. A way that was open is closed only with its connection. */
  reroute: (direct: boolean) => void;
  stats: () => Promise<RTCStatsReport | undefined>;
  close: () => void;
}

/** While down a restart is tried this often: one that fails tells nobody. */
const RETRY_MS = 5_000;
/** An end that got stuck while gathering is healed by nothing but a new connection. */
const REBUILD_EVERY = 3;
const LINES = ["microphone", "camera", "screen"] as const;
const kindOf = (line: (typeof LINES)[number]) => (line === "microphone" ? "audio" : "video");

export function createPeer(options: PeerOptions): Peer {
  const { offers, configuration, send, onChange } = options;
  let { tracks } = options;
  let pc: RTCPeerConnection | undefined;
  /** Which connection of theirs ours is joined to; a page that was loaded anew has another. */
  let theirs: string | undefined;
  let offeredMs = -Infinity;
  let attempts = 0;
  let wasConnected = false;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = Promise.resolve();
  const candidates = createCandidates();

  /** One step after the other: no description is set while another is being made. What fails is tried again by `recover`. */
  function inTurn(step: () => Promise<void>) {
    turn = turn.then(() => (closed ? undefined : step())).catch(() => {});
  }

  async function build(): Promise<RTCPeerConnection> {
    const made = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...(await configuration()) });
    dispose();
    // Closed while it was being made.
    if (closed) made.close();
    pc = made;
    theirs = undefined;
    if (offers) for (const line of LINES) made.addTransceiver(kindOf(line), { direction: "sendrecv" });
    made.onicecandidate = ({ candidate }) => candidate && send({ candidate: toPlain(candidate) });
    made.ontrack = tell;
    made.onconnectionstatechange = () => {
      tell();
      if (made.connectionState === "connected") settle();
      else if (made.connectionState === "disconnected" || made.connectionState === "failed") retrySoon(0);
    };
    return made;
  }

  function dispose() {
    if (!pc) return;
    pc.onicecandidate = pc.ontrack = pc.onconnectionstatechange = null;
    pc.close();
  }

  function settle() {
    wasConnected = true;
    attempts = 0;
    clearTimeout(timer);
  }

  function retrySoon(ms: number) {
    clearTimeout(timer);
    timer = setTimeout(recover, ms);
  }

  function recover() {
    if (closed || pc?.connectionState === "connected") return;
    attempts += 1;
    retrySoon(RETRY_MS);
    if (!offers) {
      // Theirs to offer; if that does not come, or does not help, we ask them to begin anew.
      if (attempts % REBUILD_EVERY === 0) send(BEGIN_ANEW);
      return;
    }
    const anew = attempts % REBUILD_EVERY === 0;
    // Slow is not stuck: an offer that was answered gets twice the time.
    const underWay = pc?.signalingState === "stable" && pc.connectionState === "connecting";
    if (!underWay || attempts % 2 === 0) inTurn(() => offer(anew));
  }

  /** The connection there is, with the servers and the rule on addresses of just now. */
  async function current(): Promise<RTCPeerConnection> {
    if (!pc) return build();
    pc.setConfiguration({ ...pc.getConfiguration(), ...(await configuration()) });
    return pc;
  }

  async function offer(anew: boolean) {
    const now = await (anew ? build() : current());
    attach();
    offeredMs = Date.now();
    await now.setLocalDescription(await now.createOffer({ iceRestart: true }));
    send({ description: describe(now) });
  }

  async function receiveOffer(sdp: string) {
    const origin = originOf(sdp);
    const now = await (theirs !== undefined && origin !== theirs ? build() : current());
    // Both offered: the one who came later gives way, unless the other's offer was lost on its way.
    if (now.signalingState !== "stable" && !offers && Date.now() - offeredMs < RETRY_MS) return;
    await now.setRemoteDescription({ type: "offer", sdp });
    theirs = origin;
    await candidates.release(now);
    attach();
    await now.setLocalDescription();
    send({ description: describe(now) });
  }

  async function receiveAnswer(sdp: string) {
    // To an offer that stands no longer.
    if (pc?.signalingState !== "have-local-offer") return;
    const origin = originOf(sdp);
    // They have another connection than the one we went on with: neither end can use that.
    if (theirs !== undefined && origin !== theirs) return offer(true);
    await pc.setRemoteDescription({ type: "answer", sdp });
    theirs = origin;
    await candidates.release(pc);
  }

  async function receive(signal: Signal) {
    if ("candidate" in signal) return signal.candidate ? candidates.add(pc, signal.candidate) : undefined;
    const { type, sdp = "" } = signal.description;
    if (type === "offer") return receiveOffer(sdp);
    if (type === "answer") return receiveAnswer(sdp);
    // `rollback`: they have nothing of what we offered. An offer that has just gone out reaches them by itself.
    if (type === "rollback" && offers && Date.now() - offeredMs > RETRY_MS / 2) return offer(true);
    return undefined;
  }

  /** The lines of the connection, in the order they were offered. */
  function lines() {
    const all = pc?.getTransceivers() ?? [];
    const [camera, screen] = all.filter(({ receiver }) => receiver.track.kind === "video");
    return { microphone: all.find(({ receiver }) => receiver.track.kind === "audio"), camera, screen };
  }

  function attach() {
    const now = lines();
    for (const line of LINES) {
      const transceiver = now[line];
      if (!transceiver || transceiver.currentDirection === "stopped") continue;
      transceiver.direction = "sendrecv";
      transceiver.sender.replaceTrack(tracks[line] ?? null).catch(() => {});
    }
  }

  function tell() {
    if (closed || !pc) return;
    const { microphone, camera, screen } = lines();
    const connected = pc.connectionState === "connected";
    onChange({
      link: connected ? "connected" : wasConnected ? "away" : "connecting",
      tracks: {
        microphone: microphone?.receiver.track,
        camera: camera?.receiver.track,
        screen: screen?.receiver.track,
      },
    });
  }

  retrySoon(RETRY_MS);
  if (offers) inTurn(() => offer(false));

  return {
    receive: (signal) => inTurn(() => receive(signal)),
    setTracks(next) {
      tracks = next;
      inTurn(async () => attach());
    },
    restart: () => inTurn(async () => (pc || offers ? offer(false) : undefined)),
    reroute: (direct) => offers && inTurn(() => offer(!direct)),
    stats: async () => pc?.getStats(),
    close() {
      closed = true;
      clearTimeout(timer);
      dispose();
    },
  };
}

/** The wire's word for "I hold nothing of what you offered". */
const BEGIN_ANEW: Signal = { description: { type: "rollback" } };

const describe = ({ localDescription }: RTCPeerConnection) => ({
  type: localDescription!.type,
  sdp: localDescription!.sdp,
});

const toPlain = ({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate) => ({
  candidate,
  sdpMid,
  sdpMLineIndex,
  usernameFragment,
});
