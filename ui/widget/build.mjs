// Builds ../static/widget.js and ../static/widget-panel.js; `--out DIR` writes them elsewhere.
// The launcher carries a short hash of the panel, so that an old panel in a cache is never used.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const here = fileURLToPath(new URL(".", import.meta.url));
const at = process.argv.indexOf("--out");
const out = at > 0 ? process.argv[at + 1] : join(here, "../static");

// Names that are only the panel's own: not the page's, not the server's, not of the host's options.
const OWN = /^(conversation|kept|chosen|longest|turned|redraw|changed|problem|pause|fresh|clicked|begin|become|client|learn|widget|sheet|consent|react|failed|state|said|busy|since|say|edit|card)$/;

const styles = {
  name: "styles as text",
  setup(it) {
    it.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const words = {
  name: "words in lines",
  setup(it) {
    it.onResolve({ filter: /words\/all$/ }, ({ resolveDir }) => ({ path: join(resolveDir, "words"), namespace: "words" }));
    it.onLoad({ filter: /./, namespace: "words" }, async ({ path }) => {
      const [en, zh] = await Promise.all(["en", "zh"].map(async (l) => JSON.parse(await readFile(join(path, `${l}.json`), "utf8"))));
      const keys = Object.keys(en);
      if (keys.join() !== Object.keys(zh).join()) throw new Error("en.json and zh.json must have the same keys in the same order.");
      const lines = (list) => `${JSON.stringify(list.join("\n"))}.split("\\n")`;
      const packed = { KEYS: keys, EN: Object.values(en), ZH: Object.values(zh) };
      return { contents: Object.entries(packed).map(([name, list]) => `export const ${name}=${lines(list)};`).join("\n") };
    });
  },
};

async function bundle(entry, name, format, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    plugins: [styles, words],
    define,
    mangleProps: OWN,
    write: false,
  });
  // Twice made small: esbuild takes the names, terser another two per cent of what is left.
  const { code } = await minify(outputFiles[0].text, { module: format === "esm", compress: { passes: 3, ecma: 2020, unsafe_arrows: true } });
  await writeFile(join(out, name), code);
  return createHash("sha256").update(code).digest("hex").slice(0, 8);
}

const panel = await bundle("panel.ts", "widget-panel.js", "esm");
await bundle("launcher.ts", "widget.js", "iife", { PANEL: JSON.stringify(`widget-panel.js?v=${panel}`) });
