/**
 * Where there is a `self` and no `document`, ELK takes the thread for a worker of its own and listens to its messages. In a worker that does more, a document
 * that is nothing but there keeps it a library. Has to be loaded before ELK.
 */
if (!('document' in globalThis)) Object.assign(globalThis, { document: {} });

export {};
