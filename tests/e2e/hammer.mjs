// hammer.mjs URL COOKIE - ask a portal for pages without pause, 10 a second of
// each kind, until told to end (SIGTERM); then say what failed, as JSON.
//
// Each page is asked for on connections that are kept and on new ones. An
// answer other than 200 is a failure, and so is none within 10 s. A kept
// connection that the server has closed before the first byte of an answer is
// asked once more on a new one, as RFC 9110 9.2.2 lets every client do; that is
// counted.
import https from 'node:https';

const base = new URL(process.argv[2]);
const cookie = process.argv[3] ?? '';
const everyMs = 100;
const pages = [
	{ path: '/login' },
	{ path: '/healthz' },
	{ path: '/orders', headers: { cookie } },
];
const address = (host, options, done) =>
	options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
const kept = new https.Agent({ keepAlive: true, maxSockets: 8, lookup: address, rejectUnauthorized: false });
const count = { requests: 0, failed: 0, retried: 0, slowest_ms: 0 };
const failures = [];
const since = process.hrtime.bigint();
let ending = false, open = 0;

function fail(kind, path, why) {
	count.failed++;
	if (failures.length < 20)
		failures.push({ at: new Date().toISOString(), kind, path, why });
}

function ask(page, kind, again) {
	const agent = kind === 'kept' && !again ? kept : false;
	const since = process.hrtime.bigint();
	const request = https.get({ host: base.hostname, port: base.port, servername: base.hostname, path: page.path,
		headers: page.headers, agent, lookup: address, rejectUnauthorized: false, timeout: 10000 });

	if (!again) {
		count.requests++;
		open++;
	}
	request.on('timeout', () => request.destroy(new Error('no answer within 10 s')));
	request.on('response', (response) => {
		response.resume();
		response.on('end', () => {
			const ms = Number((process.hrtime.bigint() - since) / 1000000n);
			count.slowest_ms = Math.max(count.slowest_ms, ms);
			if (response.statusCode !== 200)
				fail(kind, page.path, `status ${response.statusCode}`);
			open--;
		});
		response.on('error', (error) => {
			fail(kind, page.path, `in the answer: ${error.message}`);
			open--;
		});
	});
	request.on('error', (error) => {
		if (request.reusedSocket && !again && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
			count.retried++;
			ask(page, kind, true);
			return;
		}
		fail(kind, page.path, error.code ?? error.message);
		open--;
	});
}

const timers = [];
let n = 0;
for (const page of pages)
	for (const kind of ['kept', 'new'])
		setTimeout(() => timers.push(setInterval(() => ask(page, kind), everyMs)), n++ * 16);

function end() {
	if (ending)
		return;
	ending = true;
	timers.forEach(clearInterval);
	const wait = setInterval(() => {
		if (open > 0)
			return;
		clearInterval(wait);
		const seconds = Number(process.hrtime.bigint() - since) / 1e9;
		console.log(JSON.stringify({ ...count, rate: Math.floor(count.requests / seconds), failures }));
		process.exit(count.failed === 0 ? 0 : 1);
	}, 20);
}
process.on('SIGTERM', end);
process.on('SIGINT', end);
