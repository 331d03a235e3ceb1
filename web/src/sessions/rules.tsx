import { Icon } from "../shell/icon.tsx";

/** House rules and what is kept, in plain words. */
export function Rules() {
  return (
    <footer class="rules">
      <p>
        <Icon name="shield" />
        <span>
          You have to be <strong>18 or older</strong>. Be kind, and don't tell strangers who you are or where you live.
          You can leave any chat at any time.
        </span>
      </p>
      <p>
        <Icon name="hourglass" />
        <span>
          We keep your name, your interests and your messages for <strong>24 hours at most</strong>, then nothing. No
          account, no profile, no ads.
        </span>
      </p>
    </footer>
  );
}
