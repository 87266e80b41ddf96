// apart.mjs - run a story in a network namespace of its own, with nothing in it
// but one port of this host's loopback. Chromium drops its connections whenever
// an interface of its namespace comes or goes, and domains come and go here.
//
//   apart.mjs PORT COMMAND ARG...      (as root; otherwise the command just runs)
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const forward = (listen, connect) => new Promise((ready) => {
	const server = createServer((from) => {
		const to = createConnection(connect);
		for (const [one, other] of [[from, to], [to, from]]) {
			one.pipe(other);
			one.on("error", () => other.destroy());
		}
	});
	server.listen(listen, () => ready(server));
});

// The command's exit status; killed when we are.
const run = (command, args) => new Promise((done) => {
	const child = spawn(command, args, { stdio: "inherit" });
	for (const signal of ["SIGTERM", "SIGINT"])
		process.on(signal, () => child.kill(signal));
	child.on("exit", (code) => done(code ?? 1));
});

const [port, ...rest] = process.argv.slice(2);
if (port === "--inside") {
	const [inner, socket, command, ...args] = rest;
	spawnSync("ip", ["link", "set", "lo", "up"]);
	await forward({ port: Number(inner), host: "127.0.0.1" }, { path: socket });
	process.exit(await run(command, args));
}
if (process.getuid() !== 0)
	process.exit(await run(rest[0], rest.slice(1)));
const folder = mkdtempSync(join(tmpdir(), "hanse-apart."));
const socket = join(folder, "port");
await forward({ path: socket }, { port: Number(port), host: "127.0.0.1" });
const status = await run("unshare", ["--net", process.execPath, fileURLToPath(import.meta.url), "--inside", port, socket, ...rest]);
rmSync(folder, { recursive: true });
process.exit(status);
