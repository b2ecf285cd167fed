// Who may import whom: the table of docs/architecture.md, one rule per row. test/import-rules shows each at work.

const npm = (/** @type {string[]} */ ...names) => `(^|/)node_modules/(${names.join('|')})/`

/** The core: pure, and deterministic under a simulated clock. */
const core = '^src/dht/(key\\.ts|(routing-table|lookup|operations|records|stores|maintenance)/)'

/** What the core asks of the world and tells it, and the wire format. */
const coreEdges = '^src/dht/(network|clock|random|events|errors|peer|address-filter)\\.ts$|^src/dht/wire/'

/** What answers requests; it has not heard of streams. */
const handlers = '^src/dht/rpc/(handlers|limits|reply-builder|server-settings)(\\.ts$|/)'

/** Hashing, key, id and encoding libraries: no node, no sockets. */
const coreLibraries = npm(
  '@libp2p/interface',
  '@libp2p/peer-id',
  '@libp2p/crypto/dist/src/keys',
  '@libp2p/peer-record',
  '@multiformats/multiaddr',
  'multiformats',
  '@noble/hashes',
  'uint8arrays',
  'uint8arraylist',
  'uint8-varint',
  'protons-runtime',
  'ipns',
  'cborg',
)

const libp2pLibraries = npm(
  '@libp2p/[^/]+',
  '@chainsafe/[^/]+',
  'libp2p',
  'main-event',
  'interface-datastore',
)

const rendererLibraries = npm(
  'react',
  'react-dom',
  '@types/react',
  '@types/react-dom',
  'zustand',
  'recharts',
  'wouter',
  '@mantine/[^/]+',
  '@tanstack/[^/]+',
  '@tabler/icons-react',
  '@codemirror/[^/]+',
  '@lezer/[^/]+',
  '@orpc/[^/]+',
  'zod',
)

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'The core imports itself, its interfaces, and hashing, id and encoding libraries.',
      severity: 'error',
      from: { path: `${core}|${coreEdges}` },
      // The original API's classes take no clock: their stand-alone form falls back on the system's.
      to: {
        couldNotResolve: false,
        pathNot: [core, coreEdges, coreLibraries, '^src/dht/system-clock\\.ts$'],
      },
    },
    {
      name: 'core-takes-its-clock',
      comment:
        'Only the original API’s stand-alone classes, in routing-table and stores, may fall back on the system’s clock.',
      severity: 'error',
      from: { path: `${core}|${coreEdges}`, pathNot: '^src/dht/(routing-table|stores)/' },
      to: { path: '^src/dht/system-clock\\.ts$' },
    },
    {
      name: 'handlers-know-only-the-core',
      comment:
        'Request handlers import the core and each other: streams are the business of libp2p-network beside them.',
      severity: 'error',
      from: { path: handlers },
      to: { couldNotResolve: false, pathNot: [core, coreEdges, coreLibraries, handlers] },
    },
    {
      name: 'kad-dht-owns-its-parts',
      comment:
        'KadDHT puts the core, the handlers and the network together; libp2p itself is met in libp2p-network and service.',
      severity: 'error',
      from: { path: '^src/dht/kad-dht\\.ts' },
      to: {
        couldNotResolve: false,
        pathNot: [core, coreEdges, coreLibraries, '^src/dht/rpc/', '^src/dht/(?!service|index)[a-z-]+\\.ts$'],
      },
    },
    {
      name: 'dht-stands-alone',
      comment:
        'The DHT library imports itself and libp2p: no Node built-in, no SQLite, no Electron, nothing else of ours.',
      severity: 'error',
      from: { path: '^src/dht/' },
      to: { couldNotResolve: false, pathNot: ['^src/dht/', coreLibraries, libp2pLibraries] },
    },
    {
      name: 'sim-knows-only-the-core',
      severity: 'error',
      comment: 'Simulated worlds run the core and its request handlers.',
      from: { path: '^src/sim/' },
      to: {
        couldNotResolve: false,
        pathNot: ['^src/sim/', core, coreEdges, coreLibraries, handlers],
      },
    },
    {
      name: 'shared-stands-alone',
      comment: 'What both sides of the contract share imports zod and oRPC’s contract, and nothing of ours.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { couldNotResolve: false, pathNot: ['^src/shared/', npm('zod', '@orpc/contract')] },
    },
    {
      name: 'electron-only-in-the-shell',
      comment: 'Only main/electron and the preload import electron.',
      severity: 'error',
      from: { path: '^(src|bench)/', pathNot: '^src/(main/electron|preload)/' },
      to: { path: npm('electron') },
    },
    {
      name: 'shell-is-thin',
      comment: 'The Electron shell reaches the rest of the app through main/app and shared alone.',
      severity: 'error',
      from: { path: '^src/main/electron/' },
      to: {
        path: '^(src|bench|test)/',
        pathNot: ['^src/main/electron/', '^src/main/(app|worker-url)(\\.ts$|/)', '^src/shared/'],
      },
    },
    {
      name: 'main-serves-no-view',
      comment: 'The rest of main imports dht, sim, shared and libraries: neither views nor the shell.',
      severity: 'error',
      from: { path: '^src/main/', pathNot: '^src/main/electron/' },
      to: {
        path: [
          '^src/(main/electron|preload|renderer)/',
          npm('react', 'react-dom', '@mantine/[^/]+', 'recharts', 'zustand'),
        ],
      },
    },
    {
      name: 'preload-forwards-a-port',
      comment: 'The preload imports electron and shared.',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { couldNotResolve: false, pathNot: ['^src/preload/', '^src/shared/', npm('electron', 'zod')] },
    },
    {
      name: 'renderer-knows-the-contract',
      comment: 'The explorer imports shared, React and its libraries: never dht, main or a Node built-in.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { couldNotResolve: false, pathNot: ['^src/(renderer|shared)/', rendererLibraries] },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      comment: 'The product imports neither its tests, its benchmarks nor its scripts.',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-other-dht',
      comment:
        'Another DHT implementation is a peer to test and measure against, never a part of the product.',
      severity: 'error',
      from: { path: '^(src|bench)/' },
      to: { path: npm('@libp2p/kad-dht') },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere: what is not found is not checked either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/import-rules/fixtures/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: new URL('tsconfig.json', import.meta.url).pathname },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
