// Bundles each test/*.test.ts and has node run them: node test/run.mjs [PART OF A NAME].
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv[2] ?? "";
const files = readdirSync(here).filter((name) => name.endsWith(".test.ts") && name.includes(wanted));
const folder = mkdtempSync(join(tmpdir(), "dashboard-tests-"));
try {
  await build({
    absWorkingDir: here,
    entryPoints: files,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    banner: { js: await browserStandIn() },
    logLevel: "warning",
  });
  const { status } = spawnSync(process.execPath, ["--test", ...files.map((name) => join(folder, name.replace(/ts$/, "mjs")))], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** What modules touch as they load: an address, and somewhere to remember choices. */
async function browserStandIn() {
  return `
globalThis.location ??= { hash: "", origin: "http://localhost" };
globalThis.window ??= globalThis;
globalThis.addEventListener ??= () => {};
globalThis.localStorage ??= { getItem: () => null, setItem: () => {} };
globalThis.matchMedia ??= () => ({ matches: false, addEventListener: () => {} });
globalThis.navigator ??= { language: "en" };
setInterval = ((begin) => (...wish) => begin(...wish).unref())(setInterval);
globalThis.document ??= { documentElement: { dataset: {} } };
`;
}
