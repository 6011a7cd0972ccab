import { config, deploy, flag, type Scenario } from './scenario.js';

const shop = [
  ['web', 'orders'],
  ['orders', 'inventory'],
  ['orders', 'payment'],
  ['inventory', 'stock-db'],
  ['payment', 'ledger'],
] as const;

const SLOW = 'request_latency_p99_ms';
const ERRORS = 'http_server_errors_per_second';
const CPU = 'process_cpu_usage_percent';
const MEMORY = 'process_resident_memory_bytes';
const RPS = 'http_requests_per_second';

/** The half of the scenarios by which the engine was mended. */
export const firstHalf: readonly Scenario[] = [
  {
    name: 'a connection pool is made small',
    asked: 'orders',
    calls: shop,
    moves: [
      ['orders', SLOW, 120, 900, 9],
      ['inventory', SLOW, 40, 700, 9.5],
      ['inventory', 'db_pool_pending_threads', 1, 60, 10],
    ],
    failing: [
      ['inventory', 'hikari', 'Connection is not available, request timed out after 30000ms', 12, 9.5],
    ],
    changes: [
      config('inventory', 14, 'datasource.hikari.maximum-pool-size', '40', '4'),
      deploy('inventory', 11, 'docs: explain pool sizing\n\ndocs/pool.md', '+The pool has a size.'),
      deploy('ledger', 12, 'Use connection pool of the driver', '+pool := driver.Pool()'),
    ],
    cause: 0,
  },
  {
    name: 'an index is dropped',
    asked: 'web',
    calls: [
      ['web', 'catalog'],
      ['catalog', 'catalog-db'],
      ['web', 'reviews'],
    ],
    moves: [
      ['web', SLOW, 90, 800, 12],
      ['catalog', SLOW, 50, 720, 12.5],
      ['catalog-db', 'db_cpu_usage_percent', 25, 95, 13],
      ['reviews', SLOW, 30, 30, 12],
    ],
    logged: [['catalog', 'slow query: SELECT * FROM products WHERE sku = ? took 2100 ms', 180, 12]],
    changes: [
      deploy(
        'catalog',
        15,
        'Clean up old migrations\n\ndb/migrations/0042_cleanup.sql',
        '@@ db/migrations/0042_cleanup.sql\n+DROP INDEX products_sku_idx;',
      ),
      deploy(
        'reviews',
        13,
        'Speed up slow queries of products',
        '-  return db.query(sql)\n+  return await db.query(sql)',
      ),
      deploy('catalog', 40, 'Rename internal type', '-type Prod struct {\n+type Product struct {'),
    ],
    cause: 0,
  },
  {
    name: 'a query for each item of a list',
    asked: 'web',
    calls: [
      ['web', 'cart'],
      ['cart', 'cart-db'],
    ],
    moves: [
      ['web', SLOW, 100, 600, 9],
      ['cart', SLOW, 45, 520, 9.3],
      ['cart-db', 'db_queries_per_second', 300, 4200, 9.5],
      ['cart', 'cart_items_per_request', 5, 5, 9],
    ],
    changes: [
      deploy(
        'cart',
        11,
        'Show prices of items\n\nsrc/cart.ts',
        '@@ src/cart.ts\n-  const items = await repo.findItems(ids)\n+  const items = []\n+  for (const id of ids) {\n+    items.push(await repo.findItem(id))\n+  }',
      ),
      config('cart', 10, 'banner.text', 'hello', 'sale'),
      deploy('web', 30, 'Add a query parameter for campaigns', '+const campaign = params.get("c")'),
    ],
    cause: 0,
  },
  {
    name: 'a rule with a regular expression that backtracks',
    asked: 'web',
    calls: [
      ['web', 'edge'],
      ['edge', 'content'],
    ],
    moves: [
      ['web', SLOW, 80, 2000, 6],
      ['edge', SLOW, 20, 1900, 6.3],
      ['edge', CPU, 20, 99, 6.5],
      ['content', SLOW, 15, 15, 6],
    ],
    changes: [
      deploy(
        'edge',
        7,
        'Block script injection\n\nrules/xss.lua',
        '@@ rules/xss.lua\n+local pattern = Regexp.new("(?:(?:\\"|\\d|.*)+(?:=.*)+)")\n+if re.match(pattern, body) then return block() end',
      ),
      deploy('content', 6.6, 'Reduce cpu of rendering', '-render(all)\n+render(visible)'),
      flag('edge', 25, 'brotli', 'off', 'on'),
    ],
    cause: 0,
  },
  {
    name: 'connections are not given back',
    asked: 'api',
    calls: [
      ['api', 'profile'],
      ['profile', 'profile-db'],
    ],
    moves: [
      ['profile', 'db_connections_open', 12, 100, 14, 10],
      ['profile', SLOW, 30, 900, 7, 2],
      ['api', SLOW, 60, 950, 7, 2],
      ['api', ERRORS, 0.2, 9, 6],
    ],
    failing: [['profile', 'postgres', 'FATAL: sorry, too many clients already', 15, 6]],
    changes: [
      deploy(
        'profile',
        18,
        'Return early when no avatar\n\navatar.go',
        '@@ avatar.go\n rows, err := db.Query(q)\n-defer rows.Close()\n+if !want { return nil }',
      ),
      deploy('profile', 9, 'chore: bump linter\n\n.golangci.yml', '-  version: 1.50\n+  version: 1.51'),
      config('api', 12, 'client.keepalive', '30s', '60s'),
    ],
    cause: 0,
  },
  {
    name: 'a caller retries without end',
    asked: 'payment',
    calls: shop,
    moves: [
      ['payment', RPS, 100, 900, 8],
      ['payment', CPU, 30, 97, 8],
      ['payment', SLOW, 60, 1500, 7.7],
      ['payment', ERRORS, 0.1, 20, 7.5],
      ['ledger', SLOW, 12, 12, 8],
    ],
    changes: [
      deploy(
        'orders',
        9,
        'Be patient with payments\n\nclient.go',
        '@@ client.go\n-  MaxAttempts: 2,\n-  Backoff: time.Second,\n+  MaxAttempts: 50,',
      ),
      deploy('payment', 20, 'Log card brand', '+log.info("brand", brand)'),
      deploy('inventory', 8.5, 'Raise rate of requests to stock', '-rate: 10\n+rate: 20'),
    ],
    cause: 0,
  },
  {
    name: 'a timeout is given in the wrong unit',
    asked: 'orders',
    calls: shop,
    moves: [
      ['orders', ERRORS, 0.2, 12, 8],
      ['inventory', SLOW, 80, 80, 8],
      ['payment', SLOW, 60, 60, 8],
    ],
    failing: [['orders', 'inventory-client', 'context deadline exceeded while calling inventory', 20, 8]],
    changes: [
      config('orders', 9, 'inventory.client.timeout', '5s', '5ms'),
      deploy('inventory', 8.5, 'Tidy stock reservation', '-var x = 1\n+var y = 1'),
      flag('web', 8.2, 'new-menu', 'off', 'on'),
    ],
    cause: 0,
  },
  {
    name: 'the key of a cache never repeats',
    asked: 'web',
    calls: [
      ['web', 'search'],
      ['search', 'index'],
      ['web', 'ads'],
    ],
    moves: [
      ['search', 'cache_hit_ratio', 0.94, 0.03, 10],
      ['index', RPS, 80, 1300, 10],
      ['index', CPU, 20, 92, 10],
      ['search', SLOW, 35, 480, 9.6],
      ['web', SLOW, 90, 540, 9.4],
      ['ads', SLOW, 20, 20, 9],
    ],
    changes: [
      deploy(
        'search',
        11,
        'Trace searches end to end\n\nsearch.py',
        '@@ search.py\n-    key = f"search:{query}:{page}"\n+    key = f"search:{query}:{page}:{request_id}"\n     hit = cache.get(key)',
      ),
      config('ads', 10.5, 'ads.cache.ttl', '60s', '30s'),
      deploy('index', 10.3, 'test: cover cache misses\n\nindex_test.py', '+def test_cache(): pass'),
    ],
    cause: 0,
  },
  {
    name: 'cached sessions live no time',
    asked: 'account',
    calls: [
      ['account', 'session'],
      ['session', 'session-db'],
    ],
    moves: [
      ['session-db', 'db_queries_per_second', 200, 3500, 7],
      ['session-db', 'db_cpu_usage_percent', 15, 96, 7],
      ['session', SLOW, 8, 350, 6.8],
      ['account', SLOW, 40, 420, 6.6],
    ],
    changes: [
      config('session', 8, 'session.cache.ttl-seconds', '300', '0'),
      deploy('account', 7.2, 'Cache avatars in the browser', '+res.set("Cache-Control", "max-age=60")'),
      deploy('session-db', 30, 'Raise checkpoint interval', '-checkpoint: 5m\n+checkpoint: 10m'),
    ],
    cause: 0,
  },
  {
    name: 'a flag goes to everyone',
    asked: 'web',
    calls: [
      ['web', 'pricing'],
      ['pricing', 'tax'],
    ],
    moves: [
      ['web', ERRORS, 0.1, 14, 5],
      ['pricing', ERRORS, 0.1, 15, 5.2],
      ['tax', SLOW, 12, 12, 5],
    ],
    failing: [
      [
        'pricing',
        'pricing-engine-v2',
        'java.lang.NullPointerException at PricingEngineV2.discount(PricingEngineV2.java:88)',
        25,
        5.2,
      ],
    ],
    changes: [
      flag('pricing', 6, 'pricing-engine-v2', '5%', '100%'),
      deploy('pricing', 35, 'Move constants', '-const A = 1\n+const B = 1'),
      deploy('tax', 5.6, 'Guard against null rates in discount', '+if (rate == null) return 0'),
    ],
    cause: 0,
  },
  {
    name: 'a limit of requests is lowered',
    asked: 'mobile-api',
    calls: [
      ['mobile-api', 'gateway'],
      ['gateway', 'accounts'],
    ],
    moves: [
      ['mobile-api', ERRORS, 0.5, 40, 6],
      ['gateway', 'http_responses_429_per_second', 0.1, 40, 6.2],
      ['accounts', RPS, 500, 90, 6],
      ['accounts', SLOW, 30, 28, 6],
    ],
    failing: [
      ['gateway', 'limiter', '429 Too Many Requests: rate limit exceeded for client mobile', 30, 6.2],
    ],
    changes: [
      config('gateway', 7, 'ratelimit.requests-per-second', '1000', '100'),
      deploy('accounts', 6.5, 'Return 429 when busy', '+if (busy) return res.status(429)'),
      deploy('mobile-api', 22, 'Show friendlier errors', '-"error"\n+"Sorry"'),
    ],
    cause: 0,
  },
  {
    name: 'too few threads serve requests',
    asked: 'docs',
    calls: [
      ['docs', 'render'],
      ['render', 'fonts'],
    ],
    moves: [
      ['render', 'jvm_threads_busy', 20, 4, 9],
      ['render', 'executor_queued_tasks', 1, 300, 9],
      ['render', SLOW, 70, 2500, 8.6],
      ['docs', SLOW, 110, 2600, 8.4],
    ],
    changes: [
      config('render', 10, 'server.tomcat.threads.max', '200', '4'),
      deploy('fonts', 9.4, 'Load fonts in worker threads', '+new Worker("fonts.js")'),
      config('docs', 9.2, 'page.size', '20', '25'),
    ],
    cause: 0,
  },
  {
    name: 'a map grows without bound',
    asked: 'feed',
    calls: [
      ['feed', 'ranker'],
      ['ranker', 'features'],
    ],
    moves: [
      ['ranker', MEMORY, 4e8, 3.9e9, 40, 34],
      ['ranker', 'jvm_gc_pause_seconds', 0.02, 1.8, 12, 4],
      ['ranker', SLOW, 40, 1600, 10, 3],
      ['feed', SLOW, 70, 1700, 10, 3],
    ],
    failing: [['ranker', 'jvm', 'java.lang.OutOfMemoryError: Java heap space', 3, 5]],
    changes: [
      deploy(
        'ranker',
        44,
        'Remember recent scores\n\nRanker.java',
        '@@ Ranker.java\n+private final Map<String, Score> seen = new HashMap<>();\n+seen.put(userId + itemId, score);',
      ),
      deploy('ranker', 14, 'style: format\n\nsrc/style.css', '-a{}\n+a {}'),
      deploy('features', 12, 'Reduce memory of feature store', '-load(all)\n+load(some)'),
    ],
    cause: 0,
  },
  {
    name: 'an integer is too narrow',
    asked: 'shop-api',
    calls: [
      ['shop-api', 'order-ids'],
      ['shop-api', 'price'],
    ],
    moves: [
      ['shop-api', ERRORS, 0.1, 11, 6],
      ['order-ids', ERRORS, 0, 12, 6.2],
      ['price', SLOW, 12, 12, 6],
    ],
    failing: [['order-ids', 'allocate', 'pq: value "2147483651" is out of range for type integer', 22, 6.2]],
    changes: [
      deploy(
        'order-ids',
        16,
        'Compact rows\n\nids.go',
        '@@ ids.go\n-  ID  int64 `db:"id"`\n+  ID  int32 `db:"id"`',
      ),
      deploy('order-ids', 8, 'Add counter of allocations', '+metrics.Counter("allocations").inc()'),
      deploy('price', 6.5, 'Use integer type for cents', '-price: number\n+price: bigint'),
    ],
    cause: 0,
  },
  {
    name: 'a date is taken in the wrong time zone',
    asked: 'checkout',
    calls: [
      ['checkout', 'delivery'],
      ['delivery', 'carriers'],
    ],
    moves: [
      ['checkout', ERRORS, 0.1, 6, 9],
      ['delivery', ERRORS, 0.1, 6.4, 9.2],
      ['carriers', SLOW, 50, 50, 9],
    ],
    failing: [['delivery', 'slots', 'validation failed: delivery date 2026-03-03 lies in the past', 16, 9.2]],
    changes: [
      deploy(
        'delivery',
        12,
        'Drop joda\n\nSlots.java',
        '@@ Slots.java\n-    LocalDate day = LocalDate.now(ZoneId.of("Europe/Paris"));\n+    LocalDate day = LocalDate.ofEpochDay(System.currentTimeMillis() / 86400000);\n     return slots.after(day);',
      ),
      deploy('carriers', 9.6, 'Validate delivery date formats', '+if (!valid(date)) throw new Error("date")'),
      config('delivery', 10, 'map.tiles', 'osm', 'mapbox'),
    ],
    cause: 0,
  },
  {
    name: 'sums are rounded twice',
    asked: 'invoices',
    calls: [
      ['invoices', 'billing'],
      ['billing', 'fx'],
    ],
    moves: [
      ['invoices', ERRORS, 0.1, 5, 7],
      ['billing', ERRORS, 0.1, 5.5, 7.2],
      ['fx', SLOW, 22, 22, 7],
    ],
    failing: [['billing', 'post', 'journal does not balance: debit 10.99 EUR, credit 11.00 EUR', 18, 7.2]],
    changes: [
      deploy(
        'billing',
        13,
        'Simplify totals\n\ntotals.ts',
        '@@ totals.ts\n-  return lines.reduce((sum, l) => sum.plus(l.amount), ZERO).toFixed(2)\n+  return lines.map((l) => Math.round(l.amount * 100) / 100).reduce((a, b) => a + b, 0)',
      ),
      deploy('fx', 7.8, 'Cache EUR rates', '+cache.set("EUR", rate)'),
      deploy('billing', 8, 'Add trace of journal\n\ntrace.ts', '+span.setAttribute("journal", id)'),
    ],
    cause: 0,
  },
  {
    name: 'more people come, and nothing was changed that brought them',
    asked: 'orders',
    calls: shop,
    moves: [
      ['web', RPS, 200, 1600, 8],
      ['orders', RPS, 150, 1200, 8],
      ['orders', CPU, 35, 98, 7.8],
      ['orders', SLOW, 80, 1400, 7.5],
      ['payment', RPS, 100, 400, 8],
      ['payment', SLOW, 40, 44, 8],
    ],
    changes: [
      deploy('orders', 25, 'Rename label of traffic panel\n\ndocs/panels.md', '-traffic\n+load'),
      deploy('ledger', 9, 'Handle traffic surge with more workers', '-workers: 4\n+workers: 8'),
      config('payment', 12, 'receipt.footer', 'a', 'b'),
    ],
    cause: 'none',
  },
  {
    name: 'a certificate runs out',
    asked: 'orders',
    calls: shop,
    moves: [
      ['orders', ERRORS, 0.1, 15, 6],
      ['payment', ERRORS, 0.1, 15, 6.2],
      ['inventory', SLOW, 30, 30, 6],
    ],
    failing: [
      [
        'payment',
        'acquirer',
        'x509: certificate has expired or is not yet valid: current time is after 2026-03-04T11:53:48Z',
        24,
        6.2,
      ],
    ],
    changes: [
      config('inventory', 7, 'tls.min-version', '1.2', '1.3'),
      deploy('payment', 20, 'Show certificate of acquirer in admin page', '+<td>{certificate}</td>'),
      deploy('orders', 30, 'docs: certificate rotation\n\ndocs/tls.md', '+Rotate each year.'),
    ],
    cause: 'none',
  },
];
