// receiver.mjs PORT FOLDER - a webhook's other end: notes every request in
// FOLDER/got (EVENT STATUS SIGNED PATH) and what it took in FOLDER/bodies, and
// answers as FOLDER/mode says: a status, or "hang". FOLDER/secret is the key.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [port, folder] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`, "utf8").trim();

function isSigned(header, body) {
	const parts = Object.fromEntries((header ?? "").split(",").map((part) => part.split("=")));
	const mac = createHmac("sha256", read("secret")).update(`${parts.t}.`).update(body).digest();
	const given = Buffer.from(parts.v1 ?? "", "hex");

	return given.length === mac.length && timingSafeEqual(given, mac) && Math.abs(Date.now() / 1000 - Number(parts.t)) < 60;
}

function take(request, response, body) {
	const mode = read("mode");
	const signature = request.headers["hanse-signature"];
	const signed = request.method === "POST" && isSigned(signature, body);

	if (mode === "200") {
		appendFileSync(`${folder}/bodies`, `${body}\n`);
		writeFileSync(`${folder}/last`, `${signature} ${request.headers["content-type"]}\n${body}`);
	}
	appendFileSync(`${folder}/got`, `${request.headers["hanse-event-id"]} ${mode} ${signed} ${request.url}\n`);
	if (mode === "hang")
		return;
	response.writeHead(Number(mode), mode === "302" ? { Location: "/else" } : {}).end("thank you\n");
}

createServer((request, response) => {
	const parts = [];

	request.on("data", (part) => parts.push(part));
	request.on("end", () => take(request, response, Buffer.concat(parts)));
}).listen(Number(port), "127.0.0.1", () => writeFileSync(`${folder}/ready`, ""));
