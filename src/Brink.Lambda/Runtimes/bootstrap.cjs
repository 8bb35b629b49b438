'use strict';
// Brink's runtime client for Node.js 18 and later: loads the handler, asks the Runtime API for events, posts answers.
// The declared runtime (AWS_EXECUTION_ENV) decides the rules: from nodejs24.x on there are no callbacks.
const net = require('net');
const fs = require('fs');
const path = require('path');
const util = require('util');
const { pathToFileURL } = require('url');

const env = process.env;
const taskRoot = env.LAMBDA_TASK_ROOT;
const declared = /^AWS_Lambda_nodejs(\d+)\.x$/.exec(env.AWS_EXECUTION_ENV || '');
const hasCallbacks = !declared || Number(declared[1]) < 24;

// What user code may not take from us by patching.
const { stringify, parse } = JSON;
const now = Date.now;
const exit = process.exit.bind(process);

// ---------------------------------------------------------------- output

// The streams that were used: an answer waits for what was printed before it. Making one costs time, so none is made to look.
const outputs = [];
for (const name of ['stdout', 'stderr']) {
  const { get } = Object.getOwnPropertyDescriptor(process, name);
  let stream;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      if (stream === undefined) {
        stream = get.call(process);
        outputs.push(stream);
      }
      return stream;
    },
  });
}

function afterOutput(action) {
  const busy = outputs.find((stream) => stream.writableLength > 0 && !stream.destroyed);
  if (busy === undefined) action();
  else busy.write('', () => afterOutput(action));
}

// ---------------------------------------------------------------- console

let requestId = hasCallbacks ? undefined : '-';
const jsonLogs = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const levels = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const lowestLevel = (jsonLogs && levels[String(env.AWS_LAMBDA_LOG_LEVEL).toUpperCase()]) || 0;

function log(level, ...parameters) {
  if (levels[level] < lowestLevel) return;
  const time = new Date(now()).toISOString();
  if (jsonLogs) {
    const line = { timestamp: time, level, requestId };
    line.message = parameters.length === 1 ? parameters[0] : util.format(...parameters);
    const error = parameters.find((parameter) => parameter instanceof Error);
    if (error) {
      line.message = parameters.length === 1 ? error.message : line.message;
      line.errorType = error.name;
      line.errorMessage = error.message;
      line.stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : [];
    }
    let text;
    try {
      text = stringify(line);
    } catch {
      line.message = util.format(...parameters);
      text = stringify(line);
    }
    process.stdout.write(text + '\n');
    return;
  }
  const text = `${time}\t${requestId}\t${level}\t${util.format(...parameters)}`;
  process.stdout.write(text.replace(/\n/g, '\r') + '\n');
}

console.log = console.info = (...parameters) => log('INFO', ...parameters);
console.debug = (...parameters) => log('DEBUG', ...parameters);
console.warn = (...parameters) => log('WARN', ...parameters);
console.error = (...parameters) => log('ERROR', ...parameters);
console.trace = (...parameters) => log('TRACE', ...parameters);
console.fatal = (...parameters) => log('FATAL', ...parameters);

// ---------------------------------------------------------------- errors

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    // Not enumerable, as in errors of the language: the log prints what an error has of its own.
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
  }
}

const isError = (value) => value instanceof Error || util.types.isNativeError(value);
const printable = (text) => String(text).replace(/\x7F/g, '%7F');
// Authors look for their own frames; ours stand below every one of them.
function stackLines(error) {
  if (typeof error.stack !== 'string') return [];
  return printable(error.stack).split('\n').filter((line) => !line.includes(__filename));
}

