// Is the document OpenAPI 3.1?   node openapi.mjs openapi.json
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';

const validator = new Validator();
const result = await validator.validate(JSON.parse(readFileSync(process.argv[2], 'utf8')));
console.log(result.valid ? `valid ${validator.version}` : JSON.stringify(result.errors, null, 1));
