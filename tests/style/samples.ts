/** Small files for the style test. Banned words are written in pieces: this file has to keep the rules as well. */
export interface Sample {
  path: string;
  text: string;
}

export interface BadSample extends Sample {
  rule: string;
  why: string;
  /** A second file, good by itself, that the first one is bad together with. */
  beside?: Sample;
}

const cpp = (...lines: string[]) => `namespace nexpo {\n${lines.join('\n')}\n}  // namespace nexpo\n`;
const hpp = (...lines: string[]) => `#pragma once\n${cpp(...lines)}`;
const statements = (count: number) => Array.from({ length: count }, (_, index) => `  step(${index});`);
const home = ['', 'home', 'somebody', 'project'].join('/');

export const badSamples: BadSample[] = [
  {
    why: 'an include of a layer that is not declared as a dependency',
    rule: 'layers',
    path: 'native/base/upward.cpp',
    text: '#include "record/value.hpp"\n',
  },
  {
    why: 'a relative include',
    rule: 'layers',
    path: 'native/record/relative.cpp',
    text: '#include "../base/error.hpp"\n',
  },
  {
    why: 'a folder of native/ that is no layer',
    rule: 'layers',
    path: 'native/extras/thing.cpp',
    text: cpp('int f();'),
  },
  {
    why: 'a layer that names a concrete connector',
    rule: 'layers',
    path: 'native/sync/concrete.cpp',
    text: '#include "connectors/salesforce/salesforce.hpp"\n',
  },
  {
    why: 'one connector that looks into another',
    rule: 'layers',
    path: 'native/connectors/sqlite/peek.cpp',
    text: '#include "connectors/salesforce/soql.hpp"\n',
  },
  {
    why: 'a layer that names a concrete store',
    rule: 'layers',
    path: 'native/sync/store.cpp',
    text: '#include "store/sqlite_store.hpp"\n',
  },
  {
    why: 'an import from the command line into the service',
    rule: 'layers',
    path: 'cli/src/peek.ts',
    text: "import { build } from '../../service/src/app';\nbuild();\n",
  },
  {
    why: 'a library that imports one of its faces',
    rule: 'layers',
    path: 'lib/up.ts',
    text: "export * from '../cli/src/main';\n",
  },
  {
    why: 'product code that requires a test',
    rule: 'layers',
    path: 'n8n-nodes/nodes/t.ts',
    text: "const twin = require('../../tests/twins/twin');\ntwin();\n",
  },
  { why: 'a line of 121 characters', rule: 'line-length', path: 'lib/long.ts', text: `// ${'x'.repeat(118)}\n` },
  { why: 'a file of 401 lines', rule: 'file-length', path: 'lib/tall.ts', text: 'export {};\n'.repeat(401) },
  {
    why: 'a C++ function of 61 lines',
    rule: 'function-length',
    path: 'native/base/tall.cpp',
    text: cpp('void tall() {', ...statements(59), '}'),
  },
  {
    why: 'a long member function behind initializers in braces',
    rule: 'function-length',
    path: 'native/base/member.cpp',
    text: cpp('template <class T>', 'class A {', ' public:', '  A() : a_{1}, b_{2} {', ...statements(59), '  }', '};'),
  },
  {
    why: 'a TypeScript function of 61 lines',
    rule: 'function-length',
    path: 'lib/tall_function.ts',
    text: `const f = () => {\n${statements(59).join('\n')}\n};\n`,
  },
  {
    why: 'a coroutine that is a capturing lambda',
    rule: 'capturing-coroutine',
    path: 'native/base/lambda.cpp',
    text: cpp('auto f(int n) {', '  return [n](Loop& loop) -> Task<int> { co_return n; };', '}'),
  },
  {
    why: 'a coroutine lambda with captures inside a harmless one',
    rule: 'capturing-coroutine',
    path: 'native/base/inner.cpp',
    text: cpp('auto f = [](int n) { return [&]() -> Task<> { co_await other(n); }; };'),
  },
  {
    why: 'a braced list in an awaited call',
    rule: 'awaited-temporary',
    path: 'native/base/braced.cpp',
    text: cpp('Task<> f() {', '  co_await send({.url = url});', '}'),
  },
  {
    why: 'a named aggregate in an awaited call',
    rule: 'awaited-temporary',
    path: 'native/base/aggregate.cpp',
    text: cpp('Task<> f() {', '  auto r = co_await client_->send(1, Request{"GET", url});', '}'),
  },
  {
    why: 'an awaited call with a lambda that owns a value',
    rule: 'awaited-temporary',
    path: 'native/base/owning.cpp',
    text: cpp('Task<> f() {', '  co_await pool.run([this, sql = std::move(sql)] { return exec(sql); });', '}'),
  },
  {
    why: 'a type whose full name another file defines as well',
    rule: 'one-definition',
    path: 'native/sync/twin.hpp',
    text: hpp('struct Context {', '  int pages = 0;', '};'),
    beside: { path: 'native/base/twin.hpp', text: hpp('class Context final : public Base {', '  Arena arena_;', '};') },
  },
  {
    why: 'a type of a test that a file linked into every program defines',
    rule: 'one-definition',
    path: 'tests/native/sync/twin_test.cpp',
    text: cpp('struct Imposter {', '  int port;', '};'),
    beside: {
      path: 'native/record/imposter.hpp',
      text: hpp('template <class T>', 'struct Imposter {', '  T t;', '};'),
    },
  },
  {
    why: 'an empty catch block in C++',
    rule: 'empty-catch',
    path: 'native/base/swallow.cpp',
    text: cpp('void f() {', '  try { g(); } catch (...) {', '  }', '}'),
  },
  {
    why: 'an empty catch block in TypeScript',
    rule: 'empty-catch',
    path: 'lib/swallow.ts',
    text: 'try { f(); } catch {}\n',
  },
  {
    why: 'a class named after nothing',
    rule: 'vague-name',
    path: 'native/base/vague.hpp',
    text: hpp('class Sync' + 'Manager;'),
  },
  { why: 'a file named after nothing', rule: 'vague-name', path: 'lib/date_' + 'utils.ts', text: 'export {};\n' },
  {
    why: 'a singleton',
    rule: 'singleton',
    path: 'native/base/single.hpp',
    text: hpp('inline Engine& e = Engine::get' + 'Instance();'),
  },
  { why: 'a leftover note', rule: 'leftover', path: 'docs/plan.md', text: 'TO' + 'DO: write this page\n' },
  { why: 'a path of one machine', rule: 'machine-path', path: 'docs/start.md', text: `Open ${home} first.\n` },
  { why: 'a header without its guard', rule: 'pragma-once', path: 'native/base/bare.hpp', text: cpp('int f();') },
  {
    why: 'an engine that prints',
    rule: 'print',
    path: 'native/base/print.cpp',
    text: cpp('void f() { std::' + 'cout << 1; }'),
  },
  {
    why: 'an engine that prints the C way',
    rule: 'print',
    path: 'native/base/print_c.cpp',
    text: cpp('void f() { print' + 'f("%d", 1); }'),
  },
  {
    why: 'a header that opens a namespace',
    rule: 'using-namespace',
    path: 'native/base/open.hpp',
    text: hpp('using namespace std;'),
  },
  {
    why: 'product code that admits to be unfinished',
    rule: 'unfinished',
    path: 'lib/later.ts',
    text: "throw new Error('not " + "implemented');\n",
  },
];

