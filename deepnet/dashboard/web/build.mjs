// Bundles the dashboard: node build.mjs [FOLDER]; by default into ../static. The same sources give the same bytes.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "..", "static"));
const BUNDLED = ["preact", "@preact/signals", "@preact/signals-core", "uplot"];

const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: out,
  entryNames: "[name].[hash]",
  chunkNames: "part.[hash]",
  splitting: true,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "warning",
});

mkdirSync(out, { recursive: true });
for (const old of readdirSync(out)) {
  if (/\.[A-Z0-9]{8}\.(js|css)$|^index\.html$|^THIRD_PARTY/.test(old)) rmSync(join(out, old));
}
for (const { path, contents } of result.outputFiles) writeFileSync(path, contents);

const [script, { cssBundle }] = Object.entries(result.metafile.outputs).find(([, { entryPoint }]) => entryPoint === "src/main.tsx");
const page = readFileSync(join(here, "src", "index.html"), "utf8")
  .replace("{script}", basename(script))
  .replace("{style}", basename(cssBundle));
writeFileSync(join(out, "index.html"), page);
writeFileSync(join(out, "icon.svg"), readFileSync(join(here, "src", "icon.svg")));

const licences = BUNDLED.map((name) => {
  const folder = join(here, "node_modules", ...name.split("/"));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(out, "THIRD_PARTY_LICENSES.txt"), licences.join(`\n${"-".repeat(78)}\n\n`));
