// What a browser remembers from visit to visit, if it may.

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`deepnet.${name}`);
  } catch {
    return null; // it may not remember anything: then it is as on the first visit
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`deepnet.${name}`, value);
  } catch {
    // as above
  }
}
