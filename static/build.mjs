// Bundles and minifies what the browser loads: static/src/app.css and app.js become static/dist/app.css and app.js.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const { metafile } = await build({
  entryPoints: ["static/src/app.css", "static/src/app.js"],
  outdir: "static/dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox121", "safari17.5"],
  legalComments: "none",
  external: ["/static/*"],
  logLevel: "warning",
  metafile: true,
});

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
for (const path of Object.keys(metafile.outputs)) {
  const content = readFileSync(path);
  const [gzip, brotli] = [gzipSync(content, { level: 9 }), brotliCompressSync(content)];
  console.log(`${basename(path)}: ${kilobytes(content.length)}, ${kilobytes(gzip.length)} gzipped, ${kilobytes(brotli.length)} brotli`);
}
