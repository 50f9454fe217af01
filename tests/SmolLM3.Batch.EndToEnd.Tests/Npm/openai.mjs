// Drives the batch API with the official client, and prints what it saw as JSON. Arguments: folder of node_modules, base URL, input file, what to do.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const [packages, baseURL, input, verb] = process.argv.slice(2);
const { OpenAI } = createRequire(`${packages}/`)('openai');
const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'none', maxRetries: 2 });
const lines = async id => id ? (await (await client.files.content(id)).text()).trim().split('\n').map(line => JSON.parse(line)) : null;
const error = async call => { try { await call(); return null; } catch (e) { return { type: e.constructor.name, status: e.status, param: e.param, message: e.message }; } };

async function create(metadata) {
  const file = await client.files.create({ file: createReadStream(input), purpose: 'batch' });
  return { file, batch: await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h', metadata }) };
}

async function until(id, done) {
  for (;;) {
    const batch = await client.batches.retrieve(id);
    if (done(batch)) return batch;
    await sleep(200);
  }
}

const over = batch => ['completed', 'failed', 'expired', 'cancelled'].includes(batch.status);
const result = {};
if (verb === 'complete') {
  const { file, batch } = await create({ who: 'npm' });
  Object.assign(result, { file, created: batch });
  result.batch = await until(batch.id, over);
  result.output = await lines(result.batch.output_file_id);
  result.errors = await lines(result.batch.error_file_id);
  result.same = (await client.files.retrieve(file.id)).bytes === file.bytes;
  const second = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' });
  await until(second.id, over);
  // A page of one makes the client turn pages.
  result.batches = [];
  for await (const listed of client.batches.list({ limit: 1 })) result.batches.push(listed.id);
  result.order = [second.id, batch.id];
  result.files = [];
  for await (const listed of client.files.list({ purpose: 'batch', limit: 1, order: 'asc' })) result.files.push(listed.id);
  result.deleted = await client.files.delete(file.id);
  result.gone = await error(() => client.files.retrieve(file.id));
  result.unknown = await error(() => client.batches.retrieve('batch_nobody'));
  result.wrong = await error(() => client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' }));
  result.late = await error(() => client.batches.cancel(batch.id));
} else {
  const { batch } = await create();
  const shard = `${baseURL}/api/jobs/${batch.id}-00001`;
  for (;;) {
    const response = await fetch(shard);
    if (response.ok && (await response.json()).progress.done >= 2) break;
    await sleep(100);
  }
  result.cancelling = await client.batches.cancel(batch.id);
  result.batch = await until(batch.id, over);
  result.output = await lines(result.batch.output_file_id);
  result.errors = await lines(result.batch.error_file_id);
}
console.log(JSON.stringify(result));
