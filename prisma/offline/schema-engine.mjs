#!/usr/bin/env node
// What PRISMA_SCHEMA_ENGINE_BINARY points at: Prisma runs it as it would run its native engine.
import { register } from 'tsx/esm/api';

register();
await import('./schema-engine.ts');
