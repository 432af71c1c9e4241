// Works out the SHA-256 of a file, piece by piece: it may be larger than the memory. The file stays here.
import { sha256 } from "../vendor/noble-hashes/sha2.js";

const PIECE = 4 * 1024 * 1024;
const WHOLE = 128 * 1024 * 1024; // up to here the browser itself does it, ten times as fast, with all of it in memory

const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const digest = async (file) => {
  // Where the page did not come over HTTPS, browsers keep their own to themselves.
  if (file.size <= WHOLE && self.crypto?.subtle) {
    return hexadecimal(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
  }
  const hash = sha256.create();
  for (let start = 0; start < file.size; start += PIECE) {
    hash.update(new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer()));
    postMessage({ done: Math.min(file.size, start + PIECE) });
  }
  return hexadecimal(hash.digest());
};

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ sha256: await digest(data) });
  } catch {
    postMessage({ failed: true });
  }
});
