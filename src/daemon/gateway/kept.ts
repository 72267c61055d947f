/** The last so many texts that were used, by their keys, as the bytes that are sent. */
export interface Kept {
  /** The text of the key, made now where it is not kept. */
  text(key: string, make: () => string): Uint8Array<ArrayBuffer>;
}

/** Keeps `most` texts. */
export function keepTexts(most: number): Kept {
  const texts = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    text(key, make) {
      const text = texts.get(key) ?? Buffer.from(make());
      texts.delete(key);
      texts.set(key, text);
      if (texts.size > most) texts.delete(texts.keys().next().value as string);
      return text;
    },
  };
}
