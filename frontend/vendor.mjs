// Copies what the pages use of other people's work, with its licences, into web/static/web/vendor, and writes
// down the SHA-256 of each file. The copies are committed: installing Runstead takes no node.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "web", "static", "web", "vendor");
const WANTED = {
  "htmx.org": { "dist/htmx.min.js": "htmx/htmx.min.js", LICENSE: "htmx/LICENSE" },
  "@dagrejs/dagre": { "dist/dagre.min.js": "dagre/dagre.min.js", LICENSE: "dagre/LICENSE" },
  "@noble/hashes": {
    "sha2.js": "noble-hashes/sha2.js",
    "_md.js": "noble-hashes/_md.js",
    "_u64.js": "noble-hashes/_u64.js",
    "utils.js": "noble-hashes/utils.js",
    LICENSE: "noble-hashes/LICENSE",
  },
  "@fontsource-variable/inter": {
    "files/inter-latin-wght-normal.woff2": "inter/latin.woff2",
    "files/inter-latin-ext-wght-normal.woff2": "inter/latin-ext.woff2",
    "files/inter-greek-wght-normal.woff2": "inter/greek.woff2",
    "files/inter-cyrillic-wght-normal.woff2": "inter/cyrillic.woff2",
    LICENSE: "inter/LICENSE",
  },
};

// The maps are not copied, and Django's collectstatic stops at a reference to nothing.
function forgetSourceMap(path) {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
}

rmSync(target, { recursive: true, force: true });
const sums = {};
for (const [name, files] of Object.entries(WANTED)) {
  const source = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  for (const [from, to] of Object.entries(files)) {
    mkdirSync(dirname(join(target, to)), { recursive: true });
    cpSync(join(source, from), join(target, to));
    if (to.endsWith(".js")) forgetSourceMap(join(target, to));
    const sha256 = createHash("sha256").update(readFileSync(join(target, to))).digest("hex");
    sums[to] = { package: `${name}@${version}`, sha256 };
  }
}
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(sums, null, 2)}\n`);
