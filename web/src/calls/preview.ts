/** Devices opened for a look, outside of any call. */
import { chosenDevices } from "./media.ts";

export interface Preview {
  microphone?: MediaStreamTrack;
  camera?: MediaStreamTrack;
  /** What was not to be had, and the error's name. */
  missing?: "microphone" | "camera";
  why?: string;
}

/** The answer closes them. */
export function preview(
  wanted: { microphone: boolean; camera: boolean },
  tell: (preview: Preview) => void,
): () => void {
  let over = false;
  let now: Preview = {};
  const show = (change: Preview) => {
    now = { ...now, ...change };
    tell(now);
  };
  async function open(source: "microphone" | "camera") {
    const id = chosenDevices.peek()[source];
    const device = id ? { deviceId: { ideal: id } } : true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ [source === "camera" ? "video" : "audio"]: device });
      const [track] = stream.getTracks();
      if (over) track?.stop();
      else show({ [source]: track });
    } catch (error) {
      if (!over) show({ missing: source, why: (error as DOMException).name });
    }
  }
  tell(now);
  if (wanted.microphone) void open("microphone");
  if (wanted.camera) void open("camera");
  return () => {
    over = true;
    now.microphone?.stop();
    now.camera?.stop();
  };
}