/** The object that a caller gets for an error. */
function errorBody(error) {
  try {
    if (isError(error)) {
      return {
        errorType: printable(error.name),
        errorMessage: printable(error.message),
        trace: stackLines(error),
      };
    }
    return { errorType: typeof error, errorMessage: typeof error === 'symbol' ? error.toString() : printable(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, '
        + 'but there was a problem while retrieving one or more of its message, name, and stack',
      trace: [],
    };
  }
}

/** The object that the log gets: the error's own properties too. */
function errorForLog(error) {
  if (!isError(error)) return stringify(errorBody(error));
  const { errorType, errorMessage, trace } = errorBody(error);
  try {
    return stringify({ errorType, errorMessage, ...error, stack: trace });
  } catch {
    return stringify({ errorType, errorMessage, stack: trace });
  }
}

// ---------------------------------------------------------------- the Runtime API

const question = 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: brink\r\n\r\n';
let held = null;            // bytes of an answer that has not arrived whole
let current = null;         // the invocation under way

const received = Buffer.allocUnsafe(64 * 1024);
const address = env.BRINK_RUNTIME_API_SOCKET
  ? { path: env.BRINK_RUNTIME_API_SOCKET }
  : { host: env.AWS_LAMBDA_RUNTIME_API.split(':')[0], port: Number(env.AWS_LAMBDA_RUNTIME_API.split(':')[1]) };
const socket = net.connect({
  ...address,
  onread: {
    buffer: received,
    callback(count, buffer) {
      receive(held === null ? buffer.subarray(0, count) : Buffer.concat([held, buffer.subarray(0, count)]));
      return true;
    },
  },
});
// Without Brink there is no work.
socket.on('error', () => exit(1));
socket.on('close', () => exit(0));
delete env.BRINK_RUNTIME_API_SOCKET;

/** Sends one piece: an answer and the question for the next event, whose reply brings both answers. */
function send(target, json, extraHeaders, then) {
  const length = Buffer.byteLength(json);
  const headers = `Host: brink\r\nContent-Type: application/json\r\n${extraHeaders}Content-Length: ${length}`;
  const text = `POST /2018-06-01/runtime/${target} HTTP/1.1\r\n${headers}\r\n\r\n${json}${then === undefined ? question : ''}`;
  // One byte for each character: copied, not encoded.
  socket.write(text, length === json.length ? 'latin1' : 'utf8', then);
}

/** Sends a last message and ends. */
function sendAndExit(target, json, extraHeaders, code) {
  afterOutput(() => send(target, json, extraHeaders, () => exit(code)));
  // Where it is not read, the process ends anyway.
  setTimeout(() => exit(code), 1000);
}

function receive(bytes) {
  held = null;
  while (bytes.length > 0) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) break;
    const head = bytes.latin1Slice(0, end);
    const length = Number(header(head, 'Content-Length') || 0);
    const bodyStart = end + 4;
    if (bytes.length - bodyStart < length) break;
    // Answers to what we posted are of no interest; the event is the only one with an id.
    const id = header(head, 'Lambda-Runtime-Aws-Request-Id');
    if (id !== '') {
      const event = bytes.utf8Slice(bodyStart, bodyStart + length);
      invoke(id, head, event);
    }
    bytes = bytes.subarray(bodyStart + length);
  }
  // A copy: the buffer is used again.
  if (bytes.length > 0) held = Buffer.from(bytes);
}

function header(head, name) {
  const at = head.indexOf('\r\n' + name + ': ');
  if (at < 0) return '';
  const start = at + name.length + 4;
  const end = head.indexOf('\r\n', start);
  return end < 0 ? head.slice(start) : head.slice(start, end);
}

// ---------------------------------------------------------------- one invocation

let handler;

class Invocation {
  constructor(id) {
    this.id = id;
    this.completed = false;
    this.isAsync = false;
    this.waits = true;          // callbackWaitsForEmptyEventLoop
    this.answer = undefined;    // what is posted when the event loop is empty
  }

  succeed(result) {
    let json;
    try {
      json = stringify(result === undefined ? null : result);
    } catch (error) {
      if (hasCallbacks) return this.fail(error);
      const message = `Unable to stringify response body as json: ${error && error.message}`;
      return this.fail(new RuntimeError('Runtime.JSONStringifyError', message));
    }
    // What has no JSON, a function for instance, is null.
    this.post('response', json === undefined ? 'null' : json);
  }

  fail(error) {
    if (this.completed) return;
    log('ERROR', 'Invoke Error \t' + errorForLog(error));
    this.post('error', stringify(errorBody(error)));
  }

  post(kind, json) {
    if (this.completed) return;
    this.completed = true;
    current = null;
    socket.ref();
    afterOutput(() => send(`invocation/${this.id}/${kind}`, json, ''));
  }
}

