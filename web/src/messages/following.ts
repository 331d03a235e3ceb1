/** Where the guest is in the log: at its end, which then stays the end, or reading above, which then stays in view. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Entry } from "../../../shared/client/index.ts";

/** This near the end counts as being there. */
const NEAR_PX = 80;

export function useFollowing(list: RefObject<HTMLElement | null>, newest: Entry | undefined) {
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const newestKey = useRef(newest?.key);
  const [away, setAway] = useState(false);

  const follow = () => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(() => {
    // Once: a file on its way is drawn many times, and the guest may read above meanwhile.
    if (newest?.mine && newest.progress === "sending" && newest.key !== newestKey.current) atEnd.current = true;
    newestKey.current = newest?.key;
    follow();
  });
  useEffect(() => {
    // The keyboard of a phone, a taller composer, rows that turn out taller than guessed: the end stays the end.
    const watch = new ResizeObserver(follow);
    for (const element of [list.current!, ...list.current!.children]) watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const onScroll = () => {
    // The browser tells of it a frame later; the chat may be over by then.
    if (!list.current) return;
    const { scrollTop, scrollHeight, clientHeight } = list.current;
    // Only upwards does one leave the end: it may also have moved away by itself, when rows turned out taller.
    const stayed = atEnd.current && scrollTop >= lastTop.current;
    lastTop.current = scrollTop;
    atEnd.current = stayed || scrollHeight - scrollTop - clientHeight < NEAR_PX;
    setAway(!atEnd.current);
    follow();
  };
  /** At once over a long way, which nobody wants to watch. */
  const toEnd = () => {
    const { scrollTop, scrollHeight, clientHeight } = list.current!;
    const far = scrollHeight - scrollTop > 4 * clientHeight;
    list.current!.scrollTo({ top: scrollHeight, behavior: far ? "instant" : "smooth" });
  };
  /** Before a jump upwards: until the browser tells of it, the end would be held. */
  const letGo = () => (atEnd.current = false);
  return { away, onScroll, toEnd, letGo };
}
