// Is each answer what the document promises for its path, method and status?
//
//   node answers.mjs openapi.json exchanges
//
// exchanges: a JSON object a line, {what, path, method, status, body}. Prints a line for each
// that is not, then how many were looked at.
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ajv = new Ajv2020.default({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addSchema(document, 'api');

const escape = (word) => encodeURIComponent(word.replaceAll('~', '~0').replaceAll('/', '~1'));
const compiled = new Map();

// The answer of a status may stand in components.responses.
function schemaOf(path, method, status) {
	const operation = document.paths[path]?.[method.toLowerCase()];
	const answer = operation?.responses[status];
	if (!answer) return undefined;
	const at = answer.$ref ?? `#/paths/${escape(path)}/${method.toLowerCase()}/responses/${status}`;
	const there = answer.$ref ? document.components.responses[answer.$ref.split('/').pop()] : answer;
	// what is no JSON has no schema to hold it against
	return there.content?.['application/json'] ? `api${at}/content/${escape('application/json')}/schema` : null;
}

let looked = 0;
for (const line of readFileSync(process.argv[3], 'utf8').split('\n').filter(Boolean)) {
	const { what, path, method, status, body } = JSON.parse(line);
	const schema = schemaOf(path, method, status);
	looked++;
	if (schema === undefined) {
		console.log(`${what}: ${method} ${path} documents no ${status}`);
		continue;
	}
	if (schema === null) {
		if (body !== null) console.log(`${what}: ${method} ${path} ${status} documents no body`);
		continue;
	}
	if (!compiled.has(schema)) compiled.set(schema, ajv.compile({ $ref: schema }));
	const validate = compiled.get(schema);
	if (!validate(body)) {
		const faults = validate.errors.slice(0, 5).map((e) =>
			`${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
		console.log(`${what}: ${method} ${path} ${status}: ${faults.join('; ')}`);
	}
}
console.log(`${looked} looked at`);
