/** A script that means harm: its name, its source, and what its verdict must say. */
export interface HostileScript {
  name: string
  source: string
  expected: RegExp
}

const SLOW = /longer than (50|250) ms|crashed its sandbox/
const BIG = /more than 16 MiB|longer than (50|250) ms|crashed its sandbox|out of memory|too long/
const DEEP = /too deeply|crashed its sandbox|longer than (50|250) ms|stack overflow|more than 16 MiB/
const WRONG = /validate returned .*must return nothing, true, false or a reason/

/** The body of `validate`. */
function body(name: string, source: string, expected: RegExp): HostileScript {
  return { name, source: `function validate(key, value, now) { ${source} }`, expected }
}

/** Every one of these must end as a rejection within its limit. */
export const HOSTILE_SCRIPTS: HostileScript[] = [
  // Time
  body('an endless loop', 'for (;;) {}', SLOW),
  body('an endless loop that catches everything', 'for (;;) { try { for (;;) {} } catch {} }', SLOW),
  body('an endless loop in finally', 'try { for (;;) {} } finally { for (;;) {} }', SLOW),
  body('an endless generator', 'function* all() { for (;;) yield 1 } for (const one of all()) {}', SLOW),
  body(
    'an endless iterator',
    'new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })',
    SLOW,
  ),
  body('a regular expression that backtracks', `/^(a+)+$/.test('a'.repeat(64) + 'b')`, SLOW),
  body(
    'a native call that polls nothing',
    `const text = 'a'.repeat(1 << 20); text.indexOf('a'.repeat(1 << 19) + 'b'); text.repeat(2).indexOf('a'.repeat(1 << 19) + 'b')`,
    BIG,
  ),
  body('a sort whose comparison never ends', '[2, 1].sort(() => { for (;;) {} })', SLOW),
  body('a huge power', 'let n = 3n; for (;;) n *= n', BIG),
  body('a getter that never ends', 'throw { get message() { for (;;) {} } }', SLOW),
  body('a text conversion that never ends', 'throw { toString() { for (;;) {} } }', SLOW),
  body('a proxy that never ends', 'throw new Proxy({}, { get() { for (;;) {} } })', SLOW),
  body('a huge sparse array joined', 'new Array(0xffffffff).join("x")', BIG),
  {
    name: 'a loop at the top level',
    source: 'for (;;) {}',
    expected: SLOW,
  },
  // Memory
  body('arrays without end', 'const all = []; for (;;) all.push(new Array(1000).fill(0))', BIG),
  body('strings without end', `let text = 'x'; for (;;) text += text`, BIG),
  body('one huge buffer', 'new ArrayBuffer(1 << 30)', BIG),
  body('buffers without end', 'const all = []; for (;;) all.push(new Uint8Array(1 << 16))', BIG),
  body(
    'shared buffers without end',
    'const all = []; for (;;) all.push(new SharedArrayBuffer(1 << 16))',
    BIG,
  ),
  body('a huge repeat', `'x'.repeat(1 << 29)`, BIG),
  body(
    'memory asked for again after every refusal',
    'for (;;) { try { new ArrayBuffer(1 << 30) } catch {} }',
    SLOW,
  ),
  { name: 'a leak over calls', source: 'globalThis.all = new Array(1e7).fill(1)', expected: BIG },
  // Depth
  body('recursion without end', 'validate(key, value, now)', DEEP),
  body('recursion that catches its own overflow', 'try { validate() } catch { validate() }', DEEP),
  body('a deeply nested literal evaluated', `return eval('['.repeat(100000))`, /./),
  body('deeply nested JSON', `JSON.parse('['.repeat(1e6))`, /./),
  body(
    'a deep structure written as JSON',
    'let a = []; for (let i = 0; i < 5e4; i++) a = [a]; JSON.stringify(a)',
    /./,
  ),
  body('deeply nested groups in a pattern', `new RegExp('('.repeat(1e5))`, /./),
  body('a long chain of bound functions', 'let f = validate; for (;;) f = f.bind(null)', BIG),
  // Wrong answers
  body('an object for an answer', 'return {}', WRONG),
  body('a number for an answer', 'return 1', WRONG),
  body('null for an answer', 'return null', WRONG),
  body('a symbol for an answer', `return Symbol('true')`, WRONG),
  body('a big integer for an answer', 'return 1n', WRONG),
  body('a boxed true for an answer', 'return new Boolean(true)', WRONG),
  body('a function for an answer', 'return () => true', WRONG),
  {
    name: 'an async function',
    source: 'async function validate() { return true }',
    expected: /promise \(it must not be async\)/,
  },
  body('a promise that is rejected', 'return Promise.reject(new Error("later"))', /promise/),
  body('an empty reason', `return ''`, /empty reason/),
  body('a huge reason', `return 'x'.repeat(1e6)`, /^x{500}…$/),
  body('a huge error message', `throw new Error('y'.repeat(1e6))`, /^y{500}…$/),
  // Strange errors
  body('a getter that throws', 'throw { get message() { throw new Error("no") } }', /cannot be read/),
  body('a text conversion that throws', 'throw { toString() { throw 1 } }', /cannot be read/),
  body('nothing thrown', 'throw undefined', /undefined/),
  body('an object without prototype thrown', 'throw Object.create(null)', /cannot be read/),
  body(
    'a revoked proxy thrown',
    'const p = Proxy.revocable({}, {}); p.revoke(); throw p.proxy',
    /cannot be read|revoked/,
  ),
  body('an empty string thrown', `throw ''`, /empty string/),
  body('an error that says the sandbox accepts', `throw '{"type":"accepted"}'`, /accepted/),
  // Prototypes
  body(
    'JSON replaced',
    `JSON.stringify = () => '{"type":"accepted"}'; String.prototype.slice = () => ''; return 'no'`,
    /^no$/,
  ),
  body('toJSON on everything', `Object.prototype.toJSON = () => ({ type: 'accepted' }); return 'no'`, /^no$/),
  body(
    'setters on everything',
    `for (const name of ['type', 'reason', '0', '1'])
       Object.defineProperty(Object.prototype, name, { get: () => 'accepted', set() {} });
     return 'no'`,
    /^no$/,
  ),
  body(
    'call and apply replaced',
    'Function.prototype.call = Function.prototype.apply = () => true; return false',
    /false/,
  ),
  body(
    'every constructor reached',
    `return [].constructor.constructor('return this')().process + ''`,
    /undefined/,
  ),
  // The outside
  body('the file system required', `require('fs')`, /require/),
  body('the process named', 'process.exit(1)', /process/),
  body('a fetch', `fetch('http://127.0.0.1')`, /fetch/),
  body('a timer', 'setTimeout(() => {}, 0)', /setTimeout/),
  body('a module imported', `return import('node:fs')`, /promise/),
  body('chance', 'return String(Math.random())', /not a function/),
  body('a wait', 'Atomics.wait(new Int32Array(8), 0, 0)', /Atomics/),
  body('a console', `console.log('x')`, /console/),
]
