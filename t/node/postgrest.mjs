// Asks a PostgREST what the cases say, with @supabase/postgrest-js as the client.
//
//   node postgrest.mjs URL < cases > answers
//
// A case a line, {case, token}; an answer a line, {status, code, message, details, hint}
// or {status, body, total}, and headers.
import { createInterface } from 'node:readline';
import { PostgrestClient } from '@supabase/postgrest-js';

const url = process.argv[2];
let headers = {};

// The client keeps the body and the status; the headers are looked at here.
const seen = async (...request) => {
	const response = await fetch(...request);
	headers = Object.fromEntries(response.headers);
	return response;
};

function call(client, c) {
	if (c.rpc) return client.rpc(c.rpc, c.args, { get: c.get });
	const table = client.from(c.from ?? c.insert ?? c.upsert ?? c.update ?? c.delete);
	if (c.from) return table.select(c.select ?? '*', { count: c.count, head: c.head });
	const options = { count: c.count, defaultToNull: !c.defaults };
	if (c.insert) return table.insert(c.values, options);
	if (c.upsert) return table.upsert(c.values, { ...options, onConflict: c.on_conflict, ignoreDuplicates: c.ignore });
	return c.update ? table.update(c.values, options) : table.delete(options);
}

function filter(query, [column, operator, value]) {
	const [op, not] = operator.startsWith('not.') ? [operator.slice(4), true] : [operator, false];
	const text = op === 'is' ? value ?? null : Array.isArray(value) ? `(${value})` : value;
	return not ? query.not(column, op, text) : query.filter(column, op, text);
}

function ordered(query, order) {
	const [column, ...words] = order.split('.');
	return query.order(column, { ascending: !words.includes('desc'),
		nullsFirst: words.includes('nullslast') ? false : undefined });
}

function query(c, token) {
	const client = new PostgrestClient(url, { fetch: seen, headers: token ? { Authorization: `Bearer ${token}` } : {} });
	let q = call(client, c);
	if (!c.from && c.select !== undefined) q = q.select(c.select);
	for (const one of c.where ?? []) q = filter(q, one);
	for (const one of c.order?.split(',') ?? []) q = ordered(q, one);
	if (c.offset !== undefined) q = q.range(c.offset, c.offset + c.limit - 1);
	else if (c.limit !== undefined) q = q.limit(c.limit);
	return c.csv ? q.csv() : c.single ? q.single() : q;
}

// What the client has no method for: {method, path, send, send_body}
async function raw(c, token) {
	const response = await seen(url + c.path, { method: c.method, body: c.send_body,
		headers: { ...(token && { Authorization: `Bearer ${token}` }), ...c.send } });
	const text = await response.text();
	let body = text;
	try { body = JSON.parse(text); } catch { /* CSV, or nothing */ }
	return { status: response.status, ...(response.ok ? { body } : typeof body === 'object' && body) };
}

async function answer(c, token) {
	if (c.method) return raw(c, token);
	const { data, error, count, status } = await query(c, token);
	if (!error) return { status, body: data, total: count };
	const { code, message, details, hint } = error;
	return { status, code, message, details, hint };
}

for await (const line of createInterface({ input: process.stdin })) {
	const { case: c, token } = JSON.parse(line);
	let found;
	try { found = await answer(c, token); } catch (e) { found = { status: 0, message: String(e.stack) }; }
	console.log(JSON.stringify({ ...found, headers }));
}
