import { describe, expect, test } from '@jest/globals';
import { tree, verdict } from './judged.js';

/** Repositories as people lay them out; the verdicts are written by hand. */
interface Layout {
  readonly what: string;
  readonly files: Record<string, string>;
  readonly expected: string;
}

const forbid = (from: string, to: string) => `forbidden:\n  - from: "${from}"\n    to: ["${to}"]\n`;

describe('A4: imports lead where the language takes them', () => {
  const layouts: readonly (Layout & { readonly boundaries: string })[] = [
    {
      what: 'an alias of tsconfig',
      boundaries: forbid('src/ui/**', 'src/db/**'),
      files: {
        'tsconfig.json': '{"compilerOptions":{"baseUrl":".","paths":{"@/*":["src/*"]}}}',
        'src/ui/page.ts': `import { pool } from '@/db/pool';`,
        'src/db/pool.ts': 'export const pool = 1;',
      },
      expected: 'FAIL: src/ui/page.ts:1 imports src/db/pool.ts',
    },
    {
      what: 'paths without baseUrl, with comments, in a configuration that another extends',
      boundaries: forbid('web/src/ui/**', 'web/src/db/**'),
      files: {
        'tsconfig.base.json': '{ // shared\n "compilerOptions": { "paths": { "~db/*": ["./web/src/db/*"], }, }, }',
        'web/tsconfig.json': '{"extends":"../tsconfig.base.json"}',
        'web/src/ui/page.tsx': `import { pool } from '~db/pool';`,
        'web/src/db/pool.ts': '',
      },
      expected: 'FAIL: web/src/ui/page.tsx:1 imports web/src/db/pool.ts',
    },
    {
      what: 'a configuration that only refers to others',
      boundaries: forbid('src/ui/**', 'src/db/**'),
      files: {
        'tsconfig.json': '{"files":[],"references":[{"path":"./tsconfig.app.json"}]}',
        'tsconfig.app.json': '{"compilerOptions":{"baseUrl":"src"}}',
        'src/ui/page.ts': `import { pool } from 'db/pool';`,
        'src/db/pool.ts': '',
      },
      expected: 'FAIL: src/ui/page.ts:1 imports src/db/pool.ts',
    },
    {
      what: 'a package of the workspace, whose exports are not built',
      boundaries: forbid('apps/web/**', 'packages/db/**'),
      files: {
        'package.json': '{"workspaces":["apps/*","packages/*"]}',
        'apps/web/package.json': '{"name":"@acme/web"}',
        'apps/web/page.ts': `import { pool } from '@acme/db/client';\nimport x from '@acme/db';`,
        'packages/db/package.json':
          '{"name":"@acme/db","exports":{".":"./dist/index.js","./client":{"source":"./src/client.ts","default":"./dist/client.js"}}}',
        'packages/db/src/client.ts': '',
        'packages/db/src/index.ts': '',
      },
      expected:
        'FAIL: apps/web/page.ts:1 imports packages/db/src/client.ts\napps/web/page.ts:2 imports packages/db/src/index.ts',
    },
    {
      what: 'a package of the workspace, forbidden by its name',
      boundaries: forbid('apps/web/**', '@acme/db'),
      files: {
        'apps/web/page.ts': `import { pool } from '@acme/db';`,
        'packages/db/package.json': '{"name":"@acme/db"}',
        'packages/db/index.js': '',
      },
      expected: 'FAIL: apps/web/page.ts:1 imports packages/db/index.js',
    },
    {
      what: 'imports inside of a package by #',
      boundaries: forbid('src/ui/**', 'src/db/**'),
      files: {
        'package.json': '{"name":"a","imports":{"#db/*":"./src/db/*.js"}}',
        'src/ui/page.js': `import '#db/pool';`,
        'src/db/pool.js': '',
      },
      expected: 'FAIL: src/ui/page.js:1 imports src/db/pool.js',
    },
    {
      what: 'the compiled name of a TypeScript file',
      boundaries: forbid('src/ui/**', 'src/db/**'),
      files: { 'src/ui/page.mts': `import '../db/pool.mjs';`, 'src/db/pool.mts': '' },
      expected: 'FAIL: src/ui/page.mts:1 imports src/db/pool.mts',
    },
    {
      what: 'a package of Python below the root, without __init__.py, and a module as a name',
      boundaries: forbid('backend/app/api/**', 'backend/app/db/**'),
      files: {
        'backend/app/api/routes.py': 'from app.db import session\n',
        'backend/app/db/__init__.py': '',
        'backend/app/db/session.py': 'session = 1\n',
      },
      expected: 'FAIL: backend/app/api/routes.py:1 imports backend/app/db/session.py',
    },
    {
      what: 'relative imports of Python',
      boundaries: forbid('app/rules/**', 'app/db/**'),
      files: {
        'app/db/__init__.py': '',
        'app/db/session.py': '',
        'app/rules/a.py': 'import os\nfrom ..db.session import s\nfrom .. import db\nfrom . import (\n  b, # mine\n)\n',
        'app/rules/b.py': '',
      },
      expected: 'FAIL: app/rules/a.py:2 imports app/db/session.py\napp/rules/a.py:3 imports app/db/__init__.py',
    },
    {
      what: 'a layout with src, and a test beside it',
      boundaries: forbid('tests/**', 'src/shop/internal/**'),
      files: {
        'pyproject.toml': '[project]\nname = "shop"\n',
        'src/shop/internal/keys.py': '',
        'tests/test_keys.py': 'import shop.internal.keys as keys\n',
      },
      expected: 'FAIL: tests/test_keys.py:1 imports src/shop/internal/keys.py',
    },
    {
      what: 'a module of Python’s own that a folder is called after',
      boundaries: forbid('app/**', 'app/email/**'),
      files: { 'app/a.py': 'import email\nfrom email.mime.text import MIMEText\n', 'app/email/templates.py': '' },
      expected: 'PASS',
    },
    {
      what: 'a package of npm that is called as a folder',
      boundaries: forbid('src/ui/**', 'src/pg/**'),
      files: { 'src/ui/page.ts': `import pg from 'pg';`, 'src/pg/index.ts': '' },
      expected: 'PASS',
    },
  ];
  test.each(layouts)('$what', async ({ files, boundaries, expected }) => {
    expect(await verdict('A4', { files: tree(files), boundaries })).toBe(expected);
  });
});

