/** What this page sent itself: shown and played from here, so that it is there at once and not loaded again. */
const urls = new Map<string, string>();

export const previewOf = (clientMessageId: string): string | undefined => urls.get(clientMessageId);

/** `url`: an object URL there already is of that file. */
export function keepPreview(clientMessageId: string, file: Blob, url = URL.createObjectURL(file)): void {
  urls.set(clientMessageId, url);
}

export function forgetPreviews(): void {
  for (const url of urls.values()) URL.revokeObjectURL(url);
  urls.clear();
}
