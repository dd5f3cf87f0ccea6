// Serves a page and @supabase/postgrest-js beside it on 127.0.0.1, opens it in headless
// Chromium, and prints what the page tells.
//
//   node page.mjs CHROMIUM page.html REST_URL PROFILE_DIRECTORY
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [chromium, page, rest, profile] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const files = {
	'/': ['text/html', page],
	'/postgrest-js/index.mjs': ['text/javascript', join(here, 'node_modules/@supabase/postgrest-js/dist/index.mjs')],
};
let browser;

// With the processes of its own that it has
const close = () => { try { process.kill(-browser.pid, 'SIGKILL'); } catch { /* gone already */ } };

async function take(request, response) {
	let body = '';
	for await (const part of request) body += part;
	response.end();
	console.log(body);
	close();
	process.exit(0);
}

const server = createServer((request, response) => {
	const path = new URL(request.url, 'http://localhost').pathname;
	if (request.method === 'POST' && path === '/told') return take(request, response);
	if (!files[path]) return response.writeHead(404).end();
	response.writeHead(200, { 'Content-Type': files[path][0] });
	return response.end(readFileSync(files[path][1]));
});

server.listen(0, '127.0.0.1', () => {
	const url = `http://127.0.0.1:${server.address().port}/?rest=${encodeURIComponent(rest)}`;
	browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
		`--user-data-dir=${profile}`, '--remote-debugging-port=0', url], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
	let said = '';
	browser.stderr.on('data', (text) => { said += text; });
	browser.on('exit', (code) => { console.error(`chromium ended with ${code}: ${said}`); process.exit(1); });
	setTimeout(() => { console.error(`the page told nothing: ${said}`); close(); process.exit(1); }, 60000).unref();
});