export const goodSamples: Sample[] = [
  {
    path: 'native/base/fine.hpp',
    text: hpp(
      '/// A comment may say printf( and catch (...) {} and co_await f({.',
      'template <class T, class = std::enable_if_t<(sizeof(T) > 1)>>',
      'class Fine final : public Base {',
      ' public:',
      '  Fine() : a_{1}, b_{2} {',
      ...statements(58),
      '  }',
      '  int index(int i) const { return list_[i]; }',
      '};',
    ),
  },
  {
    path: 'native/base/awaits.cpp',
    text: cpp(
      "constexpr int kLimit = 1'000'000;",
      'Task<> f(Pool& pool, Loop& loop) {',
      '  co_await loop.sleep(std::chrono::seconds{2});',
      '  co_await loop.sleep(Millis{20});',
      '  co_await pool.run([&] { return g({1, 2}); });',
      '  co_await pool.run([this] { return Request{"GET", url_}; });',
      '  auto send = [](Client& client) -> Task<> { co_await client.send(); };',
      '  for (const int n : {1, 2, 3}) co_await h(n);',
      '  if (co_await done()) { stop(); }',
      '}',
    ),
  },
  {
    path: 'native/base/catches.cpp',
    text: cpp('void f() {', '  try { g(); } catch (...) {', '    // Nothing is left to close.', '  }', '}'),
  },
  { path: 'native/connectors/registry.cpp', text: '#include "connectors/salesforce/salesforce.hpp"\n' },
  { path: 'native/connectors/salesforce/soql.cpp', text: '#include "connectors/salesforce/soql.hpp"\n' },
  { path: 'native/engine/engine.cpp', text: '#include "sync/pass.hpp"\n' },
  { path: 'native/bridge/addon.cpp', text: '#include <node_api.h>\n#include "engine/engine.hpp"\n' },
  { path: 'native/base/page.hpp', text: hpp('struct Page;', 'namespace detail {', 'enum class Kind { a };', '}') },
  {
    path: 'native/record/page.hpp',
    text: hpp('struct Page {};', 'enum class Kind { a };', 'void f() {', '  Page page{};', '}'),
  },
  {
    path: 'native/record/a.cpp',
    text: cpp('namespace {', 'struct Step {};', '}', 'template <>', 'struct Of<int> {};'),
  },
  {
    path: 'native/record/b.cpp',
    text: cpp('namespace {', 'struct Step {};', '}', 'template <>', 'struct Of<long> {};'),
  },
  { path: 'tests/native/base/local_test.cpp', text: cpp('struct Local {};') },
  { path: 'tests/native/sync/local_test.cpp', text: cpp('struct Local {};') },
  { path: 'tests/native/base/any_test.cpp', text: '#include "engine/engine.hpp"\n' },
  {
    path: 'cli/src/main.ts',
    text: "import { open } from '../../lib';\nimport { parse } from './arguments';\nopen(parse());\n",
  },
  { path: 'lib/just_fits.ts', text: `// ${'x'.repeat(117)}\n` },
  {
    path: 'tests/lib/chapters.test.ts',
    text: `describe('a chapter may be long', () => {\n${statements(80).join('\n')}\n});\n`,
  },
  { path: 'docs/n8n.md', text: `The image keeps its files below ${['', 'home', 'node', '.n8n'].join('/')}.\n` },
];
