// Works out the SHA-256 of a file, piece by piece: it may be larger than the memory. The file stays here.
import { sha256 } from "../vendor/noble-hashes/sha2.js";

const PIECE = 4 * 1024 * 1024;

const digest = async (file) => {
  const hash = sha256.create();
  for (let start = 0; start < file.size; start += PIECE) {
    hash.update(new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer()));
    postMessage({ done: Math.min(file.size, start + PIECE) });
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ sha256: await digest(data) });
  } catch {
    postMessage({ failed: true });
  }
});
