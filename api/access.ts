/** What a route says of who may use it: the same words stand in the OpenAPI document and in front of the handler. */
import type { Db } from '../db/connect.ts';
import type { Role } from '../domain/roles.ts';
import { requireRole } from './auth.ts';
import { withJsonBody, withoutBody } from './body.ts';
import { withCsvBody } from './csv-body.ts';
import { IDEMPOTENCY_PARAMETER, idempotent } from './idempotency.ts';
import { withinTime } from './router.ts';

const security = [{ bearer: [] }];
const parameters = [IDEMPOTENCY_PARAMETER];

/** For routes that only read. Spread into `createRoute`. */
export function reads(db: Db, role: Role = 'viewer') {
  return { security, 'x-required-role': role, middleware: [requireRole(db, role), withinTime] };
}

/** For routes that change something and take everything from the address. */
export function acts(db: Db, role: Role) {
  return {
    security,
    parameters,
    'x-required-role': role,
    middleware: [requireRole(db, role), withinTime, withoutBody, idempotent(db)],
  };
}

/** Like `acts`, for routes that may wait as long as their caller does; they bound each of their own calls. */
export function actsAndWaits(db: Db, role: Role) {
  return {
    security,
    parameters,
    'x-required-role': role,
    middleware: [requireRole(db, role), withoutBody, idempotent(db)],
  };
}

/** For routes that change something and take a JSON body; the schema, a strict object, bounds what may stand in it. */
export function writes(db: Db, role: Role) {
  return {
    security,
    parameters,
    'x-required-role': role,
    middleware: [requireRole(db, role), withinTime, withJsonBody, idempotent(db)],
  };
}

/** For routes that take a CSV file. They may take long, and end when their caller goes away. */
export function takesCsv(db: Db, role: Role) {
  return {
    security,
    parameters,
    'x-required-role': role,
    middleware: [requireRole(db, role), withCsvBody(), idempotent(db)],
  };
}
