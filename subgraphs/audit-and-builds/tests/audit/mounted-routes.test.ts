import { describe, expect, test } from '@jest/globals';
import { tree, verdict } from './judged.js';

describe('P1: routes have the paths that they are mounted at', () => {
  const contract = (...operations: string[]) =>
    JSON.stringify({
      paths: Object.fromEntries(
        [...new Set(operations.map((each) => each.split(' ')[1]))].map((path) => [
          path,
          Object.fromEntries(
            operations
              .filter((each) => each.endsWith(` ${path}`))
              .map((each) => [(each.split(' ')[0] ?? '').toLowerCase(), {}]),
          ),
        ]),
      ),
    });
  const layouts: readonly { what: string; operations: string[]; files: Record<string, string>; expected?: string }[] = [
    {
      what: 'Express: routers in files of their own, in routers',
      operations: ['GET /api/v1/users/{id}', 'POST /api/v1/users', 'GET /api/v1/users/{id}/orders', 'GET /health'],
      files: {
        'src/app.ts': `import express from 'express';\nimport api from './api';\nconst app = express();\napp.get('/health', (req, res) => res.send('ok'));\napp.use('/api', api);\n`,
        'src/api/index.ts': `import { Router } from 'express';\nimport { users } from './users.js';\nconst router = Router();\nrouter.use('/v1/users', auth, users);\nexport default router;\n`,
        'src/api/users.ts': `import express from 'express';\nexport const users = express.Router();\nusers.route('/').post(create);\nusers.get('/:id', show);\nusers.use('/:id/orders', require('./orders'));\nconst other = axios.create();\nother.get('/elsewhere', config);\n`,
        'src/api/orders.js': `const router = require('express').Router({ mergeParams: true });\nrouter.get('/', list);\nmodule.exports = router;\n`,
      },
    },
    {
      what: 'Express: a function that is given the app, and one that answers a router',
      operations: ['GET /a', 'GET /b/c'],
      files: {
        'server.js': `const express = require('express');\nconst app = express();\nrequire('./routes')(app);\napp.use('/b', makeRouter());\nfunction makeRouter() { const r = express.Router(); r.get('/c', h); return r; }\n`,
        'routes.js': `module.exports = (server) => { server.get('/a', h); };\n`,
      },
    },
    {
      what: 'Fastify: plugins with prefixes, and routes as objects',
      operations: ['GET /v1/pumps', 'DELETE /v1/pumps/{id}', 'PUT /v1/pumps/{id}', 'GET /ping'],
      files: {
        'src/server.ts': `import Fastify from 'fastify';\nimport pumps from './pumps';\nconst server = Fastify({ logger: true });\nserver.register(pumps, { prefix: '/v1' });\nserver.register(async (inner) => { inner.get('/ping', async () => 'ok'); });\n`,
        'src/pumps.ts': `export default async function (fastify: FastifyInstance) {\n  fastify.get('/pumps', list);\n  fastify.route({ method: ['DELETE', 'PUT'], url: '/pumps/:id', handler });\n}\n`,
      },
    },
    {
      what: 'NestJS: controllers below the prefix of their application',
      operations: ['GET /api/cats', 'GET /api/cats/{id}', 'POST /api/v2/dogs/walk'],
      files: {
        'package.json': '{}',
        'src/main.ts': `const app = await NestFactory.create(AppModule);\napp.setGlobalPrefix('api');\n`,
        'src/cats.controller.ts': `@Controller('cats')\nexport class CatsController {\n  @Get() all() {}\n  @Get(':id') one() {}\n}\n`,
        'src/dogs.controller.ts': `@Controller({ path: 'dogs', version: '2' })\nexport class DogsController {\n  @Post('walk') walk() {}\n}\n`,
      },
    },
    {
      what: 'FastAPI: routers in routers, with a prefix from the settings',
      operations: ['GET /api/v1/items', 'GET /api/v1/items/{id}', 'POST /api/v1/login', 'GET /'],
      files: {
        'app/main.py':
          'from fastapi import FastAPI\nfrom app.api.main import api_router\nfrom app.core.config import settings\n\napp = FastAPI()\napp.include_router(api_router, prefix=settings.API_V1_STR)\n\n@app.get("/")\ndef root(): ...\n',
        'app/core/config.py':
          'class Settings(BaseSettings):\n    API_V1_STR: str = "/api/v1"\n\nsettings = Settings()\n',
        'app/api/main.py':
          'from fastapi import APIRouter\nfrom app.api.routes import items, login\n\napi_router = APIRouter()\napi_router.include_router(items.router)\napi_router.include_router(login.router, tags=["login"])\n',
        'app/api/routes/__init__.py': '',
        'app/api/routes/items.py':
          'router = APIRouter(prefix="/items", tags=["items"])\n\n@router.get("/", response_model=Items)\ndef read(): ...\n\n@router.get(\n    "/{id}",\n)\nasync def one(id: int): ...\n',
        'app/api/routes/login.py':
          'from fastapi import APIRouter\nrouter = APIRouter()\n\n@router.post("/login")\ndef login(): ...\n',
      },
    },
    {
      what: 'Flask: blueprints, registered in a factory, methods and converters',
      operations: ['GET /api/pumps/{id}', 'POST /api/pumps/{id}', 'GET /admin/users'],
      files: {
        'shop/__init__.py':
          'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    from .pumps import bp\n    from . import admin\n    app.register_blueprint(bp, url_prefix="/api")\n    app.register_blueprint(admin.bp)\n    return app\n',
        'shop/pumps.py':
          'from flask import Blueprint\nbp = Blueprint("pumps", __name__, url_prefix="/old")\n\n@bp.route("/pumps/<int:id>", methods=["GET", "POST"])\ndef pump(id): ...\n',
        'shop/admin.py':
          'from flask import Blueprint\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n\n@bp.get("/users")\ndef users(): ...\n',
      },
    },
    {
      what: 'a prefix that only the running program knows is taken for what the contract says',
      operations: ['GET /tenants/a/users'],
      files: {
        'a.ts': `const app = express();\nconst r = Router();\nr.get('/users', h);\napp.use(\`\${settings.base()}\`, r);\n`,
      },
    },
    {
      what: 'OpenAPI documents, with and without the base of their server',
      operations: ['GET /pumps', 'POST /pumps'],
      files: {
        'docs/openapi.yaml':
          'openapi: 3.1.0\nservers:\n  - url: https://x.example/v2\npaths:\n  /pumps:\n    get: {}\n    post: {}\n    parameters: []\n',
        'contracts/physics.yaml': 'paths:\n  /ignored:\n    get: {}\n',
      },
    },
    {
      what: 'what is promised and not there, and what is there and not promised',
      operations: ['GET /a', 'GET /c'],
      files: { 'a.ts': `const app = express();\napp.get('/a', h);\napp.get('/b', h);\napp.all('*', h);\n` },
      expected: 'FAIL: GET /c is in the contract and not in the code\na.ts:3 GET /b is not in the contract',
    },
    {
      what: 'routers that are in each other',
      operations: ['GET /x'],
      files: { 'a.ts': `const a = Router(), b = Router();\na.use(b); b.use(a);\na.get('/x', h);\n` },
    },
  ];
  test.each(layouts)('$what', async ({ files, operations, expected = 'PASS' }) => {
    expect(await verdict('P1', { files: tree(files), physics: contract(...operations) })).toBe(expected);
  });
});