describe('A9: what is imported is declared', () => {
  const layouts: readonly Layout[] = [
    {
      what: 'a package that nothing declares, told once, where it is first imported',
      files: {
        'package.json': '{"dependencies":{"react":"1"}}',
        'src/a.ts': `import 'react/jsx-runtime'; import fs from 'fs'; import 'node:test'; import './b';\nimport x from 'left-pad';`,
        'src/b.ts': `import x from 'left-pad/deep';`,
      },
      expected: 'FAIL: src/a.ts:2 imports left-pad, and package.json does not declare it',
    },
    {
      what: 'a monorepo, where the root declares for all and members for themselves',
      files: {
        'package.json': '{"workspaces":["packages/*"],"devDependencies":{"vitest":"1"}}',
        'packages/a/package.json': '{"name":"@acme/a","dependencies":{"@acme/b":"workspace:*"}}',
        'packages/a/src/x.ts': `import '@acme/b'; import '@acme/a/self'; import { test } from 'vitest'; import 'zod';`,
        'packages/b/package.json': '{"name":"@acme/b","dependencies":{"zod":"3"}}',
        'packages/b/index.ts': `import 'zod'; import '@acme/a';`,
      },
      expected:
        'FAIL: packages/a/src/x.ts:1 imports zod, and packages/a/package.json does not declare it\n' +
        'packages/b/index.ts:1 imports @acme/a, and packages/b/package.json does not declare it',
    },
    {
      what: 'aliases, types, loaders and schemes are no packages',
      files: {
        'package.json': '{"devDependencies":{"@types/estree":"1"}}',
        'src/a.ts': `import type { Node } from 'estree'; import '@/x'; import '~/y'; import '$lib/z'; import 'virtual:pwa'; import 'https://x.example/m.js'; import 'components/Button'; import './style.css?inline'; import '#up';`,
        'src/components/Button.tsx': '',
      },
      expected: 'PASS',
    },
    {
      what: 'distributions of Python under other names, extras, groups and namespaces',
      files: {
        'pyproject.toml':
          '[project]\nname = "shop"\ndependencies = ["PyYAML>=6", "Pillow", "uvicorn[standard]>=0.30", "google-cloud-storage", "scikit_learn"]\n' +
          '[project.optional-dependencies]\ndev = ["pytest"]\n[dependency-groups]\nlint = ["ruff", {include-group = "dev"}]\n',
        'shop/__init__.py': '',
        'shop/a.py':
          'import os, sys\nimport yaml\nfrom PIL import Image\nimport uvicorn\nfrom google.cloud import storage\nimport sklearn.svm\nfrom shop import b\nimport pytest\nimport requests\n',
        'shop/b.py': 'try:\n    import ujson\nexcept ImportError:\n    ujson = None\n',
      },
      expected:
        'FAIL: shop/a.py:9 imports requests, and pyproject.toml does not declare it\n' +
        'shop/b.py:2 imports ujson, and pyproject.toml does not declare it',
    },
    {
      what: 'requirements files, with options, addresses and comments',
      files: {
        'backend/requirements.txt':
          '# web\n-r base.txt\nFlask==3.0 ; python_version > "3.9"\ngit+https://x.example/r.git#egg=my_lib\n',
        'backend/requirements-dev.txt': 'pytest\n',
        'backend/app/main.py': 'import flask\nimport my_lib\nimport pytest\nimport flask_cors\n',
      },
      expected: 'FAIL: backend/app/main.py:4 imports flask_cors, and backend/requirements.txt does not declare it',
    },
    {
      what: 'poetry, with groups',
      files: {
        'pyproject.toml':
          '[tool.poetry.dependencies]\npython = "^3.11"\ndjango = "^5"\n[tool.poetry.group.test.dependencies]\nfactory-boy = "*"\n',
        'manage.py': 'import django\nfrom rest_framework import views\n',
      },
      expected: 'FAIL: manage.py:2 imports rest_framework, and pyproject.toml does not declare it',
    },
    {
      what: 'nothing that could declare it',
      files: { 'a.py': 'import requests\n', 'b.ts': `import 'zod';`, 'c.go': 'package c\nimport "github.com/a/b"\n' },
      expected:
        'FAIL: a.py:1 imports requests, and there is no pyproject.toml or requirements.txt to declare it in\n' +
        'b.ts:1 imports zod, and there is no package.json to declare it in\n' +
        'c.go:2 imports github.com/a/b, and there is no go.mod to declare it in',
    },
    {
      what: 'everything of a module, unseen; a package may hand on its own',
      files: {
        'requirements.txt': 'numpy\n',
        'app/__init__.py': 'from .models import *\n',
        'app/models.py': 'from numpy import *\n',
        'go.mod': 'module example.com/m\n',
        'x_test.go': 'package x\nimport . "fmt"\n',
      },
      expected:
        'FAIL: app/__init__.py:1 imports everything of .models\napp/models.py:1 imports everything of numpy\nx_test.go:2 imports everything of fmt',
    },
    {
      what: 'Go, by the longest module that is required',
      files: {
        'go.mod':
          'module example.com/shop\n\ngo 1.22\n\nrequire github.com/acme/lib v1.2.0\nrequire (\n\tgolang.org/x/sync v0.7.0 // indirect\n)\n',
        'go.sum': 'github.com/acme/lib v1.2.0 h1:x=\ngithub.com/acme/lib v1.2.0/go.mod h1:y=\n',
        'cmd/main.go':
          'package main\nimport (\n\t"fmt"\n\t"example.com/shop/internal"\n\t"github.com/acme/lib/deep"\n\tx "golang.org/x/sync/errgroup"\n\t_ "github.com/lib/pq"\n)\n',
      },
      expected:
        'FAIL: cmd/main.go:7 imports github.com/lib/pq, and go.mod does not declare it\ngo.sum has no golang.org/x/sync v0.7.0',
    },
    {
      what: 'Rust, with a workspace, renamed and of its own',
      files: {
        'Cargo.toml': '[workspace]\nmembers = ["core"]\n[workspace.dependencies]\nserde = "1"\n',
        'Cargo.lock':
          '[[package]]\nname = "shop-core"\nversion = "0.1.0"\n\n[[package]]\nname = "serde"\nversion = "1.0.0"\n',
        'core/Cargo.toml':
          '[package]\nname = "shop-core"\n[dependencies]\nserde.workspace = true\njson = { package = "serde_json", version = "1" }\n',
        'core/src/lib.rs':
          'mod inner;\nuse std::fmt;\nuse crate::inner;\nuse serde::{Serialize, de::{self, Error}};\nuse json as j;\nuse inner::Thing;\nuse Thing::*;\nuse {tokio::spawn, serde::Deserialize};\nextern crate alloc;\n',
        'core/tests/a.rs': 'use shop_core::x;\n',
      },
      expected:
        'FAIL: core/src/lib.rs:8 imports tokio, and core/Cargo.toml does not declare it\nCargo.lock has no serde_json',
    },
    {
      what: 'a lock file of npm that was left behind',
      files: {
        'package.json': '{"dependencies":{"react":"^19.0.0","zod":"^3.0.0"},"workspaces":["packages/*"]}',
        'packages/a/package.json': '{"name":"a","devDependencies":{"vite":"^6"}}',
        'package-lock.json': JSON.stringify({
          lockfileVersion: 3,
          packages: {
            '': { dependencies: { react: '^18.0.0', lodash: '4' } },
            'packages/a': { devDependencies: { vite: '^6' } },
          },
        }),
      },
      expected:
        'FAIL: package-lock.json has react at ^18.0.0, and it is asked for at ^19.0.0\n' +
        'package-lock.json has zod at no range, and it is asked for at ^3.0.0\n' +
        'package-lock.json has lodash, which is no longer asked for',
    },
    {
      what: 'lock files of pnpm and yarn that are in step',
      files: {
        'a/package.json': '{"dependencies":{"zod":"^3.0.0"},"devDependencies":{"vite":"catalog:"}}',
        'a/pnpm-lock.yaml':
          "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      zod:\n        specifier: ^3.0.0\n        version: 3.23.8\n    devDependencies:\n      vite:\n        specifier: 'catalog:'\n        version: 6.0.0\n\npackages:\n\n  zod@3.23.8: {}\n",
        'b/package.json': '{"dependencies":{"zod":"^3.0.0","@babel/core":"^7.0.0"}}',
        'b/yarn.lock':
          '# yarn lockfile v1\n\n"@babel/core@^7.0.0", "@babel/core@^7.1.0":\n  version "7.1.0"\n\nzod@^3.0.0:\n  version "3.23.8"\n',
        'c/package.json': '{"dependencies":{"zod":"^3.0.0"}}',
        'c/yarn.lock': '__metadata:\n  version: 8\n\n"zod@npm:^3.0.0":\n  version: 3.23.8\n',
      },
      expected: 'PASS',
    },
    {
      what: 'lock files of Python, and manifests that can not be read',
      files: {
        'a/pyproject.toml': '[project]\nname = "a"\ndependencies = ["httpx", "rich"]\n',
        'a/uv.lock': 'version = 1\n\n[[package]]\nname = "httpx"\nversion = "0.27.0"\n',
        'b/package.json': '{"dependencies":',
        'c/pyproject.toml': '[project\n',
      },
      expected: 'FAIL: b/package.json can’t be read\na/uv.lock has no rich\nc/pyproject.toml can’t be read',
    },
  ];
  test.each(layouts)('$what', async ({ files, expected }) => {
    expect(await verdict('A9', { files: tree(files) })).toBe(expected);
  });
});
