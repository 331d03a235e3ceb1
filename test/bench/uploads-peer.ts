/** The peer for files: one form to an Express route that writes it to disk, whatever it is. `uploads-peer.js port folder` */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import express from "express";
import { loadConfig } from "../../shared/config.ts";
import { createTokens } from "../../shared/tokens.ts";

const [port, folder] = process.argv.slice(2) as [string, string];
const tokens = createTokens(loadConfig().secrets.jwtKeys);
const app = express();
app.post("/files", (req, res, next) => {
  tokens.verify(req.headers.authorization?.slice("Bearer ".length));
  const id = randomUUID();
  const form = new Busboy({ headers: req.headers as BusboyHeaders });
  form.on("file", (_field, file) => {
    pipeline(file, createWriteStream(join(folder, id))).then(() => res.status(201).json({ id }), next);
  });
  req.pipe(form);
});
process.on("disconnect", () => process.exit(0));
app.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
