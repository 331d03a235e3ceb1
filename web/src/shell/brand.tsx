export function Brand() {
  return (
    <p class="brand">
      <svg viewBox="4 4 24 24" aria-hidden="true">
        <circle cx="12" cy="16" r="8" class="brand-near" />
        <circle cx="20" cy="16" r="8" class="brand-far" />
      </svg>
      Passerby
    </p>
  );
}