class Context {
  constructor(invocation, head) {
    this.functionName = env.AWS_LAMBDA_FUNCTION_NAME;
    this.functionVersion = env.AWS_LAMBDA_FUNCTION_VERSION;
    this.memoryLimitInMB = env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
    this.logGroupName = env.AWS_LAMBDA_LOG_GROUP_NAME;
    this.logStreamName = env.AWS_LAMBDA_LOG_STREAM_NAME;
    this.awsRequestId = invocation.id;
    this.invokedFunctionArn = header(head, 'Lambda-Runtime-Invoked-Function-Arn');
    const clientContext = header(head, 'Lambda-Runtime-Client-Context');
    this.clientContext = clientContext === '' ? undefined : parse(clientContext);
    const identity = header(head, 'Lambda-Runtime-Cognito-Identity');
    this.identity = identity === '' ? undefined : parse(identity);
    const deadline = Number(header(head, 'Lambda-Runtime-Deadline-Ms'));
    this.getRemainingTimeInMillis = () => deadline - now();
    if (!hasCallbacks) return;
    Object.defineProperty(this, 'callbackWaitsForEmptyEventLoop', {
      get: () => invocation.waits,
      set: (value) => { invocation.waits = value; },
      enumerable: true,
      configurable: true,
    });
    this.done = (error, result) => {
      // The first completion counts, also when it still waits for the event loop.
      if (invocation.answer !== undefined) return;
      if (error === undefined || error === null) invocation.succeed(result);
      else invocation.fail(error);
    };
    this.succeed = (result) => this.done(null, result);
    this.fail = (error) => this.done(error === undefined || error === null ? 'handled' : error);
  }
}

function invoke(id, head, json) {
  const invocation = new Invocation(id);
  current = invocation;
  requestId = id;
  const trace = header(head, 'Lambda-Runtime-Trace-Id');
  if (trace !== '') env._X_AMZN_TRACE_ID = trace;
  // While the handler works, only what it does keeps the event loop alive: an empty loop is an event of its own.
  socket.unref();
  try {
    const event = parse(json);
    const context = new Context(invocation, head);
    if (hasCallbacks) invokeWithCallback(invocation, event, context);
    else invokeAsync(invocation, event, context);
  } catch (error) {
    invocation.fail(error);
  }
}

function invokeWithCallback(invocation, event, context) {
  const callback = (error, result) => {
    if (invocation.completed || invocation.answer !== undefined) return;
    if (error !== undefined && error !== null) return invocation.fail(error);
    if (!invocation.waits) return invocation.succeed(result);
    // The first answer counts, as it is now: it waits for the loop, not for later changes.
    invocation.answer = { result };
  };
  const returned = handler(event, context, callback);
  if (returned !== null && returned !== undefined && typeof returned.then === 'function') {
    invocation.isAsync = true;
    returned.then((result) => invocation.succeed(result), (error) => invocation.fail(error));
  }
}

function invokeAsync(invocation, event, context) {
  const returned = handler(event, context);
  if (returned !== null && returned !== undefined && typeof returned.then === 'function') {
    invocation.isAsync = true;
    returned.then((result) => invocation.succeed(result), (error) => invocation.fail(error));
  } else {
    invocation.succeed(returned);
  }
}

// ---------------------------------------------------------------- loading the handler

function nearestType(folder) {
  for (;;) {
    if (path.basename(folder) === 'node_modules') return '';
    try {
      return parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).type || '';
    } catch (error) {
      if (error instanceof SyntaxError) return '';
    }
    const parent = path.dirname(folder);
    if (parent === folder) return '';
    folder = parent;
  }
}

