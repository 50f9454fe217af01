// Uploads documents with the official client in the ways it knows, and prints their ETags as JSON. Arguments: folder of node_modules, connection string, names.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const [packages, connection, whole, streamed] = process.argv.slice(2);
const { BlobServiceClient } = createRequire(`${packages}/`)('@azure/storage-blob');
const documents = BlobServiceClient.fromConnectionString(connection).getContainerClient('documents');
const text = 'The supplier delivers 40 crates each Friday. The keeper counts them.\n';
const first = await documents.getBlockBlobClient(whole).upload(text, Buffer.byteLength(text), { metadata: { task: 'summarize' } });
// In blocks: the block list is what creates the blob.
const second = await documents.getBlockBlobClient(streamed).uploadStream(Readable.from([text, text, text]), 64, 2);
console.log(JSON.stringify({ first: first.etag, second: second.etag }));
