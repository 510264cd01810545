// Judges answers by the OpenAPI description that the gateway itself serves.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const root = 'trunkline://openapi';

export class Contract {
  constructor(document) {
    this.document = document;
    // The document is no schema itself, but the schemas in it refer to each other by their place in it.
    this.ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema({ $id: root, components: document.components });
    this.operations = new Map();
    for (const [path, item] of Object.entries(document.paths))
      for (const method of ['get', 'put', 'post', 'patch', 'delete'])
        if (item[method]) this.operations.set(item[method].operationId, { ...item[method], method: method.toUpperCase(), path });
  }

  resolve(value) {
    return value?.$ref ? value.$ref.slice(2).split('/').reduce((at, name) => at[name], this.document) : value;
  }

  /** What is wrong with `value` by this schema of the document; '' when nothing is. */
  problems(schema, value) {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${root}#/`));
    const check = this.ajv.compile(absolute);
    return check(value) ? '' : JSON.stringify(check.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));
  }

  /** Fails unless `answer` ({status, headers, text, json}) is one the operation is described to give. */
  check(operationId, answer) {
    const operation = this.operations.get(operationId);
    const where = `${operationId} ${answer.status}`;
    const response = this.resolve(operation.responses[answer.status]);
    assert.ok(response, `${where} is not described: ${answer.text}`);
    for (const [name, reference] of Object.entries(response.headers ?? {})) {
      const header = this.resolve(reference);
      const value = answer.headers.get(name);
      assert.ok(value !== null || !header.required, `${where}: no header ${name}`);
      if (value === null) continue;
      const typed = this.resolve(header.schema).type === 'integer' ? Number(value) : value;
      assert.equal(this.problems(header.schema, typed), '', `${where}: header ${name}: ${value}`);
    }
    if (!response.content) return assert.equal(answer.text, '', where);
    const [type, content] = Object.entries(response.content)[0];
    if (type.startsWith('audio/')) return assert.match(answer.headers.get('content-type'), /^audio\//, where);
    assert.equal(answer.headers.get('content-type').split(';')[0], type, where);
    assert.equal(this.problems(content.schema, type === 'text/plain' ? answer.text : answer.json), '', `${where}: ${answer.text}`);
    if (type !== 'application/problem+json') return undefined;
    assert.equal(answer.json.status, answer.status, where);
    assert.equal(answer.json.type, `urn:trunkline:problem:${answer.json.code}`, where);
    return assert.equal(answer.json.requestId, answer.headers.get('x-request-id'), where);
  }

  /** Problems of a body that is to be sent. */
  requestProblems(operationId, body) {
    return this.problems(this.operations.get(operationId).requestBody.content['application/json'].schema, body);
  }
}