const exists = (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;

let loading = '';
function load(file) {
  loading = file;
  return import(pathToFileURL(file).href);
}

/** Where a module's syntax is wrong: import() does not tell, node --check does. Empty if it lies in a module that the file imports. */
function placeInModule() {
  if (loading === '') return '';
  const { spawnSync } = require('child_process');
  const checked = spawnSync(process.execPath, ['--check', loading], { encoding: 'utf8', timeout: 3000 });
  const end = checked?.stderr?.indexOf('\n\nSyntaxError') ?? -1;
  return end < 0 ? '' : checked.stderr.slice(0, end) + '\n\n';
}

async function loadModule(folder, name) {
  const file = path.resolve(taskRoot, folder, name);
  if (hasCallbacks) {
    if (exists(file)) return require(file);
    if (exists(file + '.js')) return nearestType(path.dirname(file)) === 'module' ? load(file + '.js') : require(file + '.js');
    if (exists(file + '.mjs')) return load(file + '.mjs');
    if (exists(file + '.cjs')) return require(file + '.cjs');
    return require(require.resolve(name, { paths: [taskRoot, path.resolve(taskRoot, folder)] }));
  }
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    if (exists(file + extension)) return load(file + extension);
  }
  return load(require.resolve(name, { paths: [taskRoot, path.resolve(taskRoot, folder)] }));
}

async function loadHandler() {
  const text = env._HANDLER || '';
  if (text.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName',
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const last = text.slice(text.lastIndexOf('/') + 1);
  const folder = text.slice(0, text.length - last.length);
  const dot = last.indexOf('.');
  if (dot <= 0 || dot === last.length - 1) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const [name, exported] = [last.slice(0, dot), last.slice(dot + 1)];

  let module;
  try {
    module = await loadModule(folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) throw asRuntimeError('Runtime.UserCodeSyntaxError', error);
    const isMissing = error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND');
    throw isMissing ? asRuntimeError('Runtime.ImportModuleError', error) : error;
  }
  const find = (root) => exported.split('.').reduce((value, key) => (value === undefined || value === null ? undefined : value[key]), root);
  let found = find(module);
  if (found === undefined && module && module.default !== undefined) found = find(module.default);
  if (found === undefined || found === null) throw new RuntimeError('Runtime.HandlerNotFound', `${text} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${text} is not a function`);
  if (!hasCallbacks && found.length >= 3) {
    throw new RuntimeError('Runtime.CallbackHandlerDeprecated',
      `${text} takes a callback, and from nodejs24.x on Lambda calls no handler with one: `
      + 'make it an async function, or declare nodejs22.x.');
  }
  return found;
}

function asRuntimeError(name, error) {
  const wrapped = new RuntimeError(name, String(error));
  // Node writes the place of a syntax error above the stack; that is what the author looks for.
  const place = name === 'Runtime.UserCodeSyntaxError' && String(error.stack).startsWith('SyntaxError') ? placeInModule() : '';
  wrapped.stack = typeof error.stack === 'string' ? `${name}: ${place}${error.stack}` : wrapped.stack;
  return wrapped;
}

// ---------------------------------------------------------------- life

process.on('beforeExit', () => {
  const invocation = current;
  if (invocation === null) return;
  if (invocation.answer !== undefined) invocation.succeed(invocation.answer.result);
  else if (invocation.isAsync || !hasCallbacks) {
    const error = new RuntimeError('Runtime.NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit code. '
      + 'This is most commonly caused by a Promise that was never settled.');
    error.stack = `${error.name}: ${error.message}`;
    invocation.fail(error);
  } else invocation.succeed(null);
});

function die(title, error, code) {
  log('ERROR', `${title}\t${errorForLog(error)}`);
  const invocation = current;
  const json = stringify(errorBody(error));
  if (invocation !== null) {
    invocation.completed = true;
    sendAndExit(`invocation/${invocation.id}/error`, json, '', code);
  } else if (handler === undefined) {
    sendAndExit('init/error', json, `Lambda-Runtime-Function-Error-Type: ${String(error && error.name).replace(/[^\w.]/g, '')}\r\n`, code);
  } else exit(code);
}

process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
  // String() takes symbols too.
  const message = isError(reason) ? `${reason.name}: ${reason.message}` : String(reason);
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', message);
  error.reason = isError(reason) ? errorBody(reason) : reason;
  if (isError(reason) && typeof reason.stack === 'string') error.stack = `Runtime.UnhandledPromiseRejection: ${reason.stack}`;
  die('Unhandled Promise Rejection', error, 128);
});

loadHandler().then((found) => {
  handler = found;
  socket.write(question, 'latin1');
}, (error) => die('Uncaught Exception', error, 1));
