// Run sharp over a list of files: node sharp.mjs JOB.json NODE_MODULES
// JOB: {"format": "jpeg", "options": {...}, "parallel": 2, "files": [["in.png", "out.jpg"], ...]}
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const sharp = createRequire(process.argv[3] + '/')('sharp');
if (process.argv[2] === '--version') {
  const { sharp: own, vips, mozjpeg, aom } = sharp.versions;
  console.log(`sharp ${own} (libvips ${vips}, mozjpeg ${mozjpeg}, aom ${aom})`);
} else {
  const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  // As many pictures at once as there are cores, and one thread for each: the fastest way for a folder.
  sharp.concurrency(1);
  const waiting = [...job.files];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await sharp(next[0]).toFormat(job.format, job.options).toFile(next[1]);
    }
  };
  await Promise.all(Array.from({ length: job.parallel }, worker));
}
