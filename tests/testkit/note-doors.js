/** Preloaded into a program: writes to the file `NOTE_DOORS` whom its process calls and which programs it starts. */
import { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

/** Before every call of the method. What `describe` answers nothing about stays within the machine. */
function watch(prototype, method, describe) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    const text = JSON.stringify(describe(...args));
    if (text !== undefined) appendFileSync(process.env.NOTE_DOORS, `${method} ${text}\n`);
    return original.apply(this, args);
  };
}

// What compiles TypeScript for tests talks through a path, and starts esbuild when it meets a file for the first time.
watch(Socket.prototype, 'connect', (...args) => (args.flat()[0]?.path === undefined ? args : undefined));
watch(ChildProcess.prototype, 'spawn', ({ file, args }) => (file.endsWith('/esbuild') ? undefined : args));
