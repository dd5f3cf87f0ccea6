// Follows a stream with the EventSource that others have written, and prints what it is told: a
// JSON object a line.
//
//   node events.mjs URL [TOKEN]
import { EventSource } from 'eventsource';

const [url, token] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const stream = new EventSource(url, token && {
	fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});

stream.addEventListener('open', () => say({ event: 'open' }));
stream.addEventListener('error', ({ code }) => say({ event: 'error', code: code ?? null, closed: stream.readyState === 2 }));
for (const event of ['sync', 'notification', 'availability', 'end'])
	stream.addEventListener(event, ({ data, lastEventId }) => say({ event, id: lastEventId, data: JSON.parse(data) }));

// Its wait for coming back does not keep the process.
setInterval(() => {}, 60000);
